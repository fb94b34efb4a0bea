/** Every indicator in both forms, as one table, for what must hold of all of them. */
import { Bollinger, bollingerBands } from '../../../../shared/domain/indicators/bollinger.ts';
import {
  AverageTrueRange,
  averageTrueRange,
  DirectionalIndex,
  directionalMovement,
} from '../../../../shared/domain/indicators/directional-movement.ts';
import { Donchian, donchianChannel } from '../../../../shared/domain/indicators/donchian.ts';
import { MovingAverageConvergence, macd } from '../../../../shared/domain/indicators/macd.ts';
import { Momentum, rollingMomentum } from '../../../../shared/domain/indicators/momentum.ts';
import {
  ExponentialMovingAverage,
  exponentialMovingAverage,
  SimpleMovingAverage,
  simpleMovingAverage,
} from '../../../../shared/domain/indicators/moving-average.ts';
import { OnBalanceVolume, onBalanceVolume } from '../../../../shared/domain/indicators/on-balance-volume.ts';
import { RelativeStrength, relativeStrengthIndex } from '../../../../shared/domain/indicators/relative-strength.ts';
import {
  RealizedAnnualizedVol,
  RollingDailyVol,
  realizedAnnualizedVol,
  rollingDailyVol,
} from '../../../../shared/domain/indicators/volatility.ts';
import {
  AnchoredVolumeWeightedPrice,
  anchoredVolumeWeightedPrice,
  RollingVolumeWeightedPrice,
  rollingVolumeWeightedPrice,
} from '../../../../shared/domain/indicators/volume-weighted-price.ts';
import { RollingZScore, rollingZScore } from '../../../../shared/domain/indicators/z-score.ts';

