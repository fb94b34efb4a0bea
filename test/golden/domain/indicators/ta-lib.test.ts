/**
 * Every indicator that TA-Lib has, against TA-Lib's own C code: on a seeded walk, on a price that stands still for long, and on Apple's real bars.
 * What is a recursion is the same to the bit; what slides over a window is within 1e-9, where the rounding of TA-Lib's running sums shows.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { bollingerBands } from '../../../../shared/domain/indicators/bollinger.ts';
import { averageTrueRange, directionalMovement } from '../../../../shared/domain/indicators/directional-movement.ts';
import { donchianChannel } from '../../../../shared/domain/indicators/donchian.ts';
import { macd } from '../../../../shared/domain/indicators/macd.ts';
import { exponentialMovingAverage, simpleMovingAverage } from '../../../../shared/domain/indicators/moving-average.ts';
import { onBalanceVolume } from '../../../../shared/domain/indicators/on-balance-volume.ts';
import { relativeStrengthIndex } from '../../../../shared/domain/indicators/relative-strength.ts';
import { SlidingMoments } from '../../../../shared/domain/indicators/sliding-moments.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { toBars, walk } from '../../../unit/domain/fixtures.ts';
import golden from './sliding.golden.json' with { type: 'json' };
import { openTaLib, type TaLib } from './ta-lib.ts';

interface Bars {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

const file = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'daily', 'core40_daily_2005_2023.csv.gz');
const present = existsSync(file);
const periods = [2, 3, 14, 20, 63];

let taLib: TaLib;
beforeAll(async () => {
  taLib = await openTaLib();
});

describe('against TA-Lib', () => {
  test('on a seeded walk of 3,000 bars', () => {
    const bars = toBars('WALK', walk('WALK', 3000));
    expectRecursions(bars);
    expectWindows(bars);
  });

  test('on whole cents, with days that do not move and a halt that outlasts every memory', () => expectRecursions(standstill()));

  test('keeps thirteen digits of a deviation where sums of squares keep none: prices near a hundred million that move by millionths', () => {
    const values = Float64Array.from(golden.hard.values);
    const [own, sumsOfSquares] = [deviationsOf(values, 20), one('STDDEV', [values], [20, 1])];
    golden.hard.deviation20.forEach((exact, i) => {
      if (exact === null) return;
      expect(Math.abs(own[i]! / exact - 1)).toBeLessThan(1e-13);
      expect(Math.abs(sumsOfSquares[i]! / exact - 1)).toBeGreaterThan(0.9);
    });
  });

  test.skipIf(!present)('on Apple, 2005 to 2023 (needs market data)', () => {
    const bars = apple();
    expect(bars.close.length).toBe(4781);
    expectRecursions(bars);
    expectWindows(bars);
  });
});

function expectRecursions({ high, low, close, volume }: Bars): void {
  const ranges = [high, low, close];
  for (const period of periods) {
    const movement = directionalMovement(high, low, close, period);
    expectBits(`EMA ${period}`, exponentialMovingAverage(close, period), one('EMA', [close], [period]));
    expectBits(`RSI ${period}`, relativeStrengthIndex(close, period), one('RSI', [close], [period]));
    expectBits(`ATR ${period}`, averageTrueRange(high, low, close, period), one('ATR', ranges, [period]));
    expectBits(`PLUS_DI ${period}`, movement.plusDi, one('PLUS_DI', ranges, [period]));
    expectBits(`MINUS_DI ${period}`, movement.minusDi, one('MINUS_DI', ranges, [period]));
    expectBits(`ADX ${period}`, movement.adx, one('ADX', ranges, [period]));
    expectBits(`MAX ${period}`, donchianChannel(high, low, period).upper, one('MAX', [high], [period]));
    expectBits(`MIN ${period}`, donchianChannel(high, low, period).lower, one('MIN', [low], [period]));
  }
  for (const [fast, slow, signal] of [
    [12, 26, 9],
    [3, 10, 16],
    [2, 3, 2],
  ] as const) {
    const own = macd(close, fast, slow, signal);
    const [line, signalLine, histogram] = taLib.outputs('MACD', [close], [fast, slow, signal], 3) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    // TA-Lib hands the line out only from where there is a signal.
    expectBits('MACD', own.line.fill(Number.NaN, 0, slow + signal - 2), line);
    expectBits('MACD signal', own.signal, signalLine);
    expectBits('MACD histogram', own.histogram, histogram);
  }
  expectBits('OBV', onBalanceVolume(close, volume), one('OBV', [close, volume], []));
}

function expectWindows({ close }: Bars): void {
  for (const period of periods) {
    const bands = bollingerBands(close, period, 2);
    const [upper, middle, lower] = taLib.outputs('BBANDS', [close], [period, 2, 2, 0], 3) as [Float64Array, Float64Array, Float64Array];
    // Of two or three closes that are nearly equal TA-Lib's difference of large sums keeps few digits; from 14 on it does well.
    const relativeError = period < 14 ? 1e-6 : 1e-9;
    expectNear(`SMA ${period}`, simpleMovingAverage(close, period), one('SMA', [close], [period]), 1e-12);
    expectNear(`BBANDS upper ${period}`, bands.upper, upper, relativeError);
    expectNear(`BBANDS middle ${period}`, bands.middle, middle, 1e-12);
    expectNear(`BBANDS lower ${period}`, bands.lower, lower, relativeError);
    if (period >= 14) expectNear(`STDDEV ${period}`, deviationsOf(close, period), one('STDDEV', [close], [period, 1]), 1e-9);
  }
}

/** Population standard deviations of the windows. */
function deviationsOf(values: Float64Array, period: number): Float64Array {
  const moments = new SlidingMoments(period);
  return values.map((value) => {
    moments.push(value);
    return Math.sqrt(moments.squaredDeviations / period);
  });
}

