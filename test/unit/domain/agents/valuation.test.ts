import { describe, expect, test } from 'vitest';
import type { GivenOpinion, Opinion, SymbolView } from '../../../../shared/domain/agents/agent.ts';
import { stageOneGrowth, twoStageValueUsd } from '../../../../shared/domain/agents/valuation/discounted-cash-flow.ts';
import { dividendYieldFrac, releasedEarningsUsd, releasesKnown } from '../../../../shared/domain/agents/valuation/per-share.ts';
import { quartersKnown, symmetricGrowth, trailingSum } from '../../../../shared/domain/agents/valuation/trailing.ts';
import { weighMeasures } from '../../../../shared/domain/agents/valuation/weigh-measures.ts';
import { valuationAgent } from '../../../../shared/domain/agents/valuation.agent.ts';
import type { EarningsRelease, FundamentalReport } from '../../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf, ticker, toBars, walk } from '../fixtures.ts';

const PRICE = 100;
const days = (offset: number): EpochDay => (asOf + offset) as EpochDay;

const report = (quartersBack: number, change: Partial<FundamentalReport> = {}): FundamentalReport => ({
  periodEnd: days(-60 - 91 * quartersBack),
  availableDay: days(-25 - 91 * quartersBack),
  revenueUsd: 1000,
  netIncomeUsd: 100,
  totalAssetsUsd: 5000,
  equityUsd: 2000,
  operatingCashFlowUsd: 130,
  capitalExpenditureUsd: 30,
  freeCashFlowUsd: 100,
  sharesOutstanding: 80,
  ...change,
});
const quarters = (count: number, change: Partial<FundamentalReport> = {}): FundamentalReport[] =>
  Array.from({ length: count }, (_, i) => report(count - 1 - i, change));
const release = (quartersBack: number, epsUsd = 1.25): EarningsRelease => ({
  availableDay: days(-30 - 91 * quartersBack),
  session: 'post',
  epsUsd,
  epsEstimateUsd: epsUsd - 0.05,
});
const releases = (count: number, epsUsd?: number): EarningsRelease[] =>
  Array.from({ length: count }, (_, i) => release(count - 1 - i, epsUsd));

function view(
  reports: readonly FundamentalReport[],
  earnings: readonly EarningsRelease[] = [],
  change: Partial<SymbolView> = {},
): SymbolView {
  const rows = walk('V', 252).map((row, i) => ({ ...row, close: i === 251 ? PRICE : row.close }));
  return {
    symbol: ticker('V'),
    asOf,
    bars: toBars('V', rows),
    dailyVol: 0.012,
    dataQualityScore: 1,
    facts: { symbol: ticker('V'), reports, earnings, news: [] },
    factors: [],
    rules: defaultPolicy,
    ...change,
  };
}

function given(opinion: Opinion): GivenOpinion {
  if (opinion.kind === 'abstain') throw new Error(`abstained: ${opinion.reason}`);
  return opinion;
}
const evidence = (of: SymbolView): Readonly<Record<string, number>> => given(valuationAgent.opine(of)).evidence;

