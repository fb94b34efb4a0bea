/**
 * A figure against what was expected of it, every phrase of two small vocabularies put together. "Beat" and "worse than" judge; "above"
 * and "lower than" only measure, and leave it to the thing measured whether more of it is good ("a loss lower than expected").
 */
import { direction, event, type Group } from './meaning.ts';

const judges = [
  '',
  'analyst ',
  'analysts ',
  'street ',
  'market ',
  'wall street ',
  'consensus ',
  'earnings ',
  'profit ',
  'revenue ',
  'sales ',
  'the ',
  'its ',
];
const expectations =
  'expected,expectations,estimates,estimate,consensus,forecasts,forecast,views,view,projections,anticipated,feared'.split(',');

export const comparisons: readonly Group[] = [
  event(
    0.9,
    crossed(
      'exceeds, exceed, exceeded, exceeding, surpass, surpasses, surpassed, topping, tops, topped, top, beat, beats, beating, crush, crushes, smash, smashes',
    ),
  ),
  event(0.9, crossed('better than, stronger than, faster than, ahead of')),
  event(
    -0.9,
    crossed('miss, misses, missed, missing, trail, trails, lag, lags, disappoints, falls short of, fell short of, shy of, short of'),
  ),
  event(-0.9, crossed('worse than, weaker than, slower than, behind')),
  direction(1, 0.9, 'noun', 0.9, crossed('above, higher than, more than, greater than, larger than, wider than, bigger than')),
  direction(-1, 0.9, 'noun', 0.9, crossed('below, under, lower than, less than, fewer than, smaller than, narrower than')),
];

function crossed(comparatives: string): string {
  return comparatives
    .split(', ')
    .flatMap((comparative) => judges.flatMap((judge) => expectations.map((noun) => `${comparative} ${judge}${noun}`)))
    .join(', ');
}
