/**
 * At which price, if any, a bar fills an order. A bar says where it opened, how far it went and where it closed, not in which order; where the
 * path matters, the worse one is taken.
 *
 *   MARKET      the price of the fill rule.
 *   LIMIT       a buy at min(open, limit) once low ≤ limit; a sell at max(open, limit) once high ≥ limit.
 *   STOP        a buy at max(open, stop) once high ≥ stop; a sell at min(open, stop) once low ≤ stop. What a cap leaves of it goes at later opens.
 *   STOP_LIMIT  through its stop at the open, or on an earlier bar: as a LIMIT over the whole bar. Through it within the bar, only the close proves
 *               that the limit was there afterwards: a buy fills if close ≤ limit, at min(limit, high), the worst it can have been; a sell
 *               mirrored. Otherwise it works as a LIMIT from the next bar.
 *   IOC, FOK    have the open alone: a LIMIT fills there or not, a STOP must be through at it.
 *
 * Not covered: the auction's own imbalance, and two orders of one symbol whose sequence within the bar would matter.
 */
import type { OrderType } from '../../execution/order-terms.ts';
import type { FillRule } from '../rules.ts';

export interface PathTerms {
  readonly buys: boolean;
  readonly type: OrderType;
  /** NaN where the type has none. */
  readonly limitPriceUsd: number;
  readonly stopPriceUsd: number;
  /** Its stop was reached on an earlier bar. */
  readonly isTriggered: boolean;
  /** IOC or FOK. */
  readonly isImmediate: boolean;
}

/** NaN where the bar fills nothing; `marketUsd` is the fill rule's price. */
export function pathPrice(order: PathTerms, marketUsd: number, open: number, high: number, low: number, close: number): number {
  switch (order.type) {
    case 'MARKET':
      return marketUsd;
    case 'LIMIT':
      return limitPrice(order, open, high, low);
    case 'STOP':
      return stopPrice(order, open, high, low);
    case 'STOP_LIMIT':
      return stopLimitPrice(order, open, high, low, close);
  }
}

/** Whether the bar takes a stop through its price. */
export function triggers({ buys, stopPriceUsd, isImmediate }: PathTerms, open: number, high: number, low: number): boolean {
  if (isImmediate) return buys ? open >= stopPriceUsd : open <= stopPriceUsd;
  return buys ? Math.max(open, high) >= stopPriceUsd : Math.min(open, low) <= stopPriceUsd;
}

export function marketPrice(rule: FillRule, open: number, high: number, low: number, close: number): number {
  switch (rule) {
    case 'next-open':
      return open;
    case 'next-close':
    case 'signal-close':
      return close;
    case 'next-vwap':
      return (open + high + low + close) / 4;
  }
}

function limitPrice({ buys, limitPriceUsd, isImmediate }: PathTerms, open: number, high: number, low: number): number {
  if (buys) {
    if ((isImmediate ? open : low) > limitPriceUsd) return Number.NaN;
    return Math.min(open, limitPriceUsd);
  }
  if ((isImmediate ? open : high) < limitPriceUsd) return Number.NaN;
  return Math.max(open, limitPriceUsd);
}

function stopPrice(order: PathTerms, open: number, high: number, low: number): number {
  if (order.isTriggered) return open;
  if (!triggers(order, open, high, low)) return Number.NaN;
  return order.buys ? Math.max(open, order.stopPriceUsd) : Math.min(open, order.stopPriceUsd);
}

function stopLimitPrice(order: PathTerms, open: number, high: number, low: number, close: number): number {
  const { buys, stopPriceUsd, limitPriceUsd, isTriggered, isImmediate } = order;
  const throughAtOpen = isTriggered || (buys ? open >= stopPriceUsd : open <= stopPriceUsd);
  if (throughAtOpen) return limitPrice(order, open, high, low);
  if (isImmediate || !triggers(order, open, high, low)) return Number.NaN;
  if (buys) return close <= limitPriceUsd ? Math.min(limitPriceUsd, high) : Number.NaN;
  return close >= limitPriceUsd ? Math.max(limitPriceUsd, low) : Number.NaN;
}
