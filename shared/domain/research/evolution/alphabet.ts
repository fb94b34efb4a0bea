/**
 * What a genome can speak of: the indicators of shared/domain/indicators with bounded parameters, each of one of two types.
 *
 *   price   in dollars of the symbol; only ever compared with another price (close above its 50-bar average);
 *   score   without a unit; only ever compared with one of its own levels (RSI below 30).
 *
 * A comparison of a price with a score, or of two scores with different scales, cannot be written: strongly typed genetic programming
 * (Montana 1995, Evolutionary Computation 3(2)). Every parameter and level stands on a ladder of a few rungs. What lies between would be
 * another trial and hardly another rule (a 50- and a 51-bar average agree on nearly every day), and few distinct columns can be cached.
 *
 * Channels end at the bar before: a close can break out of them. Not covered: facts, other symbols, calendar effects.
 */
import { bollingerBands } from '../../indicators/bollinger.ts';
import { averageTrueRange } from '../../indicators/directional-movement.ts';
import { donchianChannel } from '../../indicators/donchian.ts';
import { macd } from '../../indicators/macd.ts';
import { rollingMomentum } from '../../indicators/momentum.ts';
import { exponentialMovingAverage, simpleMovingAverage } from '../../indicators/moving-average.ts';
import { relativeStrengthIndex } from '../../indicators/relative-strength.ts';
import { rollingZScore } from '../../indicators/z-score.ts';
import type { DailyBars } from '../../market/bars.ts';

export interface IndicatorKind {
  readonly type: 'price' | 'score';
  /** Of each parameter the values it can take, ascending. */
  readonly ladders: ReadonlyArray<readonly number[]>;
  /** What a score is compared with, ascending; none for a price. */
  readonly levels: readonly number[];
  /** Element t depends on bars 0 to t alone; NaN while too short. */
  readonly column: (bars: DailyBars, parameters: readonly number[]) => Float64Array;
  readonly say: (parameters: readonly number[]) => string;
  readonly sayLevel: (level: number) => string;
}

export const periods = [3, 5, 8, 10, 14, 20, 30, 50, 70, 100, 150, 200] as const;
const shortPeriods = [2, 3, 5, 8, 10, 14, 20, 30, 50] as const;
const bandWidths = [1, 1.5, 2, 2.5, 3] as const;

const asIs = (level: number): string => String(level);
const asPercent = (level: number): string => `${Number((level * 100).toFixed(2))} %`;
const noLevels = { levels: [], sayLevel: asIs } as const;

export const alphabet = {
  close: {
    type: 'price',
    ladders: [],
    ...noLevels,
    column: ({ close }) => close,
    say: () => 'the close',
  },
  'simple-average': {
    type: 'price',
    ladders: [periods],
    ...noLevels,
    column: ({ close }, [period]) => simpleMovingAverage(close, period!),
    say: ([period]) => `the ${period}-bar average`,
  },
  'exponential-average': {
    type: 'price',
    ladders: [periods],
    ...noLevels,
    column: ({ close }, [period]) => exponentialMovingAverage(close, period!),
    say: ([period]) => `the ${period}-bar exponential average`,
  },
  'channel-high': {
    type: 'price',
    ladders: [periods],
    ...noLevels,
    column: ({ high, low }, [period]) => laggedOne(donchianChannel(high, low, period!).upper),
    say: ([period]) => `the highest high of the ${period} bars before`,
  },
  'channel-low': {
    type: 'price',
    ladders: [periods],
    ...noLevels,
    column: ({ high, low }, [period]) => laggedOne(donchianChannel(high, low, period!).lower),
    say: ([period]) => `the lowest low of the ${period} bars before`,
  },
  'upper-band': {
    type: 'price',
    ladders: [periods, bandWidths],
    ...noLevels,
    column: ({ close }, [period, width]) => bollingerBands(close, period!, width!).upper,
    say: ([period, width]) => `the upper ${period}-bar band at ${width} ${width === 1 ? 'deviation' : 'deviations'}`,
  },
  'lower-band': {
    type: 'price',
    ladders: [periods, bandWidths],
    ...noLevels,
    column: ({ close }, [period, width]) => bollingerBands(close, period!, width!).lower,
    say: ([period, width]) => `the lower ${period}-bar band at ${width} ${width === 1 ? 'deviation' : 'deviations'}`,
  },
  'relative-strength': {
    type: 'score',
    ladders: [shortPeriods],
    levels: [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95],
    column: ({ close }, [period]) => relativeStrengthIndex(close, period!),
    say: ([period]) => `the ${period}-bar RSI`,
    sayLevel: asIs,
  },
  momentum: {
    type: 'score',
    ladders: [periods],
    levels: [-0.3, -0.2, -0.15, -0.1, -0.07, -0.05, -0.03, -0.02, -0.01, 0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3],
    column: ({ close }, [period]) => rollingMomentum(close, period!, 0),
    say: ([period]) => `the ${period}-bar return`,
    sayLevel: asPercent,
  },
  'z-score': {
    type: 'score',
    ladders: [periods],
    levels: [-3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3],
    column: ({ close }, [period]) => rollingZScore(close, period!),
    say: ([period]) => `the ${period}-bar z-score`,
    sayLevel: asIs,
  },
  'macd-histogram': {
    type: 'score',
    ladders: [
      [5, 8, 12],
      [20, 26, 40],
      [5, 9, 14],
    ],
    levels: [0],
    column: ({ close }, [fast, slow, signal]) => macd(close, fast!, slow!, signal!).histogram,
    say: ([fast, slow, signal]) => `the MACD histogram (${fast}, ${slow}, ${signal})`,
    sayLevel: asIs,
  },
  'true-range': {
    type: 'score',
    ladders: [shortPeriods],
    levels: [0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.07],
    column: ({ high, low, close }, [period]) => partOf(averageTrueRange(high, low, close, period!), close),
    say: ([period]) => `the ${period}-bar average true range`,
    sayLevel: (level) => `${asPercent(level)} of the close`,
  },
  'volume-ratio': {
    type: 'score',
    ladders: [periods],
    levels: [0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 2.5, 3],
    column: ({ volume }, [period]) => partOf(volume, simpleMovingAverage(volume, period!)),
    say: ([period]) => `volume over its ${period}-bar average`,
    sayLevel: asIs,
  },
} satisfies Record<string, IndicatorKind>;

export type IndicatorName = keyof typeof alphabet;

export const kindOf = (name: IndicatorName): IndicatorKind => alphabet[name];

const names = Object.keys(alphabet) as IndicatorName[];
export const priceNames: readonly IndicatorName[] = names.filter((name) => alphabet[name].type === 'price');
export const scoreNames: readonly IndicatorName[] = names.filter((name) => alphabet[name].type === 'score');

function laggedOne(values: Float64Array): Float64Array {
  const lagged = new Float64Array(values.length).fill(Number.NaN);
  for (let t = 1; t < values.length; t++) lagged[t] = values[t - 1]!;
  return lagged;
}

/** NaN where the whole is not above zero. */
function partOf(parts: Float64Array, wholes: Float64Array): Float64Array {
  const out = new Float64Array(parts.length);
  for (let t = 0; t < out.length; t++) out[t] = wholes[t]! > 0 ? parts[t]! / wholes[t]! : Number.NaN;
  return out;
}
