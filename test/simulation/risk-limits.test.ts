/**
 * Every limit, breaker and memory of the risk engine, driven over by a whole cycle.
 *
 * A line is found by a cycle within it: what that one measured becomes the limit of the next. At that value nothing is breached, a
 * billionth below it is.
 *
 * | line                                  | stated action                          | test                                             |
 * |---------------------------------------|----------------------------------------|--------------------------------------------------|
 * | gross leverage, VaR, sector, average correlation | SCALE to limit ÷ value      | "a limit that scales"                            |
 * | CVaR                                  | SCALE                                  | "CVaR of what is held"                           |
 * | stress loss, drawdown                 | REJECT                                 | "a limit that rejects"                           |
 * | breaker tier 1: VaR                   | SCALE                                  | "tier 1"                                         |
 * | breaker tier 2: VaR, volatility       | sizing of 25 %                         | "tier 2"                                         |
 * | breaker tier 3: drawdown and volatility | FREEZE                               | "tier 3"                                         |
 * | CVaR over its limit three cycles in a row | control HALTED                     | "CVaR over its limit three cycles in a row"      |
 * | loss of 25 % of the all-time high     | control HALTED                         | "a loss of a quarter"                            |
 * | a crash of prices, and nothing else     | stops, drawdown, HALTED                | crash.test.ts                                    |
 * | cooldown and ramp                     | 10 sessions, then 20/40/60/80/100 %    | "the way back"                                   |
 * | returns that cannot be measured       | risk refuses, nothing is sent          | "a book whose returns are too short"             |
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import type { RiskLimits } from '../../shared/domain/policy/policy.ts';
import type { RiskMetrics } from '../../shared/domain/risk/assess-risk.ts';
import { session, type TestFund } from '../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import {
  alertsOf,
  bootSmall,
  changed,
  checksOf,
  documentOf,
  type PolicyChange,
  publish,
  remember,
  sessionsFrom,
} from '../support/small-fund.ts';

const [first, second, third] = sessionsFrom(session, 3) as [string, string, string];
/** Just under a measured value: the smallest breach that a limit can see. */
const below = (value: number): number => value * (1 - 1e-9);

const { report: untroubled, metrics: measured } = await oneCycle();

/** One cycle of a new fund, and what risk measured in it. */
async function oneCycle(
  change?: PolicyChange,
  prepare: (fund: TestFund) => Promise<void> = async () => {},
): Promise<{ report: CycleReport; metrics: RiskMetrics; sizes: ReadonlyMap<string, number>; alerts: string[] }> {
  await using fund = await bootSmall(change);
  await prepare(fund);
  const report = await fund.cycle(first);
  await expectLedgerIsExchange(fund);
  const { approved, assessment } = await documentOf(fund, report, 'risk');
  expect(fund.wire.ordersSent).toBe(report.orders.length);
  return {
    report,
    metrics: assessment.metrics,
    sizes: new Map(approved.map(({ symbol, weight }) => [symbol, weight])),
    alerts: alertsOf(fund),
  };
}

/** Every decision of a cycle carries the same verdict of risk. */
function verdict(report: CycleReport): { decision: string | null; scaleFrac: number | null; reasons: readonly string[] } {
  const [{ decision, scaleFrac, reasons }, ...others] = report.decisions.map(checksOf) as [ReturnType<typeof checksOf>];
  for (const other of others) expect(other).toMatchObject({ decision, scaleFrac, reasons });
  return { decision, scaleFrac, reasons };
}

const bought = ({ orders }: CycleReport): Record<string, number> =>
  Object.fromEntries(orders.map(({ symbol, side, quantity }) => [`${side} ${symbol}`, quantity]));

const invested = ({ positions }: CycleReport): number => positions.reduce((sum, { value }) => sum + value, 0);

test('without a breach risk says ALLOW, and the orders go out', () => {
  expect(verdict(untroubled)).toEqual({ decision: 'ALLOW', scaleFrac: 1, reasons: [] });
  expect(untroubled.orders.length).toBeGreaterThan(3);
});

