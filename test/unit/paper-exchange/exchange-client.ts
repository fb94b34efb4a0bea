/** Calls the exchange's REST API as any HTTP client would. */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { friday, keys, movableClock, paperExchange, tradingTime } from '../../contract/brokers/small-market.ts';

export type Json = Record<string, unknown>;
export const headers = { 'APCA-API-KEY-ID': keys.keyId, 'APCA-API-SECRET-KEY': keys.secretKey };

export function exchangeAt(at: EpochMs = tradingTime(friday), options: Parameters<typeof paperExchange>[1] = {}) {
  const clock = movableClock(at);
  const exchange = paperExchange(clock, options);
  const call = async (method: string, path: string, body?: unknown, sent: Record<string, string> = headers) => {
    const response = await exchange.fetch(`https://any.host${path}`, {
      method,
      headers: sent,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Json & Json[] };
  };
  const order = (over: Json = {}) =>
    call('POST', '/v2/orders', { symbol: 'GOOD', qty: '10', side: 'buy', type: 'market', time_in_force: 'day', ...over });
  return { clock, exchange, call, order };
}
