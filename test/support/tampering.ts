/** What an operator's slip or an intruder could do to what the fund stores: changes made past the stores that guard them. */
import { marshall } from '@aws-sdk/util-dynamodb';
import { parseDay } from '../../shared/kernel/days.ts';
import { named, type TestFund } from './boot-fund.ts';
import { lakeBucket } from './simulated-lake.ts';

/** The control item as somebody might type it into the console. */
export const controlItem = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  pk: 'control',
  sk: 'trading',
  state: 'RUNNING',
  epoch: 1,
  reason: 'typed by hand',
  actor: 'console',
  at: '2024-12-02T12:00:00.000Z',
  ...changes,
});

/** Puts an item as it is into the table of that role; a member that is `undefined` is left out. */
export async function putItem(fund: TestFund, table: string, item: Readonly<Record<string, unknown>>): Promise<void> {
  await fund.call('dynamodb', 'PutItem', { TableName: named(table), Item: marshall(item, { removeUndefinedValues: true }) });
}

export async function deleteItem(fund: TestFund, table: string, pk: string, sk: string): Promise<void> {
  await fund.call('dynamodb', 'DeleteItem', { TableName: named(table), Key: marshall({ pk, sk }) });
}

/** The console's "edit item": one attribute of the control item. */
export async function setControlState(fund: TestFund, state: string): Promise<void> {
  await fund.call('dynamodb', 'UpdateItem', {
    TableName: named('policy'),
    Key: marshall({ pk: 'control', sk: 'trading' }),
    UpdateExpression: 'SET #state = :state',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: marshall({ ':state': state }),
  });
}

/** Raises a limit in the stored policy document and leaves its golden hash as it was. */
export async function loosenStoredPolicy(fund: TestFund): Promise<void> {
  const Key = marshall({ pk: 'policy', sk: 'version#00000001' });
  const { Item } = await fund.call<{ Item: { document: { S: string } } }>('dynamodb', 'GetItem', { TableName: named('policy'), Key });
  const document = { S: Item.document.S.replace('"turnoverFracMax":0.2', '"turnoverFracMax":0.9') };
  await fund.call('dynamodb', 'PutItem', { TableName: named('policy'), Item: { ...Item, document } });
}

/** A document that a phase of the cycle under way left for the next ones. */
export async function changeCycleDocument(fund: TestFund, cycleId: string, name: string, change: (text: string) => string): Promise<void> {
  const object = { Bucket: lakeBucket, Key: `cycles/${cycleId}/${name}.json` };
  const { Body } = await fund.call<{ Body: Uint8Array }>('s3', 'GetObject', object);
  await fund.call('s3', 'PutObject', { ...object, Body: Buffer.from(change(Buffer.from(Body).toString('utf8'))) });
}

/** The policy that the cycle under way took with it, with a limit raised. */
export const loosenCyclePolicy = (fund: TestFund, cycleId: string): Promise<void> =>
  changeCycleDocument(fund, cycleId, 'policy', (text) => text.replace('"turnoverFracMax":0.2', '"turnoverFracMax":0.9'));

/** What the risk engine remembers of earlier cycles: it froze not long ago. */
export const rememberFreeze = (fund: TestFund): Promise<void> =>
  putItem(fund, 'risk', riskMemory({ tier: 0, recovery: { kind: 'cooldown', frozenOn: parseDay('2024-11-29') } }));

/** A risk memory that no version of the fund ever wrote. */
export const garbleRiskMemory = (fund: TestFund): Promise<void> =>
  putItem(fund, 'risk', riskMemory({ tier: 9, recovery: { kind: 'normal' } }));

const riskMemory = (state: object) => ({
  ...{ pk: 'fund', sk: 'risk-memory', version: 1, writtenBy: 'cycle-2024-11-29T20-45-00Z' },
  memory: JSON.stringify({ allTimeHighUsd: 1_000_000, state: { cvarBreachesInARow: 0, peakEquityUsd: 1_000_000, halted: null, ...state } }),
});

export const forgetAccount = (fund: TestFund): Promise<void> => deleteItem(fund, 'ledger', 'account', 'cash');

/** A holding in the ledger that no entry accounts for. */
export const unaccountedPosition: Readonly<Record<string, unknown>> = {
  ...{ pk: 'positions', sk: 'QBYT', quantity: 7, costUsd: 70, realisedUsd: 0, entries: 0, openOrders: 0, reservedUsd: 0 },
};
