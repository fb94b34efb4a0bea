/**
 * How fast an auditor's question is answered on this machine: the named query that verifies the chain, on DuckDB over Parquet, at the size of
 * real records; and as its bound, SHA-256 over the same bytes on one core, which the query cannot do without.
 */
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLake } from '../../apps/cli/audit-lake/audit-lake.ts';
import { readAuditQueries } from '../../shared/contracts/names/audit-queries.ts';
import { type AuditRow, chained, checkpointAt, writeAuditLake } from '../support/audit-rows.ts';
import type { Bench } from './bench.ts';
import { median } from './bench.ts';

const RECORDS = 10_000;
const RECORD_CHARS = 6_500;
const ROUNDS = 3;

/** Text that compresses about as decision records do: names come again, figures do not. */
const trailOfRecords = (): AuditRow[] =>
  chained(
    Array.from({ length: RECORDS }, (_, index) => ({
      at: new Date(Date.UTC(2024, 0, 1) + index * 3_600_000).toISOString(),
      trail: `cycle-${Math.floor(index / 30)}`,
      part: 'decisions',
      type: 'decision',
      record: {
        symbol: `S${index % 30}`,
        factors: Array.from({ length: RECORD_CHARS / 26 }, (_, place) => `f${place}=${Math.sin(index + place)}`),
      },
    })),
  );

export const benches: readonly Bench[] = [
  {
    name: 'audit-lake-verify-chain-duckdb',
    unit: 'records/s',
    goal: { atLeast: 10_000 },
    async run() {
      const directory = mkdtempSync(join(tmpdir(), 'audit-bench-'));
      try {
        const rows = trailOfRecords();
        await writeAuditLake(directory, rows, [checkpointAt(rows, RECORDS - 1)]);
        using lake = await openAuditLake(directory);
        const { sql } = readAuditQueries().find(({ name }) => name === 'verify-chain')!;
        const rates: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const began = performance.now();
          const { rows: answer } = await lake.query(sql);
          if (answer[0]?.[0] !== 'intact')
            throw new Error(`The chain of the bench is intact, and the answer was ${JSON.stringify(answer)}.`);
          rates.push(RECORDS / ((performance.now() - began) / 1000));
        }
        return median(rates);
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  },
  {
    name: 'audit-lake-bare-sha256-of-the-same',
    unit: 'records/s',
    run() {
      const texts = trailOfRecords().map(({ record }) => record);
      const began = performance.now();
      for (const text of texts) hash('sha256', text);
      return Promise.resolve(RECORDS / ((performance.now() - began) / 1000));
    },
  },
];