describe('a limit that scales', () => {
  const limits: readonly (readonly [string, keyof RiskLimits, number, readonly string[]])[] = [
    ['gross-leverage', 'grossFracMax', measured.grossFrac, []],
    ['var', 'varFracMax', measured.varFrac, ['breaker-tier-1']],
    ['sector-exposure', 'sectorFracMax', Math.max(...measured.sectors.map(({ grossFrac }) => grossFrac)), []],
    ['average-correlation', 'averageCorrelationMax', measured.averageCorrelation!, []],
  ];

  test.each(limits)('%s: at the limit the book passes as it is', async (_limit, name, value) => {
    const { report } = await oneCycle(changed('risk', { [name]: value }));
    expect(verdict(report)).toEqual({ decision: 'ALLOW', scaleFrac: 1, reasons: [] });
    expect(bought(report)).toEqual(bought(untroubled));
  });

  test.each(limits)('%s: just over it SCALE, on record and told to people', async (limit, name, value, more) => {
    const { report, alerts } = await oneCycle(changed('risk', { [name]: below(value) }));
    const { decision, scaleFrac, reasons } = verdict(report);
    expect({ decision, reasons }).toEqual({ decision: 'SCALE', reasons: [`${limit}-over-limit`, ...more] });
    expect(scaleFrac).toBeLessThan(1);
    expect(scaleFrac).toBeCloseTo(1, 8);
    expect(alerts).toEqual([expect.stringContaining(`Risk says SCALE in ${report.cycleId}: ${limit}-over-limit`)]);
  });

  test.each(limits)('%s: a quarter over it the whole book shrinks to four fifths', async (limit, name, value) => {
    const { report, sizes } = await oneCycle(changed('risk', { [name]: value * 0.8 }));
    expect(verdict(report).reasons).toContain(`${limit}-over-limit`);
    for (const { symbol, final_decision: decision, position_size: size } of untroubled.decisions) {
      expect(sizes.get(symbol)).toBeCloseTo(decision === 'EXECUTE_BUY' ? size * 0.8 : 0, 12);
    }
    expect(invested(report) / invested(untroubled)).toBeCloseTo(0.8, 3);
  });
});

describe('CVaR of what is held', () => {
  /** A second cycle under another limit than the first. */
  async function secondCycle(cvarFracMax: number) {
    await using fund = await bootSmall();
    await fund.cycle(first);
    await publish(fund, changed('risk', { cvarFracMax }));
    const report = await fund.cycle(second);
    await expectLedgerIsExchange(fund);
    const { assessment } = await documentOf(fund, report, 'risk');
    return { report, cvarFrac: assessment.metrics.cvarFrac };
  }

  test('at the limit nothing is sold for it; just over it SCALE sells some of everything', async () => {
    // Under so low a limit no symbol may be bought any more, so the book that is weighed is the one held.
    const { cvarFrac } = await secondCycle(1e-3);
    const at = await secondCycle(cvarFrac);
    expect(verdict(at.report)).toEqual({ decision: 'ALLOW', scaleFrac: 1, reasons: [] });
    expect(at.report.orders).toEqual([]);
    const { report } = await secondCycle(cvarFrac * 0.9);
    expect(verdict(report)).toMatchObject({ decision: 'SCALE', reasons: ['cvar-over-limit'] });
    expect(verdict(report).scaleFrac).toBeCloseTo(0.9, 12);
    expect(report.orders.length).toBe(untroubled.positions.length);
    expect(report.orders.filter(({ side }) => side === 'BUY')).toEqual([]);
  });
});

