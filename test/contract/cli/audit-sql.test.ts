/** `ballast audit sql` on a fund that traded for two days: its records come by way of the table's stream, Firehose and the archive bucket. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CycleReport } from '../../../apps/cli/cycle-run.ts';
import { bootFund, type TestFund } from '../../support/boot-fund.ts';
import { oneLine, scratch } from './support/cli.ts';
import { onFund } from './support/in-memory.ts';

let fund: TestFund;
let reports: CycleReport[];
beforeAll(async () => {
  fund = await bootFund();
  reports = [await fund.cycle('2024-12-27'), await fund.cycle('2024-12-30')];
});
afterAll(() => fund[Symbol.asyncDispose]());

const ask = (...argv: string[]) => onFund(fund, 'audit', 'sql', ...argv);
async function rowsOf(...argv: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await ask(...argv, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>[];
}

describe('the trail of a fund', () => {
  test('lies in Parquet whole, once, and its chain is intact', async () => {
    const trail = await fund.fund.audit.all();
    const [verdict] = await rowsOf('--query', 'verify-chain');
    expect(verdict).toMatchObject({ verdict: 'intact', finding: null, records: trail.length });
    const stored = await rowsOf('SELECT sequence, hash FROM records ORDER BY sequence');
    expect(stored).toEqual(trail.map(({ sequence, hash }) => ({ sequence, hash })));
  });

  test('says of every symbol what was decided, as the cycle reported it', async () => {
    const found = await rowsOf('--query', 'decisions');
    const ofLast = found.filter(({ cycle_id }) => cycle_id === reports[1]!.cycleId);
    expect(ofLast.map(({ symbol, decision }) => [symbol, decision]).sort()).toEqual(
      reports[1]!.decisions.map(({ symbol, final_decision }) => [symbol, final_decision]).sort(),
    );
  });

  test('lists both cycles with how they ended', async () => {
    expect((await rowsOf('--query', 'cycles')).map(({ cycle_id, outcome }) => [cycle_id, outcome])).toEqual(
      reports.map(({ cycleId, outcome }) => [cycleId, outcome]),
    );
  });
});

describe('what it shows', () => {
  test('is a table for people, and comma-separated values for a spreadsheet', async () => {
    const sql = "SELECT type, count(DISTINCT sequence) AS records, 'a, \"b\"' AS note FROM records WHERE type = 'opening' GROUP BY type";
    expect((await ask(sql)).stdout).toBe('type     records  note\nopening        2  a, "b"\n');
    expect((await ask(sql, '--csv')).stdout).toBe('type,records,note\nopening,2,"a, ""b"""\n');
    expect((await ask('SELECT 1 AS one WHERE false')).stdout).toBe('No rows.\n');
  });

  test('is the list of named queries, each with what it answers', async () => {
    const { stdout } = await ask('--list');
    expect(stdout).toMatch(/^verify-chain\n {2}Whether the audit trail is what was written/m);
    expect(stdout).toMatch(/Tables: records \(sequence, .* dt\), checkpoints \(sequence, hash, records, at\)\.$/m);
  });
});

describe('what it refuses, in one line', () => {
  mkdirSync(join(scratch, 'no-archive'), { recursive: true });
  writeFileSync(join(scratch, 'no-archive', 'note.txt'), '');

  test.each([
    [['SELECT * FROM orders'], /There is no table orders\. The tables are: records/],
    [['--query', 'verify-chian'], /There is no query "verify-chian"\. Near: verify-chain/],
    [[], /Give a SELECT in quotes, or --query/],
    [['SELECT 1', '--query', 'decisions'], /Give a SELECT in quotes, or --query/],
    [['SELECT 1', '--archive', 'no-archive'], /no-archive holds no audit archive: there is no parquet\/ in it/],
    [['SELECT 1', '--aws', 'paper'], /Athena answers: .*workgroup ballast-paper-audit, database ballast_paper_audit/],
    [['SET threads = 1'], /only read/],
  ])('%j', async (argv, says) => {
    const { code, stderr } = await ask(...argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(oneLine(says));
  });
});
