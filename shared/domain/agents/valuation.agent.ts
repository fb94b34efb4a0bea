/**
 * The valuation agent: what a share costs against what it earns, owns and pays, and against what its cash flows are worth.
 *
 * 1. Four quarters of earnings per share: as released, else net income over shares outstanding.                    per-share.ts
 * 2. Yields on the last close: earnings, book, free cash flow, regular dividends. A loss, negative equity or cash burnt makes its multiple
 *    meaningless: that measure is absent, not bad.                                                                  measure
 * 3. Intrinsic value by a two-stage discounted cash flow; growth is last year's revenue growth, else that of net income, half believed and held
 *    within bounds. Its margin over the price is a measure too: log(intrinsic value / price).                       intrinsicValueUsd
 * 4. Each measure against the fixed level that is usual for it, weighted: a score in [−1, 1].                       weigh-measures.ts
 * 5. confidence = data quality × (0.4 + 0.6 · agreement of the measures) × (0.5 + 0.5 · share of their weight that is known).
 *
 * Levels are absolute, since an agent sees one company: in a dear market nearly all companies score below zero, and the cross-section's median in
 * the Meta-Brain puts that right. Sources: Basu (1977) for earnings yield; Fama & French (1992) for book to market; Damodaran for the cash flows.
 * Not covered: sectors (a bank's free cash flow is capped at a multiple of its earnings, no more).
 * Abstains without a price that moves, and without any of earnings, book and cash flow: a dividend alone is no valuation.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { FundamentalReport } from '../market/facts.ts';
import type { DiscountRules } from '../policy/valuation-rules.ts';
import { type Agent, abstain, type Opinion, opinionOf, type SymbolView } from './agent.ts';
import { stageOneGrowth, twoStageValueUsd } from './valuation/discounted-cash-flow.ts';
import { dividendYieldFrac, earningsPerShareUsd, releasesKnown, shareCount } from './valuation/per-share.ts';
import { latest, quartersKnown, trailingSum } from './valuation/trailing.ts';
import { knownValues, weighMeasures } from './valuation/weigh-measures.ts';

const NAME = 'valuation';

export const valuationAgent: Agent = {
  name: NAME,

  opine(view: SymbolView): Opinion {
    const { bars, facts, asOf, rules, dailyVol } = view;
    const { valuation, reportAgeDaysMax, releaseAgeDaysMax } = rules.valuation;
    const price = bars.close.at(-1);
    if (price === undefined) return abstain(NAME, 'bars-missing');
    if (!(price > 0 && Number.isFinite(price))) return abstain(NAME, 'price-not-usable');
    if (!(dailyVol > 0)) return abstain(NAME, 'price-does-not-move');
    const quarters = quartersKnown(facts.reports, asOf, reportAgeDaysMax);
    const releases = releasesKnown(facts.earnings, asOf, releaseAgeDaysMax);
    if (isRefusal(quarters) && isRefusal(releases)) return abstain(NAME, absence(quarters.reason, releases.reason));

    const measured = measure(view, isRefusal(quarters) ? [] : quarters, earningsPerShareUsd(releases, quarters), price);
    const { earningsYieldFrac, bookYieldFrac, freeCashFlowYieldFrac, dividendYield, intrinsicUsd } = measured;
    if (earningsYieldFrac === null && bookYieldFrac === null && freeCashFlowYieldFrac === null) {
      return abstain(NAME, 'no-meaningful-multiple');
    }
    const { score, agreement, coverageFrac, reasons } = weighMeasures([
      { name: 'earnings yield', value: earningsYieldFrac, yardstick: valuation.earningsYield },
      { name: 'book yield', value: bookYieldFrac, yardstick: valuation.bookYield },
      { name: 'free cash flow yield', value: freeCashFlowYieldFrac, yardstick: valuation.freeCashFlowYield },
      { name: 'dividend yield', value: dividendYield, yardstick: valuation.dividendYield },
      {
        name: 'intrinsic value',
        value: intrinsicUsd === null ? null : Math.log(intrinsicUsd / price),
        yardstick: valuation.intrinsicValue,
      },
    ]);
    return opinionOf(NAME, view, {
      score,
      confidence: view.dataQualityScore * (0.4 + 0.6 * agreement) * (0.5 + 0.5 * coverageFrac),
      reasons,
      evidence: {
        ...knownValues({
          earningsYieldFrac,
          priceToEarnings: earningsYieldFrac === null ? null : 1 / earningsYieldFrac,
          bookYieldFrac,
          priceToBook: bookYieldFrac === null ? null : 1 / bookYieldFrac,
          freeCashFlowYieldFrac,
          dividendYieldFrac: dividendYield,
          intrinsicValueUsd: intrinsicUsd,
          stageOneGrowthFrac: intrinsicUsd === null ? null : measured.growthFrac,
        }),
        agreement,
        coverageFrac,
      },
    });
  },
};

interface Measured {
  /** Null where the company has none worth the name. */
  readonly earningsYieldFrac: number | null;
  readonly bookYieldFrac: number | null;
  readonly freeCashFlowYieldFrac: number | null;
  readonly dividendYield: number | null;
  readonly intrinsicUsd: number | null;
  /** Of the first year; null when no two years can be compared. */
  readonly growthFrac: number | null;
}