describe('a limit that rejects', () => {
  const down: (fund: TestFund) => Promise<void> = (fund) => remember(fund, { peakEquityUsd: 1_100_000 });
  const limits = [
    ['stress-loss', 'stressLossFracMax', Math.max(...measured.stress.map(({ lossFrac }) => lossFrac)), undefined],
    ['drawdown', 'drawdownFracMax', 100_000 / 1_100_000, down],
  ] as const;

  test.each(limits)('%s: at the limit the book passes as it is', async (_limit, name, value, prepare) => {
    const { report } = await oneCycle(changed('risk', { [name]: value }), prepare);
    expect(verdict(report)).toEqual({ decision: 'ALLOW', scaleFrac: 1, reasons: [] });
    expect(bought(report)).toEqual(bought(untroubled));
  });

  test.each(limits)('%s: just over it REJECT, and no order leaves', async (limit, name, value, prepare) => {
    const { report, alerts } = await oneCycle(changed('risk', { [name]: below(value) }), prepare);
    expect(report).toMatchObject({ outcome: 'no-trade', orders: [], positions: [] });
    const { decision, scaleFrac, reasons } = verdict(report);
    expect({ decision, scaleFrac }).toEqual({ decision: 'REJECT', scaleFrac: 0 });
    expect(new Set(reasons)).toEqual(new Set([`${limit}-over-limit`]));
    for (const { symbol, final_decision: before } of untroubled.decisions.filter((one) => one.final_decision === 'EXECUTE_BUY')) {
      const now = report.decisions.find((one) => one.symbol === symbol)!;
      expect([symbol, before, now.final_decision, ...now.reason_codes.slice(0, 2)]).toEqual([
        symbol,
        'EXECUTE_BUY',
        'REJECT',
        'risk-reject',
        `${limit}-over-limit`,
      ]);
    }
    expect(alerts).toEqual([expect.stringContaining(`Risk says REJECT in ${report.cycleId}`)]);
  });

  test('a book that only shrinks is let through: it lowers what is over its limit', async () => {
    await using fund = await bootSmall();
    await fund.cycle(first);
    await publish(fund, (policy) => changed('risk', { stressLossFracMax: 1e-3, cvarFracMax: 1e-3 })(policy));
    const report = await fund.cycle(second);
    expect(verdict(report).decision).toBe('SCALE');
    expect(verdict(report).reasons).toEqual(expect.arrayContaining(['cvar-over-limit', 'stress-loss-over-limit']));
    expect(report.orders).toHaveLength(untroubled.positions.length);
    expect(report.orders.filter(({ side }) => side === 'BUY')).toEqual([]);
  });
});

