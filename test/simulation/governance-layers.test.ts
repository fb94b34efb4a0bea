/**
 * The eleven layers of governance: a whole cycle on either side of each line, and the layer stops the trade.
 *
 * | layer               | line                                                      | test                                            |
 * |---------------------|-----------------------------------------------------------|-------------------------------------------------|
 * | 1 pause flag        | control item RUNNING or not                               | "the pause flag"; control.test.ts               |
 * | 2 symbol governance | the session before and the session after a bad price      | "symbol governance"; governance.test.ts         |
 * | 3 1,260 rows        | 1,259 and 1,260 rows; 999 and 1,000                       | "the length of history"                         |
 * | 4 quality ≥ 0.6     | a score at the gate and a hair below it                   | "the quality gate"                              |
 * | 5 ≥ 1 valid agent   | one agent with an opinion, and none                       | "a valid agent"                                 |
 * | 6 VaR and CVaR      | at the limit and over it                                  | risk-limits.test.ts, "a limit that scales", "CVaR of what is held" |
 * | 7 three tiers       | each tier and just short of it                            | risk-limits.test.ts, "breakers"                 |
 * | 8 CVaR persistence  | two breaches in a row, and three                          | risk-limits.test.ts, "CVaR over its limit three cycles in a row" |
 * | 9 recovery          | ten sessions of cooldown, then the ramp                   | "recovery"; risk-limits.test.ts, "the way back" |
 * | 10 audit            | the trail cannot be written                               | "audit"                                         |
 * | 11 alerts           | the bus hears of a breach, and does not                   | "alerts"                                        |
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import type { FaultRule } from '../../apps/local-cloud/faults.ts';
import { type DailyBars, sliceBars } from '../../shared/domain/market/bars.ts';
import { nextSession, previousSession, sessionsBack, sessionsBetween } from '../../shared/domain/market/calendar.ts';
import { deliberateDefects } from '../../shared/domain/market/simulator/defects.ts';
import { simulatedFrom, simulatedTo, simulateMarket } from '../../shared/domain/market/simulator/simulate-market.ts';
import { simulatedUniverse } from '../../shared/domain/market/simulator/universe.ts';
import { formatDay, parseDay } from '../../shared/kernel/days.ts';
import type { EpochDay, Ticker } from '../../shared/kernel/units.ts';
import { ingestCsv, linesOf } from '../support/bars-csv.ts';
import { bootFund, named, session, type TestFund } from '../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import { simulatedLake } from '../support/simulated-lake.ts';
import {
  alertsOf,
  bootSmall,
  changed,
  checksOf,
  decisionOf,
  type PolicyChange,
  publish,
  remember,
  sessionsFrom,
} from '../support/small-fund.ts';
import { setControlState } from '../support/tampering.ts';

const [first, second] = sessionsFrom(session, 2) as [string, string];
const dayBefore = (day: string): string => formatDay(previousSession(parseDay(day)));

// Made once, and before any test's time runs.
beforeAll(async () => {
  await simulatedLake();
});

test('the pause flag: a cycle of a running fund trades; paused, the next one is refused and asks the broker for nothing', async () => {
  await using fund = await bootSmall();
  expect(await fund.cycle(first)).toMatchObject({ outcome: 'traded' });
  await setControlState(fund, 'PAUSED');
  const calls = fund.wire.calls.length;
  expect(await fund.cycle(second)).toMatchObject({ outcome: 'refused', refusal: { reason: 'trading-paused' }, orders: [] });
  expect(fund.wire.calls).toHaveLength(calls);
});

test('symbol governance: a symbol may trade up to the session of its bad price, and is quarantined from the next one on', async () => {
  const { symbol, sessions } = deliberateDefects.find(({ kind }) => kind === 'negative-price')!;
  const day = sessionsBetween(simulatedFrom, simulatedTo).at(-sessions) as EpochDay;
  await using fund = await bootSmall((policy) => ({
    ...policy,
    universe: { ...policy.universe, rule: { kind: 'list', symbols: [symbol, 'QBYT', 'QCIR', 'QPIX', 'QRAI', 'QWAT', 'ZTER', 'QCLE'] } },
  }));
  const before = await fund.cycle(formatDay(day));
  expect(decisionOf(before, symbol).reason_codes).not.toContain('zero-or-negative-price');
  expect(decisionOf(before, symbol).agent_results.length).toBeGreaterThan(0);

  const after = await fund.cycle(formatDay(nextSession(day)));
  expect(decisionOf(after, symbol)).toMatchObject({
    final_decision: 'REJECT',
    reason_codes: ['zero-or-negative-price'],
    agent_results: [],
    metadata: { governance: { state: 'QUARANTINED' } },
  });
  expect(after.orders.filter((order) => order.symbol === symbol)).toEqual([]);
  expect((await fund.fund.symbols.all()).get(symbol)).toMatchObject({ state: 'QUARANTINED', previousState: 'ACTIVE' });
});

/** Six years of as many companies as make a market, in a file without any facts about them. */
describe('in a file', () => {
  const asOf = '2024-12-30';
  const symbols = ['QAER', 'QBYT', 'QCAR', 'QCIR', 'QBIO', 'QCOI', 'QFLA', 'QHAM', 'QPIX', 'QTRA', 'ZFOR', 'ZMIN', 'ZUND', 'QORC'] as const;
  const sectors = Object.fromEntries(simulatedUniverse.map(({ symbol, sector }) => [symbol, sector]));
  let lines: ReadonlyMap<string, string[]>;
  beforeAll(() => {
    const { bars } = simulateMarket({ seed: 1 });
    lines = new Map(symbols.map((symbol) => [symbol, linesOf(lastRows(bars.get(symbol as Ticker)!, 1500))]));
  });
  const lastRows = (bars: DailyBars, rows: number): DailyBars => sliceBars(bars, bars.day.length - rows, bars.day.length);

  /** A fund whose lake holds the file, with some of its symbols changed. */
  async function bootWith(change: Readonly<Record<string, (rows: string[]) => string[]>> = {}, policy?: PolicyChange) {
    const fund = await bootFund({ data: false, ...(policy && { policy }) });
    const rows = symbols.flatMap((symbol) => (change[symbol] ?? ((same) => same))(lines.get(symbol)!));
    const { datasetId } = await ingestCsv(fund, rows, sectors);
    return {
      fund,
      on: (day: string): Promise<CycleReport> => fund.cycle(day, datasetId),
      [Symbol.asyncDispose]: () => fund[Symbol.asyncDispose](),
    };
  }

  test('the length of history: with 1,259 rows a symbol is DEGRADED, with 1,000 still, with 999 QUARANTINED; with 1,260 it may trade', async () => {
    const begin = (rows: number) => (all: string[]) => {
      const end = all.findIndex((line) => line.includes(`,${asOf},`));
      return all.slice(end - rows);
    };
    await using cycles = await bootWith({ QAER: begin(1260), QBIO: begin(1000) });
    const states = (report: CycleReport) =>
      ['QAER', 'QBIO', 'QBYT'].map((symbol) => {
        const { reason_codes: reasons, metadata } = decisionOf(report, symbol);
        const { governance, rows } = metadata as { governance: { state: string }; rows: number };
        return [symbol, rows > 1260 ? 'more' : rows, governance.state, reasons.includes('history-too-short')];
      });
    const short = await cycles.on(dayBefore(asOf));
    expect(states(short)).toEqual([
      ['QAER', 1259, 'DEGRADED', true],
      ['QBIO', 999, 'QUARANTINED', true],
      ['QBYT', 'more', 'ACTIVE', false],
    ]);
    expect(short.orders.filter(({ symbol }) => symbol === 'QAER' || symbol === 'QBIO')).toEqual([]);
    const long = await cycles.on(asOf);
    expect(states(long)).toEqual([
      ['QAER', 1260, 'ACTIVE', false],
      ['QBIO', 1000, 'DEGRADED', true],
      ['QBYT', 'more', 'ACTIVE', false],
    ]);
    expect(decisionOf(long, 'QAER').agent_results.length).toBeGreaterThan(0);
    expect((await cycles.fund.fund.symbols.all()).get('QAER')).toMatchObject({ state: 'ACTIVE', previousState: 'DEGRADED' });
  });

  test('the quality gate: a score at the gate passes, a hair below it does not', async () => {
    // Every tenth session is missing: no veto, and a score that shows it.
    const gaps = { QCAR: (rows: string[]) => rows.filter((_, i) => i % 10 !== 5) };
    await using open = await bootWith(gaps);
    const { data_quality_score: score, agent_results: opinions } = decisionOf(await open.on(asOf), 'QCAR');
    expect(score).toBeCloseTo(0.97, 3);
    expect(opinions.length).toBeGreaterThan(0);

    await using at = await bootWith(gaps, changed('governance', { qualityScoreMin: score }));
    expect(decisionOf(await at.on(asOf), 'QCAR')).toMatchObject({ reason_codes: expect.not.arrayContaining(['quality-below-gate']) });

    await using below = await bootWith(gaps, changed('governance', { qualityScoreMin: score + 1e-12 }));
    const report = await below.on(asOf);
    expect(decisionOf(report, 'QCAR')).toMatchObject({
      final_decision: 'REJECT',
      reason_codes: ['quality-below-gate'],
      agent_results: [],
      metadata: { governance: { state: 'DEGRADED' } },
    });
    expect(report.orders.filter(({ symbol }) => symbol === 'QCAR')).toEqual([]);
    expect(report.outcome).toBe('traded');
  });

  test('a valid agent: with none no symbol trades, with one they do', async () => {
    // No news, no reports: all of these abstain.
    const silent = ['sentiment', 'valuation', 'fundamental'];
    await using mute = await bootWith({}, (policy) => ({ ...policy, agents: silent }));
    const report = await mute.on(asOf);
    expect(report).toMatchObject({ outcome: 'no-trade', orders: [] });
    for (const { final_decision: decision, reason_codes: reasons, agent_results: opinions } of report.decisions) {
      expect([decision, reasons]).toEqual(['REJECT', ['no-valid-opinion']]);
      expect(opinions.map(({ kind }) => kind)).toEqual(['abstain', 'abstain', 'abstain']);
    }
    await using heard = await bootWith({}, (policy) => ({ ...policy, agents: [...silent, 'technical'] }));
    expect(await heard.on(asOf)).toMatchObject({ outcome: 'traded' });
  });
});

