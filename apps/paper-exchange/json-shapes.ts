/** The exchange's answers, member for member as Alpaca sends them: amounts and quantities as text, what is not known as null. */
import { createHash } from 'node:crypto';
import { isSession, isShortSession, nextSession, sessionClose, sessionOpen } from '../../shared/domain/market/calendar.ts';
import { newYorkOffsetHours } from '../../shared/domain/market/new-york-time.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import {
  averagePrice,
  divideRounded,
  type MicroUsd,
  magnitude,
  microUsdText,
  microUsdToFloat,
  type NanoShares,
  nanoSharesText,
  notionalOf,
} from '../../shared/kernel/money.ts';
import type { EpochDay, EpochMs, Ticker } from '../../shared/kernel/units.ts';
import type { Book } from './book.ts';
import type { Exchange } from './exchange.ts';
import type { PaperOrder } from './paper-order.ts';
import type { PositionValue } from './valuation.ts';

type Json = Readonly<Record<string, unknown>>;

const MS_PER_HOUR = 3_600_000;
const RATIO_DECIMALS_SCALE = 1_000_000n;

/** With the orders that came with it, which have no legs of their own. */
export function orderJson(order: PaperOrder, book: Book): Json {
  const legs = book.legs.get(order.terms.id);
  return { ...bareOrderJson(order), legs: legs ? legs.map(bareOrderJson) : null };
}

function bareOrderJson(order: PaperOrder): Json {
  const { terms, status } = order;
  const endedAs = (wanted: string): string | null => (status === wanted && order.endedAt !== undefined ? instantText(order.endedAt) : null);
  return {
    id: terms.id,
    client_order_id: terms.clientOrderId,
    created_at: instantText(terms.submittedAt),
    updated_at: instantText(order.updatedAt),
    submitted_at: instantText(terms.submittedAt),
    filled_at: order.filledAt === undefined ? null : instantText(order.filledAt),
    expired_at: endedAs('expired'),
    canceled_at: endedAs('canceled'),
    failed_at: endedAs('rejected'),
    replaced_at: endedAs('replaced'),
    replaced_by: order.replacedBy ?? null,
    replaces: terms.replaces?.orderId ?? null,
    asset_id: assetIdOf(terms.symbol),
    symbol: terms.symbol,
    asset_class: 'us_equity',
    notional: terms.notional ?? null,
    qty: order.quantity === undefined ? null : nanoSharesText(order.quantity),
    filled_qty: nanoSharesText(order.filledQuantity),
    filled_avg_price: order.filledQuantity === 0n ? null : microUsdText(divideRounded(order.filledProduct, order.filledQuantity)),
    order_class: terms.orderClass,
    order_type: terms.type,
    type: terms.type,
    side: terms.side,
    position_intent: terms.positionIntent,
    time_in_force: terms.timeInForce,
    limit_price: terms.limitPrice ?? null,
    stop_price: terms.stopPrice ?? null,
    status,
    extended_hours: terms.extendedHours,
    legs: null,
    trail_percent: null,
    trail_price: null,
    hwm: null,
    subtag: null,
    source: null,
    expires_at: instantText(sessionClose(order.session)),
  };
}

export function accountJson(exchange: Exchange): Json {
  const { book } = exchange;
  const account = book.account!;
  const valuation = exchange.valuation();
  const [longs, shorts, buyingPower] = [valuation.longValue(), valuation.shortValue(), microUsdText(valuation.buyingPower())];
  const equity = microUsdText(valuation.equity());
  const margin = microUsdText(longs + (magnitude(shorts) * 3n) / 2n);
  return {
    id: account.accountId,
    account_number: account.accountNumber,
    status: 'ACTIVE',
    crypto_status: 'INACTIVE',
    currency: 'USD',
    cash: microUsdText(book.cash),
    buying_power: buyingPower,
    regt_buying_power: buyingPower,
    daytrading_buying_power: '0',
    non_marginable_buying_power: buyingPower,
    options_buying_power: '0',
    options_approved_level: 0,
    options_trading_level: 0,
    effective_buying_power: buyingPower,
    accrued_fees: '0',
    pending_transfer_in: '0',
    pending_transfer_out: '0',
    portfolio_value: equity,
    equity,
    last_equity: microUsdText(book.equityBeforeSession),
    long_market_value: microUsdText(longs),
    short_market_value: microUsdText(shorts),
    position_market_value: microUsdText(longs + shorts),
    initial_margin: margin,
    maintenance_margin: margin,
    last_maintenance_margin: margin,
    sma: '0',
    multiplier: '1',
    daytrade_count: 0,
    balance_asof: formatDay(exchange.currentSession()),
    pattern_day_trader: false,
    trading_blocked: false,
    transfers_blocked: false,
    account_blocked: false,
    trade_suspended_by_user: false,
    shorting_enabled: exchange.mayShort,
    created_at: instantText(account.at),
  };
}

