/**
 * The last line before an order leaves: named checks, each with the reason it refuses for. All run, so the record shows all that is wrong.
 * A number that is missing or not finite fails its check.
 *
 * Other orders of the symbol that may still trade, those whose fate is unknown included, count at their worst: the buys all fill before a
 * buy, the sells all fill before a sale. An order takes risk off when, even so, it only makes the position smaller without turning it about.
 */
import type { EpochMs } from '../../kernel/units.ts';
import type { ExecutionLimits } from '../policy/policy.ts';
import { exactShares } from './exact-shares.ts';
import type { OrderIntent } from './order-intent.ts';

export type CheckName =
  | 'order-sane'
  | 'order-type'
  | 'order-value'
  | 'concentration'
  | 'open-orders'
  | 'symbol-settled'
  | 'locate'
  | 'reference-fresh'
  | 'price-collar'
  | 'volume-share'
  | 'message-throttle'
  | 'duplicate'
  | 'restricted-list';

export interface Check {
  readonly name: CheckName;
  readonly passed: boolean;
  /** Kebab-case; null when passed. */
  readonly refusal: string | null;
  readonly value: number | null;
  readonly limitValue: number | null;
}

/** What the checks read of an order. A stop price that is left out is none. */
export type OrderToCheck = Pick<
  OrderIntent,
  'clientOrderId' | 'symbol' | 'side' | 'quantity' | 'type' | 'limitPriceUsd' | 'referencePriceUsd'
> & { readonly stopPriceUsd?: number | null };

/** What must be known of the world to check one order. */
export interface PreTradeFacts {
  readonly now: EpochMs;
  readonly equityUsd: number;
  /** Shares held; negative is short. */
  readonly heldShares: number;
  /** Shares that other orders for the symbol may still buy, this cycle's and those of unknown fate included; zero or more. */
  readonly workingBuyShares: number;
  /** Likewise that they may still sell; zero or more. */
  readonly workingSellShares: number;
  readonly openOrdersForSymbol: number;
  /** Those of which nobody knows what became of them. */
  readonly unsettledOrdersForSymbol: number;
  /** The broker says that it has shares of the symbol to lend right now; null when it was not asked. */
  readonly sharesToLend: boolean | null;
  /** The market's latest price; null when there is none. */
  readonly reference: { readonly priceUsd: number; readonly at: EpochMs } | null;
  /** Null when unknown. */
  readonly averageDailyVolume: number | null;
  readonly messagesInLastMinute: number;
  readonly knownClientOrderIds: ReadonlySet<string>;
}

/** Every check, in a fixed order. */
export function preTradeChecks(order: OrderToCheck, facts: PreTradeFacts, limits: ExecutionLimits): Check[] {
  const price = facts.reference?.priceUsd ?? Number.NaN;
  const { before, after } = worstCase(order, facts);
  const reduces = before * after >= 0 && Math.abs(after) < Math.abs(before);
  const dearest = Math.max(price, order.limitPriceUsd ?? price, order.stopPriceUsd ?? price);
  const concentration = (Math.abs(after) * dearest) / facts.equityUsd;
  const ageMs = facts.reference === null ? Number.NaN : facts.now - facts.reference.at;
  const volumeShare = order.quantity / (facts.averageDailyVolume ?? Number.NaN);
  const fourDecimals = Math.round(order.quantity * 1e4) / 1e4 === order.quantity;
  const unsettled = reduces ? 0 : facts.unsettledOrdersForSymbol;

  return [
    atMost('order-sane', order.quantity > 0 && Number.isFinite(order.quantity) && fourDecimals ? 0 : 1, 0, 'quantity-not-tradable'),
    typeCheck(order, price),
    atMost('order-value', order.quantity * dearest, limits.orderValueUsdMax, 'order-value-over-limit'),
    // A sale of part of a position that has outgrown the limit must pass: it is the cure.
    reduces ? passed('concentration', concentration, limits.concentrationFracMax) : concentrationCheck(concentration, limits),
    atMost('open-orders', facts.openOrdersForSymbol + 1, limits.openOrdersPerSymbolMax, 'too-many-open-orders'),
    atMost('symbol-settled', unsettled, 0, 'symbol-unsettled'),
    locateCheck(order, after, facts.sharesToLend),
    ageMs < 0
      ? failed('reference-fresh', 'reference-price-from-the-future', ageMs, limits.referenceAgeMsMax)
      : atMost('reference-fresh', ageMs, limits.referenceAgeMsMax, 'reference-price-stale'),
    atMost('price-collar', collarDistance(order, price), limits.priceCollarFrac, 'price-outside-collar'),
    atMost('volume-share', volumeShare, limits.averageDailyVolumeFracMax, 'too-large-for-volume'),
    atMost('message-throttle', facts.messagesInLastMinute + 1, limits.messagesPerMinuteMax, 'message-rate-over-limit'),
    atMost('duplicate', facts.knownClientOrderIds.has(order.clientOrderId) ? 1 : 0, 0, 'duplicate-order'),
    atMost('restricted-list', limits.restricted.includes(order.symbol) ? 1 : 0, 0, 'symbol-restricted'),
  ];
}

