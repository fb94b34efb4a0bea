/**
 * What each indicator costs over 1,000,000 bars in the batch form, which drives the incremental object (but for the simple average), and how that
 * compares with TA-Lib's C compiled to WebAssembly, in the same process and run.
 *
 * TA-Lib is timed on bars that already lie in its memory. That memory is 16 MiB, so it takes the million as five runs over 200,000 bars, which
 * stay in the processor's cache, where ours do not. Two ratios:
 *   handed over   TA-Lib's values are copied into new arrays, as every caller in JavaScript needs them and as ours come. Like for like.
 *   kernel alone  TA-Lib's values stay in its memory, while ours still allocates; on fast kernels this measures fresh memory above all.
 * ADX, +DI and −DI come from one pass here and from three calls there; only TA-Lib's ADX is counted. Its SMA and Bollinger bands are running sums,
 * which keep fewer digits than ours (test/golden/domain/indicators/ta-lib.test.ts).
 */
import { bollingerBands } from '../../shared/domain/indicators/bollinger.ts';
import { averageTrueRange, directionalMovement } from '../../shared/domain/indicators/directional-movement.ts';
import { donchianChannel } from '../../shared/domain/indicators/donchian.ts';
import { macd } from '../../shared/domain/indicators/macd.ts';
import { rollingMomentum } from '../../shared/domain/indicators/momentum.ts';
import { exponentialMovingAverage, simpleMovingAverage } from '../../shared/domain/indicators/moving-average.ts';
import { onBalanceVolume } from '../../shared/domain/indicators/on-balance-volume.ts';
import { relativeStrengthIndex } from '../../shared/domain/indicators/relative-strength.ts';
import { realizedAnnualizedVol, rollingDailyVol } from '../../shared/domain/indicators/volatility.ts';
import { rollingVolumeWeightedPrice } from '../../shared/domain/indicators/volume-weighted-price.ts';
import { rollingZScore } from '../../shared/domain/indicators/z-score.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import { openTaLib, type Prepared } from '../golden/domain/indicators/ta-lib.ts';
import { type Bench, median } from './bench.ts';

const BARS = 1_000_000;
const BARS_AT_ONCE = 200_000;
const REPETITIONS = 15;
const WARM_UPS = 3;

