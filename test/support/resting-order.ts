/** An order of the fund's that works at the exchange: a limit far below the market, reserved, begun and sent as the desk would. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { operator } from '../../apps/local-cloud/cloud.ts';
import { cycleIdAt } from '../../shared/contracts/cycle.ts';
import { clientOrderId } from '../../shared/domain/execution/order-intent.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { CycleId, EpochMs, Price, Shares, Ticker, Usd } from '../../shared/kernel/units.ts';
import { LeaseStore } from '../../shared/stores/leases.ts';
import type { OrderIntent } from '../../shared/stores/ledger/index.ts';
import { Table } from '../../shared/stores/table.ts';
import { named, type TestFund } from './boot-fund.ts';

export async function restingOrder(
  fund: TestFund,
  symbol: string,
  cycleId: CycleId = 'cycle-2024-12-02T15-00-00Z' as CycleId,
): Promise<OrderIntent> {
  const { clock, ledger, control, cloud } = fund.fund;
  const leases = new LeaseStore(new Table(new DynamoDBClient(cloud.clientConfig(operator)), named('leases')));
  const now = clock.now();
  const lease = await leases.standing(now);
  const token = lease?.token ?? (await taken(leases, cycleId, now));
  const running = await control.read();
  if (isRefusal(running)) throw new Error('trading is under control');
  const identity = { fund: 'ballast', cycleId, symbol: symbol as Ticker, side: 'buy', leg: 9, revision: 0 } as const;
  const intent: OrderIntent = {
    ...{ cycleId, orderId: clientOrderId(identity), symbol: symbol as Ticker, strategy: 'ensemble', broker: 'alpaca' },
    ...{ side: 'BUY', type: 'LIMIT', timeInForce: 'DAY', quantity: 10 as Shares, limitPrice: 1 as Price, reducing: false },
    ...{ worstCaseUsd: 10 as Usd, decisionPriceUsd: 1 as Price },
  };
  const guard = {
    control: { table: named('policy'), epoch: running.epoch, purpose: 'trade' as const },
    lease: { table: named('leases'), token },
    ...{ openOrdersPerSymbolMax: 10, exposureUsdMax: 1e9, messagesPerMinuteMax: 1000 },
  };
  for (const step of [await ledger.reserveOrder(intent, guard, now), await ledger.beginSending(intent, guard, now)])
    if (isRefusal(step)) throw new Error(`the order is refused: ${step.reason}`);
  await sendToExchange(fund, intent);
  return intent;
}

async function taken(leases: LeaseStore, cycleId: CycleId, now: EpochMs): Promise<number> {
  const lease = await leases.acquire(cycleId, now, now, 20 * 60_000);
  if (isRefusal(lease)) throw new Error('a lease that nobody held is free');
  return lease.token;
}

/** As the adapter sends it, with the fund's own keys. */
export async function sendToExchange(fund: TestFund, { orderId, symbol, quantity, limitPrice }: OrderIntent): Promise<void> {
  const { SecretString } = await fund.call<{ SecretString: string }>('secretsmanager', 'GetSecretValue', { SecretId: named('broker') });
  const { keyId, secretKey } = JSON.parse(SecretString) as { keyId: string; secretKey: string };
  const answer = await fund.fund.exchange.fetch('http://paper-exchange.localhost/v2/orders', {
    method: 'POST',
    headers: { 'apca-api-key-id': keyId, 'apca-api-secret-key': secretKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ symbol, side: 'buy', type: 'limit', time_in_force: 'day', client_order_id: orderId },
      ...{ qty: String(quantity), limit_price: String(limitPrice) },
    }),
  });
  if (!answer.ok) throw new Error(`the exchange refuses it: ${await answer.text()}`);
}

/** A cycle whose machine was stopped by hand before it did anything; gives its id. */
export async function abortedCycle(fund: TestFund, scheduledAt: EpochMs): Promise<CycleId> {
  const cycleId = cycleIdAt(scheduledAt);
  const stateMachineArn = fund.fund.cloud.stateMachineArn(named('trading-cycle'));
  const input = JSON.stringify({ scheduledAt: new Date(scheduledAt).toISOString() });
  const release = holdInvocations(fund);
  const { executionArn } = await fund.call<{ executionArn: string }>('states', 'StartExecution', { stateMachineArn, name: cycleId, input });
  await fund.call('states', 'StopExecution', { executionArn });
  release();
  return cycleId;
}

/** Functions are called an hour from now. */
function holdInvocations(fund: TestFund): () => void {
  fund.failing({ service: 'lambda', operation: 'Invoke', fault: 'delay', delayMs: 3_600_000 });
  return () => fund.failing();
}