export const mayTrade = (checks: readonly Check[]): boolean => checks.length > 0 && checks.every((check) => check.passed);

export const refusalsOf = (checks: readonly Check[]): string[] => checks.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));

/** The position in shares, without and with this order, once everything on its side has filled. */
function worstCase({ side, quantity }: OrderToCheck, facts: PreTradeFacts): { readonly before: number; readonly after: number } {
  const buys = side === 'buy';
  const before = exactShares(buys ? facts.heldShares + facts.workingBuyShares : facts.heldShares - facts.workingSellShares);
  return { before, after: exactShares(buys ? before + quantity : before - quantity) };
}

/** Each type has its prices and no other, a stop waits on the far side of the market, and a limit leaves room beyond its stop. */
function typeCheck({ type, side, limitPriceUsd, stopPriceUsd }: OrderToCheck, price: number): Check {
  const stop = stopPriceUsd ?? null;
  const wantsLimit = type === 'LIMIT' || type === 'STOP_LIMIT';
  const wantsStop = type === 'STOP' || type === 'STOP_LIMIT';
  if (!fits(limitPriceUsd, wantsLimit) || !fits(stop, wantsStop)) return failed('order-type', 'prices-do-not-fit-type', 1, 0);
  const direction = side === 'buy' ? 1 : -1;
  if (stop !== null && !((stop - price) * direction > 0)) return failed('order-type', 'stop-on-wrong-side', stop, price);
  if (stop !== null && limitPriceUsd !== null && !((limitPriceUsd - stop) * direction >= 0))
    return failed('order-type', 'limit-short-of-stop', limitPriceUsd, stop);
  return passed('order-type', 0, 0);
}

const fits = (price: number | null, wanted: boolean): boolean =>
  wanted ? price !== null && price > 0 && Number.isFinite(price) : price === null;

/** How far the farthest of the order's prices, the one it was decided at among them, lies from the market. */
const collarDistance = ({ referencePriceUsd, limitPriceUsd, stopPriceUsd }: OrderToCheck, price: number): number =>
  Math.max(Math.abs(referencePriceUsd - price), Math.abs((limitPriceUsd ?? price) - price), Math.abs((stopPriceUsd ?? price) - price)) /
  price;

/** Shares that are sold without being held must be borrowed, and only a broker that says it has some lends them. */
function locateCheck({ side }: OrderToCheck, after: number, sharesToLend: boolean | null): Check {
  const short = side === 'sell' && after < 0 ? -after : 0;
  if (Number.isNaN(after)) return failed('locate', 'position-unknown', after, 0);
  if (short === 0 || sharesToLend === true) return passed('locate', short, short);
  return failed('locate', sharesToLend === null ? 'locate-not-asked' : 'no-shares-to-lend', short, 0);
}

/** Equity at or below zero would make a concentration look small. */
function concentrationCheck(concentration: number, limits: ExecutionLimits): Check {
  if (!(concentration >= 0)) return failed('concentration', 'concentration-unknown', concentration, limits.concentrationFracMax);
  return atMost('concentration', concentration, limits.concentrationFracMax, 'concentration-over-limit');
}

function atMost(name: CheckName, value: number, limitValue: number, refusal: string): Check {
  return value <= limitValue && Number.isFinite(value) ? passed(name, value, limitValue) : failed(name, refusal, value, limitValue);
}

const passed = (name: CheckName, value: number, limitValue: number): Check => ({
  name,
  passed: true,
  refusal: null,
  value: finiteOrNull(value),
  limitValue,
});

const failed = (name: CheckName, refusal: string, value: number, limitValue: number): Check => ({
  name,
  passed: false,
  refusal,
  value: finiteOrNull(value),
  limitValue: finiteOrNull(limitValue),
});

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
