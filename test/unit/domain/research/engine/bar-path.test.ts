import { describe, expect, test } from 'vitest';
import { marketPrice, type PathTerms, pathPrice } from '../../../../../shared/domain/research/engine/bar-path.ts';

type Bar = readonly [open: number, high: number, low: number, close: number];

const terms = (given: Partial<PathTerms>): PathTerms => ({
  ...{ buys: true, type: 'LIMIT', limitPriceUsd: Number.NaN, stopPriceUsd: Number.NaN, isTriggered: false, isImmediate: false },
  ...given,
});
const buy = (given: Partial<PathTerms>): PathTerms => terms({ ...given, buys: true });
const sell = (given: Partial<PathTerms>): PathTerms => terms({ ...given, buys: false });

const cases: ReadonlyArray<readonly [string, PathTerms, Bar, number | null]> = [
  ['a buy limit under the open fills at the limit once the low reaches it', buy({ limitPriceUsd: 98 }), [100, 101, 98, 99], 98],
  ['a buy limit that the low does not reach fills nothing', buy({ limitPriceUsd: 98 }), [100, 101, 98.01, 99], null],
  ['a buy limit above the open fills at the open', buy({ limitPriceUsd: 102 }), [100, 103, 99, 101], 100],
  ['a sell limit over the open fills at the limit once the high reaches it', sell({ limitPriceUsd: 103 }), [100, 103, 99, 101], 103],
  ['a sell limit under the open fills at the open', sell({ limitPriceUsd: 98 }), [100, 101, 97, 99], 100],
  ['an immediate buy limit has the open alone', buy({ limitPriceUsd: 98, isImmediate: true }), [100, 101, 97, 99], null],
  ['an immediate sell limit at the open fills', sell({ limitPriceUsd: 99, isImmediate: true }), [100, 101, 97, 99], 100],
  ['a buy stop fills at the stop once the high reaches it', buy({ type: 'STOP', stopPriceUsd: 102 }), [100, 103, 99, 99], 102],
  ['a buy stop under the open fills at the open', buy({ type: 'STOP', stopPriceUsd: 102 }), [105, 106, 104, 105], 105],
  ['a sell stop over the open fills at the open, through the gap', sell({ type: 'STOP', stopPriceUsd: 98 }), [90, 91, 89, 90], 90],
  ['a sell stop fills at the stop once the low reaches it', sell({ type: 'STOP', stopPriceUsd: 98 }), [100, 101, 97, 100], 98],
  ['a stop that is not reached fills nothing', sell({ type: 'STOP', stopPriceUsd: 98 }), [100, 101, 98.5, 100], null],
  [
    'what is left of a stop that was reached goes at the open',
    sell({ type: 'STOP', stopPriceUsd: 98, isTriggered: true }),
    [99, 100, 99, 99],
    99,
  ],
  ['a buy stop-limit within the bar fills at its limit where the close proves it', stopLimit(buy, 102, 104), [100, 105, 99, 103], 104],
  ['but never above the high', stopLimit(buy, 102, 104), [100, 103, 99, 101], 103],
  ['a buy stop-limit whose bar closes beyond the limit fills nothing', stopLimit(buy, 102, 104), [100, 106, 99, 105], null],
  ['a buy stop-limit through its stop at the open is a limit', stopLimit(buy, 102, 104), [105, 106, 103.5, 106], 104],
  ['a sell stop-limit within the bar fills at its limit where the close proves it', stopLimit(sell, 98, 96), [100, 101, 95, 97], 96],
  ['a sell stop-limit that gaps under its limit waits', stopLimit(sell, 98, 96), [95, 95.5, 94, 95], null],
  [
    'a stop-limit whose stop was reached on an earlier bar is a limit',
    { ...stopLimit(sell, 98, 96), isTriggered: true },
    [95, 96.5, 94, 95],
    96,
  ],
];

function stopLimit(side: (given: Partial<PathTerms>) => PathTerms, stopPriceUsd: number, limitPriceUsd: number): PathTerms {
  return side({ type: 'STOP_LIMIT', stopPriceUsd, limitPriceUsd });
}

describe('what a bar proves', () => {
  test.each(cases)('%s', (_title, order, [open, high, low, close], expected) => {
    expect(pathPrice(order, open, open, high, low, close)).toBe(expected ?? Number.NaN);
  });
});

test('the fill rule says the price of a market order', () => {
  expect(marketPrice('next-open', 10, 14, 8, 12)).toBe(10);
  expect(marketPrice('next-close', 10, 14, 8, 12)).toBe(12);
  expect(marketPrice('signal-close', 10, 14, 8, 12)).toBe(12);
  expect(marketPrice('next-vwap', 10, 14, 8, 12)).toBe(11);
});
