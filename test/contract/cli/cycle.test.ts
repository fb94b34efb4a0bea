import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ballast, copyOf, type Ending, newState, projectRoot, reportOf } from './support/cli.ts';

const marketData = join(projectRoot, process.env.BALLAST_MARKET_DATA ?? '../shared/data');
const core40 = join(marketData, 'daily/core40_daily_2005_2023.csv.gz');

/** The fields that the specification of the audit trail lists. */
const fifteenFields = [
  'agent_results',
  'conviction',
  'cycle_id',
  'data_quality_score',
  'final_decision',
  'metadata',
  'mu_hat',
  'position_size',
  'provider_confidence',
  'reason_codes',
  'risk_checks',
  'sigma_hat',
  'stop_loss',
  'symbol',
  'timestamp',
];

describe('a cycle on the simulator', () => {
  const state = newState();
  let first: Ending;
  beforeAll(async () => {
    first = await ballast('cycle', '--state', state, '--json');
  });

  test('ends with 0 and prints one document that holds phases, decisions, orders, book and audit head', () => {
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const { cycleId, asOf, outcome, refusal, phases, decisions, orders, positions, cash, equity, audit } = reportOf(first);
    expect(first.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect({ cycleId, asOf, outcome, refusal }).toEqual({
      cycleId: 'cycle-2024-12-31T20-45-00Z',
      asOf: '2024-12-31',
      outcome: 'traded',
      refusal: null,
    });
    expect(phases.map(({ name, outcome }) => [name, outcome])).toEqual(
      ['rank', 'preflight', 'reconcile', 'load-data', 'signals', 'allocation', 'risk', 'orders', 'fills', 'record'].map((name) => [
        name,
        'done',
      ]),
    );
    expect(decisions).toHaveLength(60);
    for (const decision of decisions) expect(Object.keys(decision).sort()).toEqual(fifteenFields);
    expect(orders.length).toBeGreaterThan(0);
    expect(new Set(orders.map(({ state }) => state))).toEqual(new Set(['FILLED']));
    expect(positions.map(({ symbol }) => symbol)).toEqual(orders.map(({ symbol }) => symbol));
    expect(equity).toBeCloseTo(
      positions.reduce((sum, { value }) => sum + value, cash),
      6,
    );
    // The policy and the control state that the fund was set up with, the opening, a decision for each symbol, the orders, the cycle.
    expect(audit).toEqual({ records: 2 + 1 + 60 + orders.length + 1, head: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  test('rejects the symbols with bad data, each for its own reason', () => {
    const blocked = reportOf(first).decisions.filter(
      ({ final_decision, reason_codes }) => final_decision === 'REJECT' && reason_codes[0]!.match(/price|date|history|stale|split/),
    );
    expect(Object.fromEntries(blocked.map(({ symbol, reason_codes }) => [symbol, reason_codes[0]]))).toMatchObject({
      ZTEA: 'history-too-short',
      QNOV: 'zero-or-negative-price',
      QGRA: 'duplicate-date',
      QLUX: 'unexplained-split-like-move',
    });
  });

  test('is refused the second time, sends no order and leaves the book as it was', async () => {
    const second = await ballast('cycle', '--state', state, '--json');
    expect(second).toMatchObject({ code: 3, stderr: '' });
    const { outcome, refusal, decisions, orders, positions, cash, audit } = reportOf(second);
    expect({ outcome, decisions, orders }).toEqual({ outcome: 'refused', decisions: [], orders: [] });
    expect(refusal).toMatchObject({ reason: 'already-run', details: { status: 'SUCCEEDED' } });
    const before = reportOf(first);
    expect({ positions, cash, audit }).toEqual({ positions: before.positions, cash: before.cash, audit: before.audit });
  });

  test('decides the same, byte for byte, in another fresh directory', async () => {
    const again = reportOf(await ballast('cycle', '--state', newState(), '--json'));
    expect(JSON.stringify(again.decisions)).toBe(JSON.stringify(reportOf(first).decisions));
    expect(again.audit.head).toBe(reportOf(first).audit.head);
  });

  test('shows people phases, decisions, orders and the blocked symbols by name', async () => {
    const { code, stdout } = await ballast('cycle', '--state', copyOf(state), '--fresh');
    expect(code).toBe(0);
    expect(stdout).toContain('Trading cycle as of 2024-12-31, 15:45 New York\nIngested: simulator seed 1 (sim-1), 60 symbols');
    expect(stdout).toMatch(/✓ preflight +\d+ ms/);
    expect(stdout).toMatch(/Traded: \d+ of \d+ orders filled\./);
    expect(stdout).toMatch(/^Regime {4}(BULL|BEAR)_\w+ since \d{4}-\d\d-\d\d, leaves \d+ % of the exposure limits \(.+\)$/m);
    expect(stdout).toMatch(/^Opinions {2}technical \d+, sentiment \d+, valuation \d+, fundamental \d+, factors \d+ of \d+ symbols$/m);
    expect(stdout).toMatch(/zero-or-negative-price +QNOV/);
    expect(stdout).toMatch(/^Book {2}equity \$[\d,.]+ {2}cash \$[\d,.]+/m);
    expect(stdout).not.toMatch(/undefined|NaN|\[object/);
  });

  test('opened only what the list of the hour names, which can be looked at', async () => {
    const shown = await ballast('opportunities', '--state', state);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^Opportunities of 2024-12-31: 20 of 60 symbols, \d+ filtered\n2024-12-31T2030Z-[0-9a-f]{12}, on sim-1 /);
    expect(shown.stdout).not.toMatch(/undefined|NaN|\[object/);
    const { gate, list } = JSON.parse((await ballast('opportunities', '--state', state, '--json')).stdout) as {
      gate: string;
      list: { listed: string[] };
    };
    expect(gate).toBe('listed');
    for (const { symbol } of reportOf(first).orders) expect(list.listed).toContain(symbol);
  });

  test('can be looked at afterwards: status, orders, positions, audit, symbols', async () => {
    const { orders, positions, audit } = reportOf(first);
    const documents = await Promise.all(
      ['status', 'orders', 'positions', 'audit', 'symbols'].map(async (view) => {
        const { code, stdout, stderr } = await ballast(view, '--state', copyOf(state), '--json');
        expect({ view, code, stderr }).toEqual({ view, code: 0, stderr: '' });
        return JSON.parse(stdout) as Record<string, unknown>;
      }),
    );
    expect(documents[0]).toMatchObject({ control: { state: 'RUNNING' }, lastCycle: 'cycle-2024-12-31T20-45-00Z', audit });
    expect(documents[1]).toEqual({ cycleId: 'cycle-2024-12-31T20-45-00Z', orders });
    expect(documents[2]!.positions).toHaveLength(positions.length);
    expect(documents[3]).toMatchObject({ verdict: { kind: 'intact', records: audit.records } });
    expect(documents[4]!.symbols).toHaveLength(60);
    const blocked = await ballast('symbols', '--blocked', '--state', copyOf(state));
    expect(blocked.stdout).toMatch(/QNOV +QUARANTINED .* A price is zero, negative or no number\./);
    expect(blocked.stdout).not.toContain('ACTIVE');
  });

  test('says when the fund has used other data before', async () => {
    const other = copyOf(state);
    const { code, stderr } = await ballast('cycle', '--state', other, '--data', join(import.meta.dirname, 'data/three-symbols.csv'));
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Note: this fund has used simulator seed 1 before and now runs on file three-symbols\.csv\./);
  });
});

describe('a cycle on real data', () => {
  test.skipIf(!existsSync(core40))('trades the core 40 as of 2019-06-14 (needs the market data of BALLAST_MARKET_DATA)', async () => {
    const report = reportOf(await ballast('cycle', '--data', core40, '--as-of', '2019-06-14', '--state', newState(), '--json'));
    expect(report).toMatchObject({ cycleId: 'cycle-2019-06-14T19-45-00Z', asOf: '2019-06-14', outcome: 'traded', refusal: null });
    expect(report.decisions).toHaveLength(40);
    expect(report.orders.length).toBeGreaterThan(0);
  });
});