interface Bars {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

interface Subject {
  readonly name: string;
  run(bars: Bars): unknown;
  /** 1.5 times TA-Lib's C on this kind of machine. */
  readonly goalMs?: number;
  readonly peer?: Peer;
}

interface Peer {
  readonly name: string;
  inputs(bars: Bars): readonly Float64Array[];
  readonly options: readonly number[];
  readonly outputs?: number;
}

const close = ({ close: own }: Bars): readonly Float64Array[] => [own];
const ranges = ({ high, low, close: own }: Bars): readonly Float64Array[] => [high, low, own];

const subjects: readonly Subject[] = [
  { name: 'SMA 20', goalMs: 5.4, run: (bars) => simpleMovingAverage(bars.close, 20), peer: { name: 'SMA', inputs: close, options: [20] } },
  { name: 'EMA 20', run: (bars) => exponentialMovingAverage(bars.close, 20), peer: { name: 'EMA', inputs: close, options: [20] } },
  { name: 'RSI 14', goalMs: 18, run: (bars) => relativeStrengthIndex(bars.close, 14), peer: { name: 'RSI', inputs: close, options: [14] } },
  {
    name: 'MACD 12 26 9',
    goalMs: 33,
    run: (bars) => macd(bars.close, 12, 26, 9),
    peer: { name: 'MACD', inputs: close, options: [12, 26, 9], outputs: 3 },
  },
  {
    name: 'Bollinger 20',
    goalMs: 21,
    run: (bars) => bollingerBands(bars.close, 20, 2),
    peer: { name: 'BBANDS', inputs: close, options: [20, 2, 2, 0], outputs: 3 },
  },
  {
    name: 'ATR 14',
    goalMs: 18,
    run: (bars) => averageTrueRange(bars.high, bars.low, bars.close, 14),
    peer: { name: 'ATR', inputs: ranges, options: [14] },
  },
  {
    name: 'ADX and ±DI 14',
    goalMs: 36,
    run: (bars) => directionalMovement(bars.high, bars.low, bars.close, 14),
    peer: { name: 'ADX', inputs: ranges, options: [14] },
  },
  {
    name: 'OBV',
    run: (bars) => onBalanceVolume(bars.close, bars.volume),
    peer: { name: 'OBV', inputs: ({ close: own, volume }) => [own, volume], options: [] },
  },
  { name: 'Donchian 20', run: (bars) => donchianChannel(bars.high, bars.low, 20) },
  { name: 'rolling VWAP 20', run: (bars) => rollingVolumeWeightedPrice(bars.high, bars.low, bars.close, bars.volume, 20) },
  { name: 'rolling volatility 21', run: (bars) => rollingDailyVol(bars.close, 21) },
  { name: 'realised volatility 21', run: (bars) => realizedAnnualizedVol(bars.close, 21, 252) },
  { name: 'z-score 20', run: (bars) => rollingZScore(bars.close, 20) },
  { name: 'momentum 252 skip 21', run: (bars) => rollingMomentum(bars.close, 252, 21) },
];

export const benches: Bench[] = subjects.flatMap((subject): Bench[] => [
  {
    name: `${subject.name}, 1,000,000 bars`,
    unit: 'ms',
    ...(subject.goalMs === undefined ? {} : { goal: { atMost: subject.goalMs } }),
    run: async () => timed(subject),
  },
  ...(subject.peer === undefined
    ? []
    : [
        {
          name: `${subject.name}, ratio to TA-Lib in WebAssembly, handed over`,
          unit: '×',
          goal: { atMost: 1.5 },
          run: () => ratio(subject, subject.peer!, true),
        },
        {
          name: `${subject.name}, ratio to TA-Lib in WebAssembly, kernel alone`,
          unit: '×',
          run: () => ratio(subject, subject.peer!, false),
        },
      ]),
]);

function timed({ run }: Subject): number {
  const bars = walk(BARS);
  return medianOf(() => elapsedMs(() => run(bars)));
}

/** Both in turn, so that what else the machine does falls on both. */
async function ratio({ run }: Subject, { name, inputs, options, outputs = 1 }: Peer, handedOver: boolean): Promise<number> {
  const bars = walk(BARS);
  const part = inputs(bars).map((values) => values.subarray(0, BARS_AT_ONCE));
  const peer = (await openTaLib()).prepared(name, part, options, outputs);
  const peerTimes: number[] = [];
  const own = medianOf(() => {
    peerTimes.push(elapsedMs(() => runPeer(peer, handedOver ? outputs : 0)));
    return elapsedMs(() => run(bars));
  });
  peer.free();
  return own / median(peerTimes.slice(WARM_UPS));
}

function runPeer(peer: Prepared, outputs: number): readonly Float64Array[] {
  const copies = Array.from({ length: outputs }, () => new Float64Array(BARS));
  for (let done = 0; done < BARS; done += BARS_AT_ONCE) {
    peer.compute();
    copies.forEach((copy, output) => {
      copy.set(peer.view(output), done);
    });
  }
  return copies;
}

function medianOf(once: () => number): number {
  for (let i = 0; i < WARM_UPS; i++) once();
  return median(Array.from({ length: REPETITIONS }, once));
}

function elapsedMs(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function walk(length: number): Bars {
  const rng = seededRng('indicators bench');
  const bars = {
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
  };
  let price = 100;
  for (let i = 0; i < length; i++) {
    price *= 1 + 0.01 * (rng.uniform() - 0.5);
    bars.close[i] = price;
    bars.high[i] = price * (1 + 0.005 * rng.uniform());
    bars.low[i] = price * (1 - 0.005 * rng.uniform());
    bars.volume[i] = Math.round(1e6 * rng.uniform());
  }
  return bars;
}