export interface Bar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface Columns {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export interface Indicator {
  readonly name: string;
  /** Whether a missing value leaves with its window, or is remembered for ever. */
  readonly memory: 'window' | 'for-ever';
  /** The bars that each output's window takes in, counted back from its own; where memory is a window. */
  windowBars(period: number): number;
  /** Index of the first value of each output. */
  first(period: number): readonly number[];
  batch(columns: Columns, period: number): readonly Float64Array[];
  /** A new object, fed bar by bar. */
  incremental(period: number): (bar: Bar) => readonly number[];
}

const YEAR = 252;

/** `period` is at least 2 everywhere here. */
export const everyIndicator: readonly Indicator[] = [
  {
    name: 'simple moving average',
    memory: 'window',
    windowBars: (period) => period,
    first: (period) => [period - 1],
    batch: ({ close }, period) => [simpleMovingAverage(close, period)],
    incremental: (period) => single(new SimpleMovingAverage(period), (own, { close }) => own.push(close)),
  },
  {
    name: 'exponential moving average',
    memory: 'for-ever',
    windowBars: () => Number.POSITIVE_INFINITY,
    first: (period) => [period - 1],
    batch: ({ close }, period) => [exponentialMovingAverage(close, period)],
    incremental: (period) => single(new ExponentialMovingAverage(period), (own, { close }) => own.push(close)),
  },
  {
    name: 'relative strength index',
    memory: 'for-ever',
    windowBars: () => Number.POSITIVE_INFINITY,
    first: (period) => [period],
    batch: ({ close }, period) => [relativeStrengthIndex(close, period)],
    incremental: (period) => single(new RelativeStrength(period), (own, { close }) => own.push(close)),
  },
  {
    name: 'MACD',
    memory: 'for-ever',
    windowBars: () => Number.POSITIVE_INFINITY,
    first: (period) => [2 * period - 1, 3 * period - 2, 3 * period - 2],
    batch({ close }, period) {
      const { line, signal, histogram } = macd(close, period, 2 * period, period);
      return [line, signal, histogram];
    },
    incremental(period) {
      const own = new MovingAverageConvergence(period, 2 * period, period);
      return ({ close }) => {
        own.push(close);
        return [own.line, own.signal, own.histogram];
      };
    },
  },
  {
    name: 'Bollinger bands',
    memory: 'window',
    windowBars: (period) => period,
    first: (period) => [period - 1, period - 1, period - 1],
    batch({ close }, period) {
      const { lower, middle, upper } = bollingerBands(close, period, 2);
      return [lower, middle, upper];
    },
    incremental(period) {
      const own = new Bollinger(period, 2);
      return ({ close }) => {
        own.push(close);
        return [own.lower, own.middle, own.upper];
      };
    },
  },
  {
    name: 'average true range',
    memory: 'for-ever',
    windowBars: () => Number.POSITIVE_INFINITY,
    first: (period) => [period],
    batch: ({ high, low, close }, period) => [averageTrueRange(high, low, close, period)],
    incremental: (period) => single(new AverageTrueRange(period), (own, { high, low, close }) => own.push(high, low, close)),
  },
  {
    name: 'directional movement',
    memory: 'for-ever',
    windowBars: () => Number.POSITIVE_INFINITY,
    first: (period) => [period, period, 2 * period - 1],
    batch({ high, low, close }, period) {
      const { plusDi, minusDi, adx } = directionalMovement(high, low, close, period);
      return [plusDi, minusDi, adx];
    },
    incremental(period) {
      const own = new DirectionalIndex(period);
      return ({ high, low, close }) => {
        own.push(high, low, close);
        return [own.plusDi, own.minusDi, own.adx];
      };
    },
  },
  {
    name: 'on-balance volume',
    memory: 'for-ever',
    windowBars: () => Number.POSITIVE_INFINITY,
    first: () => [0],
    batch: ({ close, volume }) => [onBalanceVolume(close, volume)],
    incremental: () => single(new OnBalanceVolume(), (own, { close, volume }) => own.push(close, volume)),
  },
  {
    name: 'rolling volatility',
    memory: 'window',
    windowBars: (period) => period,
    first: (period) => [period - 1],
    batch: ({ close }, period) => [rollingDailyVol(close, period)],
    incremental: (period) => single(new RollingDailyVol(period), (own, { close }) => own.push(close)),
  },
  {
    name: 'realised volatility',
    memory: 'window',
    windowBars: (period) => period + 1,
    first: (period) => [period],
    batch: ({ close }, period) => [realizedAnnualizedVol(close, period, YEAR)],
    incremental: (period) => single(new RealizedAnnualizedVol(period, YEAR), (own, { close }) => own.push(close)),
  },
  {
    name: 'momentum',
    memory: 'window',
    windowBars: (period) => period + 1,
    first: (period) => [period],
    batch: ({ close }, period) => [rollingMomentum(close, period, 1)],
    incremental: (period) => single(new Momentum(period, 1), (own, { close }) => own.push(close)),
  },
  {
    name: 'Donchian channel',
    memory: 'window',
    windowBars: (period) => period,
    first: (period) => [period - 1, period - 1, period - 1],
    batch({ high, low }, period) {
      const { lower, middle, upper } = donchianChannel(high, low, period);
      return [lower, middle, upper];
    },
    incremental(period) {
      const own = new Donchian(period);
      return ({ high, low }) => {
        own.push(high, low);
        return [own.lower, own.middle, own.upper];
      };
    },
  },
  {
    name: 'rolling volume-weighted price',
    memory: 'window',
    windowBars: (period) => period,
    first: (period) => [period - 1],
    batch: ({ high, low, close, volume }, period) => [rollingVolumeWeightedPrice(high, low, close, volume, period)],
    incremental: (period) =>
      single(new RollingVolumeWeightedPrice(period), (own, { high, low, close, volume }) => own.push(high, low, close, volume)),
  },
  {
    name: 'anchored volume-weighted price',
    memory: 'for-ever',
    windowBars: () => Number.POSITIVE_INFINITY,
    first: () => [0],
    batch: ({ high, low, close, volume }) => [anchoredVolumeWeightedPrice(high, low, close, volume)],
    incremental: () => single(new AnchoredVolumeWeightedPrice(), (own, { high, low, close, volume }) => own.push(high, low, close, volume)),
  },
  {
    name: 'z-score',
    memory: 'window',
    windowBars: (period) => period,
    first: (period) => [period - 1],
    batch: ({ close }, period) => [rollingZScore(close, period)],
    incremental: (period) => single(new RollingZScore(period), (own, { close }) => own.push(close)),
  },
];

export const columnsOf = (bars: readonly Bar[]): Columns => ({
  high: Float64Array.from(bars, ({ high }) => high),
  low: Float64Array.from(bars, ({ low }) => low),
  close: Float64Array.from(bars, ({ close }) => close),
  volume: Float64Array.from(bars, ({ volume }) => volume),
});

const single =
  <T>(own: T, push: (own: T, bar: Bar) => number) =>
  (bar: Bar): readonly number[] => [push(own, bar)];
