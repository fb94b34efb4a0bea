/** Grids of parameters: what their text means, and which combination a number is. */
import { describe, expect, test } from 'vitest';
import {
  chunksOf,
  combinationAt,
  combinationsIn,
  combinationsOf,
  type Grid,
  parametersAt,
  parseGrid,
} from '../../../../../shared/domain/research/fast/grid.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import { isRefusal } from '../../../../../shared/kernel/refusal.ts';

function grid(text: string): Grid {
  const parsed = parseGrid(text);
  if (isRefusal(parsed)) throw new Error(JSON.stringify(parsed));
  return parsed;
}

describe('the text of a grid', () => {
  test('has ranges with both ends, steps and lists', () => {
    expect(grid('fast=3..6, slow=10..20:5,exit=50|55.5|60,one=7')).toEqual({
      names: ['fast', 'slow', 'exit', 'one'],
      values: [[3, 4, 5, 6], [10, 15, 20], [50, 55.5, 60], [7]],
    });
  });

  test('gives the decimals that are written, not those of adding', () => {
    expect(grid('x=0.1..0.7:0.2').values).toEqual([[0.1, 0.3, 0.5, 0.7]]);
    expect(grid('x=-1..0:0.25').values).toEqual([[-1, -0.75, -0.5, -0.25, 0]]);
  });

  test.each([
    ['fast', 'is no part of a grid'],
    ['', 'is no part of a grid'],
    ['fast=3..x', '"x" is no number'],
    ['fast=0x10', '"0x10" is no number'],
    ['fast=5..3', 'the first value is not above the last'],
    ['fast=1..5:0', 'a step is above zero'],
    ['fast=1|1.0', 'a value is given twice'],
    ['fast=1,fast=2', 'fast is given twice'],
    ['fast=1..1000000000', 'more than 1000000 values'],
    ['a=1..100000,b=1..100000', 'more than 100000000 combinations'],
  ])('"%s" is refused with a line that says why', (text, line) => {
    expect(parseGrid(text)).toMatchObject({ reason: 'grid-invalid', details: { problem: expect.stringContaining(line) as string } });
  });
});

describe('combinations', () => {
  test('are numbered with the last parameter fastest', () => {
    const small = grid('fast=1|2,slow=5..7');
    expect(combinationsIn(small)).toBe(6);
    expect([0, 2, 3, 5].map((number) => combinationAt(small, number))).toEqual([
      { fast: 1, slow: 5 },
      { fast: 1, slow: 7 },
      { fast: 2, slow: 5 },
      { fast: 2, slow: 7 },
    ]);
  });

  test('whose values do not fit each other are skipped, counted, and keep their numbers', () => {
    const found = combinationsOf(smaCrossStrategy, grid('fast=3..5,slow=4..5'), { first: 0, count: 6 });
    if (isRefusal(found)) throw new Error('refused');
    expect([...found.number]).toEqual([0, 1, 3]);
    expect(found.skipped).toBe(3);
    expect(parametersAt(found, 2)).toEqual({ fast: 4, slow: 5 });
  });

  test('of a name that the strategy does not have are refused with the nearest one, and so is a value out of range', () => {
    expect(combinationsOf(smaCrossStrategy, grid('fats=3..5'), { first: 0, count: 3 })).toMatchObject({
      reason: 'parameter-unknown',
      details: { nearest: 'fast' },
    });
    expect(combinationsOf(smaCrossStrategy, grid('fast=0..5'), { first: 0, count: 6 })).toMatchObject({ reason: 'parameter-out-of-range' });
  });

  test('are cut into chunks that are the whole, each combination once, in order', () => {
    const chunks = chunksOf(grid('fast=3..50,slow=10..200'), 1000);
    expect(chunks).toHaveLength(10);
    expect(chunks.at(-1)).toEqual({ first: 9000, count: 168 });
    expect(chunks.reduce((next, { first, count }) => (first === next ? next + count : Number.NaN), 0)).toBe(48 * 191);
  });
});