const one = (name: string, inputs: readonly Float64Array[], options: readonly number[]): Float64Array =>
  taLib.outputs(name, inputs, options)[0]!;

/** The same doubles, and NaN in the same places. */
function expectBits(name: string, actual: Float64Array, expected: Float64Array): void {
  const differs = actual.findIndex((value, i) => !(value === expected[i] || (Number.isNaN(value) && Number.isNaN(expected[i]))));
  expect(differs, `${name}: ${actual[differs]} where TA-Lib has ${expected[differs]}`).toBe(-1);
}

function expectNear(name: string, actual: Float64Array, expected: Float64Array, relativeError: number): void {
  expected.forEach((value, i) => {
    if (Number.isNaN(value)) expect(actual[i], `${name} at ${i}`).toBeNaN();
    else expect(Math.abs(actual[i]! - value), `${name} at ${i}`).toBeLessThanOrEqual(relativeError * Math.abs(value));
  });
}

/** Moves by whole cents and often not at all, then stands still until smoothed averages are below 1e-14, then moves again. */
function standstill(): Bars {
  const rng = seededRng('standstill');
  const rows: { high: number; low: number; close: number; volume: number }[] = [];
  let cents = 5000;
  for (let i = 0; i < 6000; i++) {
    const halted = i >= 1000 && i < 5000;
    if (!halted) cents += Math.round(1.2 * rng.normal());
    const [up, down] = halted ? [0, 0] : [Math.round(rng.uniform()), Math.round(rng.uniform())];
    rows.push({ high: (cents + up) / 100, low: (cents - down) / 100, close: cents / 100, volume: Math.round(1000 * rng.uniform()) });
  }
  const column = (name: 'high' | 'low' | 'close' | 'volume'): Float64Array => Float64Array.from(rows, (row) => row[name]);
  return { high: column('high'), low: column('low'), close: column('close'), volume: column('volume') };
}

function apple(): Bars {
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');
  const columns = lines[0]!.split(',');
  const rows = lines.filter((line) => line.startsWith('AAPL,')).map((line) => line.split(','));
  const column = (name: string): Float64Array => Float64Array.from(rows, (row) => Number(row[columns.indexOf(name)]));
  return { high: column('high'), low: column('low'), close: column('close'), volume: column('volume') };
}
