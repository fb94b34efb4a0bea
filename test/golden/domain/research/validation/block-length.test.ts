/**
 * The automatic block length against the test of the Python package arch (Kevin Sheppard), arch/tests/bootstrap/test_block_length.py: an AR(1) of
 * 0.3 over numpy's RandomState(0), 10,000 values after 100, has blocks of 13.635665 (stationary) and 15.60894 (circular) bars, to 1e-4.
 *
 * So that no file of numbers is needed, numpy's legacy generator stands here: MT19937 (Matsumoto & Nishimura 1998), doubles of 53 bits, and normals
 * by the polar method, whose second value of each pair comes first.
 */
import { expect, test } from 'vitest';
import { optimalBlockLength } from '../../../../../shared/domain/research/validation/block-length.ts';

test('blocks are as long as arch has them for its AR(1)', () => {
  const normal = numpyNormals(0);
  const series = Float64Array.from({ length: 10_100 }, normal);
  for (let t = 1; t < series.length; t++) series[t] = 0.3 * series[t - 1]! + series[t]!;
  // The first value of RandomState(0).standard_normal(), as numpy's users know it.
  expect(series[0]).toBeCloseTo(1.764052345967664, 14);
  const length = optimalBlockLength(series.subarray(100));
  expect(length.kind).toBe('block-length');
  if (length.kind === 'refused') return;
  expect(Math.abs(length.stationaryBars / 13.635665 - 1)).toBeLessThan(1e-6);
  expect(Math.abs(length.circularBars / 15.60894 - 1)).toBeLessThan(1e-6);
});

function numpyNormals(seed: number): () => number {
  const word = mersenneTwister(seed);
  const uniform = (): number => ((word() >>> 5) * 67_108_864 + (word() >>> 6)) / 9_007_199_254_740_992;
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const [u, v] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = scale * u;
      return scale * v;
    }
  };
}

function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) state[i] = Math.imul(1_812_433_253, state[i - 1]! ^ (state[i - 1]! >>> 30)) + i;
  let at = 624;
  return () => {
    if (at === 624) {
      for (let i = 0; i < 624; i++) {
        const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % 624]! & 0x7fffffff);
        state[i] = state[(i + 397) % 624]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let word = state[at++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}
