import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DamagedState } from '../../../apps/local-cloud/journal.ts';
import type { Usd } from '../../../shared/kernel/units.ts';
import { friday, tradingTime } from '../../contract/brokers/small-market.ts';
import { exchangeAt } from './exchange-client.ts';

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
