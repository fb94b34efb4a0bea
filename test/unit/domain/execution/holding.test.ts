import { describe, expect, test } from 'vitest';
import { type Holding, holdingAfterFill, holdingAfterSplit } from '../../../../shared/domain/execution/holding.ts';
import type { MicroUsd, NanoShares } from '../../../../shared/kernel/money.ts';

const shares = (count: number): NanoShares => BigInt(count * 1_000_000_000) as NanoShares;
const usd = (dollars: number): MicroUsd => BigInt(dollars * 1_000_000) as MicroUsd;
const held = (count: number, cost: number): Holding => ({ quantity: shares(count), cost: usd(cost) });

describe('a fill', () => {
  test.each([
    ['opens a holding', held(0, 0), [10, 1000], held(10, 1000), 0],
    ['adds to it', held(10, 1000), [5, 600], held(15, 1600), 0],
    ['takes its share of the cost', held(10, 1000), [-4, -480], held(6, 600), 80],
    ['closes it', held(10, 1000), [-10, -900], held(0, 0), -100],
    ['closes it and opens the other way', held(10, 1000), [-15, -1650], held(-5, -550), 100],
    ['covers a short', held(-10, -1000), [4, 360], held(-6, -600), 40],
    ['adds to a short', held(-10, -1000), [-5, -600], held(-15, -1600), 0],
  ] as ReadonlyArray<readonly [string, Holding, readonly [number, number], Holding, number]>)('%s', (_, before, fill, after, realised) => {
    expect(holdingAfterFill(before, { quantity: shares(fill[0]), value: usd(fill[1]) })).toEqual({
      ...{ holding: after, realised: usd(realised) },
    });
  });
});

describe('a split', () => {
  test.each([
    ['adds shares at no cost', held(10, 1000), 30, 0, held(40, 1000), 0],
    ['takes shares at no cost', held(40, 1000), -30, 0, held(10, 1000), 0],
    ['gives back part of the cost in cash', held(10, 1000), -5, 40, held(5, 960), 0],
    ['realises what comes back beyond the cost', held(10, 1000), -5, 1040, held(5, 0), 40],
    ['keeps a cost of nothing', held(10, 1000), -5, 1000, held(5, 0), 0],
    ['that leaves nothing realises the rest', held(10, 1000), -10, 950, held(0, 0), -50],
    ['of a short adds to the short', held(-10, -1000), -30, 0, held(-40, -1000), 0],
    ['of a short charges the cash in lieu', held(-10, -1000), 5, -40, held(-5, -960), 0],
    ['of a short that leaves nothing realises the rest', held(-10, -1000), 10, -950, held(0, 0), 50],
    ['may pay cash alone', held(10, 1000), 0, 3, held(10, 997), 0],
    ['of nothing pays a gain', held(0, 0), 0, 3, held(0, 0), 3],
  ] as const)('%s', (_, before, count, cash, after, realised) => {
    expect(holdingAfterSplit(before, shares(count), usd(cash))).toEqual({ holding: after, realised: usd(realised) });
  });
});
