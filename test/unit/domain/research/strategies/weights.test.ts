/** Strategies that rank all symbols at a rebalance: hand-made markets, and the parts of equity that anybody can work out. */
import { describe, expect, test } from 'vitest';
import type { EarningsRelease } from '../../../../../shared/domain/market/facts.ts';
import { babStrategy } from '../../../../../shared/domain/research/strategies/bab.strategy.ts';
import { lowVolStrategy } from '../../../../../shared/domain/research/strategies/low-vol.strategy.ts';
import { momentumStrategy } from '../../../../../shared/domain/research/strategies/momentum.strategy.ts';
import { peadStrategy } from '../../../../../shared/domain/research/strategies/pead.strategy.ts';
import { vsmStrategy } from '../../../../../shared/domain/research/strategies/vsm.strategy.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../../../shared/kernel/units.ts';
import { handNow, weigh } from '../../../../support/research/hand-now.ts';
import { membershipOf, panelOf } from '../../../../support/research/hand-panel.ts';

describe('momentum', () => {
  const panel = panelOf({
    DOWN: [10, 9, 8],
    EVEN: [10, 10, 10],
    LATE: [null, null, 5],
    SLOW: [10, 11, 11],
    UP: [10, 10, 12],
    YET: [10, 15, 12],
  });
  const parameters = { lookback: 2, top: 2, gross: 0.9 };

  test('gives equal parts to those that rose most; of equals to the first by symbol', () => {
    expect(weigh(momentumStrategy, handNow(panel, 2), parameters)).toEqual({ UP: 0.45, YET: 0.45 });
    expect(weigh(momentumStrategy, handNow(panel, 2), { ...parameters, top: 1 })).toEqual({ UP: 0.9 });
  });

  test('leaves out the latest bars it is told to skip', () => {
    expect(weigh(momentumStrategy, handNow(panel, 2), { ...parameters, skip: 1, top: 1 })).toEqual({ YET: 0.9 });
  });

  test('takes a tenth of those that can be ranked, one at least, where top is 0', () => {
    expect(weigh(momentumStrategy, handNow(panel, 2), { ...parameters, top: 0 })).toEqual({ UP: 0.9 });
    const twenty = panelOf(
      Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`S${String.fromCodePoint(65 + i)}`, [100, 100, 100 + i]])),
    );
    expect(weigh(momentumStrategy, handNow(twenty, 2), { ...parameters, top: 0 })).toEqual({ SX: 0.45, SY: 0.45 });
  });

  test('chooses members only, and those that trade', () => {
    const membership = membershipOf(panel, (symbol) => symbol !== 'UP');
    expect(weigh(momentumStrategy, handNow(panel, 2, { membership }), { ...parameters, top: 1 })).toEqual({ YET: 0.9 });
    const halted = panelOf({ AAA: [10, 11, 12, 13], UP: [10, 20, 30, null] });
    expect(weigh(momentumStrategy, handNow(halted, 3), { ...parameters, top: 1 })).toEqual({ AAA: 0.9 });
  });

  test('changes nothing while nobody has a past that long', () => {
    expect(weigh(momentumStrategy, handNow(panel, 1), parameters)).toBeNull();
  });
});

describe('low-vol', () => {
  // Returns of ±1 %, ±2 % and ±4 %, and one that stands still.
  const swinging = (size: number): number[] => [
    100,
    100 * (1 + size),
    100 * (1 + size) * (1 - size),
    100 * (1 + size) * (1 - size) * (1 + size),
  ];
  const panel = panelOf({ CALM: swinging(0.01), DEAD: [100, 100, 100, 100], MILD: swinging(0.02), WILD: swinging(0.04) });

  test('weights those that vary least by the inverse of it, and leaves out what does not move', () => {
    const weights = weigh(lowVolStrategy, handNow(panel, 3), { lookback: 3, top: 2, gross: 0.9 })!;
    expect(Object.keys(weights)).toEqual(['CALM', 'MILD']);
    expect(weights.CALM).toBeCloseTo(0.6, 12);
    expect(weights.MILD).toBeCloseTo(0.3, 12);
  });
});

