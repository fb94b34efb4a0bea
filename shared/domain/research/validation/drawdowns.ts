/**
 * How deep and how long a backtest was below its high, with dates, from columns.
 *
 * The high starts at the opening cash. An episode goes from the moment of a high to the moment at which equity is back at it; the trough is its
 * deepest moment. The last may be open. Depth is (high − equity) / high, positive.
 *
 * Source: M. Magdon-Ismail & A. Atiya (2004), "Maximum drawdown", Risk 17(10). What equity-curve.ts says of a live fund's sessions as objects
 * is said here of columns, which a run over minutes fills by the hundred thousand.
 */
import { formatDay } from '../../../kernel/days.ts';
import type { EpochDay } from '../../../kernel/units.ts';

export interface Drawdown {
  readonly depthFrac: number;
  /** YYYY-MM-DD. The peak is the first day where the high is the opening cash. */
  readonly peakDay: string;
  readonly troughDay: string;
  /** Null while it lasts. */
  readonly recoveredDay: string | null;
  /** From the peak to the recovery, or to the end. */
  readonly bars: number;
  readonly calendarDays: number;
}

export interface Drawdowns {
  /** Deepest first; the earlier first where two are as deep. */
  readonly episodes: readonly Drawdown[];
  /** Bars that ended below the high, of all. */
  readonly underWaterFrac: number;
}

/** The caller answers for finite values. */
export function drawdownsOf(equityUsd: Float64Array, day: Int32Array, openingUsd: number): Drawdowns {
  const episodes: Drawdown[] = [];
  let [high, peak, trough, under] = [openingUsd, 0, -1, 0];
  const close = (end: number, isRecovered: boolean): void => {
    if (trough === -1) return;
    const dayOf = (moment: number): string => formatDay(day[moment]! as EpochDay);
    episodes.push({
      depthFrac: (high - equityUsd[trough]!) / high,
      ...{ peakDay: dayOf(peak), troughDay: dayOf(trough), recoveredDay: isRecovered ? dayOf(end) : null },
      ...{ bars: end - peak, calendarDays: day[end]! - day[peak]! },
    });
    trough = -1;
  };
  for (let t = 0; t < equityUsd.length; t++) {
    const equity = equityUsd[t]!;
    if (equity >= high) {
      close(t, true);
      [high, peak] = [equity, t];
    } else {
      under++;
      if (trough === -1 || equity < equityUsd[trough]!) trough = t;
    }
  }
  close(equityUsd.length - 1, false);
  episodes.sort((a, b) => b.depthFrac - a.depthFrac);
  return { episodes, underWaterFrac: under / equityUsd.length };
}
