/**
 * How fast an audit trail is verified, beside the work that cannot be saved: SHA-256 of the same bytes, in this process and by sha256sum; and what
 * an append costs. Against the bare hash it is processor time that counts, so that what else the machine does counts on neither side; of the
 * difference, two thirds is the record's text becoming bytes, which a record read from a table or a file cannot be spared. Records are as large as decisions of a whole universe are: 6.5 KB.
 */
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashedText, linkAll, type StoredRecord } from '../../shared/domain/audit/hash-chain.ts';
import { verifyChain } from '../../shared/domain/audit/verify-chain.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import { type AuditEntry, AuditStore } from '../../shared/stores/audit.ts';
import { localTables } from '../contract/stores/local-tables.ts';
import type { Bench } from './bench.ts';
import { median } from './bench.ts';

const RECORDS = 20_000;
const RECORD_BYTES = 6_500;
const ROUNDS = 5;

const factors = Array.from({ length: 110 }, (_, index) => ({ name: `factor-${index}`, zScore: index / 7, rank: index, why: 'momentum' }));
const body = JSON.stringify({ agent_results: factors }).slice(0, RECORD_BYTES - 24);
const chain = (): StoredRecord[] =>
  linkAll(
    Array.from({ length: RECORDS }, (_, index) => ({
      at: '2024-12-02T20:46:00.000Z',
      trailId: 'cycle-2024-12-02T20-45-00Z',
      part: 'decisions',
      type: 'decision',
      record: `${body}${String(index).padStart(24, '0')}`,
    })),
  );

/** Of this process's processor time: on one core that nobody else has. */
const perProcessorSecond = (count: number, work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (count * 1_000_000) / (user + system);
};

const perSecond = (count: number, work: () => void): number => {
  const startedAt = performance.now();
  work();
  return count / ((performance.now() - startedAt) / 1000);
};

const verifies = (records: readonly StoredRecord[]) => (): void => {
  if (verifyChain(records).kind !== 'intact') throw new Error('the chain of the bench is intact');
};

export const benches: readonly Bench[] = [
  {
    name: 'audit-records-verified-on-one-core',
    unit: 'records/s',
    goal: { atLeast: 100_000 },
    async run() {
      const records = chain();
      perProcessorSecond(RECORDS, verifies(records));
      return Math.round(median(Array.from({ length: ROUNDS }, () => perProcessorSecond(RECORDS, verifies(records)))));
    },
  },
  {
    name: 'audit-verify-share-of-bare-sha256',
    unit: 'ratio',
    goal: { atLeast: 0.65 },
    async run() {
      const records = chain();
      const texts = records.map((record) => Buffer.from(hashedText(record)));
      const bare = (): void => {
        for (const text of texts) hash('sha256', text);
      };
      const share = (): number => perProcessorSecond(RECORDS, verifies(records)) / perProcessorSecond(RECORDS, bare);
      share();
      const ratios = Array.from({ length: ROUNDS }, share);
      return median(ratios);
    },
  },
  {
    name: 'audit-verify-over-sha256sum-of-the-same-bytes',
    unit: 'ratio',
    async run() {
      const records = chain();
      const folder = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
      try {
        const file = join(folder, 'records');
        writeFileSync(file, records.map(hashedText).join('\n'));
        const ratios = Array.from({ length: ROUNDS }, () => {
          const ours = perSecond(RECORDS, verifies(records));
          return ours / perSecond(RECORDS, () => execFileSync('sha256sum', [file]));
        });
        return median(ratios);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  },
  {
    name: 'audit-append-per-record',
    unit: 'ms',
    goal: { atMost: 5 },
    async run() {
      const tables = await localTables('audit');
      const audit = new AuditStore(tables.table('audit'));
      const entries: AuditEntry[] = chain()
        .slice(0, 357)
        .map(({ record }) => ({ type: 'decision', record: { text: record } }));
      const rounds: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const startedAt = performance.now();
        const request = { trailId: `cycle-${round}`, part: 'decisions' as const, from: 0, total: entries.length, entries };
        await audit.append(request, Date.UTC(2024, 11, 2) as EpochMs);
        rounds.push((performance.now() - startedAt) / entries.length);
      }
      tables.close();
      return median(rounds);
    },
  },
];