describe('breakers', () => {
  const { varFrac } = measured;

  test('tier 1: VaR over its limit scales, and says which tier', async () => {
    const { report } = await oneCycle(changed('risk', { varFracMax: varFrac / 1.4 }));
    expect(verdict(report)).toMatchObject({ decision: 'SCALE', reasons: ['var-over-limit', 'breaker-tier-1'] });
    expect(verdict(report).scaleFrac).toBeCloseTo(1 / 1.4, 12);
  });

  test.each([
    ['VaR at its multiple of the limit', 'breaker-tier-1', 1 / 1.4, 1.4 * (1 + 1e-9)],
    ['VaR just over that', 'breaker-tier-2', 0.25, 1.4 * (1 - 1e-9)],
  ])('tier 2: %s is %s', async (_what, tier, scale, tierTwoVarMultiple) => {
    const { report, sizes } = await oneCycle((policy) =>
      changed('breakers', { tierTwoVarMultiple })(changed('risk', { varFracMax: varFrac / 1.4 })(policy)),
    );
    expect(verdict(report)).toMatchObject({ decision: 'SCALE', reasons: ['var-over-limit', tier] });
    expect(verdict(report).scaleFrac).toBeCloseTo(scale, 12);
    const [decided] = untroubled.decisions.filter((one) => one.final_decision === 'EXECUTE_BUY');
    expect(sizes.get(decided!.symbol)).toBeCloseTo(decided!.position_size * scale, 12);
  });

  /**
   * So low a target that the allocator steers the book to it. It predicts with a shrunk covariance, risk measures the sample's, and so
   * the book is somewhat above the target: where high volatility begins is set around that.
   */
  const annualizedVolTarget = 0.015;
  const steered = changed('breakers', { annualizedVolTarget });
  let aboveTarget: number;
  let calm: CycleReport;
  beforeAll(async () => {
    const { report, metrics } = await oneCycle(steered);
    [calm, aboveTarget] = [report, metrics.annualizedVol / annualizedVolTarget];
    expect(aboveTarget).toBeGreaterThan(1);
  });
  const highVol = (factor: number): PolicyChange => changed('breakers', { annualizedVolTarget, highVolMultiple: aboveTarget * factor });

  test('tier 2: volatility at its multiple of the target passes, just over it leaves 25 %', async () => {
    const { report: within } = await oneCycle(highVol(1 + 1e-9));
    expect(verdict(within).decision).toBe('ALLOW');
    expect(bought(within)).toEqual(bought(calm));
    const { report } = await oneCycle(highVol(1 - 1e-9));
    expect(verdict(report)).toEqual({ decision: 'SCALE', scaleFrac: 0.25, reasons: ['breaker-tier-2'] });
    expect(report.orders).toHaveLength(calm.orders.length);
    for (const [order, quantity] of Object.entries(bought(report))) expect(quantity / bought(calm)[order]!).toBeCloseTo(0.25, 3);
  });

  const down = (fund: TestFund) => remember(fund, { peakEquityUsd: 1_250_000 });

  test('tier 3: a drawdown over its limit with high volatility freezes; with calm markets it rejects', async () => {
    const quiet = await oneCycle(highVol(1 + 1e-9), down);
    expect(verdict(quiet.report)).toMatchObject({ decision: 'REJECT', reasons: ['drawdown-over-limit'] });
    const { report, alerts } = await oneCycle(highVol(1 - 1e-9), down);
    expect(report).toMatchObject({ outcome: 'no-trade', orders: [] });
    expect(verdict(report)).toMatchObject({ decision: 'FREEZE', reasons: ['breaker-tier-3', 'recovery-cooldown', 'drawdown-over-limit'] });
    expect(report.decisions.filter(({ reason_codes: [why] }) => why === 'risk-freeze')).not.toEqual([]);
    expect(alerts).toEqual([expect.stringContaining('Risk says FREEZE')]);
  });

  test('the way back: ten sessions without an order, then a fifth more of the book each session', async () => {
    await using fund = await bootSmall(highVol(1 - 1e-9));
    await down(fund);
    const [frozenOn, ...days] = sessionsFrom(first, 17) as [string, ...string[]];
    expect(verdict(await fund.cycle(frozenOn)).decision).toBe('FREEZE');
    await publish(fund);
    for (const day of days.slice(0, 10)) {
      const report = await fund.cycle(day);
      expect([day, verdict(report), report.orders]).toEqual([
        day,
        { decision: 'FREEZE', scaleFrac: 0, reasons: ['recovery-cooldown', 'drawdown-over-limit'] },
        [],
      ]);
    }
    expect(fund.wire.ordersSent).toBe(0);
    // The drawdown is measured from where the ramp begins: a fund that froze below its limit could never come back otherwise.
    for (const [step, sizing] of [0.2, 0.4, 0.6, 0.8, 1].entries()) {
      const report = await fund.cycle(days[10 + step]);
      expect([step, verdict(report)]).toEqual([step, { decision: 'RECOVERY', scaleFrac: sizing, reasons: ['recovery-ramp'] }]);
      const { approved } = await documentOf(fund, report, 'risk');
      const { symbols } = await documentOf(fund, report, 'allocation');
      expect(approved.map(({ weight }) => weight)).toEqual(symbols.map(({ targetWeight }) => targetWeight * sizing));
    }
    expect(fund.wire.ordersSent).toBeGreaterThan(0);
    expect(verdict(await fund.cycle(days[15])).decision).toBe('ALLOW');
    await expectLedgerIsExchange(fund);
  });
});