describe('valuation agent', () => {
  test('reads price to earnings, price to book and cash flow yield off four quarters', () => {
    // 400 of income and of free cash flow, 2000 of equity, 80 shares at 100: 8000.
    expect(evidence(view(quarters(4)))).toMatchObject({
      priceToEarnings: expect.closeTo(20, 12),
      priceToBook: expect.closeTo(4, 12),
      freeCashFlowYieldFrac: expect.closeTo(0.05, 12),
    });
  });

  test('prefers earnings per share as released', () => {
    expect(evidence(view(quarters(4), releases(4, 2.5))).priceToEarnings).toBeCloseTo(10, 12);
    expect(evidence(view([], releases(4, 2.5))).priceToEarnings).toBeCloseTo(10, 12);
  });

  test('likes a share better the less it costs', () => {
    const score = (income: number): number => evidence(view(quarters(8, { netIncomeUsd: income, freeCashFlowUsd: income }))).score!;
    expect(score(300)).toBeGreaterThan(score(100));
    expect(score(100)).toBeGreaterThan(score(20));
    expect(given(valuationAgent.opine(view(quarters(8, { netIncomeUsd: 300, freeCashFlowUsd: 300 })))).reasons[0]).toMatch(/ for$/);
  });

  test('holds a loss, negative equity and cash burnt against nobody: such a multiple is absent', () => {
    const losing = evidence(view(quarters(4, { netIncomeUsd: -50, freeCashFlowUsd: -10 })));
    expect(losing).not.toHaveProperty('priceToEarnings');
    expect(losing).not.toHaveProperty('freeCashFlowYieldFrac');
    expect(losing).not.toHaveProperty('intrinsicValueUsd');
    expect(losing.coverageFrac).toBeCloseTo(0.1, 12);
    expect(valuationAgent.opine(view(quarters(4, { netIncomeUsd: -50, freeCashFlowUsd: -10, equityUsd: -1 })))).toMatchObject({
      kind: 'abstain',
      reason: 'no-meaningful-multiple',
    });
  });

  test('counts free cash flow up to half as much again as earnings', () => {
    expect(evidence(view(quarters(4, { freeCashFlowUsd: 900 }))).freeCashFlowYieldFrac).toBeCloseTo(0.075, 12);
  });

  test('is surer the more it knows', () => {
    const all = given(valuationAgent.opine(view(quarters(8))));
    const few = given(valuationAgent.opine(view(quarters(8, { freeCashFlowUsd: null, sharesOutstanding: null }), releases(4))));
    expect(few.evidence.coverageFrac).toBeLessThan(all.evidence.coverageFrac!);
  });

  test.each([
    ['nothing but a price', [], [], 'no-fundamentals'],
    ['three releases', [], releases(3), 'releases-too-few'],
    ['reports that are too old', quarters(4).map((r) => ({ ...r, periodEnd: days(r.periodEnd - asOf - 141) })), [], 'reports-stale'],
    [
      'a release that is too old',
      [],
      releases(4).map((r) => ({ ...r, availableDay: days(r.availableDay - asOf - 101) })),
      'releases-stale',
    ],
    ['an EPS that is no number', [], releases(4, Number.NaN), 'release-not-finite'],
    ['reports of asOf itself', quarters(4).map((r) => ({ ...r, availableDay: asOf })), [], 'no-fundamentals'],
    ['reports without shares', quarters(4, { sharesOutstanding: null }), [], 'no-meaningful-multiple'],
  ] as ReadonlyArray<readonly [string, FundamentalReport[], EarningsRelease[], string]>)(
    'abstains on %s',
    (_, reports, earnings, reason) => {
      expect(valuationAgent.opine(view(reports, earnings))).toEqual({ kind: 'abstain', agent: 'valuation', reason });
    },
  );
});

describe('quarters known', () => {
  const known = (reports: readonly FundamentalReport[]): number => {
    const run = quartersKnown(reports, asOf, 200);
    return isRefusal(run) ? 0 : run.length;
  };

  test('is the run of consecutive quarters up to the newest', () => {
    expect(known(quarters(6))).toBe(6);
    expect(known(quarters(6).filter((_, i) => i !== 3))).toBe(2);
  });

  test('orders by period, not by the day a report became known, and believes the later of two on the same quarter', () => {
    const late = report(5, { availableDay: days(-10) });
    const run = quartersKnown([...quarters(5), late], asOf, 200);
    expect(isRefusal(run) ? [] : run.map(({ periodEnd }) => periodEnd)).toEqual([late, ...quarters(5)].map(({ periodEnd }) => periodEnd));
    const restated = report(0, { availableDay: days(-3), netIncomeUsd: 7 });
    const both = quartersKnown([...quarters(4), restated], asOf, 200);
    expect(isRefusal(both) ? [] : both.at(-1)!.netIncomeUsd).toBe(7);
    const tomorrow = quartersKnown([...quarters(4), { ...restated, availableDay: asOf }], asOf, 200);
    expect(isRefusal(tomorrow) ? [] : tomorrow.at(-1)!.netIncomeUsd).toBe(100);
  });

  test('does not believe a report from before its period ended', () => {
    expect(known([report(0, { availableDay: days(-61) })])).toBe(0);
  });

  test('sums four quarters, and none where one is missing or no number', () => {
    expect(trailingSum(quarters(4), 'revenueUsd')).toBe(4000);
    expect(trailingSum(quarters(7), 'revenueUsd', 1)).toBeNull();
    expect(trailingSum(quarters(3), 'revenueUsd')).toBeNull();
    expect(trailingSum([...quarters(4).slice(0, 3), report(0, { revenueUsd: null })], 'revenueUsd')).toBeNull();
    expect(trailingSum([...quarters(4).slice(0, 3), report(0, { revenueUsd: Number.NaN })], 'revenueUsd')).toBeNull();
  });

  test('growth from a loss to a profit is a rise', () => {
    expect(symmetricGrowth(3, -1)).toBe(2);
    expect(symmetricGrowth(-1, 3)).toBe(-2);
    expect(symmetricGrowth(3, 1)).toBe(1);
    expect(symmetricGrowth(0, 0)).toBeNull();
  });
});

