/**
 * Where a strategy of orders places them. What it submits, cancels or replaces holds from the end of the moment; a request that no broker could
 * read (no limit for a LIMIT, shares that are no positive number) is the strategy's mistake and throws.
 */
import { ContractViolation } from '../../../kernel/errors.ts';
import type { Desk, OrderRequest } from '../strategy.ts';
import type { Exchange } from './exchange.ts';
import type { EngineNow } from './now.ts';
import { marketTicket, type OrderTicket } from './working-order.ts';

export class EngineDesk implements Desk {
  readonly #exchange: Exchange;
  readonly #now: EngineNow;

  constructor(exchange: Exchange, now: EngineNow) {
    this.#exchange = exchange;
    this.#now = now;
  }

  submit(order: OrderRequest): number {
    requireReadable(order, this.#now.symbols.length);
    return this.#exchange.submit(ticketOf(order), this.#now.moment).number;
  }

  cancel(number: number): void {
    const order = this.#exchange.find(number);
    if (order !== undefined) this.#exchange.cancel(order);
  }

  /** Shares in all, with what has filled; at or below that, the rest is cancelled. An order that is over stays as it is. */
  replace(number: number, shares: number, limitPriceUsd?: number): void {
    if (!isPositive(shares)) throw new ContractViolation('an order is for a positive number of shares', { order: number, shares });
    const order = this.#exchange.find(number);
    if (order === undefined) return;
    if (limitPriceUsd !== undefined) {
      const isLimit = order.type === 'LIMIT' || order.type === 'STOP_LIMIT';
      if (!isLimit || !isPositive(limitPriceUsd))
        throw new ContractViolation('only a limit order has a limit, above zero', { order: number });
      order.limitPriceUsd = limitPriceUsd;
    }
    this.#exchange.replace(order, shares);
  }

  working(symbol: number): readonly number[] {
    return this.#exchange.workingIn(symbol).map(({ number }) => number);
  }

  target(symbol: number, weight: number): void {
    const now = this.#now;
    if (!Number.isFinite(weight)) throw new ContractViolation('a target is a finite part of equity', { symbol, weight });
    this.#exchange.cancelIn(symbol);
    const close = now.close(symbol, 0);
    const held = now.shares(symbol);
    const wanted = weight === 0 ? 0 : (weight * now.equityUsd) / close;
    if (Number.isNaN(wanted)) throw new ContractViolation('a target is for a symbol that has a price', { symbol });
    for (const shares of tradesTo(this.#exchange.isWhole ? Math.trunc(wanted) : wanted, held)) {
      this.#exchange.submit(marketTicket(symbol, shares), now.moment);
    }
  }
}

/** Signed shares to trade; through zero in two orders, as brokers want it. A difference that is the rounding of floats is none. */
export function tradesTo(wanted: number, held: number): readonly number[] {
  if (wanted * held < 0) return [-held, wanted];
  const difference = wanted - held;
  return Math.abs(difference) <= 1e-9 * Math.max(1, Math.abs(held)) ? [] : [difference];
}

const isPositive = (figure: number | undefined): figure is number => figure !== undefined && figure > 0 && Number.isFinite(figure);

function requireReadable({ symbol, shares, type, limitPriceUsd, stopPriceUsd }: OrderRequest, symbols: number): void {
  const hasLimit = type === 'LIMIT' || type === 'STOP_LIMIT';
  const hasStop = type === 'STOP' || type === 'STOP_LIMIT';
  if (!(Number.isInteger(symbol) && symbol >= 0 && symbol < symbols)) {
    throw new ContractViolation('a symbol is an index into the symbols of the run', { symbol });
  }
  if (!isPositive(shares)) throw new ContractViolation('an order is for a positive number of shares', { symbol, shares });
  if (hasLimit !== (limitPriceUsd !== undefined) || (hasLimit && !isPositive(limitPriceUsd))) {
    throw new ContractViolation('LIMIT and STOP_LIMIT have a limit price above zero, other orders none', { symbol, type, limitPriceUsd });
  }
  if (hasStop !== (stopPriceUsd !== undefined) || (hasStop && !isPositive(stopPriceUsd))) {
    throw new ContractViolation('STOP and STOP_LIMIT have a stop price above zero, other orders none', { symbol, type, stopPriceUsd });
  }
}

const ticketOf = ({ symbol, side, shares, type, timeInForce, limitPriceUsd, stopPriceUsd }: OrderRequest): OrderTicket => ({
  ...{ symbol, buys: side === 'BUY', shares, type, timeInForce },
  ...{ limitPriceUsd: limitPriceUsd ?? Number.NaN, stopPriceUsd: stopPriceUsd ?? Number.NaN },
  ...{ reduceOnly: false, forced: false },
});