test('recovery: ten sessions after a freeze nothing is sent, with the eleventh a fifth of the book', async () => {
  const frozenFor = async (sessions: number) => {
    const fund = await bootSmall();
    await remember(fund, { recovery: { kind: 'cooldown', frozenOn: sessionsBack(parseDay(first), sessions) }, peakEquityUsd: 1_000_000 });
    const report = await fund.cycle(first);
    await fund[Symbol.asyncDispose]();
    return report;
  };
  const cooling = await frozenFor(10);
  expect(cooling).toMatchObject({ outcome: 'no-trade', orders: [] });
  expect(checksOf(cooling.decisions[0]!)).toMatchObject({ decision: 'FREEZE', reasons: ['recovery-cooldown'] });
  const back = await frozenFor(11);
  expect(back.outcome).toBe('traded');
  expect(checksOf(back.decisions[0]!)).toMatchObject({ decision: 'RECOVERY', scaleFrac: 0.2, reasons: ['recovery-ramp'] });
});

/** Every record that that function would leave, through the one that may write the trail. */
const cannotWrite = (caller: string): FaultRule => ({
  ...{ service: 'lambda', operation: 'Invoke', caller: named(caller), target: named('audit-write-audit'), fault: 'drop-request' },
});
const cannotTell = (caller: string): FaultRule => ({
  service: 'events',
  operation: 'PutEvents',
  caller: named(caller),
  fault: 'drop-request',
});

