/**
 * Alpaca's answers at the door: read by schema from the JSON as sent (numbers come as text, and in places as numbers),
 * then put into the port's words. Members we do not use are left alone, so that a new one breaks nothing.
 */
import * as z from 'zod';
import { orderStateFromAlpaca } from '../../domain/execution/alpaca-order-status.ts';
import type { OrderType, TimeInForce } from '../../domain/execution/order-terms.ts';
import { tryParseDay } from '../../kernel/days.ts';
import type { EpochDay, EpochMs, OrderId, Price, Shares, Ticker, Usd } from '../../kernel/units.ts';
import type {
  BrokerAccount,
  BrokerAsset,
  BrokerClock,
  BrokerOrder,
  BrokerOrderState,
  BrokerPosition,
  BrokerSession,
  LatestPrice,
} from '../broker.ts';

export const decimal = z.union([z.number(), z.string().regex(/^[+-]?\d+(\.\d+)?$/)]).transform(Number);
export const instant = z
  .string()
  .refine((text) => Number.isFinite(Date.parse(text)), { message: 'is no instant' })
  .transform((text) => Date.parse(text) as EpochMs);
export const text = z.string().min(1);

const orderTypes = new Map<string, OrderType>([
  ['market', 'MARKET'],
  ['limit', 'LIMIT'],
  ['stop', 'STOP'],
  ['stop_limit', 'STOP_LIMIT'],
]);
const timesInForce = new Map<string, TimeInForce>([
  ['day', 'DAY'],
  ['gtc', 'GTC'],
  ['ioc', 'IOC'],
  ['fok', 'FOK'],
]);

export const orderAnswer = z
  .object({
    id: text,
    client_order_id: text,
    symbol: text,
    side: z.enum(['buy', 'sell']),
    type: text,
    time_in_force: text,
    status: text,
    qty: decimal.nullish(),
    filled_qty: decimal.nullish(),
    filled_avg_price: decimal.nullish(),
    limit_price: decimal.nullish(),
    stop_price: decimal.nullish(),
    submitted_at: instant.nullish(),
    updated_at: instant.nullish(),
    filled_at: instant.nullish(),
  })
  .transform(
    (order): BrokerOrder => ({
      brokerOrderId: order.id,
      clientOrderId: order.client_order_id as OrderId,
      symbol: order.symbol as Ticker,
      side: order.side === 'buy' ? 'BUY' : 'SELL',
      type: orderTypes.get(order.type) ?? 'UNKNOWN',
      timeInForce: timesInForce.get(order.time_in_force) ?? 'UNKNOWN',
      cumulativeQuantity: (order.filled_qty ?? 0) as Shares,
      state: orderStateFromAlpaca(order.status) as BrokerOrderState,
      brokerStatus: order.status,
      ...(order.qty != null && { quantity: order.qty as Shares }),
      // Nothing executed has no price; some answers say 0 instead of null.
      ...(order.filled_qty && order.filled_avg_price && { averagePrice: order.filled_avg_price as Price }),
      ...(order.limit_price != null && { limitPrice: order.limit_price as Price }),
      ...(order.stop_price != null && { stopPrice: order.stop_price as Price }),
      ...(order.submitted_at != null && { submittedAt: order.submitted_at }),
      ...(order.updated_at != null && { updatedAt: order.updated_at }),
      ...(order.filled_at != null && { filledAt: order.filled_at }),
    }),
  );

export const ordersAnswer = z.array(orderAnswer);

export const accountAnswer = z
  .object({
    id: text,
    status: text,
    currency: z.literal('USD'),
    cash: decimal,
    buying_power: decimal,
    equity: decimal,
    long_market_value: decimal,
    short_market_value: decimal,
    trading_blocked: z.boolean(),
    account_blocked: z.boolean(),
    trade_suspended_by_user: z.boolean(),
    shorting_enabled: z.boolean(),
  })
  .transform(
    (account): BrokerAccount => ({
      accountId: account.id,
      cash: account.cash as Usd,
      buyingPower: account.buying_power as Usd,
      equity: account.equity as Usd,
      longMarketValue: account.long_market_value as Usd,
      shortMarketValue: account.short_market_value as Usd,
      mayTrade: account.status === 'ACTIVE' && !account.trading_blocked && !account.account_blocked && !account.trade_suspended_by_user,
      mayShort: account.shorting_enabled,
    }),
  );

export const positionsAnswer = z.array(
  z
    .object({
      symbol: text,
      qty: decimal,
      side: z.enum(['long', 'short']),
      avg_entry_price: decimal,
      current_price: decimal,
      market_value: decimal,
    })
    .transform((position): BrokerPosition => {
      // Short quantities have been sent with and without a sign; the side decides.
      const sign = position.side === 'short' ? -1 : 1;
      return {
        symbol: position.symbol as Ticker,
        quantity: (sign * Math.abs(position.qty)) as Shares,
        averageEntryPrice: position.avg_entry_price as Price,
        currentPrice: position.current_price as Price,
        marketValue: (sign * Math.abs(position.market_value)) as Usd,
      };
    }),
);

export const assetAnswer = z
  .object({ symbol: text, status: text, tradable: z.boolean(), shortable: z.boolean(), fractionable: z.boolean() })
  .transform(
    (asset): BrokerAsset => ({
      symbol: asset.symbol as Ticker,
      tradable: asset.tradable && asset.status === 'active',
      shortable: asset.shortable,
      fractionable: asset.fractionable,
    }),
  );

export const clockAnswer = z.object({ timestamp: instant, is_open: z.boolean(), next_open: instant, next_close: instant }).transform(
  (clock): BrokerClock => ({
    now: clock.timestamp,
    isOpen: clock.is_open,
    nextOpenAt: clock.next_open,
    nextCloseAt: clock.next_close,
  }),
);

/** Market Data API: trades by symbol, with `p`rice and `t`ime. */
export const latestTradesAnswer = z
  .object({ trades: z.record(z.string(), z.object({ t: instant, p: z.number().positive() })) })
  .transform(({ trades }): readonly LatestPrice[] =>
    Object.entries(trades).map(([symbol, { t, p }]) => ({ symbol: symbol as Ticker, priceUsd: p as Price, at: t })),
  );

const wallClock = z.string().regex(/^\d\d:\d\d$/);

export const calendarAnswer = z.array(
  z
    .object({
      date: z.string().refine((day) => tryParseDay(day) !== undefined, { message: 'is no date' }),
      open: wallClock,
      close: wallClock,
    })
    .transform(
      (session): BrokerSession => ({ day: tryParseDay(session.date) as EpochDay, opensAt: session.open, closesAt: session.close }),
    ),
);
