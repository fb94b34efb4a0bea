/**
 * Walk-forward windows: fit on the past, trade what follows, move on by as much as was traded.
 *
 *   rolling    train bars [t − gap − trainBars, t − gap), test bars [t, t + testBars)
 *   anchored   train bars [0, t − gap)
 * with gap = purgeBars + embargoBars. Purged are the last bars before the test, whose labels (or holding periods) reach into it; the embargo is
 * what is left out besides, for what still resounds. The last test window may be shorter, and is kept when it has at least one bar.
 *
 * Sources: R. Pardo (1992), "Design, Testing and Optimization of Trading Systems"; M. López de Prado (2018), "Advances in Financial Machine
 * Learning", sections 7.4 and 12.2. Not covered: warm-up of indicators, which may read the bars before a test window, as they would have live.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import { settingGap } from './figure.ts';

export interface WalkForwardPlan {
  readonly bars: number;
  readonly window: 'anchored' | 'rolling';
  /** Of the first window; of all of them when rolling. */
  readonly trainBars: number;
  readonly testBars: number;
  readonly purgeBars: number;
  readonly embargoBars: number;
}

/** Half open: `to` is the first bar that does not belong. */
export interface WalkForwardSplit {
  readonly trainFrom: number;
  readonly trainTo: number;
  readonly testFrom: number;
  readonly testTo: number;
}

/** Test windows follow each other without a gap or an overlap. Refuses a history that is too short for one of them. */
export function walkForwardSplits(plan: WalkForwardPlan): readonly WalkForwardSplit[] | Refusal<'setting-invalid' | 'too-few-bars'> {
  const { bars, window, trainBars, testBars, purgeBars, embargoBars } = plan;
  const gap =
    settingGap('trainBars', trainBars, 1, Number.MAX_SAFE_INTEGER) ??
    settingGap('testBars', testBars, 1, Number.MAX_SAFE_INTEGER) ??
    settingGap('purgeBars', purgeBars, 0, Number.MAX_SAFE_INTEGER) ??
    settingGap('embargoBars', embargoBars, 0, Number.MAX_SAFE_INTEGER);
  if (gap) return refuse('setting-invalid', gap.details);
  const left = purgeBars + embargoBars;
  const first = trainBars + left;
  if (!(bars > first)) return refuse('too-few-bars', { has: bars, wants: first + 1 });
  const splits: WalkForwardSplit[] = [];
  for (let testFrom = first; testFrom < bars; testFrom += testBars) {
    const trainTo = testFrom - left;
    const trainFrom = window === 'anchored' ? 0 : trainTo - trainBars;
    splits.push({ trainFrom, trainTo, testFrom, testTo: Math.min(bars, testFrom + testBars) });
  }
  return splits;
}
