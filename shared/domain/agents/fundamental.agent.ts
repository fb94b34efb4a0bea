/**
 * The fundamental agent: how well the business does, whatever its share costs.
 *
 * 1. From consecutive quarterly reports known before `asOf`, over four quarters:                                     measure
 *      return on equity      level of profitability; absent when equity is not positive (buy-backs make it meaningless)
 *      profitability change  net income over assets against the year before
 *      revenue growth        against the year before
 *      earnings growth       change over the mean of both sizes, of EPS as released, else of net income; losses count
 *      accruals              (net income − operating cash flow) / mean assets, else with free cash flow; counts against (Sloan 1996)
 *      equity share          equity over assets: low is levered
 *      earnings surprise     mean of (EPS − estimate) / price over the last four releases (Livnat & Mendenhall 2006 scale by price)
 * 2. Each measure against the fixed level that is usual for it, weighted: a score in [−1, 1].                        weigh-measures.ts
 * 3. confidence = data quality × (0.4 + 0.6 · agreement) × (0.5 + 0.5 · share of the weight known) × freshness, which falls from 1 to 0.5 as
 *    the newest quarter grows as old as is still used.
 *
 * Not covered: sectors. A bank is levered by trade, so its equity share counts against it like anyone's.
 * Abstains without four consecutive quarters of net income, on stale reports, and without a price that moves.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { EarningsRelease, FundamentalReport } from '../market/facts.ts';
import { type Agent, abstain, type Opinion, opinionOf, type SymbolView } from './agent.ts';
import { releasedEarningsUsd, releasesKnown } from './valuation/per-share.ts';
import { latest, QUARTERS_PER_YEAR, quartersKnown, symmetricGrowth, trailingSum } from './valuation/trailing.ts';
import { knownValues, weighMeasures } from './valuation/weigh-measures.ts';

const NAME = 'fundamental';

export const fundamentalAgent: Agent = {
  name: NAME,

  opine(view: SymbolView): Opinion {
    const { facts, asOf, rules, dailyVol } = view;
    const { fundamental, reportAgeDaysMax } = rules.valuation;
    if (!(dailyVol > 0)) return abstain(NAME, 'price-does-not-move');
    const quarters = quartersKnown(facts.reports, asOf, reportAgeDaysMax);
    if (isRefusal(quarters)) return abstain(NAME, quarters.reason === 'no-reports' ? 'no-fundamentals' : quarters.reason);
    const netIncomeUsd = trailingSum(quarters, 'netIncomeUsd');
    if (netIncomeUsd === null) return abstain(NAME, 'quarters-too-few');

    const measured = measure(view, quarters, netIncomeUsd);
    const { score, agreement, coverageFrac, reasons } = weighMeasures([
      { name: 'return on equity', value: measured.returnOnEquityFrac, yardstick: fundamental.returnOnEquity },
      { name: 'profitability change', value: measured.profitabilityChangeFrac, yardstick: fundamental.profitabilityChange },
      { name: 'revenue growth', value: measured.revenueGrowthFrac, yardstick: fundamental.revenueGrowth },
      { name: 'earnings growth', value: measured.earningsGrowthFrac, yardstick: fundamental.earningsGrowth },
      measured.accrualsFrac === null
        ? { name: 'accruals', value: measured.freeCashFlowAccrualsFrac, yardstick: fundamental.freeCashFlowAccruals, lowIsGood: true }
        : { name: 'accruals', value: measured.accrualsFrac, yardstick: fundamental.accruals, lowIsGood: true },
      { name: 'equity share', value: measured.equityShareFrac, yardstick: fundamental.equityShare },
      { name: 'earnings surprise', value: measured.earningsSurpriseFrac, yardstick: fundamental.earningsSurprise },
    ]);
    const freshness = 1 - (0.5 * (asOf - quarters.at(-1)!.periodEnd)) / reportAgeDaysMax;
    return opinionOf(NAME, view, {
      score,
      confidence: view.dataQualityScore * (0.4 + 0.6 * agreement) * (0.5 + 0.5 * coverageFrac) * freshness,
      reasons,
      evidence: { ...knownValues(measured), agreement, coverageFrac, freshness },
    });
  },
};

type Measured = Readonly<
  Record<
    | 'returnOnEquityFrac'
    | 'profitabilityChangeFrac'
    | 'revenueGrowthFrac'
    | 'earningsGrowthFrac'
    | 'accrualsFrac'
    | 'freeCashFlowAccrualsFrac'
    | 'equityShareFrac'
    | 'earningsSurpriseFrac',
    number | null
  >
>;

function measure(view: SymbolView, quarters: readonly FundamentalReport[], netIncomeUsd: number): Measured {
  const known = releasesKnown(view.facts.earnings, view.asOf, view.rules.valuation.releaseAgeDaysMax);
  const releases = isRefusal(known) ? [] : known;
  const equity = latest(quarters, 'equityUsd');
  const assets = positive(latest(quarters, 'totalAssetsUsd'));
  const assetsBefore = positive(latest(quarters, 'totalAssetsUsd', 1));
  const incomeBefore = trailingSum(quarters, 'netIncomeUsd', 1);
  const revenue = trailingSum(quarters, 'revenueUsd');
  const revenueBefore = positive(trailingSum(quarters, 'revenueUsd', 1));
  const operatingCash = trailingSum(quarters, 'operatingCashFlowUsd');
  const freeCash = trailingSum(quarters, 'freeCashFlowUsd');
  const meanAssets = assets === null ? null : (assets + (assetsBefore ?? assets)) / 2;
  const accruals = (cash: number | null): number | null =>
    cash === null || meanAssets === null ? null : (netIncomeUsd - cash) / meanAssets;
  return {
    returnOnEquityFrac: equity !== null && equity > 0 ? netIncomeUsd / equity : null,
    profitabilityChangeFrac:
      assets === null || assetsBefore === null || incomeBefore === null ? null : netIncomeUsd / assets - incomeBefore / assetsBefore,
    revenueGrowthFrac: revenue === null || revenueBefore === null ? null : revenue / revenueBefore - 1,
    earningsGrowthFrac: earningsGrowth(releases, netIncomeUsd, incomeBefore),
    accrualsFrac: accruals(operatingCash),
    freeCashFlowAccrualsFrac: accruals(freeCash),
    equityShareFrac: equity === null || assets === null ? null : equity / assets,
    earningsSurpriseFrac: surprise(releases, view.bars.close.at(-1)),
  };
}

/** Change of a year's earnings per share as released, else of net income. */
function earningsGrowth(releases: readonly EarningsRelease[], netIncomeUsd: number, incomeBeforeUsd: number | null): number | null {
  return symmetricGrowth(releasedEarningsUsd(releases), releasedEarningsUsd(releases, 1)) ?? symmetricGrowth(netIncomeUsd, incomeBeforeUsd);
}

/** Mean surprise of the last four releases over the last close; null when one of them has no estimate. */
function surprise(releases: readonly EarningsRelease[], close: number | undefined): number | null {
  const price = positive(close ?? null);
  const four = releases.slice(-QUARTERS_PER_YEAR);
  if (price === null || four.length === 0) return null;
  let sum = 0;
  for (const { epsUsd, epsEstimateUsd } of four) {
    if (epsEstimateUsd === null || !Number.isFinite(epsEstimateUsd)) return null;
    sum += epsUsd - epsEstimateUsd;
  }
  return sum / four.length / price;
}

const positive = (value: number | null): number | null => (value !== null && value > 0 ? value : null);
