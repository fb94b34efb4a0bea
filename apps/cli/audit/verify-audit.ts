/**
 * Everything that can be held against everything else: the table's chain, the archive's copy of it, the two against each other, and both
 * against the signed checkpoints. Records are read in pieces; of each only its link is kept.
 */
import { type CheckpointFinding, checkCheckpoints, type NamedCheckpoint } from '../../../shared/domain/audit/checkpoint.ts';
import { compareCopies } from '../../../shared/domain/audit/compare-copies.ts';
import type { ChainHead, StoredRecord } from '../../../shared/domain/audit/hash-chain.ts';
import { type Anchor, type ChainFinding, type Link, linkOf, verifyLinks } from '../../../shared/domain/audit/verify-chain.ts';
import { sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import { fromLine } from '../../../shared/stores/audit-items.ts';
import { namedCheckpoint } from '../../../shared/stores/checkpoints.ts';

export interface NamedText {
  readonly key: string;
  readonly text: string;
}

export interface AuditSources {
  /** Null where only a copy of the archive is at hand. */
  readonly table: { readonly pages: AsyncIterable<readonly StoredRecord[]>; head(): Promise<ChainHead | null> } | null;
  /** Objects of records, in the order of their names. */
  readonly archive: AsyncIterable<NamedText>;
  readonly checkpoints: readonly NamedText[];
  /** From elsewhere than the checkpoints; null for none. */
  readonly publicKey: Uint8Array | null;
  /** Hears how many records were read so far. */
  onProgress?(where: 'table' | 'archive', records: number): void;
}

export type AuditFinding = { readonly sequence: number; readonly finding: string } & (
  | ({ readonly where: 'table' | 'archive' | 'copies' } & ChainFinding)
  | ({ readonly where: 'checkpoints' } & CheckpointFinding)
  | { readonly where: 'archive' | 'checkpoints'; readonly fault: 'unreadable'; readonly key: string }
);

export interface AuditReport {
  readonly intact: boolean;
  readonly table: { readonly records: number } | null;
  readonly archive: { readonly records: number; readonly objects: number; readonly behind: number };
  readonly checkpoints: {
    readonly count: number;
    readonly last: { readonly sequence: number; readonly at: string } | null;
    /** Records that no checkpoint covers yet. */
    readonly uncovered: number;
    readonly publicKeySha256: string | null;
    /** Whether the public key came from elsewhere. */
    readonly isKeyTrusted: boolean;
  };
  /** The first bad record first. */
  readonly findings: readonly AuditFinding[];
}

export async function verifyAudit({ table, archive, checkpoints, publicKey, onProgress }: AuditSources): Promise<AuditReport> {
  const signed = readCheckpoints(checkpoints);
  const { anchors, findings: ofCheckpoints } = checkCheckpoints(signed.read, publicKey);
  const archived = await linksOfArchive(archive, onProgress);
  // Before and after: the trail may be written while it is read.
  const head = (await table?.head()) ?? null;
  const stored = table === null ? null : await linksOfTable(table.pages, onProgress);
  const headAfter = (await table?.head()) ?? null;

  const findings: AuditFinding[] = [
    ...signed.findings,
    ...ofCheckpoints.map((found) => ({ where: 'checkpoints' as const, ...found })),
    ...archived.findings,
    ...chainFindings('archive', archived.links, anchors),
  ];
  let behind = 0;
  if (stored !== null) {
    const heads: Anchor[] = head === null ? [] : [{ ...head, what: 'the head of the table', isSigned: false }];
    findings.push(...chainFindings('table', stored, [...anchors, ...heads]), ...behindTheHead(stored, headAfter));
    const compared = compareCopies(stored, archived.links);
    findings.push(...compared.findings.map((found) => ({ where: 'copies' as const, ...found })));
    behind = compared.behind;
  }
  findings.sort((a, b) => placeOf(a) - placeOf(b));
  const last = signed.read.at(-1)?.checkpoint;
  const length = Math.max(count(archived.links), stored === null ? 0 : count(stored));
  const key = publicKey ?? (last === undefined ? null : Buffer.from(last.publicKey, 'base64'));
  return {
    intact: findings.length === 0,
    table: stored === null ? null : { records: count(stored) },
    archive: { records: count(archived.links), objects: archived.objects, behind },
    checkpoints: {
      count: checkpoints.length,
      last: last === undefined ? null : { sequence: last.sequence, at: last.at },
      uncovered: Math.max(0, length - (last?.records ?? 0)),
      publicKeySha256: key === null ? null : sha256Hex(key),
      isKeyTrusted: publicKey !== null,
    },
    findings,
  };
}

/** What is known to the record comes before a stretch that ends in it. */
const placeOf = (found: AuditFinding): number => ('through' in found ? (found.through ?? found.sequence) : found.sequence);

const count = (links: readonly Link[]): number => new Set(links.map(({ sequence }) => sequence)).size;

function chainFindings(where: 'table' | 'archive', links: readonly Link[], anchors: readonly Anchor[]): AuditFinding[] {
  const verdict = verifyLinks(links, anchors);
  return verdict.kind === 'intact' ? [] : verdict.findings.map((found) => ({ where, ...found }));
}

/** No writer leaves a record without moving the head to it. */
function behindTheHead(links: readonly Link[], head: ChainHead | null): AuditFinding[] {
  const last = head?.sequence ?? -1;
  const first = links.find(({ sequence }) => sequence > last);
  if (first === undefined) return [];
  const { sequence, trailId, type } = first;
  const finding = `record ${sequence} lies behind the head, which no writer leaves there`;
  return [
    {
      where: 'table',
      fault: 'insert',
      sequence,
      trailId,
      type,
      expected: `record ${last} as the last`,
      found: `record ${sequence}`,
      finding,
    },
  ];
}

function readCheckpoints(texts: readonly NamedText[]): { readonly read: readonly NamedCheckpoint[]; readonly findings: AuditFinding[] } {
  const read: NamedCheckpoint[] = [];
  const findings: AuditFinding[] = [];
  for (const { key, text } of texts) {
    try {
      read.push(namedCheckpoint(key, text));
    } catch (error) {
      findings.push({ where: 'checkpoints', fault: 'unreadable', key, sequence: numberIn(key), finding: (error as Error).message });
    }
  }
  return { read, findings };
}

async function linksOfArchive(objects: AsyncIterable<NamedText>, onProgress: AuditSources['onProgress']) {
  const links: Link[] = [];
  const findings: AuditFinding[] = [];
  let read = 0;
  for await (const { key, text } of objects) {
    read++;
    for (const [index, line] of text.trimEnd().split('\n').entries()) {
      const record = fromLine(line);
      if (record !== undefined) links.push(linkOf(record));
      else {
        const finding = `line ${index + 1} of ${key} is no audit record`;
        findings.push({ where: 'archive', fault: 'unreadable', key, sequence: numberIn(key) + index, finding });
      }
    }
    onProgress?.('archive', links.length);
  }
  return { links, findings, objects: read };
}

/** A scan comes in no order. */
async function linksOfTable(pages: AsyncIterable<readonly StoredRecord[]>, onProgress: AuditSources['onProgress']): Promise<Link[]> {
  const links: Link[] = [];
  for await (const page of pages) {
    for (const record of page) links.push(linkOf(record));
    onProgress?.('table', links.length);
  }
  return links.sort((a, b) => a.sequence - b.sequence);
}

/** The first number in an object's name is that of its first record. */
const numberIn = (key: string): number => Number(/(\d{12})/.exec(key)?.[1] ?? 0);
