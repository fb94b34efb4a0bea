/** Sliding indicators that TA-Lib does not have, against exact arithmetic; provenance is in the golden file. */
import { describe, expect, test } from 'vitest';
import { bollingerBands } from '../../../../shared/domain/indicators/bollinger.ts';
import { donchianChannel } from '../../../../shared/domain/indicators/donchian.ts';
import { momentum, realizedDailyVol, rollingMomentum } from '../../../../shared/domain/indicators/momentum.ts';
import { realizedAnnualizedVol, rollingDailyVol } from '../../../../shared/domain/indicators/volatility.ts';
import { anchoredVolumeWeightedPrice, rollingVolumeWeightedPrice } from '../../../../shared/domain/indicators/volume-weighted-price.ts';
import { rollingZScore } from '../../../../shared/domain/indicators/z-score.ts';
import golden from './sliding.golden.json' with { type: 'json' };

const high = Float64Array.from(golden.high);
const low = Float64Array.from(golden.low);
const close = Float64Array.from(golden.close);
const volume = Float64Array.from(golden.volume);
const simpleReturns = Float64Array.from(golden.simpleReturns);

/** NaN exactly where the golden file has null, and elsewhere within the relative error. */
function expectSeries(actual: Float64Array, expected: ReadonlyArray<number | null>, relativeError: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    if (value === null) expect(actual[i]).toBeNaN();
    else expect(Math.abs(actual[i]! - value), `value ${i}`).toBeLessThanOrEqual(relativeError * Math.abs(value));
  });
}

describe('sliding indicators', () => {
  test('volume-weighted average price of the last 20 bars and since the first', () => {
    expectSeries(rollingVolumeWeightedPrice(high, low, close, volume, 20), golden.vwap20, 1e-14);
    expectSeries(anchoredVolumeWeightedPrice(high, low, close, volume), golden.anchoredVwap, 1e-14);
  });

  test('Donchian channel: its bounds are prices of the window, to the bit', () => {
    const channel = donchianChannel(high, low, 20);
    expectSeries(channel.upper, golden.donchian20.upper, 0);
    expectSeries(channel.lower, golden.donchian20.lower, 0);
    expectSeries(channel.middle, golden.donchian20.middle, 1e-15);
  });

  test('realised volatility of 21 log returns, over a year of 252 sessions', () =>
    expectSeries(realizedAnnualizedVol(close, 21, 252), golden.realizedAnnualizedVol21, 2e-15));

  test('rolling deviation of 21 simple returns, and the same at the last bar', () => {
    expectSeries(rollingDailyVol(simpleReturns, 21), golden.rollingDailyVol21, 1e-14);
    const last = golden.rollingDailyVol21.at(-1)!;
    expect(Math.abs(realizedDailyVol(simpleReturns, 21) / last - 1)).toBeLessThan(1e-14);
  });

  test('z-score of the newest of 20 closes', () => expectSeries(rollingZScore(close, 20), golden.zScore20, 1e-12));

  test('momentum from 120 bars ago to 21 bars ago, and the same at the last bar', () => {
    expectSeries(rollingMomentum(close, 120, 21), golden.momentum120skip21, 1e-13);
    expect(momentum(close, 120, 21)).toBe(rollingMomentum(close, 120, 21).at(-1));
  });

  test('bands of prices near a hundred million that move by millionths', () => {
    const values = Float64Array.from(golden.hard.values);
    // A width of 1, measured from the middle in steps of a double there (1.5e-8), cannot show the deviation; one of 2 to the 40 does.
    const wide = bollingerBands(values, 20, 2 ** 40);
    expectSeries(wide.middle, golden.hard.mean20, 2e-16);
    expectSeries(
      wide.upper.map((upper, i) => (upper - wide.middle[i]!) / 2 ** 40),
      golden.hard.deviation20,
      1e-13,
    );
  });
});