describe('audit', () => {
  test('a trail that can be written lets the cycle trade; one that cannot lets it not even look, let alone send', async () => {
    await using sound = await bootSmall();
    expect(await sound.cycle(first)).toMatchObject({ outcome: 'traded' });
    expect((await sound.fund.audit.recordsOf((await sound.fund.audit.cycles())[0]!))[0]?.record.type).toBe('opening');
    await using fund = await bootSmall();
    fund.failing(cannotWrite('trading-preflight'), cannotWrite('trading-close-cycle'));
    const report = await fund.cycle(first);
    expect(report).toMatchObject({ outcome: 'failed', orders: [], decisions: [] });
    expect(await fund.fund.audit.recordsOf(report.cycleId)).toEqual([]);
    expect(fund.wire.ordersSent).toBe(0);
    expect(fund.told('ExecutionFailed')).toHaveLength(1);
  });

  test('a cycle whose decisions cannot be recorded is not done: it fails, its failure is on record, and people hear of it', async () => {
    await using fund = await bootSmall();
    fund.failing(cannotWrite('trading-record-decisions'));
    const report = await fund.cycle(first);
    expect(report).toMatchObject({ outcome: 'failed', decisions: [] });
    expect(alertsOf(fund)).toEqual([expect.stringContaining(`CycleFailed: Cycle ${report.cycleId} failed`)]);
    const records = await fund.fund.audit.recordsOf(report.cycleId);
    expect(records.map(({ record }) => record)).toMatchObject([{ type: 'opening' }, { type: 'cycle', record: { outcome: 'failed' } }]);
    // What had been sent is in the ledger, so that the next cycle starts from the truth.
    expect(report.orders.every(({ state }) => state === 'FILLED')).toBe(true);
    await expectLedgerIsExchange(fund);
  });

  test('a cycle of which nothing at all can be recorded ends as a failed execution, which is the alarm', async () => {
    await using fund = await bootSmall();
    fund.failing(cannotWrite('trading-record-decisions'), cannotWrite('trading-close-cycle'));
    const report = await fund.cycle(first);
    expect(report).toMatchObject({ outcome: 'failed', decisions: [] });
    expect(await fund.fund.audit.recordsOf(report.cycleId)).toHaveLength(1);
    expect(fund.told('ExecutionFailed')).toHaveLength(1);
    await expectLedgerIsExchange(fund);
  });

  test('a refusal that cannot be recorded is no refusal: the cycle fails, and nothing was sent', async () => {
    await using fund = await bootSmall();
    await setControlState(fund, 'PAUSED');
    fund.failing(cannotWrite('trading-close-cycle'));
    const report = await fund.cycle(first);
    expect(report).toMatchObject({ outcome: 'failed', orders: [] });
    expect(await fund.fund.audit.recordsOf(report.cycleId)).toEqual([]);
    expect(fund.wire.calls).toEqual([]);
  });
});

