/**
 * Reversion by Wilder's relative strength index: what was sold hard is bought, and given back once the index is in the middle again.
 *
 * Entry at a close with an index below `oversold`, exit at one above `exit`. With `overbought` below 100 the other side likewise: short above
 * `overbought`, covered below `exit`.
 *
 * Sources: Wilder (1978), New Concepts in Technical Trading Systems, section VI, for the index and its levels of 30 and 70; Jegadeesh (1990),
 * J. Finance 45(3), and Lehmann (1990), Quarterly J. Economics 105(1), for the reversal of short-term losses that it lives on.
 * Not covered: Wilder's divergences and failure swings, and a stop: a price that only falls is held until the index recovers.
 */
import { relativeStrengthIndex } from '../../indicators/relative-strength.ts';
import { sharedColumn } from '../fast/shared-column.ts';
import type { SignalStrategy } from '../strategy.ts';
import { holdBetween } from './parts/hold-between.ts';

const NEVER_OVERBOUGHT = 100;

export const rsiReversionStrategy: SignalStrategy = {
  name: 'rsi-reversion',
  about: 'Buys what the relative strength index calls oversold and sells it when the index is back in the middle.',
  source: 'Wilder (1978), New Concepts in Technical Trading Systems; Jegadeesh (1990), Journal of Finance 45(3)',
  kind: 'signal',
  parameters: {
    period: { about: "Bars of Wilder's averages", initial: 14, min: 2, max: 250, whole: true },
    oversold: { about: 'Index, 0 to 100, below which it is bought', initial: 30, min: 1, max: 50, whole: false },
    exit: { about: 'Index above which a long ends, and below which a short does', initial: 50, min: 10, max: 90, whole: false },
    overbought: { about: 'Index above which it is sold short; 100 is never', initial: NEVER_OVERBOUGHT, min: 50, max: 100, whole: false },
  },
  conflict: ({ oversold, exit, overbought }) =>
    oversold! < exit! && exit! < overbought! ? null : 'oversold must be below exit, and exit below overbought',
  signal({ close }, { period, oversold, exit, overbought }) {
    const index = sharedColumn(close, `relative strength ${period}`, () => relativeStrengthIndex(close, period!));
    return holdBetween(close.length, {
      enters: (bar) => index[bar]! < oversold!,
      leaves: (bar) => index[bar]! > exit!,
      entersShort: (bar) => index[bar]! > overbought!,
      leavesShort: (bar) => index[bar]! < exit!,
    });
  },
};
