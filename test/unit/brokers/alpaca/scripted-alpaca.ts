/** An Alpaca that answers from a script, and writes down what it was asked. */
import { type AlpacaOptions, createAlpacaBroker } from '../../../../shared/brokers/alpaca/index.ts';
import type { Broker, OrderToSubmit, Replacement } from '../../../../shared/brokers/broker.ts';
import { fixedClock } from '../../../../shared/kernel/clock.ts';
import type { EpochMs, OrderId, Price, Shares, Ticker } from '../../../../shared/kernel/units.ts';
import { anyQuantityOf, ticketOf } from '../../../support/risk-tickets.ts';

export type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> } | Error | 'never';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly keyId: string | null;
}

export const now = Date.UTC(2024, 11, 2, 20, 45) as EpochMs;

export const ticket = await ticketOf(anyQuantityOf('AAPL', 'MSFT'));

export interface ScriptedAlpaca {
  readonly broker: Broker;
  readonly asked: Asked[];
}

/** Answers in turn; asking once more than scripted fails the test. */
export function scriptedAlpaca(answers: readonly Answer[], options: Partial<AlpacaOptions> = {}): ScriptedAlpaca {
  const asked: Asked[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    asked.push({
      method: init.method ?? 'GET',
      url,
      body: init.body === undefined || init.body === null ? undefined : JSON.parse(String(init.body)),
      keyId: new Headers(init.headers).get('apca-api-key-id'),
    });
    const answer = answers[asked.length - 1];
    if (answer === undefined) throw new Error(`the script has ${answers.length} answers`);
    if (answer === 'never') return await new Promise(() => {});
    if (answer instanceof Error) throw answer;
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    return new Response(answer.status === 204 ? null : text, {
      status: answer.status,
      headers: { 'content-type': 'application/json', ...answer.headers },
    });
  };
  return {
    asked,
    broker: createAlpacaBroker({
      keyId: 'k',
      secretKey: 's',
      baseUrl: 'https://broker.test',
      dataUrl: 'https://data.test',
      fetch,
      clock: fixedClock(now),
      timeoutMs: 5_000,
      ...options,
    }),
  };
}

export const marketOrder: OrderToSubmit = {
  clientOrderId: 'eb9e2aaa-f71a-4f51-b5b4-52a6c565dad4' as OrderId,
  symbol: 'AAPL' as Ticker,
  side: 'BUY',
  quantity: 1 as Shares,
  timeInForce: 'DAY',
  type: 'MARKET',
};

/** Shape as in Alpaca's API reference. */
export const orderBody = {
  id: '61e69015-8549-4bfd-b9c3-01e75843f47d',
  client_order_id: marketOrder.clientOrderId,
  created_at: '2021-03-16T18:38:01.942282Z',
  updated_at: '2021-03-16T18:38:01.942282Z',
  submitted_at: '2021-03-16T18:38:01.937734Z',
  filled_at: null,
  symbol: 'AAPL',
  notional: null,
  qty: '1',
  filled_qty: '0',
  filled_avg_price: null,
  type: 'market',
  side: 'buy',
  time_in_force: 'day',
  limit_price: null,
  stop_price: null,
  status: 'accepted',
};

/** The order above, as one that works, and what it is to become. */
export const workingOrder = {
  brokerOrderId: orderBody.id,
  clientOrderId: marketOrder.clientOrderId,
  symbol: marketOrder.symbol,
  side: marketOrder.side,
} as const;
export const revision: Replacement = { clientOrderId: 'revised' as OrderId, quantity: 1 as Shares, limitPrice: 101 as Price };
