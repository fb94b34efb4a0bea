/**
 * GET /v2/account/activities at the door (Trading API, schemas TradingActivities and NonTradeActivities), in the port's words.
 *
 * A kind not named here, one without its amount, and one that Alpaca marks corrected or cancelled, is `other`: it explains nothing, so a
 * person looks.
 * Taxes withheld from a dividend come as dividends of the opposite sign. A split comes as what it adds and what it takes away.
 */
import * as z from 'zod';
import { newYorkInstant } from '../../domain/market/calendar.ts';
import { tryParseDay } from '../../kernel/days.ts';
import type { EpochMs, Price, Shares, Ticker, Usd } from '../../kernel/units.ts';
import type { BrokerActivity } from '../broker.ts';
import { decimal, instant, text } from './answers.ts';

export interface DatedActivity {
  readonly activity: BrokerActivity;
  /** False where Alpaca tells the day only: `at` is then its midnight in New York. */
  readonly toTheInstant: boolean;
}

const cashKinds: Readonly<Record<string, 'transfer' | 'fee' | 'interest'>> = {
  TRANS: 'transfer',
  ACATC: 'transfer',
  CSD: 'transfer',
  CSW: 'transfer',
  JNL: 'transfer',
  JNLC: 'transfer',
  FEE: 'fee',
  CFEE: 'fee',
  PTC: 'fee',
  PTR: 'fee',
  INT: 'interest',
  INTNRA: 'interest',
  INTTW: 'interest',
};
const dividendKinds: readonly string[] = ['DIV', 'DIVCGL', 'DIVCGS', 'DIVFEE', 'DIVFT', 'DIVNRA', 'DIVROC', 'DIVTW', 'DIVTXEX', 'CGD'];

const day = z.string().transform((given, context) => {
  const parsed = tryParseDay(given.slice(0, 10));
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'is no date' });
  return z.NEVER;
});

const fill = z
  .object({
    id: text,
    activity_type: z.literal('FILL'),
    transaction_time: instant,
    order_id: text,
    symbol: text,
    side: z.enum(['buy', 'sell', 'sell_short']),
    qty: decimal.refine((quantity) => quantity > 0, { message: 'is no quantity' }),
    price: decimal.refine((price) => price > 0, { message: 'is no price' }),
  })
  .transform(
    (given): DatedActivity => ({
      toTheInstant: true,
      activity: {
        kind: 'fill',
        id: given.id,
        at: given.transaction_time,
        brokerOrderId: given.order_id,
        symbol: given.symbol as Ticker,
        side: given.side === 'buy' ? 'BUY' : 'SELL',
        quantity: given.qty as Shares,
        price: given.price as Price,
      },
    }),
  );

const nonTrade = z
  .object({
    id: text,
    activity_type: text.refine((kind) => kind !== 'FILL', { message: 'is a fill' }),
    date: day,
    created_at: instant.nullish(),
    net_amount: decimal.nullish(),
    qty: decimal.nullish(),
    symbol: z.string().nullish(),
    status: z.string().nullish(),
  })
  .transform((given): DatedActivity => {
    const at = given.created_at ?? newYorkInstant(given.date, 0, 0);
    return { toTheInstant: given.created_at != null, activity: nonTradeActivity(given, at) };
  });

interface NonTrade {
  readonly id: string;
  readonly activity_type: string;
  readonly net_amount?: number | null | undefined;
  readonly qty?: number | null | undefined;
  readonly symbol?: string | null | undefined;
  readonly status?: string | null | undefined;
}

function nonTradeActivity(given: NonTrade, at: EpochMs): BrokerActivity {
  const { id, activity_type: brokerKind } = given;
  const amountUsd = (given.net_amount ?? 0) as Usd;
  const hasAmount = given.net_amount != null;
  const quantity = (given.qty ?? 0) as Shares;
  const symbol = given.symbol ? (given.symbol as Ticker) : undefined;
  const stands = given.status == null || given.status === 'executed';
  const cashKind = Object.hasOwn(cashKinds, brokerKind) ? cashKinds[brokerKind] : undefined;
  if (stands && hasAmount && cashKind) return { kind: cashKind, id, at, amountUsd };
  if (stands && hasAmount && symbol && dividendKinds.includes(brokerKind)) return { kind: 'dividend', id, at, symbol, amountUsd };
  if (stands && given.qty != null && symbol && brokerKind === 'SPLIT')
    return { kind: 'split', id, at, symbol, quantity, cashInLieuUsd: amountUsd };
  return { kind: 'other', id, at, brokerKind, ...(symbol && { symbol }), amountUsd, quantity };
}

export const activitiesAnswer = z.array(z.union([fill, nonTrade]));
