/** Sections 1 and 2: may the symbol trade at all, and what the market says of it and of itself. */
import { explainReason } from '../../../../shared/domain/quality/governance.ts';
import { formatDay } from '../../../../shared/kernel/days.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Explanation } from '../../explanation.ts';
import type { Io } from '../../io.ts';
import { bar, count, fixed, line, pct, price } from './layout.ts';
import { inWords, spoken } from './words.ts';

/** From the record where it is there, else from what preflight judged. */
export function governanceLines({ decision, universe, policy }: Explanation, { colors }: Io): string[] {
  const governance = decision?.metadata.governance ?? universe?.governance;
  const score = decision?.data_quality_score ?? universe?.quality.score;
  if (governance === undefined || score === undefined) return [line('state', 'not judged: the cycle did not get there')];
  const { state, reasons } = governance;
  const rows = decision?.metadata.rows ?? universe!.quality.rows;
  const gate = policy ? `; ${count(policy.governance.activeRowsMin)} rows are needed` : '';
  const lastDay = universe?.quality.lastDay;
  const shown = state === 'ACTIVE' ? colors.green('ACTIVE') : colors.yellow(state);
  const why = reasons.length > 0 ? [line('because', reasons.map((reason) => explainReason(reason)).join(' '))] : [];
  return [
    line('state', state === 'ACTIVE' ? `${shown}: may trade` : `${shown}: may not trade`),
    ...why,
    ...(universe?.quality.vetoes ?? []).map(({ finding, count: days }) =>
      line('found', days > 1 ? `${finding}, the last of ${days}` : finding),
    ),
    line('history', `${count(rows)} rows${lastDay == null ? '' : ` up to ${formatDay(lastDay)}`}${gate}`),
    line(
      'quality score',
      `${fixed(score, 3)} ${bar(score)}${policy ? `  at least ${fixed(policy.governance.qualityScoreMin)} is needed` : ''}`,
    ),
    ...faultsLine(universe),
    ...(decision === null ? [] : [line('source', `trusted ${fixed(decision.provider_confidence)} of 1.00`)]),
  ];
}

function faultsLine(universe: Explanation['universe']): string[] {
  if (universe === null) return [];
  const { missingDatesFrac, duplicateFrac, zeroOrNegativeFlag, extremeSpikeFlag } = universe.quality;
  const faults = [
    missingDatesFrac > 0 && `${pct(missingDatesFrac)} of its dates are missing`,
    duplicateFrac > 0 && `${pct(duplicateFrac)} of its rows repeat a date`,
    zeroOrNegativeFlag === 1 && 'a price is zero, negative or no number',
    extremeSpikeFlag === 1 && 'an extreme move in one day',
  ].filter((fault) => fault !== false);
  return [line('taken off for', faults.length === 0 ? 'nothing' : faults.join(', '))];
}

export function marketLines({ decision, regime, policy }: Explanation): string[] {
  const market = decision?.metadata.market ?? null;
  const own =
    market === null
      ? []
      : [
          line('last close', `${price(market.closeUsd)} on ${formatDay(market.lastDay)}`),
          line(
            'volatility',
            `${pct(market.dailyVol)} a day, ${pct(market.dailyVol * Math.sqrt(policy?.signals.sessionsPerYear ?? 252), 1)} a year`,
          ),
          line(
            'true range',
            `${fixed(market.averageTrueRangeUsd)} USD a day (${pct(market.averageTrueRangeUsd / market.closeUsd, 1)} of the close)`,
          ),
          line('volume', `${count(market.averageDailyVolume)} shares a day`),
        ];
  return [...own, ...regimeLines(regime)];
}

function regimeLines(regime: Explanation['regime']): string[] {
  if (regime === null) return [line('regime', 'not read: the cycle did not get there')];
  if (isRefusal(regime)) return [line('regime', `none: ${inWords(regime.reason)}; without one nothing is allocated`)];
  const { name, since, exposureFrac, market, reasons, evidence, model } = regime;
  const figures = [
    evidence.annualizedVol !== undefined && `volatility ${pct(evidence.annualizedVol, 1)} a year`,
    evidence.belowMeanFrac !== undefined &&
      `${pct(Math.abs(evidence.belowMeanFrac), 1)} ${evidence.belowMeanFrac > 0 ? 'below' : 'above'} its mean`,
    evidence.drawdownFrac !== undefined && `${pct(evidence.drawdownFrac, 1)} under its high`,
  ].filter((figure) => figure !== false);
  return [
    line('regime', `${name} since ${formatDay(since)}: leaves ${pct(exposureFrac, 0)} of the exposure limits`),
    line('read from', `${market}: ${figures.join(', ')}`),
    line('because', reasons.map(spoken).join(', ')),
    model.kind === 'model'
      ? line('hidden states', model.dailyVols.map((vol, i) => `${pct(vol)} a day: ${pct(model.probabilities[i]!, 0)} likely`).join('; '))
      : line('hidden states', `not used: ${spoken(model.reason)}; plain thresholds decide`),
  ];
}