function measure({ bars, rules }: SymbolView, quarters: readonly FundamentalReport[], epsUsd: number | null, price: number): Measured {
  const { valuation, discountedCashFlow } = rules.valuation;
  const shares = shareCount(quarters);
  const equityUsd = latest(quarters, 'equityUsd');
  const freeCashUsd = trailingSum(quarters, 'freeCashFlowUsd');
  const reportedCash = freeCashUsd === null || shares === null ? null : freeCashUsd / shares;
  const cashMax = epsUsd !== null && epsUsd > 0 ? discountedCashFlow.cashPerEarningsFracMax * epsUsd : Number.POSITIVE_INFINITY;
  const cashPerShare = reportedCash === null ? null : Math.min(reportedCash, cashMax);
  const growthFrac = growthOfLastYear(quarters, discountedCashFlow);
  return {
    earningsYieldFrac: yieldOf(epsUsd, price),
    bookYieldFrac: yieldOf(equityUsd === null || shares === null ? null : equityUsd / shares, price),
    freeCashFlowYieldFrac: yieldOf(cashPerShare, price),
    dividendYield: dividendYieldFrac(bars, rules.signals.sessionsPerYear, valuation.regularDividendFracMax),
    intrinsicUsd: intrinsicValueUsd(cashPerShare, epsUsd, growthFrac, discountedCashFlow),
    growthFrac,
  };
}

const yieldOf = (perShareUsd: number | null, price: number): number | null =>
  perShareUsd !== null && perShareUsd > 0 && Number.isFinite(perShareUsd) ? perShareUsd / price : null;

function intrinsicValueUsd(cash: number | null, epsUsd: number | null, growthFrac: number | null, rules: DiscountRules): number | null {
  const base = cash ?? (epsUsd === null ? null : rules.cashPerEarningsFrac * epsUsd);
  if (base === null || growthFrac === null) return null;
  const value = twoStageValueUsd(base, growthFrac, rules);
  return isRefusal(value) ? null : value;
}

function growthOfLastYear(quarters: readonly FundamentalReport[], rules: DiscountRules): number | null {
  for (const figure of ['revenueUsd', 'netIncomeUsd'] as const) {
    const now = trailingSum(quarters, figure);
    const before = trailingSum(quarters, figure, 1);
    if (now !== null && before !== null && now > 0 && before > 0) return stageOneGrowth(now / before - 1, rules);
  }
  return null;
}

/** Why there is nothing to value, the more telling of two reasons. */
function absence(ofReports: string, ofReleases: string): string {
  if (ofReports === 'no-reports' && ofReleases === 'no-releases') return 'no-fundamentals';
  return ofReports === 'no-reports' ? ofReleases : ofReports;
}
