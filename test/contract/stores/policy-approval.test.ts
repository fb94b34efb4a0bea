/**
 * Contract cards of the two-person rule, on the local DynamoDB through the real SDK.
 *
 * APP-01 what loosens a hard limit is not published by one person: it is proposed, and nothing changes
 * APP-02 another person puts it in force, and both names stand with it
 * APP-03 who proposed it does not approve it, nor does a program
 * APP-04 a proposal that is a week old, or was written over another version, is not approved
 * APP-05 a proposal is approved once, also when two approve it at once
 * APP-06 a proposal that was changed after it was made is an InvariantViolation
 * APP-07 the controller steers alone within its bounds, and is no person
 * APP-08 rolling back is publishing: a looser one takes two persons
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts';
import { ContractViolation, InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { PolicyStore } from '../../../shared/stores/policies.ts';
import type { Table } from '../../../shared/stores/table.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const at = Date.UTC(2019, 5, 14) as EpochMs;
const later = (ms: number) => (at + ms) as EpochMs;
const ada = { actor: 'operator/ada', reason: 'a calm year', at };
const bea = { actor: 'operator/bea', at: later(60_000) };
const dayMs = 24 * 3_600_000;

const withRisk = (numbers: Partial<Policy['risk']>): Policy => ({ ...defaultPolicy, risk: { ...defaultPolicy.risk, ...numbers } });
const looser = withRisk({ cvarFracMax: 0.08 });
const tighter = withRisk({ cvarFracMax: 0.04 });

let tables: LocalTables;
let table: Table;
let policies: PolicyStore;

beforeEach(async () => {
  tables = await localTables('policy');
  table = tables.table('policy');
  policies = new PolicyStore(table);
  await policies.publishFirst(defaultPolicy, { ...ada, reason: 'first' });
});

afterEach(() => tables.close());

async function propose(policy: Policy = looser): Promise<string> {
  const refused = await policies.publish(policy, ada);
  if (!isRefusal(refused)) throw new Error('it was published');
  return String(refused.details.proposalId);
}

test('APP-01 proposes what loosens a hard limit, and leaves in force what was', async () => {
  const refused = await policies.publish(looser, ada);
  expect(refused).toMatchObject({
    reason: 'second-person-needed',
    details: { proposalId: expect.stringMatching(/^[0-9a-f]{12}-over-1$/), proposedBy: 'operator/ada', loosens: ['risk.cvarFracMax'] },
  });
  expect(await policies.inForce()).toMatchObject({ version: 1, policy: defaultPolicy });
  expect(await policies.proposals.open(at)).toMatchObject([{ actor: 'operator/ada', basedOn: 1, expiresAt: '2019-06-21T00:00:00.000Z' }]);
});

test('APP-01 takes one loosening among many tightenings for what it is', async () => {
  const mixed = { ...tighter, portfolio: { ...defaultPolicy.portfolio, allowShort: true } };
  expect(await policies.publish(mixed, ada)).toMatchObject({ details: { loosens: ['portfolio.allowShort'] } });
});

test('APP-01 proposed again by another is still the first one’s, who must not be able to approve it under two names', async () => {
  const proposalId = await propose();
  expect(await policies.publish(looser, { ...ada, actor: 'operator/bea' })).toMatchObject({
    details: { proposalId, proposedBy: 'operator/ada' },
  });
  expect(await policies.proposals.open(at)).toHaveLength(1);
});

test('APP-02 puts it in force in both names when another person approves', async () => {
  const proposalId = await propose();
  expect(await policies.approve(proposalId, bea)).toMatchObject({ version: 2, policy: looser });
  expect(await policies.inForce()).toMatchObject({ version: 2, policy: looser });
  expect((await policies.history())[0]).toMatchObject({
    ...{ version: 2, actor: 'operator/ada', approvedBy: 'operator/bea', reason: 'a calm year' },
    ...{ at: '2019-06-14T00:01:00.000Z', basedOn: 1, proposalId },
  });
  expect(await policies.proposals.open(at)).toEqual([]);
  expect(await policies.proposals.get(proposalId)).toMatchObject({ approvedBy: 'operator/bea' });
});

test.each([
  ['same-person', 'operator/ada'],
  ['same-person', 'Operator/Ada '],
  ['not-a-person', 'controller/steering'],
])('APP-03 refuses %s: %s', async (reason, actor) => {
  expect(await policies.approve(await propose(), { ...bea, actor })).toMatchObject({ reason });
  expect(await policies.inForce()).toMatchObject({ version: 1 });
});

describe('APP-04 refuses', () => {
  test('a proposal that nobody made', async () => {
    expect(await policies.approve('feedfeedfeed-over-1', bea)).toMatchObject({ reason: 'proposal-missing' });
  });

  test('one that is a week old, which may then be proposed anew by whoever still wants it', async () => {
    const proposalId = await propose();
    expect(await policies.approve(proposalId, { ...bea, at: later(7 * dayMs) })).toMatchObject({ reason: 'proposal-expired' });
    await policies.publish(looser, { ...ada, actor: 'operator/bea', at: later(8 * dayMs) });
    expect(await policies.approve(proposalId, { actor: 'operator/ada', at: later(9 * dayMs) })).toMatchObject({ version: 2 });
  });

  test('one that was written over a version that is not in force any more', async () => {
    const proposalId = await propose();
    await policies.publish(tighter, ada);
    expect(await policies.approve(proposalId, bea)).toMatchObject({ reason: 'proposal-outdated', details: { basedOn: 1, inForce: 2 } });
    expect(await policies.inForce()).toMatchObject({ policy: tighter });
  });
});

describe('APP-05 approves once', () => {
  test('also when it is approved again', async () => {
    const proposalId = await propose();
    await policies.approve(proposalId, bea);
    expect(await policies.approve(proposalId, { ...bea, actor: 'operator/cleo' })).toMatchObject({ reason: 'proposal-closed' });
    expect(await policies.history()).toHaveLength(2);
  });

  test('also when two approve it at once', async () => {
    const proposalId = await propose();
    tables.beforeNext('TransactWriteItems', () => policies.approve(proposalId, { ...bea, actor: 'operator/cleo' }));
    await expect(policies.approve(proposalId, bea)).rejects.toThrow(TransientFailure);
    expect((await policies.history()).map(({ approvedBy }) => approvedBy)).toEqual(['operator/cleo', undefined]);
  });

  test('and not when another policy was published meanwhile', async () => {
    const proposalId = await propose();
    tables.beforeNext('TransactWriteItems', () => policies.publish(tighter, ada));
    await expect(policies.approve(proposalId, bea)).rejects.toThrow(TransientFailure);
    expect(await policies.inForce()).toMatchObject({ version: 2, policy: tighter });
    expect(await policies.proposals.get(proposalId)).not.toHaveProperty('approvedBy');
  });
});

test.each([
  ['its document', { document: canonicalJson(withRisk({ cvarFracMax: 0.5 })) }],
  ['document and hash together', { document: '{}', sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' }],
])('APP-06 does not approve a proposal that was changed: %s', async (_what, change) => {
  const proposalId = await propose();
  const key = { pk: 'policy-proposal', sk: proposalId };
  await table.put({ ...(await table.get(key))!, ...key, ...change });
  await expect(policies.approve(proposalId, bea)).rejects.toThrow(InvariantViolation);
  expect(await policies.inForce()).toMatchObject({ version: 1 });
});

describe('APP-07 the controller', () => {
  const steering = { reason: 'volatility', at };

  test('tightens, and loosens as far as the policy lets it alone', async () => {
    expect(await policies.steer({ mode: 'DEFENSIVE' }, { ...steering, basedOn: 1 })).toMatchObject({ version: 2 });
    expect(await policies.steer({ mode: 'NORMAL' }, steering)).toMatchObject({ version: 3, policy: { steering: { mode: 'NORMAL' } } });
    expect(await policies.steer({ mode: 'AGGRESSIVE' }, steering)).toMatchObject({
      reason: 'beyond-the-controller',
      details: { mode: 'AGGRESSIVE', loosestAlone: 'NORMAL' },
    });
    expect((await policies.history()).map(({ actor }) => actor)).toEqual(['controller/steering', 'controller/steering', 'operator/ada']);
  });

  test('is told when another version is in force than it looked at, and when it changes nothing', async () => {
    await policies.publish(tighter, ada);
    expect(await policies.steer({ mode: 'DEFENSIVE' }, { ...steering, basedOn: 1 })).toMatchObject({ reason: 'policy-moved' });
    expect(await policies.steer({ mode: 'NORMAL' }, steering)).toMatchObject({ reason: 'policy-unchanged' });
    tables.beforeNext('TransactWriteItems', () => policies.publish(withRisk({ cvarFracMax: 0.03 }), ada));
    await expect(policies.steer({ mode: 'DEFENSIVE' }, steering)).rejects.toThrow(TransientFailure);
  });

  test('frees the strategies that it blocked, and not those that a person blocked', async () => {
    await policies.steer({ block: ['carry'] }, steering);
    const { policy } = (await policies.inForce()) as { policy: Policy };
    await policies.publish({ ...policy, strategies: { ...policy.strategies, block: ['carry', 'momentum'] } }, ada);
    await policies.steer({ mode: 'DEFENSIVE' }, steering);
    expect(await policies.steer({ block: [] }, steering)).toMatchObject({ details: { blockedByPersons: ['momentum'] } });
    expect(await policies.steer({ block: ['momentum'] }, steering)).toMatchObject({ version: 5 });
  });

  test('does not free what it once blocked, was freed by people, and then was blocked by one', async () => {
    await policies.steer({ block: ['carry'] }, steering);
    await policies.steer({ block: [] }, steering);
    await policies.publish({ ...defaultPolicy, strategies: { ...defaultPolicy.strategies, block: ['carry'] } }, ada);
    expect(await policies.steer({ block: [] }, steering)).toMatchObject({ reason: 'beyond-the-controller' });
  });

  test('does not publish as a person does', async () => {
    await expect(policies.publish(tighter, { ...ada, actor: 'controller/steering' })).rejects.toThrow(ContractViolation);
  });
});

test('APP-08 goes back to a tighter version alone, and to a looser one with a second person', async () => {
  await policies.publish(tighter, ada);
  const first = await policies.get(1);
  if (isRefusal(first)) throw new Error('version 1 is gone');
  const proposalId = await propose(first.document as Policy);
  expect(await policies.approve(proposalId, bea)).toMatchObject({ version: 3, policy: defaultPolicy });
  const second = await policies.get(2);
  if (isRefusal(second)) throw new Error('version 2 is gone');
  expect(await policies.publish(second.document as Policy, { ...ada, reason: 'back' })).toMatchObject({ version: 4, policy: tighter });
});
