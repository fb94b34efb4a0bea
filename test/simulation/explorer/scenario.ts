/** What the fund is about to do in a schedule, and under which limits: small, and made so that every limit is near. */
import { clientOrderId } from '../../../shared/domain/execution/order-intent.ts';
import type { CycleId, EpochMs, Price, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import type { OrderIntent } from '../../../shared/stores/ledger/index.ts';

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
}

const plenty = { openOrdersPerSymbolMax: 2, exposureUsdMax: 1_000_000 as Usd, messagesPerMinuteMax: 100 };

export const scenarios: readonly Scenario[] = [
  { name: 'one cycle', refusesDuplicateClientIds: true, deliveries: 1, cyclesAfterMs: [0], ...plenty },
  { name: 'one cycle, a broker that takes every id twice', refusesDuplicateClientIds: false, deliveries: 1, cyclesAfterMs: [0], ...plenty },
  { name: 'the same phase delivered twice at once', refusesDuplicateClientIds: true, deliveries: 2, cyclesAfterMs: [0], ...plenty },
  {
    name: 'two cycles, the second while the first may still run',
    refusesDuplicateClientIds: true,
    deliveries: 1,
    cyclesAfterMs: [0, 20_000],
    ...plenty,
  },
  {
    ...{ name: 'limits that hold only part of the plan', refusesDuplicateClientIds: true, deliveries: 1, cyclesAfterMs: [0] },
    ...{ openOrdersPerSymbolMax: 1, exposureUsdMax: 4_500 as Usd, messagesPerMinuteMax: 3 },
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
