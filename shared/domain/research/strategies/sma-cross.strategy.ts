/**
 * Crossover of two simple moving averages of closes: long when the fast one crosses above the slow one, out when it crosses below.
 *
 * Entry at a close where fast − slow > 0 and was < 0 at the bar before, both averages defined at both; the exit is symmetrical.
 *
 * Source: Brock, Lakonishok & LeBaron (1992), J. Finance 47(5), "variable-length moving average" with a band of 0, who found it to beat the
 * Dow before costs; Sullivan, Timmermann & White (1999), J. Finance 54(5), found that it does not survive its own search. It is here as the
 * rule that every engine has, and that engines are compared by. Not covered: the band, and going short.
 */
import { simpleMovingAverage } from '../../indicators/moving-average.ts';
import { sharedColumn } from '../fast/shared-column.ts';
import type { SignalStrategy } from '../strategy.ts';
import { crossings } from './parts/crossings.ts';

export const smaCrossStrategy: SignalStrategy = {
  name: 'sma-cross',
  about: 'Long while the fast simple moving average of closes is above the slow one.',
  source: 'Brock, Lakonishok & LeBaron (1992), Journal of Finance 47(5)',
  kind: 'signal',
  parameters: {
    fast: { about: 'Bars of the fast average', initial: 10, min: 1, max: 1000, whole: true },
    slow: { about: 'Bars of the slow average', initial: 30, min: 2, max: 2000, whole: true },
  },
  conflict: ({ fast, slow }) => (fast! < slow! ? null : 'fast must be below slow'),
  signal: ({ close }, { fast, slow }) => crossings(average(close, fast!), average(close, slow!)),
};

const average = (close: Float64Array, period: number): Float64Array =>
  sharedColumn(close, `simple average ${period}`, () => simpleMovingAverage(close, period));