describe('alerts', () => {
  const breached = changed('risk', { averageCorrelationMax: 0.01 });
  const wholeCycle = async (change: PolicyChange | undefined, ...faults: readonly FaultRule[]) => {
    const fund: TestFund = await bootSmall(change);
    fund.failing(...faults);
    const report = await fund.cycle(first);
    await fund[Symbol.asyncDispose]();
    return { report, alerts: alertsOf(fund), sent: fund.wire.ordersSent };
  };

  test('within every limit nobody is told; a breach reaches the topic, with the verdict and what was breached', async () => {
    const quiet = await wholeCycle(undefined);
    expect([quiet.report.outcome, quiet.alerts]).toEqual(['traded', []]);
    const { report, alerts } = await wholeCycle(breached);
    expect(alerts).toEqual([
      expect.stringContaining(`Ballast RiskBreached: Risk says SCALE in ${report.cycleId}: average-correlation-over-limit.`),
    ]);
  });

  test('a breach that nobody can be told of lets no order out', async () => {
    const told = await wholeCycle(breached);
    expect(told.sent).toBeGreaterThan(0);
    const { report, alerts, sent } = await wholeCycle(breached, cannotTell('trading-check-risk'));
    expect(report).toMatchObject({ outcome: 'failed', orders: [] });
    expect(sent).toBe(0);
    expect(alerts).toEqual([expect.stringContaining(`CycleFailed: Cycle ${report.cycleId} failed`)]);
  });

  test('a halt stands even when nobody can be told of it, and nothing trades after it', async () => {
    await using fund = await bootSmall();
    await remember(fund, { peakEquityUsd: 1_000_000 }, 2_000_000);
    fund.failing(cannotTell('orders-enforce-stop'));
    expect(await fund.cycle(first)).toMatchObject({ outcome: 'halted', orders: [] });
    expect(await fund.fund.control.read()).toMatchObject({ state: 'HALTED' });
    fund.failing();
    await publish(fund);
    expect(await fund.cycle(second)).toMatchObject({ refusal: { reason: 'trading-halted' } });
    expect(fund.wire.ordersSent).toBe(0);
  });
});
