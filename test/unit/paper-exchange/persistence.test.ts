import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DamagedState } from '../../../apps/local-cloud/journal.ts';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import type { EpochDay, Usd } from '../../../shared/kernel/units.ts';
import { friday, tradingTime } from '../../contract/brokers/small-market.ts';
import { exchangeAt } from './exchange-client.ts';
import { madeMarket, minutesFrom } from './made-market.ts';

let directory: string;
const storage = () => ({ storagePath: join(directory, 'paper-exchange.journal') });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'paper-exchange-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const everything = async ({ call }: ReturnType<typeof exchangeAt>) =>
  Promise.all(
    ['/v2/account', '/v2/positions', '/v2/orders?status=all', '/v2/account/activities'].map(async (path) => (await call('GET', path)).body),
  );

/** A dollar on Monday. */
const actions = new Map([[(friday + 3) as EpochDay, { dividendUsd: 1 }]]);
const bracket = { order_class: 'bracket', time_in_force: 'gtc', take_profit: { limit_price: '102' }, stop_loss: { stop_price: '98' } };

const withoutIds = (bodies: readonly unknown[]): unknown =>
  JSON.parse(JSON.stringify(bodies, (key, value: unknown) => (/^id$|_id$|^replace/.test(key) ? undefined : value)));

describe('an exchange with storage', () => {
  test('finds the same account, positions, orders and executions again', async () => {
    const first = exchangeAt(tradingTime(friday), storage());
    await first.order({ qty: '12.345', client_order_id: 'mine' });
    await first.order({ symbol: 'OTHER', side: 'sell', qty: '3' });
    await first.order({ type: 'limit', limit_price: '90', time_in_force: 'gtc' });
    const before = await everything(first);
    await first.exchange.close();

    const second = exchangeAt(tradingTime(friday), { ...storage(), startingCashUsd: 5 as Usd });
    expect(await everything(second)).toEqual(before);
    expect(await second.order({ client_order_id: 'mine' })).toMatchObject({
      status: 422,
      body: { message: 'client_order_id must be unique' },
    });
    await second.exchange.close();
  });

  test('goes on in the middle of everything: a part filled, a cancellation, a replacement and a halt on their way', async () => {
    const market = madeMarket({ minutes: (day) => minutesFrom(day, 11, [100, 100, 100, 100, 100, 100]), actions });
    const options = { ...storage(), market, latency: { acknowledgeMs: 500, cancelMs: 90_000, replaceMs: 90_000 } };
    const first = exchangeAt(newYorkInstant(friday, 11, 0), options);
    const limit = { type: 'limit', limit_price: '100', time_in_force: 'gtc' };
    const sent = [
      await first.order({ qty: '150' }),
      await first.order({ ...limit, qty: '400' }),
      await first.order({ ...limit, qty: '300' }),
    ];
    await first.order({ ...bracket, qty: '50' });
    first.clock.set(newYorkInstant(friday, 11, 1));
    await first.call('DELETE', `/v2/orders/${String(sent[1]!.body.id)}`);
    await first.call('PATCH', `/v2/orders/${String(sent[2]!.body.id)}`, { qty: '200' });
    first.exchange.halt('GOOD', newYorkInstant(friday, 11, 2), newYorkInstant(friday, 11, 4));
    first.exchange.transfer(500);
    const before = await everything(first);

    // As a kill leaves it: nothing closed, and the file holds what was answered for.
    const found = `${storage().storagePath}.found`;
    copyFileSync(storage().storagePath, found);
    const second = exchangeAt(newYorkInstant(friday, 11, 1), { ...options, storagePath: found });
    expect(await everything(second)).toEqual(before);

    const next = newYorkInstant((friday + 3) as EpochDay, 12, 0);
    first.clock.set(next);
    second.clock.set(next);
    expect(withoutIds(await everything(second))).toEqual(withoutIds(await everything(first)));
    await first.exchange.close();
    await second.exchange.close();
  });

  test('a dividend is paid once, however often the exchange starts on its day', async () => {
    const market = madeMarket({ actions });
    const first = exchangeAt(tradingTime(friday), { ...storage(), market });
    await first.order({ qty: '10' });
    first.clock.set(tradingTime((friday + 3) as EpochDay));
    await everything(first);
    await first.exchange.close();
    const second = exchangeAt(tradingTime((friday + 3) as EpochDay), { ...storage(), market });
    expect((await second.call('GET', '/v2/account')).body.cash).toBe('99010');
    expect((await second.call('GET', '/v2/account/activities/DIV')).body).toHaveLength(1);
    await second.exchange.close();
  });

  test('gives no id twice when a restarted run draws the same ones', async () => {
    const first = exchangeAt(tradingTime(friday), storage());
    const one = await first.order();
    await first.exchange.close();
    const second = exchangeAt(tradingTime(friday), storage());
    const two = await second.order();
    expect(two.body.id).not.toBe(one.body.id);
    await second.exchange.close();
  });

  test('refuses a journal that was cut in half, and says what to do', async () => {
    const { exchange, order } = exchangeAt(tradingTime(friday), storage());
    await order();
    await exchange.close();
    appendFileSync(storage().storagePath, '12345678 {"kind":"ord');
    expect(() => exchangeAt(tradingTime(friday), storage())).toThrow(DamagedState);
    expect(() => exchangeAt(tradingTime(friday), storage())).toThrow(/--repair/);
  });

  test('loses nothing it answered for when its process is killed', async () => {
    const script = join(directory, 'serve.mjs');
    const here = new URL('.', import.meta.url);
    writeFileSync(
      script,
      `import { movableClock, paperExchange, tradingTime, friday } from '${new URL('../../contract/brokers/small-market.ts', here)}';
       const exchange = paperExchange(movableClock(tradingTime(friday)), ${JSON.stringify(storage())});
       const { url } = await exchange.listen(0);
       console.log(url);`,
    );
    const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const url = line.toString().trim();
    const sent = { 'APCA-API-KEY-ID': 'PKTEST', 'APCA-API-SECRET-KEY': 'secret' };
    for (const id of ['a', 'b', 'c']) {
      const body = JSON.stringify({ symbol: 'GOOD', qty: '1', side: 'buy', type: 'market', time_in_force: 'day', client_order_id: id });
      expect((await fetch(`${url}/v2/orders`, { method: 'POST', headers: sent, body })).status).toBe(200);
    }
    server.kill('SIGKILL');
    await once(server, 'exit');

    const { call, exchange } = exchangeAt(tradingTime(friday), storage());
    expect((await call('GET', '/v2/positions/GOOD')).body.qty).toBe('3');
    expect((await call('GET', '/v2/account')).body.cash).toBe('99688');
    await exchange.close();
  });
});
