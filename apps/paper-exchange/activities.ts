/**
 * GET /v2/account/activities: what moved cash or shares, as Alpaca lists it. Executions are FILL; dividends DIV; a split is one
 * SPLIT row whose `qty` is the shares that came (or, negative, went) and whose `net_amount` the cash paid for a broken share; cash
 * moved by hand CSD and CSW, with FEE, INT and JNLC.
 */
import { tryParseDay, utcMidnight } from '../../shared/kernel/days.ts';
import { type MicroUsd, microUsdText, type NanoShares, nanoSharesText } from '../../shared/kernel/money.ts';
import type { EpochMs, Ticker } from '../../shared/kernel/units.ts';
import { type ApiRefusal, malformed } from './api-refusal.ts';
import type { CashType } from './exchange-events.ts';
import type { Side } from './matching.ts';

export interface Fill {
  readonly kind: 'fill';
  readonly id: string;
  readonly orderId: string;
  readonly at: EpochMs;
  readonly symbol: Ticker;
  readonly side: Side;
  readonly quantity: NanoShares;
  readonly price: MicroUsd;
  readonly cumulative: NanoShares;
  readonly leaves: NanoShares;
  readonly complete: boolean;
}

export interface NonTrade {
  readonly kind: 'non-trade';
  readonly id: string;
  readonly at: EpochMs;
  readonly type: CashType | 'DIV' | 'SPLIT';
  readonly subType?: string;
  readonly amount: MicroUsd;
  readonly symbol?: Ticker;
  readonly quantity?: NanoShares;
  readonly perShare?: string;
  readonly description: string;
}

export type Activity = Fill | NonTrade;

const PER_PAGE_MAX = 100;
const MS_PER_DAY = 86_400_000;

/** `type` is the last part of the path, where there is one. */
export function activitiesListed(activities: readonly Activity[], query: URLSearchParams, type: string): readonly unknown[] | ApiRefusal {
  const types = typesWanted(query, type);
  const [after, until, day] = [instantOf(query, 'after'), instantOf(query, 'until'), instantOf(query, 'date')];
  if ([after, until, day].some(Number.isNaN)) return malformed('invalid date format');
  const pageSize = Number(query.get('page_size') ?? PER_PAGE_MAX);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > PER_PAGE_MAX) return malformed('invalid page_size');
  const category = query.get('category');
  const listed = activities.filter(
    (activity) =>
      (types === undefined || types.includes(typeOf(activity))) &&
      (category === null || (category === 'trade_activity') === (activity.kind === 'fill')) &&
      (after === undefined || activity.at > after) &&
      (until === undefined || activity.at < until) &&
      (day === undefined || Math.floor(activity.at / MS_PER_DAY) === Math.floor(day / MS_PER_DAY)),
  );
  if (query.get('direction') !== 'asc') listed.reverse();
  const pageToken = query.get('page_token');
  const start = pageToken === null ? 0 : listed.findIndex((activity) => activityIdOf(activity) === pageToken) + 1;
  return listed.slice(start, start + pageSize).map(activityJson);
}

/** As Alpaca's: the instant to the millisecond, then an id of its own. */
export const activityIdOf = ({ at, id }: Activity): string => `${instantText(at).replace(/\D/g, '')}::${id}`;

export function activityJson(activity: Activity): Readonly<Record<string, unknown>> {
  return activity.kind === 'fill' ? fillJson(activity) : nonTradeJson(activity);
}

const fillJson = (fill: Fill) => ({
  id: activityIdOf(fill),
  activity_type: 'FILL',
  transaction_time: instantText(fill.at),
  type: fill.complete ? 'fill' : 'partial_fill',
  price: microUsdText(fill.price),
  qty: nanoSharesText(fill.quantity),
  side: fill.side,
  symbol: fill.symbol,
  leaves_qty: nanoSharesText(fill.leaves),
  order_id: fill.orderId,
  cum_qty: nanoSharesText(fill.cumulative),
  order_status: fill.complete ? 'filled' : 'partially_filled',
});

const nonTradeJson = (activity: NonTrade) => ({
  id: activityIdOf(activity),
  activity_type: activity.type,
  ...(activity.subType !== undefined && { activity_sub_type: activity.subType }),
  date: instantText(activity.at).slice(0, 10),
  created_at: instantText(activity.at),
  net_amount: microUsdText(activity.amount),
  description: activity.description,
  ...(activity.symbol !== undefined && { symbol: activity.symbol }),
  ...(activity.quantity !== undefined && { qty: nanoSharesText(activity.quantity) }),
  ...(activity.perShare !== undefined && { per_share_amount: activity.perShare }),
  currency: 'USD',
  status: 'executed',
});

/** TRANS stands for cash in and out. Undefined: all. */
function typesWanted(query: URLSearchParams, type: string): readonly string[] | undefined {
  const given = type === '' ? query.get('activity_types') : type;
  if (given === null || given === '') return undefined;
  return given.split(',').flatMap((one) => (one === 'TRANS' ? ['CSD', 'CSW'] : [one]));
}

const typeOf = (activity: Activity): string => (activity.kind === 'fill' ? 'FILL' : activity.type);

/** A date stands for its first instant. NaN for what is neither a date nor an instant. */
function instantOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const day = text.length === 10 ? tryParseDay(text) : undefined;
  return day === undefined ? Date.parse(text) : utcMidnight(day);
}

const instantText = (at: EpochMs): string => new Date(at).toISOString();
