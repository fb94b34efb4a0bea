import { describe, expect, test } from 'vitest';
import { tailLoss, tailOf } from '../../../../shared/domain/risk/tail-loss.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';

describe('historical tail', () => {
  const losses = (values: readonly number[]): Float64Array => Float64Array.from(values, (value) => -value);

  test('takes the earliest of equal days, and puts the edge last', () => {
    const tail = tailOf(losses([1, 5, 3, 3, 0, 3, 9, 0, 0, 0]), 0.7);
    expect(tail).toMatchObject({ days: Int32Array.of(1, 2, 6, 3), varFrac: 3 });
  });

  test('of 20 returns at 95 % is the second worst, with the worst as its mean', () => {
    const one = tailLoss(losses(Array.from({ length: 20 }, (_, k) => k)), 0.95);
    expect(one).toEqual({ varFrac: 18, cvarFrac: expect.closeTo(19, 12) });
  });

  test('counts the loss on its edge by the part that lies inside', () => {
    // A quarter of ten days is two and a half.
    expect(tailLoss(losses([1, 5, 3, 2, 0, 1, 9, 0, 0, 0]), 0.75)).toEqual({
      varFrac: 3,
      cvarFrac: expect.closeTo((9 + 5 + 1.5) / 2.5, 12),
    });
  });

  test('at almost no confidence is the mean of all', () => {
    expect(tailLoss(losses([1, 5, 3, 2]), 1e-12)).toEqual({ varFrac: 1, cvarFrac: expect.closeTo(2.75, 9) });
  });

  test.each([
    ['a level of one', new Float64Array(100), 1, refuse('confidence-level-outside-0-1', { confidenceLevel: 1 })],
    ['a level of zero', new Float64Array(100), 0, refuse('confidence-level-outside-0-1', { confidenceLevel: 0 })],
    ['a level below zero', new Float64Array(100), -0.5, refuse('confidence-level-outside-0-1', { confidenceLevel: -0.5 })],
    ['19 returns at 95 %', new Float64Array(19), 0.95, refuse('history-too-short', { observations: 19, confidenceLevel: 0.95 })],
    [
      'a first return that is no number',
      losses([Number.NaN, ...Array(29).fill(0)]),
      0.95,
      refuse('return-not-finite', { observations: 30 }),
    ],
    [
      'a last return that is no number',
      losses([...Array(29).fill(0), Number.NaN]),
      0.95,
      refuse('return-not-finite', { observations: 30 }),
    ],
  ])('refuses %s', (_, returns, level, refusal) => {
    expect(tailLoss(returns, level)).toEqual(refusal);
    expect(tailOf(returns, level)).toEqual(refusal);
  });

  test('of a book that cannot lose is a gain', () => {
    expect(tailLoss(new Float64Array(100).fill(0.01), 0.95)).toEqual({ varFrac: -0.01, cvarFrac: expect.closeTo(-0.01, 15) });
    expect(tailLoss(new Float64Array(100), 0.95)).toEqual({ varFrac: 0, cvarFrac: 0 });
  });
});
