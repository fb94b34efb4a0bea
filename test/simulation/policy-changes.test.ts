/** Whatever is written into the policy table, by whoever: it is recorded, and what is in force is told. */
import { describe, expect, test } from 'vitest';
import { bootFund, named, type TestFund } from '../support/boot-fund.ts';
import { controlItem, deleteItem, putItem } from '../support/tampering.ts';

const records = async ({ fund }: TestFund) => {
  await fund.cloud.settle();
  return (await fund.audit.all()).map(({ trailId, record }) => ({ trail: String(trailId), type: record.type, ...record.record }));
};

const failures = (fund: TestFund) => fund.told('InvokeFailed').filter(({ details }) => String(details.functionName).includes('policy'));

test('a publication, a proposal and its approval are recorded with both names', async () => {
  await using fund = await bootFund({ data: false });
  const { policies } = fund.fund;
  const at = fund.fund.clock.now();
  const inForce = await policies.inForce();
  if (!('policy' in inForce)) throw new Error('no policy');
  const looser = { ...inForce.policy, risk: { ...inForce.policy.risk, cvarFracMax: 0.08 } };
  const refused = await policies.publish(looser, { actor: 'operator/ada', reason: 'calm', at });
  if (!('kind' in refused)) throw new Error('one person was enough');
  await policies.approve(String(refused.details.proposalId), { actor: 'operator/bea', at });
  const left = await records(fund);
  expect(left).toMatchObject([
    { trail: 'policy-v00000001', type: 'policy', what: 'published', version: 1, actor: 'setup', changes: [] },
    { type: 'control', what: 'written', state: 'RUNNING', scope: 'the fund', actor: 'setup' },
    {
      type: 'policy',
      what: 'proposed',
      actor: 'operator/ada',
      changes: [{ path: 'risk.cvarFracMax', from: 0.06, to: 0.08, effect: 'loosens' }],
    },
    { trail: 'policy-v00000002', what: 'published', actor: 'operator/ada', approvedBy: 'operator/bea', basedOn: 1 },
    { type: 'policy', what: 'approved', approvedBy: 'operator/bea' },
  ]);
  expect(failures(fund)).toEqual([]);
});

test('what somebody does by hand is a finding: a garbled stop, a moved pointer, a changed version, a deleted item', async () => {
  await using fund = await bootFund({ data: false });
  await records(fund);
  await putItem(fund, 'policy', controlItem({ epoch: 'never' }));
  await deleteItem(fund, 'policy', 'control', 'trading');
  await putItem(fund, 'policy', { pk: 'policy', sk: 'in-force', version: 7, sha256: 'x' });
  await putItem(fund, 'policy', { pk: 'policy', sk: 'version#00000001', document: '{}', sha256: 'x' });
  await deleteItem(fund, 'policy', 'policy', 'version#00000001');
  await putItem(fund, 'policy', { pk: 'notes', sk: 'x', text: 'y'.repeat(5000) });
  expect((await records(fund)).slice(2)).toMatchObject([
    { type: 'control', what: 'garbled', written: { epoch: 'never' } },
    { type: 'control', what: 'deleted', change: 'REMOVE' },
    { what: 'found', finding: 'the pointer names no version' },
    { what: 'found', finding: 'a published version was changed' },
    { what: 'found', finding: 'a published version was deleted' },
    { what: 'found', finding: 'an item lies in the policy table that nobody reads', written: { characters: expect.any(Number) } },
  ]);
  expect(failures(fund)).toEqual([]);
});

test('a batch that is delivered again adds nothing', async () => {
  await using fund = await bootFund({
    data: false,
    cloud: { faults: [{ service: 'lambda', operation: 'Invoke', target: named('policy-publish-changes'), fault: 'duplicate' }] },
  });
  const left = await records(fund);
  expect(left.map(({ trail }) => trail)).toEqual(['policy-v00000001', expect.stringMatching(/^control-/)]);
  expect(await fund.fund.audit.recordsOf('policy-v00000001')).toHaveLength(1);
});

describe('a role that may write control items', () => {
  const keyOf = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
  const TableName = named('policy');
  const attempts: readonly (readonly [string, string, object])[] = [
    ['puts a version', 'PutItem', { TableName, Item: keyOf('policy', 'version#00000009') }],
    ['moves the pointer', 'PutItem', { TableName, Item: { ...keyOf('policy', 'in-force'), version: { N: '1' } } }],
    ['proposes', 'PutItem', { TableName, Item: keyOf('policy-proposal', 'x') }],
    [
      'hides a version among control items in one transaction',
      'TransactWriteItems',
      { TransactItems: ['control', 'policy'].map((pk) => ({ Put: { TableName, Item: keyOf(pk, 'x') } })) },
    ],
    ['updates a version', 'UpdateItem', { TableName, Key: keyOf('policy', 'version#00000001') }],
    ['deletes the control item', 'DeleteItem', { TableName, Key: keyOf('control', 'trading') }],
  ];

  test.each(['operator', 'orders-request-stop'])('%s is denied everything else, also within a transaction', async (name) => {
    await using fund = await bootFund({ data: false });
    const { cloud, policies } = fund.fund;
    const arn = name === 'operator' ? cloud.iam.roleArn(named(name)) : roleOfFunction(fund, name);
    const caller = { kind: 'role', roleArn: arn, session: 'eve' } as const;
    for (const [, operation, input] of attempts)
      await expect(cloud.call(caller, 'dynamodb', operation, input)).rejects.toThrow(/is not authorized to perform: dynamodb:/);
    await cloud.call(caller, 'dynamodb', 'PutItem', { TableName, Item: keyOf('control', 'symbol#QBYT') });
    expect(await policies.history()).toHaveLength(1);
  });

  const roleOfFunction = ({ fund: { cloud } }: TestFund, name: string): string => {
    const words = name.split('-').map((word) => `${word[0]!.toUpperCase()}${word.slice(1)}`);
    const found = cloud.iam.roleNames().find((role) => role.includes(words.slice(1).join('')));
    if (found === undefined) throw new Error(`no role of ${name}`);
    return cloud.iam.roleArn(found);
  };
});
