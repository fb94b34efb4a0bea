/**
 * The orders that clients gave the fake TWS, each with its three names, and how far the exchange says they are. Every look at the exchange
 * tells what has changed since the last one, in TWS's own messages.
 */
import { newYorkDay, newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { type ExchangeBehind, type ExchangeOrder, isExchangeRefusal } from './exchange-behind.ts';
import {
  commissionReport,
  completedOrder,
  errorMessage,
  execution,
  type Message,
  openOrder,
  orderStatus,
  type ToldExecution,
  type ToldOrder,
} from './messages.ts';

/** Every state of the exchange in the word TWS would use; what is not here works at its destination. */
const statusWords: Readonly<Record<string, string>> = {
  pending_new: 'PendingSubmit',
  accepted: 'PreSubmitted',
  held: 'PreSubmitted',
  pending_cancel: 'PendingCancel',
  filled: 'Filled',
  canceled: 'Cancelled',
  expired: 'Cancelled',
  replaced: 'Cancelled',
  rejected: 'Inactive',
};
const over = new Set(['Filled', 'Cancelled', 'Inactive']);

export interface PlacedOrder extends Omit<ToldOrder, 'status' | 'filled' | 'remaining' | 'averagePrice' | 'permId'> {
  readonly word: Readonly<Record<string, string>>;
}

interface Entry {
  readonly exchangeId: string;
  told: ToldOrder;
  updatedAt: EpochMs;
}

const MS_PER_SECOND = 1000;

export class OrderBook {
  readonly #exchange: ExchangeBehind;
  readonly #clock: Clock;
  readonly #commissionUsd: number;
  readonly #entries: Entry[] = [];
  readonly #executions: { readonly entry: Entry; readonly told: ToldExecution; readonly at: EpochMs }[] = [];
  readonly #fillsTold = new Set<string>();
  #lastPermId = 1_000_000_000;

  constructor(exchange: ExchangeBehind, clock: Clock, commissionUsd: number) {
    this.#exchange = exchange;
    this.#clock = clock;
    this.#commissionUsd = commissionUsd;
  }

  get orders(): readonly ToldOrder[] {
    return this.#entries.map(({ told }) => told);
  }

  /** The highest order id that this client has used. */
  lastOrderId(clientId: number): number {
    return Math.max(0, ...this.#entries.filter(({ told }) => told.clientId === clientId).map(({ told }) => told.orderId));
  }

  async place({ word, ...placed }: PlacedOrder): Promise<readonly Message[]> {
    // The exchange would refuse a second order of one reference; TWS does not, so it is given another name there.
    const permId = ++this.#lastPermId;
    const answer = await this.#exchange.place({ ...word, client_order_id: `tws-${permId}` });
    if (isExchangeRefusal(answer)) {
      const { message } = answer.refused;
      const unknown = / not found$/.test(message);
      const told = unknown ? 'No security definition has been found for the request' : `Order rejected - reason:${message}`;
      return [errorMessage(placed.orderId, unknown ? 200 : 201, told)];
    }
    const entry: Entry = { exchangeId: answer.id, told: { ...placed, permId, ...progressOf(answer) }, updatedAt: this.#clock.now() };
    this.#entries.push(entry);
    return [openOrder(entry.told), orderStatus(entry.told)];
  }

  async cancel(clientId: number, orderId: number): Promise<readonly Message[]> {
    const entry = this.#entries.find(({ told }) => told.clientId === clientId && told.orderId === orderId);
    if (!entry) return [errorMessage(orderId, 10147, `OrderId ${orderId} that needs to be cancelled is not found.`)];
    const refused = await this.#exchange.cancel(entry.exchangeId);
    if (refused) {
      const state = entry.told.status;
      return [errorMessage(orderId, 10148, `OrderId ${orderId} that needs to be cancelled can not be cancelled, state: ${state}.`)];
    }
    return [errorMessage(orderId, 202, 'Order Canceled - reason:'), ...(await this.#look(entry))];
  }

  /** What has changed since the last look, for each client that has orders. */
  async look(): Promise<readonly { readonly clientId: number; readonly messages: readonly Message[] }[]> {
    const news: { clientId: number; messages: Message[] }[] = [];
    for (const fill of await this.#exchange.fills()) {
      const entry = this.#entries.find(({ exchangeId }) => exchangeId === fill.order_id);
      if (!entry || this.#fillsTold.has(fill.id)) continue;
      this.#fillsTold.add(fill.id);
      const at = Date.parse(fill.transaction_time) as EpochMs;
      const execId = `0000e0d5.${(this.#executions.length + 1).toString(16).padStart(8, '0')}.01.01`;
      const told = { execId, time: newYorkText(at), shares: fill.qty, price: fill.price, cumulative: fill.cum_qty };
      this.#executions.push({ entry, told, at });
      const messages = [execution(-1, entry.told, told), commissionReport(execId, this.#commissionUsd)];
      news.push({ clientId: entry.told.clientId, messages });
    }
    for (const entry of this.#entries) {
      if (over.has(entry.told.status)) continue;
      const messages = [...(await this.#look(entry))];
      if (messages.length > 0) news.push({ clientId: entry.told.clientId, messages });
    }
    return news;
  }

  open(): readonly Message[] {
    return this.#entries.filter(({ told }) => !over.has(told.status)).flatMap(({ told }) => [openOrder(told), orderStatus(told)]);
  }

  /** Today's, as TWS keeps them. */
  completed(): readonly Message[] {
    return this.#entries
      .filter(({ told, updatedAt }) => over.has(told.status) && this.#isToday(updatedAt))
      .map(({ told, updatedAt }) => completedOrder(told, newYorkText(updatedAt)));
  }

  executed(requestId: number, since: string): readonly Message[] {
    return this.#executions
      .filter(({ at }) => this.#isToday(at) && utcText(at) >= since)
      .flatMap(({ entry, told }) => [execution(requestId, entry.told, told), commissionReport(told.execId, this.#commissionUsd)]);
  }

  async #look(entry: Entry): Promise<readonly Message[]> {
    const now = await this.#exchange.order(entry.exchangeId);
    const told: ToldOrder = { ...entry.told, ...progressOf(now) };
    const changed = told.status !== entry.told.status || told.filled !== entry.told.filled;
    entry.told = told;
    if (changed) entry.updatedAt = Date.parse(now.updated_at) as EpochMs;
    return changed ? [openOrder(told), orderStatus(told)] : [];
  }

  #isToday = (at: EpochMs): boolean => newYorkDay(at) === newYorkDay(this.#clock.now());
}

/** `20190614 15:45:00 US/Eastern`. */
export function newYorkText(at: EpochMs): string {
  const day = newYorkDay(at);
  const seconds = (at - newYorkInstant(day, 0, 0)) / MS_PER_SECOND;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${formatDay(day).replaceAll('-', '')} ${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)} US/Eastern`;
}

const utcText = (at: EpochMs): string => new Date(at).toISOString().slice(0, 19).replaceAll('-', '').replace('T', '-');

const progressOf = ({ status, qty, filled_qty, filled_avg_price }: ExchangeOrder) => ({
  status: statusWords[status] ?? 'Submitted',
  filled: filled_qty,
  remaining: String(Number((Number(qty) - Number(filled_qty)).toFixed(4))),
  averagePrice: filled_avg_price ?? '',
});
