/**
 * What an annual review asks for, in one folder that needs nothing of ours to be checked: the year's records as they lie in the archive, the
 * signed checkpoints with the public key, what verification found, the versions of the policy with what each changed, and the decisions, orders,
 * overrides and breaches as tables. Records are copied as they are read, so a year fits any memory.
 */

import { createHash } from 'node:crypto';
import { appendFileSync, createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { signedText } from '../../../shared/domain/audit/checkpoint.ts';
import { hashedText, type StoredRecord } from '../../../shared/domain/audit/hash-chain.ts';
import { tryParseJson } from '../../../shared/kernel/json.ts';
import { pemOfSpki } from '../../../shared/kernel/signatures.ts';
import { fromLine } from '../../../shared/stores/audit-items.ts';
import { namedCheckpoint } from '../../../shared/stores/checkpoints.ts';
import { csvLine, type EvidenceTable, evidenceTables } from './evidence-tables.ts';
import { packReadme } from './pack-readme.ts';
import type { AuditReport, NamedText } from './verify-audit.ts';

export interface PackContents {
  readonly fund: string;
  readonly year: number;
  readonly archive: AsyncIterable<NamedText>;
  readonly checkpoints: readonly NamedText[];
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  readonly verification: AuditReport;
  /** Oldest first; each with what it changed of the one before. */
  readonly policies: readonly object[];
}

export interface PackWritten {
  readonly records: number;
  readonly checkpoints: number;
  readonly files: number;
}

/** Writes into a folder that must not hold anything of that name yet. */
export async function writeEvidencePack(folder: string, contents: PackContents): Promise<PackWritten> {
  const pack = new PackFolder(folder);
  const { year, verification, publicKey, policies } = contents;
  for (const table of evidenceTables) pack.write(table.file, csvLine(table.columns));
  pack.write('records.ndjson', '');
  const hashesWanted = new Map(ofYear(contents.checkpoints, year).map(({ checkpoint }) => [checkpoint.sequence, checkpoint.hash]));
  let records = 0;
  let last = -1;
  for await (const { text } of contents.archive) {
    const fresh = recordsIn(text).filter(({ sequence }) => sequence > last);
    last = fresh.at(-1)?.record.sequence ?? last;
    for (const { record, line } of fresh) {
      if (hashesWanted.get(record.sequence) === record.hash) pack.write(`${checkpointName(record.sequence)}.record`, hashedText(record));
      if (!record.at.startsWith(`${year}-`)) continue;
      records++;
      pack.append('records.ndjson', `${line}\n`);
      for (const table of evidenceTables) for (const row of rowsOf(table, record)) pack.append(table.file, row);
    }
  }
  const signed = ofYear(contents.checkpoints, year);
  for (const { checkpoint } of signed) {
    pack.write(`${checkpointName(checkpoint.sequence)}.txt`, signedText(checkpoint));
    pack.write(`${checkpointName(checkpoint.sequence)}.sig`, Buffer.from(checkpoint.signature, 'base64'));
  }
  pack.write('public-key.pem', pemOfSpki(publicKey));
  pack.write('verification.json', `${JSON.stringify(verification, null, 1)}\n`);
  pack.write('policies.json', `${JSON.stringify(policies, null, 1)}\n`);
  pack.write('README.md', packReadme({ ...contents, records, signed: signed.map(({ checkpoint }) => checkpoint) }));
  await pack.seal();
  return { records, checkpoints: signed.length, files: pack.files };
}

const checkpointName = (sequence: number): string => `checkpoints/${String(sequence).padStart(12, '0')}`;

const ofYear = (texts: readonly NamedText[], year: number) =>
  texts.map(({ key, text }) => namedCheckpoint(key, text)).filter(({ checkpoint }) => checkpoint.at.startsWith(`${year}-`));

function recordsIn(text: string): { readonly record: StoredRecord; readonly line: string; readonly sequence: number }[] {
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const record = fromLine(line);
      return record === undefined ? [] : [{ record, line, sequence: record.sequence }];
    });
}

function rowsOf({ columns, rows }: EvidenceTable, stored: StoredRecord): string[] {
  const record = tryParseJson(stored.record);
  if (typeof record !== 'object' || record === null) return [];
  return rows(stored.type, record as Record<string, unknown>).map((row) => {
    const cells: Record<string, unknown> = { sequence: stored.sequence, at: stored.at, trail_id: stored.trailId, ...row };
    return csvLine(columns.map((column) => cells[column]));
  });
}

class PackFolder {
  readonly #root: string;
  readonly #names = new Set<string>();

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, { recursive: true });
  }

  get files(): number {
    return this.#names.size;
  }

  write(name: string, content: string | Uint8Array): void {
    const path = join(this.#root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx' });
    this.#names.add(name);
  }

  append(name: string, content: string): void {
    appendFileSync(join(this.#root, name), content);
  }

  /** The manifest, in the format of sha256sum. */
  async seal(): Promise<void> {
    const lines: string[] = [];
    for (const name of [...this.#names].sort()) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(join(this.#root, name)), hash);
      lines.push(`${hash.digest('hex')}  ${name}`);
    }
    this.write('SHA256SUMS', `${lines.join('\n')}\n`);
  }
}
