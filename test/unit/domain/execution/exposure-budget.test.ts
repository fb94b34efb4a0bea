import { expect, test } from 'vitest';
import { exposureBudgetUsd } from '../../../../shared/domain/execution/exposure-budget.ts';

const question = { equityUsd: 100_000, grossFracMax: 1, positions: [], openOrders: [] };
const long = { quantity: 300, priceUsd: 100 };
const short = { quantity: -200, priceUsd: 100 };

test.each([
  ['an empty book may take the whole limit', {}, 100_000],
  ['half a limit is half', { grossFracMax: 0.5 }, 50_000],
  ['longs and shorts both count', { positions: [long, short] }, 50_000],
  ['an open order counts at its worst', { openOrders: [{ reducing: false, worstCaseUsd: 40_000 }] }, 60_000],
  ['an order that only reduces does not', { openOrders: [{ reducing: true, worstCaseUsd: 40_000 }] }, 100_000],
  ['nothing is left of a full book', { positions: [long, { ...long, quantity: 800 }] }, 0],
  ['no equity, no budget', { equityUsd: 0 }, 0],
  ['a loss is no budget', { equityUsd: -1 }, 0],
  ['a price that is no number leaves nothing', { positions: [{ quantity: 1, priceUsd: Number.NaN }] }, 0],
])('%s', (_, change, expected) => {
  // A millionth of the equity is for the rounding of the reservations.
  expect(exposureBudgetUsd({ ...question, ...change })).toBeCloseTo(expected === 0 ? 0 : expected + 0.1, 9);
});