describe('CVaR over its limit three cycles in a row', () => {
  /** Over its limit, and nothing may be sold: so it stays over it. */
  const stuck: PolicyChange = (policy) =>
    changed('execution', { restricted: policy.universe.rule.kind === 'list' ? policy.universe.rule.symbols : [] })(
      changed('risk', { cvarFracMax: 1e-3 })(policy),
    );

  test('halts the fund after the third, tells people, and the next cycle is refused', async () => {
    await using fund = await bootSmall();
    const days = sessionsFrom(first, 5) as [string, string, string, string, string];
    await fund.cycle(days[0]);
    await publish(fund, stuck);
    const sent = fund.wire.ordersSent;
    for (const day of days.slice(1, 3)) {
      const report = await fund.cycle(day);
      expect(report.outcome).toBe('no-trade');
      expect(verdict(report)).toMatchObject({ decision: 'SCALE', reasons: ['cvar-over-limit'] });
    }
    const report = await fund.cycle(days[3]);
    expect(report).toMatchObject({ outcome: 'halted', refusal: { reason: 'TradingHalted' } });
    expect(verdict(report)).toMatchObject({ decision: 'FREEZE', reasons: ['halted-cvar-persistence', 'cvar-over-limit'] });
    expect(await fund.fund.control.read()).toMatchObject({ state: 'HALTED', actor: `cycle/${report.cycleId}` });
    expect(alertsOf(fund).at(-1)).toMatch(/TradingPaused: Trading is HALTED .*cvar-persistence/);
    expect(await fund.cycle(days[4])).toMatchObject({ outcome: 'refused', refusal: { reason: 'trading-halted' } });
    expect(fund.wire.ordersSent).toBe(sent);
  });

  test('two, one within the limit, and two again halt nothing', async () => {
    await using fund = await bootSmall();
    const days = sessionsFrom(first, 6);
    await fund.cycle(days[0]);
    for (const [i, day] of days.slice(1).entries()) {
      await publish(fund, i === 2 ? (policy) => changed('execution', stuck(policy).execution)(policy) : stuck);
      const report = await fund.cycle(day);
      expect([i, verdict(report).reasons]).toEqual([i, i === 2 ? [] : ['cvar-over-limit']]);
    }
    expect(await fund.fund.control.read()).toMatchObject({ state: 'RUNNING' });
  });
});

describe('a loss of a quarter', () => {
  test('short of it the fund trades; with it the fund is HALTED and sends nothing', async () => {
    const short = await oneCycle(undefined, (fund) => remember(fund, { peakEquityUsd: 1_000_000 }, 1_333_333));
    expect(short.report.outcome).toBe('traded');

    await using fund = await bootSmall();
    await remember(fund, { peakEquityUsd: 1_000_000 }, 1_333_334);
    const report = await fund.cycle(first);
    expect(report).toMatchObject({ outcome: 'halted', orders: [] });
    expect(verdict(report)).toMatchObject({ decision: 'FREEZE', reasons: ['halted-loss-limit'] });
    expect(await fund.fund.control.read()).toMatchObject({ state: 'HALTED' });
    expect(alertsOf(fund)).toEqual([expect.stringContaining('Risk says FREEZE'), expect.stringMatching(/HALTED .*loss-limit/)]);
    expect(await fund.cycle(second)).toMatchObject({ refusal: { reason: 'trading-halted' } });
    expect(fund.wire.calls.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});

test('a book whose returns are too short to measure is left as it is: risk refuses, and nothing is sent', async () => {
  await using fund = await bootSmall(changed('risk', { returnSessionsMin: 251 }));
  expect(await fund.cycle(first)).toMatchObject({ outcome: 'traded' });
  const sent = fund.wire.ordersSent;
  await publish(fund, changed('risk', { returnSessionsMin: 252 }));
  const report = await fund.cycle(second);
  expect(report).toMatchObject({ outcome: 'no-trade', orders: [] });
  expect(fund.wire.ordersSent).toBe(sent);
  expect(new Set(report.decisions.map(({ final_decision: decision }) => decision))).toEqual(new Set(['REJECT']));
  expect(verdict(report)).toEqual({ decision: null, scaleFrac: null, reasons: [] });
  await publish(fund);
  expect((await fund.cycle(third)).outcome).not.toBe('failed');
});
