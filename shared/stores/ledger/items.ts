/**
 * How the ledger lies in its table. Few partitions, so that a cycle reads what it needs in two or three queries:
 *
 *   cycle#<cycleId> | order#<orderId>               one order
 *   cycle#<cycleId> | fill#<orderId>#<cumulative>   one execution, as booked
 *   open            | <orderId>                     points at an order that is not final
 *   positions       | <symbol>                      holding, realised gain, open orders and what they reserve
 *   account         | cash                          cash and realised gain
 *
 * Amounts are plain decimals (numbers to DynamoDB, which adds them exactly), readable in a console.
 */
import * as z from 'zod';
import { ContractViolation } from '../../kernel/errors.ts';
import {
  type MicroUsd,
  microUsdText,
  microUsdToFloat,
  type NanoShares,
  nanoSharesText,
  nanoSharesToFloat,
  parseMicroUsd,
  parseNanoShares,
} from '../../kernel/money.ts';
import type { CycleId, OrderId, Price, Shares, Ticker, Usd } from '../../kernel/units.ts';
import type { Item, Key } from '../table.ts';
import type { Holding } from './holding.ts';
import type { LedgerOrder, OrderKey } from './order.ts';

export interface LedgerPosition {
  readonly symbol: Ticker;
  /** Negative is short. */
  readonly quantity: Shares;
  /** What is held cost; its sign is the quantity's. */
  readonly costUsd: Usd;
  /** Mean cost of a share held; absent when none is. */
  readonly averageCost?: Price;
  /** Gains less losses of what was closed. */
  readonly realisedUsd: Usd;
  readonly openOrders: number;
  /** Worst case of the orders that are not final. */
  readonly reservedUsd: Usd;
}

export interface LedgerAccount {
  readonly cashUsd: Usd;
  readonly realisedUsd: Usd;
}

export const orderPrefix = 'order#';
export const openPartition = 'open';
export const positionsPartition = 'positions';
export const accountKey = { pk: 'account', sk: 'cash' } as const satisfies Key;

export const cyclePartition = (cycleId: CycleId): string => `cycle#${cycleId}`;
export const orderItemKey = ({ cycleId, orderId }: OrderKey): Key => ({ pk: cyclePartition(cycleId), sk: `${orderPrefix}${orderId}` });
export const openItemKey = (orderId: OrderId): Key => ({ pk: openPartition, sk: orderId });
export const positionKey = (symbol: Ticker): Key => ({ pk: positionsPartition, sk: symbol });
export const fillItemKey = (order: LedgerOrder): Key => ({
  pk: cyclePartition(order.cycleId),
  sk: `fill#${order.orderId}#${order.cumulativeQuantity.toFixed(4).padStart(20, '0')}`,
});

export const orderItem = (order: LedgerOrder): Item & Key => ({ ...order, ...orderItemKey(order) });

/** @throws ContractViolation for an item that is no order: somebody wrote into the ledger by hand. */
export function orderOf(item: Item): LedgerOrder {
  const parsed = orderShape.safeParse(item);
  if (!parsed.success)
    throw new ContractViolation('an order in the ledger is well formed', { pk: item.pk, sk: item.sk, issues: parsed.error.message });
  return parsed.data as LedgerOrder;
}

const orderShape = z.object({
  cycleId: z.string(),
  orderId: z.string(),
  symbol: z.string(),
  side: z.enum(['BUY', 'SELL']),
  type: z.enum(['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT']),
  timeInForce: z.enum(['DAY', 'GTC', 'IOC', 'FOK']),
  quantity: z.number().positive(),
  limitPrice: z.number().optional(),
  stopPrice: z.number().optional(),
  reducing: z.boolean(),
  worstCaseUsd: z.number().nonnegative(),
  state: z.enum(['PENDING', 'SUBMITTED', 'UNKNOWN', 'ACKNOWLEDGED', 'PARTIAL', 'FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED']),
  cumulativeQuantity: z.number().nonnegative(),
  averagePrice: z.number().optional(),
  brokerOrderId: z.string().optional(),
  brokerStatus: z.string().optional(),
  note: z.string().optional(),
  reservedAt: z.number(),
  updatedAt: z.number(),
  version: z.number().int().positive(),
});

/** Dollars as the table holds them. */
export const usdNumber = (amount: MicroUsd): number => Number(microUsdText(amount));
export const sharesNumber = (quantity: NanoShares): number => Number(nanoSharesText(quantity));
export const usdIn = (value: unknown): MicroUsd => parseMicroUsd(decimalText(value));
export const sharesIn = (value: unknown): NanoShares => parseNanoShares(decimalText(value));

export const holdingOf = (item: Item | undefined): Holding => ({ quantity: sharesIn(item?.quantity), cost: usdIn(item?.costUsd) });

export function positionOf(item: Item): LedgerPosition {
  const { quantity, cost } = holdingOf(item);
  return {
    symbol: item.sk as Ticker,
    quantity: nanoSharesToFloat(quantity) as Shares,
    costUsd: microUsdToFloat(cost) as Usd,
    ...(quantity !== 0n && { averageCost: meanCost(cost, quantity) }),
    realisedUsd: microUsdToFloat(usdIn(item.realisedUsd)) as Usd,
    openOrders: Number(item.openOrders ?? 0),
    reservedUsd: microUsdToFloat(usdIn(item.reservedUsd)) as Usd,
  };
}

/** To a millionth of a dollar: what comes after that is noise of the division. */
const meanCost = (cost: MicroUsd, quantity: NanoShares): Price =>
  (Math.round((microUsdToFloat(cost) / nanoSharesToFloat(quantity)) * 1e6) / 1e6) as Price;

export const accountOf = (item: Item): LedgerAccount => ({
  cashUsd: Number(item.cashUsd) as Usd,
  realisedUsd: Number(item.realisedUsd ?? 0) as Usd,
});

/** Numbers below a millionth would print with an exponent; none is stored, but zero and absent must read alike. */
const decimalText = (value: unknown): string => (value === undefined || value === 0 ? '0' : String(value));
