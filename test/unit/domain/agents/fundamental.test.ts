import { describe, expect, test } from 'vitest';
import type { GivenOpinion, SymbolView } from '../../../../shared/domain/agents/agent.ts';
import { fundamentalAgent } from '../../../../shared/domain/agents/fundamental.agent.ts';
import type { EarningsRelease, FundamentalReport } from '../../../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf, ticker, toBars, walk } from '../fixtures.ts';

const days = (offset: number): EpochDay => (asOf + offset) as EpochDay;

/** Eight quarters, the newest 60 days old: the year before, then the last year with `change`. */
const twoYears = (change: Partial<FundamentalReport> = {}): FundamentalReport[] =>
  Array.from({ length: 8 }, (_, i) => ({
    periodEnd: days(-60 - 91 * (7 - i)),
    availableDay: days(-25 - 91 * (7 - i)),
    revenueUsd: 1000,
    netIncomeUsd: 100,
    totalAssetsUsd: 5000,
    equityUsd: 2000,
    operatingCashFlowUsd: 200,
    capitalExpenditureUsd: 30,
    freeCashFlowUsd: 170,
    sharesOutstanding: 80,
    ...(i >= 4 ? change : {}),
  }));
const releases = (surpriseUsd: number): EarningsRelease[] =>
  Array.from({ length: 4 }, (_, i) => ({
    availableDay: days(-30 - 91 * (3 - i)),
    session: 'post' as const,
    epsUsd: 1 + surpriseUsd,
    epsEstimateUsd: 1,
  }));

function view(
  reports: readonly FundamentalReport[],
  earnings: readonly EarningsRelease[] = [],
  change: Partial<SymbolView> = {},
): SymbolView {
  const rows = walk('F', 252).map((row, i) => ({ ...row, close: i === 251 ? 100 : row.close }));
  return {
    symbol: ticker('F'),
    asOf,
    bars: toBars('F', rows),
    dailyVol: 0.012,
    dataQualityScore: 1,
    facts: { symbol: ticker('F'), reports, earnings, news: [] },
    factors: [],
    rules: defaultPolicy,
    ...change,
  };
}
function given(of: SymbolView): GivenOpinion {
  const opinion = fundamentalAgent.opine(of);
  if (opinion.kind === 'abstain') throw new Error(`abstained: ${opinion.reason}`);
  return opinion;
}
const score = (change: Partial<FundamentalReport>, earnings: readonly EarningsRelease[] = []): number =>
  given(view(twoYears(change), earnings)).evidence.score!;

describe('fundamental agent', () => {
  test('reads ratios off four quarters and the four before', () => {
    const { evidence } = given(view(twoYears({ revenueUsd: 1100, netIncomeUsd: 150 }), releases(0.02)));
    expect(evidence).toMatchObject({
      returnOnEquityFrac: expect.closeTo(0.3, 12),
      profitabilityChangeFrac: expect.closeTo(0.04, 12),
      revenueGrowthFrac: expect.closeTo(0.1, 12),
      earningsGrowthFrac: expect.closeTo(0.4, 12),
      accrualsFrac: expect.closeTo(-0.04, 12),
      freeCashFlowAccrualsFrac: expect.closeTo(-0.016, 12),
      equityShareFrac: expect.closeTo(0.4, 12),
      earningsSurpriseFrac: expect.closeTo(0.0002, 12),
      coverageFrac: expect.closeTo(1, 12),
    });
  });

  test('likes more revenue, more cash behind the same income, and less debt', () => {
    expect(score({ revenueUsd: 1300 })).toBeGreaterThan(score({}));
    expect(score({ operatingCashFlowUsd: 300 })).toBeGreaterThan(score({}));
    // Income grows with equity, so that the return on it stays what it was.
    expect(score({ equityUsd: 3500, netIncomeUsd: 175, operatingCashFlowUsd: 275 })).toBeGreaterThan(score({}));
  });

  test('likes surprises, and dislikes a falling income twice over', () => {
    expect(score({}, releases(0.3))).toBeGreaterThan(score({}, releases(-0.3)));
    expect(score({ netIncomeUsd: 60 })).toBeLessThan(score({}));
    expect(given(view(twoYears({ netIncomeUsd: -60 }))).reasons.slice(0, 3)).toContain('earnings growth against');
  });

  test('makes do without operating cash flow, and without revenue', () => {
    const free = given(view(twoYears().map((report) => ({ ...report, operatingCashFlowUsd: null, revenueUsd: null })))).evidence;
    expect(free).not.toHaveProperty('accrualsFrac');
    expect(free).not.toHaveProperty('revenueGrowthFrac');
    expect(free.freeCashFlowAccrualsFrac).toBeCloseTo(-0.056, 12);
  });

  test('draws nothing from equity that is not positive but that there is none', () => {
    const { evidence } = given(view(twoYears({ equityUsd: -500 })));
    expect(evidence).not.toHaveProperty('returnOnEquityFrac');
    expect(evidence.equityShareFrac).toBeCloseTo(-0.1, 12);
  });

  test('is less sure of an older report', () => {
    const older = twoYears().map((report) => ({ ...report, periodEnd: (report.periodEnd - 100) as EpochDay }));
    expect(given(view(older)).confidence).toBeLessThan(given(view(twoYears())).confidence);
    expect(given(view(older)).evidence.freshness).toBeCloseTo(0.6, 12);
  });

  test.each([
    ['no reports', view([]), 'no-fundamentals'],
    ['three quarters', view(twoYears().slice(-3)), 'quarters-too-few'],
    ['a gap in the last year', view(twoYears().filter((_, i) => i !== 5)), 'quarters-too-few'],
    ['a quarter without income', view(twoYears({ netIncomeUsd: null })), 'quarters-too-few'],
    ['stale reports', view(twoYears().map((report) => ({ ...report, periodEnd: (report.periodEnd - 141) as EpochDay }))), 'reports-stale'],
    ['a price that does not move', view(twoYears(), [], { dailyVol: 0 }), 'price-does-not-move'],
  ])('abstains on %s', (_, of, reason) => {
    expect(fundamentalAgent.opine(of)).toEqual({ kind: 'abstain', agent: 'fundamental', reason });
  });
});
