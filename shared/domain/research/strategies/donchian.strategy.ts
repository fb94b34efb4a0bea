/**
 * Donchian breakout, the entry and exit of the Turtles: long when a close is above the highest high of the bars before it, out when one is
 * below the lowest low of fewer bars. With `short` the other side as well.
 *
 * Sources: Donchian (1960), Commodity Yearbook, for the channel; Faith (2007), Way of the Turtle, chapters 9 and 10, for system 1 (20 and 10
 * bars) and system 2 (55 and 20). The breakout is taken at the close and not during the bar, so that it needs no price that was not a close.
 * Not covered: sizing by the average true range, adding to winners, the stop of two ranges, and skipping the entry after a winner.
 */
import { donchianChannel } from '../../indicators/donchian.ts';
import type { SignalStrategy } from '../strategy.ts';
import { holdBetween } from './parts/hold-between.ts';

export const donchianStrategy: SignalStrategy = {
  name: 'donchian',
  about: 'Buys a close above the high of the last entry bars and sells one below the low of the last exit bars.',
  source: 'Donchian (1960), Commodity Yearbook; Faith (2007), Way of the Turtle',
  kind: 'signal',
  parameters: {
    entry: { about: 'Bars before, whose high is to be broken', initial: 20, min: 2, max: 1000, whole: true },
    exit: { about: 'Bars before, whose low ends it', initial: 10, min: 1, max: 1000, whole: true },
    short: { about: '1 sells breakouts downwards short, 0 does not', initial: 0, min: 0, max: 1, whole: true },
  },
  conflict: ({ entry, exit }) => (exit! <= entry! ? null : 'exit must not be above entry'),
  signal({ high, low, close }, { entry, exit, short }) {
    const outer = donchianChannel(high, low, entry!);
    const inner = donchianChannel(high, low, exit!);
    // The channel at a bar counts that bar in; a breakout is from the channel before it.
    return holdBetween(close.length, {
      enters: (bar) => close[bar]! > outer.upper[bar - 1]!,
      leaves: (bar) => close[bar]! < inner.lower[bar - 1]!,
      entersShort: (bar) => short === 1 && close[bar]! < outer.lower[bar - 1]!,
      leavesShort: (bar) => close[bar]! > inner.upper[bar - 1]!,
    });
  },
};
