/**
 * Two copies of the audit chain held against each other, record by record: the table, which its writer can still overwrite, and the archive
 * under Object Lock, which nobody can. Where one was rewritten from some record on, with every later hash, this names that very record.
 *
 * The archive follows the table's stream by seconds: a tail that is not there yet is `behind`, and no fault. Checkpoints tell whether it is
 * one that should have been there.
 */
import type { ChainFinding, Link } from './verify-chain.ts';

export interface CopiesCompared {
  readonly findings: readonly ChainFinding[];
  /** Records of the table that the archive does not have yet. */
  readonly behind: number;
}

export function compareCopies(table: readonly Link[], archive: readonly Link[]): CopiesCompared {
  const tableLinks = bySequence(table);
  const archiveLinks = bySequence(archive);
  const findings: ChainFinding[] = [];
  const lastArchived = archive.reduce((last, { sequence }) => Math.max(last, sequence), -1);
  const different = [...tableLinks.values()].filter((link) => {
    const copy = archiveLinks.get(link.sequence);
    return copy !== undefined && copy.hash !== link.hash;
  });
  const first = different.reduce<Link | undefined>(
    (low, link) => (low === undefined || link.sequence < low.sequence ? link : low),
    undefined,
  );
  if (first !== undefined) findings.push(differs(first, archiveLinks.get(first.sequence)!, different.length));

  const missingInTable = missing(archiveLinks, tableLinks, Number.POSITIVE_INFINITY);
  const missingInArchive = missing(tableLinks, archiveLinks, lastArchived);
  const lastInTable = table.reduce((last, { sequence }) => Math.max(last, sequence), -1);
  if (missingInTable !== undefined) {
    const fault = missingInTable.sequence > lastInTable ? 'drop-tail' : 'drop';
    findings.push(isMissing(fault, missingInTable, 'the table', 'the archive'));
  }
  if (missingInArchive !== undefined) findings.push(isMissing('drop', missingInArchive, 'the archive', 'the table'));
  const behind = [...tableLinks.keys()].filter((sequence) => sequence > lastArchived).length;
  return { findings: findings.sort((a, b) => a.sequence - b.sequence), behind };
}

const bySequence = (links: readonly Link[]): ReadonlyMap<number, Link> => new Map(links.map((link) => [link.sequence, link]));

/** The first of `these` up to a number that `those` lack. */
function missing(these: ReadonlyMap<number, Link>, those: ReadonlyMap<number, Link>, upTo: number): Link | undefined {
  let first: Link | undefined;
  for (const link of these.values()) {
    const lacks = link.sequence <= upTo && !those.has(link.sequence);
    if (lacks && (first === undefined || link.sequence < first.sequence)) first = link;
  }
  return first;
}

const differs = ({ sequence, trailId, type, hash }: Link, copy: Link, count: number): ChainFinding => ({
  fault: count === 1 ? 'mutate' : 'fork',
  ...{ sequence, trailId, type },
  expected: copy.hash,
  found: hash,
  finding: `record ${sequence} of the table is not the one in the archive${count === 1 ? '' : `, nor are ${count - 1} others after it`}`,
});

const isMissing = (fault: 'drop' | 'drop-tail', { sequence, trailId, type }: Link, where: string, other: string): ChainFinding => ({
  fault,
  ...{ sequence, trailId, type },
  expected: `record ${sequence}, as in ${other}`,
  found: 'no record',
  finding: `record ${sequence} is in ${other} and cannot be found in ${where}`,
});
