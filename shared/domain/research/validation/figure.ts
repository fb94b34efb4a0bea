/**
 * What a figure of the validation says, or the reason why it says nothing. A reason is data: it is printed in place of the number, and no
 * figure is ever filled in with a guess.
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import { firstNotFinite } from '../../statistics/moments.ts';

export type FigureRefusal =
  /** Fewer values than the figure wants; `details` has both numbers. */
  | 'too-few-returns'
  | 'returns-not-finite'
  /** All values are the same: no ratio to their spread exists. */
  | 'nothing-varies'
  /** Columns that belong together differ in length. */
  | 'lengths-differ'
  /** A level, count or length that the formula has no meaning for; `details` says which. */
  | 'setting-invalid'
  /** Skewness and kurtosis make the variance of the Sharpe ratio negative: the expansion does not hold for this sample. */
  | 'moments-inconsistent'
  /** Autocorrelations make the variance of a sum negative. */
  | 'variance-not-positive'
  /** More than one trial was counted, and of fewer than two the Sharpe ratio is known. */
  | 'trial-spread-unknown'
  /** The Sharpe ratio is not above the one to beat: no track record is long enough. */
  | 'not-above-benchmark'
  | 'no-drawdown'
  | 'nothing-lost'
  | 'no-trades'
  | 'nothing-traded'
  /** Equity was zero or below, where returns mean nothing. */
  | 'equity-not-positive'
  | 'no-panel'
  | 'no-factors'
  | 'no-edge'
  /** Volume or volatility of what was traded is not known. */
  | 'liquidity-unknown'
  /** Factors are linear combinations of each other. */
  | 'factors-collinear';

export type FigureGap = Refusal<FigureRefusal>;
export type Figure = number | FigureGap;

/** The reason why nothing can be computed from these values; null where something can. */
export function gapIn(values: Float64Array, countMin: number): FigureGap | null {
  if (values.length < countMin) return refuse('too-few-returns', { has: values.length, wants: countMin });
  const at = firstNotFinite(values);
  return at === -1 ? null : refuse('returns-not-finite', { at });
}

/** As `gapIn`, of columns of one length. */
export function gapInColumns(columns: readonly Float64Array[], countMin: number): FigureGap | null {
  const length = columns[0]?.length ?? 0;
  for (const [column, values] of columns.entries()) {
    if (values.length !== length) return refuse('lengths-differ', { column, has: values.length, wants: length });
    const gap = gapIn(values, countMin);
    if (gap) return refuse(gap.reason, { ...gap.details, column });
  }
  return columns.length === 0 ? refuse('too-few-returns', { has: 0, wants: countMin }) : null;
}

/** A refusal unless the setting is a number within the bounds, both allowed. */
export function settingGap(setting: string, value: number, min: number, max: number, whole = true): FigureGap | null {
  const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits ? null : refuse('setting-invalid', { setting, value, min, max, whole });
}
