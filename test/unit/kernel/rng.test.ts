/**
 * Golden words: sfc32 as PractRand 0.93 defines it (RNGs/sfc.cpp) behind the splitmix32 and FNV-1a described in the source,
 * written a second time in Python 3.11 with masked integers; the figures are that program's output. Its FNV-1a gives the
 * published values for "", "a" and "foobar" (Noll, draft-eastlake-fnv).
 */
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../shared/kernel/rng.ts';

const words = (seed: number | string, count: number): number[] => {
  const rng = seededRng(seed);
  return Array.from({ length: count }, () => rng.uniform() * 2 ** 32);
};

const draws = (count: number, next: () => number): number[] => Array.from({ length: count }, next);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  return covariance / Math.sqrt(mean(a.map((value) => (value - meanA) ** 2)) * mean(b.map((value) => (value - meanB) ** 2)));
};

describe('seeded random numbers', () => {
  test.each([
    [0, [0xacd3417b, 0x2de2e58f, 0x0d229d39, 0xfe879ffd]],
    [1, [0x904ccb19, 0x95c9db5c, 0xe55a2fd5, 0xf2473522]],
    [4294967295, [0x89247ab7, 0xe982551a, 0xde229b8a, 0x43bc80a6]],
    ['', [0x306cc680, 0x11b15219, 0x713c38cc, 0x17f86075]],
    ['ballast', [0x17180759, 0x58138e2e, 0x73ddd873, 0x31797ce3]],
  ])('gives the words of an independent implementation for seed %j', (seed, golden) => {
    expect(words(seed, 4)).toEqual(golden);
  });

  test('gives the normal deviates of an independent implementation', () => {
    const rng = seededRng(1);
    const golden = [1.4907997534650872, 1.9927820413239554, -1.095169194257708, -0.9291343084136358, 2.228948480302249];
    draws(5, () => rng.normal()).forEach((value, i) => {
      expect(value).toBeCloseTo(golden[i]!, 12);
    });
  });

  test('a fork is the stream of seed and label, whatever was drawn before it', () => {
    const fresh = seededRng(1).fork('prices');
    const used = seededRng(1);
    draws(100, () => used.normal());
    const late = used.fork('prices');
    expect(draws(4, () => fresh.uniform() * 2 ** 32)).toEqual([0x474c8eeb, 0x49e40482, 0x1e180e93, 0x213bb96b]);
    expect(draws(4, () => late.uniform() * 2 ** 32)).toEqual([0x474c8eeb, 0x49e40482, 0x1e180e93, 0x213bb96b]);
  });

  test('drawing from a fork leaves the parent where it is', () => {
    const parent = seededRng(7);
    draws(100, () => parent.fork('child').uniform());
    expect(parent.uniform()).toBe(seededRng(7).uniform());
  });

  test('fills a hundred bins evenly', () => {
    const rng = seededRng('uniformity');
    const bins = new Array<number>(100).fill(0);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(rng.uniform() * 100)]!++;
    const chiSquare = bins.reduce((sum, seen) => sum + (seen - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: the middle 99.8 % lie between these (NIST Handbook, table 1.3.6.7.4).
    expect(chiSquare).toBeGreaterThan(61.1);
    expect(chiSquare).toBeLessThan(148.2);
  });

  test('normal deviates have mean 0, variance 1, no skew, and a kurtosis of 3', () => {
    const rng = seededRng('normality');
    const values = draws(200_000, () => rng.normal());
    for (const [power, moment] of [
      [1, 0],
      [2, 1],
      [3, 0],
      [4, 3],
    ] as const) {
      expect(Math.abs(mean(values.map((value) => value ** power)) - moment)).toBeLessThan(0.06);
    }
  });

  test.each([
    ['neighbouring seeds', seededRng(1), seededRng(2)],
    ['two labels', seededRng(1).fork('a'), seededRng(1).fork('b')],
    ['parent and fork', seededRng(1), seededRng(1).fork('a')],
    ['the same label under two seeds', seededRng(1).fork('a'), seededRng(2).fork('a')],
  ])('gives unrelated streams for %s', (_, one, other) => {
    const [a, b] = [draws(20_000, () => one.uniform()), draws(20_000, () => other.uniform())];
    expect(Math.abs(correlation(a, b))).toBeLessThan(0.03);
    expect(a.filter((value, i) => value === b[i])).toHaveLength(0);
  });
});
