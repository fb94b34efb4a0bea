/**
 * Post-earnings-announcement drift: each week those whose last earnings surprised most for the better, while the drift lasts; with `short`
 * those that surprised for the worse, sold.
 *
 * 1. The house's factor: standardised unexpected earnings, less what of the drift is over.              earnings-drift.factor.ts
 * 2. The best `top` of those above `surprise`, equal parts, together `gross`.
 * 3. The worst `top` of those below −`surprise`, equal parts, together `short` (0: none).
 *
 * Sources: Bernard & Thomas (1989), J. Accounting Research 27; Livnat & Mendenhall (2006), J. Accounting Research 44(1).
 * Differs: they hold every announcement for 60 days in portfolios by tenths of the past quarter's surprises; here a company goes as soon as
 * newer surprises push it out. A panel without earnings has no announcements, so nothing is ever held.
 */
import { earningsDriftFactor } from '../../factors/earnings-drift.factor.ts';
import { defaultFactorRules } from '../../policy/factor-rules.ts';
import type { WeightStrategy } from '../strategy.ts';
import { countOrTenth, eligible } from './parts/eligible.ts';
import { factorScores } from './parts/factor-scores.ts';
import { bottomBy, type Scored, topBy } from './parts/scored.ts';
import { equalWeights } from './parts/weighting.ts';

/** The factor reads announcements alone. */
const HISTORY_BARS = 2;

export const peadStrategy: WeightStrategy = {
  name: 'pead',
  about: 'Each week those whose earnings surprised most, while the drift that follows a surprise lasts.',
  source: 'Bernard & Thomas (1989), Journal of Accounting Research 27',
  kind: 'weights',
  rebalance: 'week-end',
  parameters: {
    top: { about: 'The most on each side; 0 is a tenth of those that drift', initial: 0, min: 0, max: 5000, whole: true },
    surprise: {
      about: 'Standardised surprise, less what is over of its drift, that is worth a position',
      initial: 0.5,
      min: 0,
      max: 10,
      whole: false,
    },
    drift: { about: 'Sessions that a drift lasts', initial: 60, min: 1, max: 252, whole: true },
    gross: { about: 'Part of equity that is invested', initial: 0.99, min: 0.01, max: 4, whole: false },
    short: { about: 'Part of equity that is sold short', initial: 0, min: 0, max: 4, whole: false },
  },
  weigh(now, { top, surprise, drift, gross, short }, weights) {
    const drifting = factorScores(earningsDriftFactor, now, {
      symbols: eligible(now),
      bars: HISTORY_BARS,
      rules: { ...defaultFactorRules, earnings: { ...defaultFactorRules.earnings, driftSessions: drift! } },
      marketSessions: 0,
    });
    const count = countOrTenth(top!, drifting.symbols.length);
    equalWeights(topBy(above(drifting, surprise!), count), gross!, weights);
    if (short! > 0) equalWeights(bottomBy(below(drifting, -surprise!), count), -short!, weights);
    return true;
  },
};

const above = (scored: Scored, least: number): Scored => keep(scored, (score) => score > least);
const below = (scored: Scored, most: number): Scored => keep(scored, (score) => score < most);

const keep = ({ symbols, scores }: Scored, wanted: (score: number) => boolean): Scored => ({
  symbols: symbols.filter((_, i) => wanted(scores[i]!)),
  scores: scores.filter(wanted),
});
