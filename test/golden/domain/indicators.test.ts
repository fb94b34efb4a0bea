/** Indicators against values computed elsewhere; provenance is in the golden file and beside the published ones. */
import { describe, expect, test } from 'vitest';
import { bollingerBands } from '../../../shared/domain/indicators/bollinger.ts';
import { averageTrueRange, directionalMovement } from '../../../shared/domain/indicators/directional-movement.ts';
import { macd } from '../../../shared/domain/indicators/macd.ts';
import { momentum, realizedDailyVol } from '../../../shared/domain/indicators/momentum.ts';
import { exponentialMovingAverage, simpleMovingAverage } from '../../../shared/domain/indicators/moving-average.ts';
import { relativeStrengthIndex } from '../../../shared/domain/indicators/relative-strength.ts';
import golden from './indicators.golden.json' with { type: 'json' };

const [high, low, close] = [golden.bars.high, golden.bars.low, golden.bars.close].map((values) => Float64Array.from(values)) as [
  Float64Array,
  Float64Array,
  Float64Array,
];

function expectSeries(actual: Float64Array, expected: ReadonlyArray<number | null>): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    if (value === null) expect(actual[i]).toBeNaN();
    else expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
  });
}

describe('indicators', () => {
  test('moving averages', () => {
    expectSeries(simpleMovingAverage(close, 20), golden.sma20);
    expectSeries(exponentialMovingAverage(close, 12), golden.ema12);
  });

  test('relative strength index', () => expectSeries(relativeStrengthIndex(close, 14), golden.rsi14));

  test('MACD line and signal', () => {
    const { line, signal, histogram } = macd(close, 12, 26, 9);
    expectSeries(line, golden.macd);
    expectSeries(signal, golden.macdSignal);
    expect(histogram.at(-1)).toBe(line.at(-1)! - signal.at(-1)!);
  });

  test('Bollinger bands', () => expectSeries(bollingerBands(close, 20, 2).upper, golden.bollingerUpper));

  test('average true range', () => expectSeries(averageTrueRange(high, low, close, 14), golden.atr14));

  test('directional indicators and ADX', () => {
    const { plusDi, minusDi, adx } = directionalMovement(high, low, close, 14);
    expectSeries(plusDi, golden.plusDi14);
    expectSeries(minusDi, golden.minusDi14);
    expectSeries(adx, golden.adx14);
  });

  test('momentum and realised volatility', () => {
    const returns = close.slice(1).map((value, i) => value / close[i]! - 1);
    expect(realizedDailyVol(returns, 63)).toBeCloseTo(golden.realizedVol63, 14);
    expect(momentum(close, 60, 10)).toBeCloseTo(golden.momentum60skip10, 14);
  });

  // StockCharts ChartSchool, "Relative Strength Index (RSI)", the worked example on QQQQ closes (cs-rsi.xls), published to two decimals;
  // the same numbers stand in the tests of several public indicator libraries.
  test('relative strength index as published by StockCharts', () => {
    const closes = Float64Array.of(
      ...[44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.614, 46.282],
      ...[46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783],
      ...[44.2181, 44.5672, 43.4205, 42.6628, 43.1314],
    );
    const published = [
      ...[
        70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87, 45.46, 37.3, 33.08, 37.77,
      ],
    ];
    const strength = relativeStrengthIndex(closes, 14);
    published.forEach((value, i) => {
      expect(Math.abs(strength[14 + i]! - value)).toBeLessThan(0.0101);
    });
  });
});