describe('vsm', () => {
  const growing = (daily: number, jitter: number): number[] =>
    Array.from({ length: 12 }, (_, i) => 100 * (1 + daily) ** i * (1 + (i % 2 === 0 ? jitter : -jitter)));
  const panel = panelOf({ CALM: growing(0.002, 0.001), FAST: growing(0.004, 0.02), FLAT: growing(0, 0.001) });
  const parameters = { lookback: 10, skip: 0, volatility: 10, top: 1, gross: 0.9 };

  test('prefers the smaller rise that came with less risk', () => {
    expect(Object.keys(weigh(vsmStrategy, handNow(panel, 11), { ...parameters, target: 5 })!)).toEqual(['CALM']);
  });

  test('invests as much as the target is of the volatility of what it holds, and never more than all', () => {
    const closes = panel.series[0]!.close;
    let squares = 0;
    for (let i = 2; i < 12; i++) squares += (closes[i]! / closes[i - 1]! - 1) ** 2;
    const annualizedVol = Math.sqrt((squares / 10) * 252);
    const half = weigh(vsmStrategy, handNow(panel, 11), { ...parameters, target: annualizedVol / 2 })!;
    expect(half.CALM).toBeCloseTo(0.45, 12);
    expect(weigh(vsmStrategy, handNow(panel, 11), { ...parameters, target: 2 * annualizedVol })).toEqual({ CALM: 0.9 });
  });
});

describe('pead', () => {
  /** Nine quarters that were expected and came within a cent or two, and a tenth with the surprise that is said. */
  const released = (surprise: number): EarningsRelease[] =>
    Array.from({ length: 10 }, (_, i) => ({
      availableDay: panel.day[i < 9 ? i : 30]! as EpochDay,
      ...{ session: 'post' as const, epsEstimateUsd: 1, epsUsd: 1 + (i < 9 ? 0.02 * (i % 2) : surprise) },
    }));
  const closes = Array.from({ length: 40 }, (_, i) => 50 + (i % 2));
  const panel = panelOf({ BAD: closes, GOOD: closes, MILD: closes, NONE: closes });
  const told = { ...panel, earnings: [released(-0.5), released(0.5), released(0.01), []] };
  const parameters = { top: 1, gross: 0.8, surprise: 1, drift: 5 };

  test('buys the best surprise from the session after it is known, and sells the worst short where it is asked to', () => {
    expect(weigh(peadStrategy, handNow(told, 31), parameters)).toEqual({ GOOD: 0.8 });
    expect(weigh(peadStrategy, handNow(told, 31), { ...parameters, short: 0.3 })).toEqual({ BAD: -0.3, GOOD: 0.8 });
  });

  test('holds nobody on the day itself, when the drift is over, or where there are no announcements', () => {
    expect(weigh(peadStrategy, handNow(told, 30), parameters)).toEqual({});
    expect(weigh(peadStrategy, handNow(told, 38), parameters)).toEqual({});
    expect(weigh(peadStrategy, handNow(panel, 31), parameters)).toEqual({});
  });
});

describe('bab', () => {
  const rng = seededRng('bab');
  const market = Array.from({ length: 120 }, () => 0.01 * rng.normal());
  // Twelve companies that are the market times their beta, and a little of their own.
  const betas = Array.from({ length: 12 }, (_, i) => 0.4 + 0.1 * i);
  const panel = panelOf(
    Object.fromEntries(
      betas.map((beta, i) => {
        let price = 100;
        const noise = rng.fork(`company ${i}`);
        return [`B${String(i).padStart(2, '0')}`, market.map((shared) => (price *= Math.exp(beta * shared + 0.0005 * noise.normal())))];
      }),
    ),
  );
  const weights = weigh(babStrategy, handNow(panel, 119), { window: 110, returns: 100, gross: 1.5 })!;
  const sizes = betas.map((_, i) => weights[`B${String(i).padStart(2, '0')}`]!);

  test('is long the low betas and short the high ones, the more the farther from the middle', () => {
    expect(sizes.slice(0, 6).every((weight) => weight > 0)).toBe(true);
    expect(sizes.slice(6).every((weight) => weight < 0)).toBe(true);
    expect(sizes.slice(0, 6)).toEqual(sizes.slice(0, 6).toSorted((a, b) => b - a));
    // Places are even, so parts of a side are in the proportion 11 : 9 : 7 : 5 : 3 : 1.
    expect(sizes[0]! / sizes[5]!).toBeCloseTo(11, 9);
  });

  test('has no beta as a whole, and is as large as it is told', () => {
    expect(sizes.reduce((sum, weight) => sum + Math.abs(weight), 0)).toBeCloseTo(1.5, 12);
    // The ex-ante betas are shrunk, 0.6 · beta + 0.4 · 1, and measured against the mean company, which has a beta of 0.95.
    const shrunk = betas.map((beta) => 0.6 * (beta / 0.95) + 0.4);
    expect(Math.abs(sizes.reduce((sum, weight, i) => sum + weight * shrunk[i]!, 0))).toBeLessThan(0.005);
  });

  test('waits for as many returns as it is told to want', () => {
    expect(weigh(babStrategy, handNow(panel, 80), { window: 110, returns: 100 })).toBeNull();
  });
});
