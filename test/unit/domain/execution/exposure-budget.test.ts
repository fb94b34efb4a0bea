import { expect, test } from 'vitest';
import { exposureBudgetUsd } from '../../../../shared/domain/execution/exposure-budget.ts';

const question = { equityUsd: 100_000, grossFracMax: 1, priceCollarFrac: 0, positions: [], openOrders: [] };
const long = { quantity: 300, priceUsd: 100 };
const short = { quantity: -200, priceUsd: 100 };

test.each([
  ['an empty book may take the whole limit', {}, 100_000],
  ['half a limit is half', { grossFracMax: 0.5 }, 50_000],
  ['longs and shorts both count', { positions: [long, short] }, 50_000],
  ['an open order counts at its worst', { openOrders: [{ reducing: false, worstCaseUsd: 40_000 }] }, 60_000],
  ['an order that only reduces does not', { openOrders: [{ reducing: true, worstCaseUsd: 40_000 }] }, 100_000],
  ['nothing is left of a full book', { positions: [long, { ...long, quantity: 800 }] }, 0],
  ['is in dollars of the worst price, as reservations are', { priceCollarFrac: 0.2, positions: [long] }, 87_500],
  ['no equity, no budget', { equityUsd: 0 }, 0],
  ['a loss is no budget', { equityUsd: -1 }, 0],
  ['a price that is no number leaves nothing', { positions: [{ quantity: 1, priceUsd: Number.NaN }] }, 0],
])('%s', (_, change, expected) => {
  expect(exposureBudgetUsd({ ...question, ...change })).toBe(expected);
});
