/** The paper exchange as the fake TWS sees it: the market behind its socket, spoken to over the exchange's own REST API. */
import type { EpochMs } from '../../../shared/kernel/units.ts';

export interface ExchangeKeys {
  readonly keyId: string;
  readonly secretKey: string;
}

type Fetch = typeof globalThis.fetch;

export interface ExchangeOrder {
  readonly id: string;
  readonly symbol: string;
  readonly qty: string;
  readonly filled_qty: string;
  readonly filled_avg_price: string | null;
  readonly status: string;
  readonly updated_at: string;
}

export interface ExchangeFill {
  readonly id: string;
  readonly order_id: string;
  readonly transaction_time: string;
  readonly qty: string;
  readonly price: string;
  readonly cum_qty: string;
}

export interface ExchangePosition {
  readonly symbol: string;
  readonly qty: string;
  readonly avg_entry_price: string;
  readonly current_price: string;
  readonly market_value: string;
}

export interface ExchangeRefusal {
  readonly refused: { readonly status: number; readonly message: string };
}

const FILLS_PER_PAGE = 100;

export class ExchangeBehind {
  readonly #fetch: Fetch;
  readonly #keys: ExchangeKeys;

  constructor(fetch: Fetch, keys: ExchangeKeys) {
    this.#fetch = fetch;
    this.#keys = keys;
  }

  async now(): Promise<EpochMs> {
    const { timestamp } = await this.#mustHave<{ timestamp: string }>('/v2/clock');
    return Date.parse(timestamp) as EpochMs;
  }

  place(order: Readonly<Record<string, string>>): Promise<ExchangeOrder | ExchangeRefusal> {
    return this.#call('POST', '/v2/orders', order);
  }

  async cancel(id: string): Promise<ExchangeRefusal | undefined> {
    const answer = await this.#call<unknown>('DELETE', `/v2/orders/${id}`);
    return isExchangeRefusal(answer) ? answer : undefined;
  }

  order(id: string): Promise<ExchangeOrder> {
    return this.#mustHave(`/v2/orders/${id}`);
  }

  /** Every fill, oldest first. */
  async fills(): Promise<readonly ExchangeFill[]> {
    const fills: ExchangeFill[] = [];
    for (;;) {
      const after = fills.length === 0 ? '' : `&page_token=${encodeURIComponent(fills.at(-1)!.id)}`;
      const page = await this.#mustHave<readonly ExchangeFill[]>(
        `/v2/account/activities/FILL?direction=asc&page_size=${FILLS_PER_PAGE}${after}`,
      );
      fills.push(...page);
      if (page.length < FILLS_PER_PAGE) return fills;
    }
  }

  account(): Promise<{ readonly cash: string; readonly buying_power: string; readonly equity: string }> {
    return this.#mustHave('/v2/account');
  }

  positions(): Promise<readonly ExchangePosition[]> {
    return this.#mustHave('/v2/positions');
  }

  asset(symbol: string): Promise<{ readonly tradable: boolean; readonly shortable: boolean } | ExchangeRefusal> {
    return this.#call('GET', `/v2/assets/${encodeURIComponent(symbol)}`);
  }

  async latestTrade(symbol: string): Promise<{ readonly t: string; readonly p: number } | undefined> {
    const { trades } = await this.#mustHave<{ trades: Record<string, { t: string; p: number }> }>(
      `/v2/stocks/trades/latest?symbols=${encodeURIComponent(symbol)}`,
    );
    return trades[symbol];
  }

  async #mustHave<Answer>(path: string): Promise<Answer> {
    const answer = await this.#call<Answer>('GET', path);
    if (isExchangeRefusal(answer)) throw new Error(`the exchange refused ${path}: ${answer.refused.message}`);
    return answer;
  }

  async #call<Answer>(method: string, path: string, body?: unknown): Promise<Answer | ExchangeRefusal> {
    const answer = await this.#fetch(`https://exchange.test${path}`, {
      method,
      headers: { 'apca-api-key-id': this.#keys.keyId, 'apca-api-secret-key': this.#keys.secretKey },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) return { refused: { status: answer.status, message: String((JSON.parse(text) as { message: unknown }).message) } };
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }
}

export const isExchangeRefusal = (answer: unknown): answer is ExchangeRefusal =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;
