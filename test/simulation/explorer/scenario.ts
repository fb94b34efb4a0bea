/** What the fund is about to do in a schedule, and under which limits: small, and made so that every limit is near. */
import { clientOrderId } from '../../../shared/domain/execution/order-intent.ts';
import type { CycleId, EpochMs, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import type { OrderIntent } from '../../../shared/stores/ledger/index.ts';
import type { Life, News } from './broker-book.ts';
import type { OperatorAct } from './faults.ts';

export interface Scenario {
  readonly name: string;
  /** Of the broker: whether a client id that it has seen is refused. Where it is not, whatever is sent twice is two orders. */
  readonly refusesDuplicateClientIds: boolean;
  /** How many deliveries of each cycle's schedule arrive at the same time. */
  readonly deliveries: number;
  /** When each cycle is scheduled, after the first. */
  readonly cyclesAfterMs: readonly number[];
  readonly openOrdersPerSymbolMax: number;
  readonly exposureUsdMax: Usd;
  readonly messagesPerMinuteMax: number;
  /** What an operator does in every schedule of it. */
  readonly acts: readonly { readonly afterMs: number; readonly act: OperatorAct }[];
  /** What befalls the first request for the nth order of the first cycle in every schedule of it. */
  readonly mishaps: Readonly<Record<number, 'request-lost' | 'reply-lost'>>;
  /** What becomes of orders at the broker; of all others the seed decides. */
  readonly lives: ReadonlyMap<string, Life>;
  /** What happens to the account besides. */
  readonly news: readonly News[];
  /** When the books are held against each other, besides at the end. */
  readonly reconciledAfterMs: readonly number[];
  readonly fillRounds: number;
}

const plenty = { openOrdersPerSymbolMax: 2, exposureUsdMax: 1_000_000 as Usd, messagesPerMinuteMax: 100 };
const quiet = { acts: [], mishaps: {}, lives: new Map<string, Life>(), news: [], reconciledAfterMs: [], fillRounds: 2 } as const;

export const scenarios: readonly Scenario[] = [
  { name: 'one cycle', refusesDuplicateClientIds: true, deliveries: 1, cyclesAfterMs: [0], ...plenty, ...quiet },
  {
    ...{ name: 'one cycle, a broker that takes every id twice', refusesDuplicateClientIds: false, deliveries: 1, cyclesAfterMs: [0] },
    ...plenty,
    ...quiet,
  },
  {
    ...{ name: 'the same phase delivered twice at once', refusesDuplicateClientIds: true, deliveries: 2, cyclesAfterMs: [0] },
    ...plenty,
    ...quiet,
  },
  {
    ...{ name: 'two cycles, the second while the first may still run', refusesDuplicateClientIds: true, deliveries: 1 },
    ...{ cyclesAfterMs: [0, 20_000], ...plenty, ...quiet },
  },
  {
    ...{ name: 'limits that hold only part of the plan', refusesDuplicateClientIds: true, deliveries: 1, cyclesAfterMs: [0], ...quiet },
    ...{ openOrdersPerSymbolMax: 1, exposureUsdMax: 4_500 as Usd, messagesPerMinuteMax: 3 },
  },
  {
    ...{ name: 'halted while orders work and one is unknown', refusesDuplicateClientIds: true, deliveries: 1, cyclesAfterMs: [0, 20_000] },
    ...{ ...plenty, ...quiet, acts: [{ afterMs: 1_100, act: 'halt' }], mishaps: { 1: 'reply-lost' }, fillRounds: 0 },
    // They rest, and go on filling while they are being cancelled.
    lives: new Map([
      ['GOOD 60', [{ afterMs: 300, fills: 20 }]],
      ['ACME 40', [{ afterMs: 1_300, fills: 15 }]],
      ['ACME 25', [1_100, 1_250, 1_400, 1_550].map((afterMs) => ({ afterMs, fills: 5 }))],
    ]),
  },
  {
    ...{ name: 'books that differ: fills not booked, a dividend, a sale by hand', refusesDuplicateClientIds: false, deliveries: 1 },
    ...{ cyclesAfterMs: [0], ...plenty, ...quiet, fillRounds: 1, mishaps: { 1: 'reply-lost', 2: 'request-lost' } },
    lives: new Map<string, Life>([
      ['GOOD 60', [{ afterMs: 1, fills: 60 }]],
      // Nobody collects the second part.
      ['ACME 40', [2_000, 20_000].map((afterMs, nth) => ({ afterMs, fills: nth === 0 ? 15 : 25 }))],
      [
        'BETA 20',
        [
          { afterMs: 1_000, fills: 12 },
          { afterMs: 2_000, ends: 'CANCELLED' },
          { afterMs: 22_000, fillsLate: 3 },
        ],
      ],
    ]),
    news: [
      { afterMs: 26_000, symbol: 'GOOD' as Ticker, kind: 'dividend', cents: 1_234 },
      { afterMs: 27_000, symbol: 'GOOD' as Ticker, kind: 'sale-by-hand', shares: 5 },
    ],
    // Two at the same time; the third comes when an order that was lost on its way may be counted as never arrived.
    reconciledAfterMs: [30_000, 30_050, 200_000],
  },
];

export const startsAt = Date.UTC(2024, 11, 2, 20, 45) as EpochMs;
export const closesAfterMs = 15 * 60_000;
export const strategy = 'core';
export const openingCashCents = 2_000_000;
export const openingHoldings: ReadonlyMap<Ticker, number> = new Map([['GOOD' as Ticker, 100]]);
export const priceCents: ReadonlyMap<Ticker, number> = new Map([
  ['GOOD' as Ticker, 10_000],
  ['ACME' as Ticker, 5_000],
  ['BETA' as Ticker, 8_025],
]);
export const symbols = [...priceCents.keys()];

export const cycleIdOf = (nth: number): CycleId => `cycle-2024-12-02T20-${45 + nth}-00Z` as CycleId;

/** A sale of what is held, and buys; two legs of one symbol. */
export function intentsOf(nthCycle: number, broker: string): readonly OrderIntent[] {
  const cycleId = cycleIdOf(nthCycle);
  const intent = (symbol: string, side: 'BUY' | 'SELL', quantity: number, leg: number): OrderIntent => {
    const cents = priceCents.get(symbol as Ticker)!;
    const identity = {
      fund: 'ballast',
      cycleId,
      symbol: symbol as Ticker,
      side: side === 'BUY' ? 'buy' : 'sell',
      leg,
      revision: 0,
    } as const;
    return {
      ...{
        cycleId,
        orderId: clientOrderId(identity),
        symbol: symbol as Ticker,
        side,
        strategy,
        broker,
        type: 'MARKET',
        timeInForce: 'DAY',
      },
      ...{ quantity: quantity as Shares, reducing: side === 'SELL', decisionPriceUsd: (cents / 100) as Price },
      worstCaseUsd: ((quantity * cents * 1.05) / 100) as Usd,
    };
  };
  return nthCycle === 0
    ? [intent('GOOD', 'SELL', 60, 1), intent('ACME', 'BUY', 40, 1), intent('ACME', 'BUY', 25, 2), intent('BETA', 'BUY', 20, 1)]
    : [intent('GOOD', 'SELL', 10, 1), intent('ACME', 'BUY', 15, 1)];
}