describe('releases and dividends', () => {
  test('sums four releases of a run that no quarter is missing from', () => {
    const run = releasesKnown(releases(8), asOf, 130);
    expect(isRefusal(run) ? null : releasedEarningsUsd(run)).toBe(5);
    expect(isRefusal(run) ? null : releasedEarningsUsd(run, 1)).toBe(5);
    expect(
      releasesKnown(
        releases(6).filter((_, i) => i !== 3),
        asOf,
        130,
      ),
    ).toMatchObject({ reason: 'releases-too-few', details: { releases: 2 } });
  });

  test('counts what was paid in the year, but neither a spin-off nor nothing', () => {
    const bars = (dividends: Readonly<Record<number, number>>) =>
      toBars(
        'D',
        walk('D', 252).map((row, i) => ({ ...row, close: 50, dividend: dividends[i] ?? 0 })),
      );
    expect(dividendYieldFrac(bars({ 10: 0.25, 73: 0.25, 136: 0.25, 199: 0.25 }), 252, 0.03)).toBeCloseTo(0.02, 12);
    expect(dividendYieldFrac(bars({ 10: 0.25, 100: 12 }), 252, 0.03)).toBeCloseTo(0.005, 12);
    expect(dividendYieldFrac(bars({}), 252, 0.03)).toBeNull();
    expect(dividendYieldFrac(bars({ 10: 0.25 }), 253, 0.03)).toBeNull();
  });
});

describe('two-stage discounted cash flow', () => {
  const rules = defaultPolicy.valuation.discountedCashFlow;

  test('is Gordon’s formula where growth never changes', () => {
    // 1.02 / 0.055
    expect(twoStageValueUsd(1, 0.02, rules)).toBeCloseTo(18.545454545454547, 10);
  });

  test.each([
    ['a terminal growth that reaches the discount', 1, 0.05, { terminalGrowthFrac: 0.075 }, 'terminal-growth-not-below-discount'],
    ['no cash flow', 0, 0.05, {}, 'cash-flow-not-positive'],
    ['a cash flow that is no number', Number.NaN, 0.05, {}, 'discount-input-not-finite'],
    ['growth that leaves nothing', 1, -1, {}, 'discount-input-not-finite'],
    ['a stage of a single year', 1, 0.05, { stageOneYears: 1 }, 'stage-one-too-short'],
  ] as const)('refuses %s', (_, cash, growth, change, reason) => {
    expect(twoStageValueUsd(cash, growth, { ...rules, ...change })).toMatchObject({ kind: 'refused', reason });
  });

  test('believes half of last year’s growth, within bounds', () => {
    expect(stageOneGrowth(0.1, rules)).toBe(0.05);
    expect(stageOneGrowth(3, rules)).toBe(0.12);
    expect(stageOneGrowth(-0.8, rules)).toBe(-0.05);
  });
});

describe('weighing measures', () => {
  const yardstick = { usual: 1, scale: 2, weight: 1 };

  test('scores what is usual 0, and leaves out what is not known', () => {
    const found = weighMeasures([
      { name: 'known', value: 1, yardstick },
      { name: 'unknown', value: null, yardstick: { ...yardstick, weight: 3 } },
    ]);
    expect(found).toEqual({ score: 0, agreement: 0, coverageFrac: 0.25, reasons: [] });
  });

  test('turns a measure around that counts against', () => {
    const up = weighMeasures([{ name: 'a', value: 3, yardstick }]);
    const down = weighMeasures([{ name: 'a', value: 3, yardstick, lowIsGood: true }]);
    expect(up.score).toBeCloseTo(0.7615941559557649, 14);
    expect(down.score).toBe(-up.score);
    expect([up.reasons, down.reasons]).toEqual([['a for'], ['a against']]);
  });

  test('knows nothing of nothing', () => {
    expect(weighMeasures([])).toEqual({ score: 0, agreement: 0, coverageFrac: 0, reasons: [] });
  });
});
