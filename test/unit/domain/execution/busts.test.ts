import { describe, expect, test } from 'vitest';
import { type Bust, bustKnownTo, withoutBusts } from '../../../../shared/domain/execution/busts.ts';
import { exactShares } from '../../../../shared/domain/execution/exact-shares.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const bust = (executionId: string, quantity: number, priceUsd: number, at: number): Bust => ({
  ...{ executionId, quantity, priceUsd, at: at as EpochMs },
});
const busts = [bust('x-1', 10, 8, 100), bust('x-2', 20, 12, 200)];
const report = (at: number | null, cumulative = 100, averagePriceUsd: number | null = 10) => ({
  ...{ cumulative, averagePriceUsd, at: at as EpochMs | null },
});

describe('what a report says once busts are taken into account', () => {
  test.each([
    ['before both', 99, 70, (1000 - 80 - 240) / 70],
    ['as the first came', 100, 80, (1000 - 240) / 80],
    ['between them', 199, 80, (1000 - 240) / 80],
    ['after both', 200, 100, 10],
    ['at no time that it says', null, 70, (1000 - 80 - 240) / 70],
  ] as const)('made %s, it knows of those before it', (_, at, cumulative, averagePriceUsd) => {
    expect(withoutBusts(busts, report(at))).toEqual({ cumulative, averagePriceUsd: expect.closeTo(averagePriceUsd, 12) });
  });

  test('of nothing but busted shares there is no price', () => {
    expect(withoutBusts(busts, report(null, 30))).toEqual({ cumulative: 0, averagePriceUsd: null });
    expect(withoutBusts(busts, report(null, 20))).toEqual({ cumulative: -10, averagePriceUsd: null });
  });

  test('without a price it is left as it is', () => {
    expect(withoutBusts(busts, report(null, 40, null))).toEqual({ cumulative: 40, averagePriceUsd: null });
    expect(withoutBusts([], report(null, 0, null))).toEqual({ cumulative: 0, averagePriceUsd: null });
  });

  test('a bust is known by its execution', () => {
    expect(bustKnownTo(busts, 'x-2')).toBe(true);
    expect(bustKnownTo(busts, 'x-3')).toBe(false);
    expect(bustKnownTo([], 'x-1')).toBe(false);
  });

  test('shares are added and taken without the noise of floats', () => {
    expect(exactShares(0.3 - 0.1)).toBe(0.2);
    expect(exactShares(0.1 + 0.2)).toBe(0.3);
    expect(exactShares(-0.0001)).toBe(-0.0001);
  });
});
