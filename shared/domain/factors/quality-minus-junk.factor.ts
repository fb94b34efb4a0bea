/**
 * Quality minus junk: companies that are profitable, growing and safe, all at once.
 *
 * 1. Each company's measures from its newest reports and its prices.                                       quality-measures.ts
 * 2. Each measure as the z-score of its rank among the companies that have it.                             placeZScores
 * 3. profitability, growth, safety = z(mean of the z-scores of their measures), as many as there are.
 * 4. quality = z(mean of the components), of those companies that have profitability and at least `componentsMin` components in all.
 *
 * Source: Asness, Frazzini & Pedersen (2019), Review of Accounting Studies 24, section 2 and appendix. z is of ranks throughout; the mean
 * stands for their sum, which ranks the same where nothing is missing, and where a measure is missing they average the rest as well.
 * Not covered: payout, which their version of 2013 had as a fourth component, and ranking within industries.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import { absent, type Factor, type FactorContext, type FactorReading, type FactorView } from './factor.ts';
import { marketFit, marketGrid } from './market-fit.ts';
import { placeZScores } from './places.ts';
import { type QualityMeasure, type QualityMeasures, qualityComponents, qualityMeasures } from './quality-measures.ts';
import { latestReports } from './reports.ts';

const componentNames = Object.keys(qualityComponents) as Array<keyof typeof qualityComponents>;

export const qualityMinusJunkFactor: Factor = {
  name: 'quality-minus-junk',

  read(views, context) {
    const found = measuresOf(views, context);
    const columnOf = (measure: QualityMeasure): Float64Array =>
      zScores(
        Float64Array.from(found, (item) => (typeof item === 'string' ? Number.NaN : item[measure])),
        context,
      );
    const parts = componentNames.map((name) => zScores(meanOfKnown(qualityComponents[name].map(columnOf)), context));
    const [profitability] = parts;
    const { componentsMin } = context.rules.quality;
    const complete = meanOfKnown(parts).map((mean, i) => {
      const known = parts.filter((part) => !Number.isNaN(part[i]!)).length;
      return known >= componentsMin && !Number.isNaN(profitability![i]!) ? mean : Number.NaN;
    });
    const quality = zScores(complete, context);

    return found.map((item, i): FactorReading => {
      if (typeof item === 'string') return absent(item);
      if (Number.isNaN(complete[i]!)) return absent('measures-missing');
      if (Number.isNaN(quality[i]!)) return absent('cross-section-too-small');
      const known = componentNames.map((name, part): [string, number] => [name, parts[part]![i]!]);
      const evidence = Object.fromEntries([...known, ...Object.entries(item)].filter(([, value]) => !Number.isNaN(value)));
      return { kind: 'reading', value: quality[i]!, evidence };
    });
  },
};

/** One over the difference below which two means are the same. */
const TIE_SCALE = 1e12;

const zScores = (values: Float64Array, { rules }: FactorContext): Float64Array => placeZScores(values, rules.rankedMin);

/** Each company's measures, or why it has none. */
function measuresOf(views: readonly FactorView[], { asOf, market, rules }: FactorContext): ReadonlyArray<QualityMeasures | string> {
  const grid = marketGrid(market, asOf, rules.beta);
  return views.map(({ bars, facts }) => {
    const reports = latestReports(facts, asOf, rules.quality.reportsMax);
    const newest = reports.at(-1);
    if (newest === undefined) return 'no-reports';
    if (asOf - newest.periodEnd > rules.quality.reportAgeDaysMax) return 'reports-too-old';
    const fit = isRefusal(grid) ? grid : marketFit(bars, grid, rules.beta);
    return qualityMeasures(reports, isRefusal(fit) ? null : fit, rules.quality);
  });
}

/**
 * Company by company, the mean of the columns that know it, to 12 decimals; NaN when none does. Two companies with the same z-scores in
 * another order tie, as they should, instead of being told apart by the rounding of their sums.
 */
function meanOfKnown(columns: readonly Float64Array[]): Float64Array {
  return columns[0]!.map((_, i) => {
    let sum = 0;
    let count = 0;
    for (const column of columns) {
      if (Number.isNaN(column[i]!)) continue;
      sum += column[i]!;
      count++;
    }
    return Math.round((sum / count) * TIE_SCALE) / TIE_SCALE;
  });
}
