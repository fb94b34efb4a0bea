/** The named queries: each is Trino SQL, as Athena runs it, and answers on DuckDB over a small trail in which one of everything happened. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino/index.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditLake, openAuditLake } from '../../../apps/cli/audit-lake/audit-lake.ts';
import { auditQueryOf, readAuditQueries } from '../../../shared/contracts/names/audit-queries.ts';
import { chained, checkpointAt, type Entry, writeAuditLake } from '../../support/audit-rows.ts';

const queries = readAuditQueries();
const cycle = 'cycle-2024-11-27T20-45-00Z';
const at = (second: number): string => `2024-11-27T20:45:${String(second).padStart(2, '0')}.000Z`;
const check = (name: string, refusal: string | null, value: number, limitValue: number) => ({
  ...{ name, passed: refusal === null, refusal, value, limitValue },
});
const decision = (symbol: string, final: string, reasons: readonly string[], preTrade: readonly object[] = []) => ({
  ...{ cycle_id: cycle, symbol, timestamp: at(0), final_decision: final, position_size: 0.05, stop_loss: null, reason_codes: reasons },
  ...{ mu_hat: 0.001, sigma_hat: 0.02, conviction: 0.7, data_quality_score: 0.9, provider_confidence: 1, agent_results: [] },
  risk_checks: { decision: 'SCALE', scaleFrac: 0.5, reasons: ['var-limit'], symbol: null, preTrade },
  metadata: { regime: { name: 'calm', exposureFrac: 1 } },
});
const order = (symbol: string, side: 'BUY' | 'SELL', quantity: number, filled: number, incidents: readonly string[] = []) => ({
  ...{ cycle_id: cycle, order_id: `${cycle}/${symbol}`, symbol, side, strategy: 'ensemble', broker: 'alpaca', quantity, filled, incidents },
  ...{ state: filled === quantity ? 'FILLED' : 'CANCELLED', average_price: filled > 0 ? 10 : null, closed_by: null, note: null },
});
const control = (state: string, actor: string, reason: string, changedAt: string) => ({
  ...{ what: 'written', sortKey: 'control', scope: 'the fund', state, actor, reason, at: changedAt, epoch: 2, change: 'MODIFY', changedAt },
});
const entries: readonly Entry[] = [
  {
    ...{ at: at(0), trail: cycle, part: 'opened', type: 'opening' },
    record: { cycle_id: cycle, scheduled_at: at(0), session: '2024-11-27', policy_version: 3, policy_sha256: 'ab', dataset: 'dataset-1' },
  },
  ...[
    decision('AAA', 'EXECUTE_BUY', ['momentum']),
    decision('BBB', 'REJECT', ['too-large'], [check('kill-switch', null, 0, 1), check('order-notional', 'too-large', 9000, 5000)]),
  ].map((record) => ({ at: at(1), trail: cycle, part: 'decisions', type: 'decision', record })),
  ...[order('AAA', 'BUY', 100, 100), order('CCC', 'BUY', 50, 20, ['late-fill'])].map((record) => ({
    ...{ at: at(1), trail: cycle, part: 'decisions', type: 'order', record },
  })),
  {
    ...{ at: at(1), trail: cycle, part: 'decisions', type: 'cycle' },
    record: { cycle_id: cycle, outcome: 'traded', risk_decision: 'SCALE', dataset: 'dataset-1', snapshot: 'snapshots/1', ended_by: null },
  },
  ...[
    control('PAUSED', 'operator/ada', 'a drill', '2024-11-27T21:00:00.000Z'),
    control('RUNNING', 'operator/ada', 'the drill is over', '2024-11-27T21:45:00.000Z'),
    control('HALTED', 'cycle/x', 'InvariantViolation', '2024-11-28T20:45:00.000Z'),
  ].map((record, index) => ({ at: record.changedAt, trail: `control-${index}`, part: 'change', type: 'control', record })),
  {
    ...{ at: '2024-11-28T20:46:00.000Z', trail: 'cycle-2024-11-28T20-45-00Z', part: 'halted', type: 'cycle' },
    record: { cycle_id: 'cycle-2024-11-28T20-45-00Z', outcome: 'halted', reason: 'InvariantViolation', details: { cause: 'books' } },
  },
  {
    ...{ at: '2024-11-29T14:00:00.000Z', trail: 'policy-v00000004', part: 'change', type: 'policy' },
    record: {
      ...{ what: 'published', version: 4, basedOn: 3, sha256: 'cd', actor: 'operator/ada', approvedBy: 'operator/bob', mode: 'NORMAL' },
      ...{ reason: 'measured for a year', changes: [{ path: 'risk.varFracMax', before: 0.02, after: 0.03, effect: 'loosens' }] },
    },
  },
  {
    ...{ at: '2024-11-29T14:05:00.000Z', trail: 'policy-v00000005', part: 'change', type: 'policy' },
    record: { what: 'published', version: 5, basedOn: 4, actor: 'controller/steering', reason: 'drawdown', mode: 'DEFENSIVE', changes: [] },
  },
];

describe('a named query', () => {
  test.each(queries.map((query) => [query.name, query] as const))('%s is Trino SQL', (_name, { sql }) => {
    expect(new TrinoSQL().validate(sql)).toEqual([]);
  });

  test('says in whole sentences what it answers, within what Athena keeps', () => {
    for (const { name, description, sql } of queries) {
      expect(description, name).toMatch(/^[A-Z].*\.$/s);
      expect(description.length, name).toBeLessThanOrEqual(1024);
      expect(sql.length, name).toBeLessThanOrEqual(262_144);
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    }
    expect(() => auditQueryOf('mute', 'SELECT 1')).toThrow('opens with a comment');
  });

  test('that is no Trino would be seen', () => {
    expect(new TrinoSQL().validate("SELECT record->>'$.symbol' FROM records QUALIFY 1 = 1")).not.toEqual([]);
  });
});

describe('on a trail in which one of everything happened', () => {
  let directory: string;
  let lake: AuditLake;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'audit-queries-'));
    const rows = chained(entries);
    // Delivered twice: no answer may change.
    await writeAuditLake(directory, [...rows, ...rows.slice(2, 8)], [checkpointAt(rows, 5)]);
    lake = await openAuditLake(directory);
  });
  afterAll(() => {
    lake[Symbol.dispose]();
    rmSync(directory, { recursive: true });
  });

  async function answerOf(name: string): Promise<Record<string, unknown>[]> {
    const { columns, rows } = await lake.query(queries.find((query) => query.name === name)!.sql);
    return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
  }

  test('decisions: what was decided, why, and under which policy and data', async () => {
    const found = await answerOf('decisions');
    expect(found.map(({ symbol, decision: final, reasons }) => [symbol, final, reasons])).toEqual([
      ['AAA', 'EXECUTE_BUY', '["momentum"]'],
      ['BBB', 'REJECT', '["too-large"]'],
    ]);
    expect(found[0]).toMatchObject({
      ...{ cycle_id: cycle, weight: 0.05, stop_loss_usd: null, expected_return: 0.001, risk_decision: 'SCALE', regime: 'calm' },
      ...{ policy_version: 3, dataset: 'dataset-1', sequence: 1 },
    });
  });

  test('orders by strategy: counts, shares and USD', async () => {
    expect(await answerOf('orders-by-strategy')).toEqual([
      {
        ...{ strategy: 'ensemble', broker: 'alpaca', side: 'BUY', orders: 2, cycles: 1, filled_whole: 1, filled_in_part: 1, not_filled: 0 },
        ...{ shares_ordered: 150, shares_filled: 120, usd_filled: 1200, incidents: 1 },
      },
    ]);
  });

  test('overrides: what people changed, and nothing that programs did', async () => {
    expect((await answerOf('overrides')).map(({ actor, type, set_to, reason }) => [actor, type, set_to, reason])).toEqual([
      ['operator/ada', 'control', 'PAUSED', 'a drill'],
      ['operator/ada', 'control', 'RUNNING', 'the drill is over'],
      ['operator/bob', 'policy', 'NORMAL', 'measured for a year'],
    ]);
  });

  test('breaches: cycles on which risk put a limit, and the halted one', async () => {
    expect(await answerOf('breaches')).toMatchObject([
      { cycle_id: cycle, risk_decision: 'SCALE', reasons: '["var-limit"]', scale: 0.5, symbols: 2, rejected: 1, traded: 1 },
      { cycle_id: 'cycle-2024-11-28T20-45-00Z', risk_decision: 'HALTED', reasons: 'InvariantViolation', symbols: 0 },
    ]);
  });

  test('pauses: by whom and why, lifted by whom, and for how long', async () => {
    expect(await answerOf('pauses')).toMatchObject([
      { scope: 'the fund', state: 'PAUSED', actor: 'operator/ada', lifted_by: 'operator/ada', next_state: 'RUNNING', minutes: 45 },
      { state: 'HALTED', actor: 'cycle/x', lifted_at: null, minutes: null },
    ]);
  });

  test('policy changes: who approved what', async () => {
    expect(await answerOf('policy-changes')).toMatchObject([
      { what: 'published', version: 4, over_version: 3, actor: 'operator/ada', approved_by: 'operator/bob' },
      { version: 5, actor: 'controller/steering', approved_by: null, mode: 'DEFENSIVE', changes: '[]' },
    ]);
  });

  test('cycles: what each stood on and how it ended, also one that left no opening', async () => {
    expect(await answerOf('cycles')).toMatchObject([
      { cycle_id: cycle, outcome: 'traded', policy_version: 3, policy_sha256: 'ab', dataset: 'dataset-1', snapshot: 'snapshots/1' },
      { cycle_id: 'cycle-2024-11-28T20-45-00Z', outcome: 'halted', why: 'InvariantViolation', policy_version: null },
    ]);
  });

  test('refusals before the trade: the check, its value and its limit', async () => {
    expect(await answerOf('pre-trade-refusals')).toMatchObject([
      { cycle_id: cycle, symbol: 'BBB', check_name: 'order-notional', refusal: 'too-large', value_found: 9000, limit_value: 5000 },
    ]);
  });

  test('delivery: days with their records, what came twice, and what a checkpoint covers', async () => {
    expect(await answerOf('delivery')).toEqual([
      {
        day: '2024-11-27',
        records: 8,
        first_record: 0,
        last_record: 7,
        missing: 0,
        delivered_again: 6,
        checkpoints: 1,
        last_checkpoint: 5,
      },
      {
        day: '2024-11-28',
        records: 2,
        first_record: 8,
        last_record: 9,
        missing: 0,
        delivered_again: 0,
        checkpoints: 0,
        last_checkpoint: null,
      },
      {
        day: '2024-11-29',
        records: 2,
        first_record: 10,
        last_record: 11,
        missing: 0,
        delivered_again: 0,
        checkpoints: 0,
        last_checkpoint: null,
      },
    ]);
  });

  test('every query answers, on an empty trail too', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'audit-empty-'));
    using nothing = await openAuditLake(empty);
    for (const { name, sql } of queries) {
      expect((await lake.query(sql)).rows.length, name).toBeGreaterThan(0);
      expect((await nothing.query(sql)).rows.length, name).toBe(name === 'verify-chain' ? 1 : 0);
    }
    rmSync(empty, { recursive: true });
  });

  test.each([
    ['SELECT * FROM orders', /^There is no table orders\. The tables are: records \(sequence, .*, dt\), checkpoints \(/],
    ['SELECT symbol FROM records', /Referenced column "symbol" not found/],
    ['SELECT 1\nFROM\nWHERE', /LINE 3/],
    ['SELECT 1; SELECT 2', /^One SELECT at a time: this text holds 2 statements/],
    ['-- nothing', /^Ask something/],
    ["COPY records TO 'copied.csv'", /disabled/],
    ['CREATE TABLE mine (x INTEGER)', /only read/],
    ['SET enable_external_access = true', /only read|locked/],
    ["SELECT * FROM read_text('/etc/hostname')", /disabled/],
    ["SELECT * FROM read_text('../../../../etc/hostname')", /disabled/],
  ])('refuses %j', async (sql, says) => {
    await expect(lake.query(sql)).rejects.toThrow(says);
  });

  test('functions of Trino mean here what they mean there', async () => {
    const { rows } = await lake.query(`SELECT
      lower(to_hex(sha256(to_utf8('abc')))),
      json_extract_scalar('{"a":{"b":1},"c":"x","d":1.5,"e":null}', '$.a'), json_extract_scalar('{"a":{"b":1}}', '$.a.b'),
      json_extract_scalar('{"e":null}', '$.e'), json_format(json_extract('{"l":["x", 1]}', '$.l')), regexp_like('event/x', '^event/'),
      CAST(from_iso8601_timestamp('2024-11-27T20:45:00.5Z') AS VARCHAR), to_hex(to_utf8('ü'))`);
    // FIPS 180-2, appendix B.1, and UTF-8 of U+00FC.
    const ofAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(rows).toEqual([[ofAbc, null, '1', null, '["x",1]', true, '2024-11-27 20:45:00.5+00', 'C3BC']]);
  });
});