export function positionJson({ position, price, previousPrice, value }: PositionValue, held: NanoShares): Json {
  const { quantity, cost, symbol } = position;
  const gain = value - cost;
  const gainToday = notionalOf(quantity, (price - previousPrice) as MicroUsd);
  const figures = {
    avg_entry_price: microUsdText(averagePrice(cost, quantity)),
    market_value: microUsdText(value),
    cost_basis: microUsdText(cost),
    unrealized_pl: microUsdText(gain),
    unrealized_plpc: ratioText(gain, magnitude(cost)),
    unrealized_intraday_pl: microUsdText(gainToday),
    unrealized_intraday_plpc: ratioText(gainToday, magnitude(cost)),
    current_price: microUsdText(price),
    lastday_price: microUsdText(previousPrice),
    change_today: ratioText(price - previousPrice, previousPrice),
  };
  return {
    asset_id: assetIdOf(symbol),
    symbol,
    exchange: 'NYSE',
    asset_class: 'us_equity',
    asset_marginable: false,
    qty: nanoSharesText(quantity),
    qty_available: nanoSharesText(quantity < 0n ? quantity + held : quantity - held),
    side: quantity < 0n ? 'short' : 'long',
    ...figures,
    usd: figures,
  };
}

export const assetJson = (exchange: Exchange, symbol: Ticker): Json => {
  const tradable = exchange.market.isTradable(symbol);
  const isShortable = exchange.isShortable(symbol);
  return {
    id: assetIdOf(symbol),
    class: 'us_equity',
    exchange: 'NYSE',
    symbol,
    name: `${symbol} Common Stock`,
    status: tradable ? 'active' : 'inactive',
    tradable,
    marginable: false,
    maintenance_margin_requirement: 100,
    margin_requirement_long: '100',
    margin_requirement_short: '150',
    shortable: isShortable,
    easy_to_borrow: isShortable,
    borrow_status: isShortable ? 'easy_to_borrow' : 'hard_to_borrow',
    fractionable: true,
    attributes: [],
  };
};

/** Market Data API, latest trades; of a symbol without one nothing is said. */
export function latestTradesJson(exchange: Exchange, symbols: readonly Ticker[]): Json {
  const valuation = exchange.valuation();
  const trades: Record<string, Json> = {};
  for (const symbol of symbols) {
    const last = valuation.lastTrade(symbol);
    if (last) trades[symbol] = { t: instantText(last.at), x: 'V', p: microUsdToFloat(last.price), s: 100, c: ['@'], i: 1, z: 'A' };
  }
  return { trades };
}

export function clockJson(exchange: Exchange): Json {
  const now = exchange.now();
  const current = exchange.currentSession();
  const isOpen = exchange.isOpen();
  const next = nextSession(current);
  return {
    timestamp: newYorkText(now),
    is_open: isOpen,
    next_open: newYorkText(sessionOpen(next)),
    next_close: newYorkText(sessionClose(isOpen ? current : next)),
  };
}

export function calendarJson(from: EpochDay, to: EpochDay): readonly Json[] {
  const days: Json[] = [];
  for (let day = from; day <= to; day = (day + 1) as EpochDay) {
    if (!isSession(day)) continue;
    days.push({
      date: formatDay(day),
      open: newYorkText(sessionOpen(day)).slice(11, 16),
      close: newYorkText(sessionClose(day)).slice(11, 16),
      session_open: '0400',
      session_close: isShortSession(day) ? '1700' : '2000',
      settlement_date: formatDay(settlementDay(day)),
    });
  }
  return days;
}

/** A stable id for a symbol, in the shape of a UUID. */
export function assetIdOf(symbol: Ticker): string {
  const known = assetIds.get(symbol);
  if (known !== undefined) return known;
  const hex = createHash('sha256').update(`asset:${symbol}`).digest('hex');
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  assetIds.set(symbol, id);
  return id;
}

const assetIds = new Map<Ticker, string>();

export const instantText = (at: EpochMs): string => new Date(at).toISOString();

/** New York wall time with its offset: 2025-06-24T14:15:22-04:00. */
function newYorkText(at: EpochMs): string {
  const offsetHours = newYorkOffsetHours(at);
  const wall = new Date(at - offsetHours * MS_PER_HOUR).toISOString();
  return `${wall.slice(0, 19)}-0${offsetHours}:00`;
}

function ratioText(part: bigint, whole: bigint): string {
  return whole === 0n ? '0' : microUsdText(divideRounded(part * RATIO_DECIMALS_SCALE, whole));
}

/** Trades settle the next business day since 2024-05-28, two days after before that (since 2017-09-05), three before. */
function settlementDay(day: EpochDay): EpochDay {
  const sessions = day >= 19871 ? 1 : day >= 17414 ? 2 : 3;
  let settles = day;
  for (let i = 0; i < sessions; i++) settles = nextSession(settles);
  return settles;
}
