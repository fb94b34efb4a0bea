/**
 * Contract cards of the policy store, on the local DynamoDB through the real SDK.
 *
 * POL-01 what was published is in force, under the SHA-256 of its canonical text
 * POL-02 every publication has the next version, and earlier ones stay as they were
 * POL-03 without a published policy there is none in force
 * POL-04 a document, hash or pointer that somebody changed is an InvariantViolation
 * POL-05 a policy outside its bounds is not published
 * POL-06 of two published at once one is stored, and the other is told
 * POL-07 an edit of a version that is not in force any more is refused, and so is one that changes nothing
 * POL-08 the history tells every version, who put it there and why, and gives each document back
 * POL-09 what is published over a damaged pointer or policy takes two persons, and gets a number of its own
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { canonicalJson, sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import { ContractViolation, InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { PolicyStore } from '../../../shared/stores/policies.ts';
import type { Item, Table } from '../../../shared/stores/table.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const by = { actor: 'operator/ada', reason: 'first', at: Date.UTC(2019, 5, 14) as EpochMs };
const pointerKey = { pk: 'policy', sk: 'in-force' };
const versionKey = (version: number) => ({ pk: 'policy', sk: `version#0000000${version}` });
const tighter = { ...defaultPolicy, risk: { ...defaultPolicy.risk, varFracMax: 0.02 } };

let tables: LocalTables;
let table: Table;
let policies: PolicyStore;

beforeEach(async () => {
  tables = await localTables('policy');
  table = tables.table('policy');
  policies = new PolicyStore(table);
});

afterEach(() => tables.close());

test('POL-01 has in force what was published, under the hash of its canonical text', async () => {
  const published = await policies.publishFirst(defaultPolicy, by);
  expect(published).toEqual({ version: 1, sha256: sha256Hex(canonicalJson(defaultPolicy)), policy: defaultPolicy });
  expect(await policies.inForce()).toEqual(published);
});

test('POL-02 gives the next version to each publication and keeps the earlier one', async () => {
  await policies.publishFirst(defaultPolicy, by);
  const first = await table.get(versionKey(1));
  await policies.publish(tighter, { ...by, reason: 'tighter' });
  expect(await policies.inForce()).toMatchObject({ version: 2, policy: tighter });
  expect(await table.get(versionKey(1))).toEqual(first);
  expect(await table.get(pointerKey)).toMatchObject({
    version: 2,
    actor: 'operator/ada',
    reason: 'tighter',
    at: '2019-06-14T00:00:00.000Z',
  });
});

test('POL-03 refuses when none was published', async () => {
  expect(await policies.inForce()).toMatchObject({ kind: 'refused', reason: 'policy-missing' });
});

const tampered = (document: string): Item => ({ document, sha256: sha256Hex(document) });
const looser = canonicalJson(defaultPolicy).replace('"varFracMax":0.04', '"varFracMax":0.4');

const tamperings: Record<string, (version: Item, pointer: Item) => readonly [Item | undefined, Item]> = {
  'the document changed': (version, pointer) => [{ ...version, document: looser }, pointer],
  'document and hash changed together': (version, pointer) => [{ ...version, ...tampered(looser) }, pointer],
  'the golden hash changed': (version, pointer) => [version, { ...pointer, sha256: 'f'.repeat(64) }],
  'the pointer names a version that is not there': (version, pointer) => [version, { ...pointer, version: 9 }],
  'the pointer names no version': (version, pointer) => [version, { ...pointer, version: 'latest' }],
  'the version is gone': (_, pointer) => [undefined, pointer],
  'all three agree on what is no policy': (version, pointer) => [
    { ...version, ...tampered('{}') },
    { ...pointer, sha256: sha256Hex('{}') },
  ],
  'all three agree on what is no JSON': (version, pointer) => [
    { ...version, ...tampered('policy') },
    { ...pointer, sha256: sha256Hex('policy') },
  ],
};

test.each(Object.keys(tamperings))('POL-04 stops everything when %s', async (what) => {
  await policies.publishFirst(defaultPolicy, by);
  const [version, pointer] = tamperings[what]!((await table.get(versionKey(1)))!, (await table.get(pointerKey))!);
  await tables.remove('policy', versionKey(1));
  if (version) await table.put({ ...version, ...versionKey(1) });
  await table.put({ ...pointer, ...pointerKey });
  await expect(policies.inForce()).rejects.toThrow(InvariantViolation);
});

test('POL-04 refuses a policy that was written for another Ballast', async () => {
  const older = canonicalJson({ ...defaultPolicy, schema: 'ballast.policy/1' });
  await table.put({ ...versionKey(1), ...tampered(older) });
  await table.put({ ...pointerKey, version: 1, sha256: sha256Hex(older) });
  expect(await policies.inForce()).toMatchObject({ kind: 'refused', reason: 'policy-outdated', details: { schema: 'ballast.policy/1' } });
});

test('POL-05 does not publish a policy outside its bounds', async () => {
  const reckless = { ...defaultPolicy, risk: { ...defaultPolicy.risk, grossFracMax: 3 } };
  await expect(policies.publishFirst(reckless, by)).rejects.toThrow(ContractViolation);
  await expect(policies.publishFirst(defaultPolicy, { ...by, reason: ' ' })).rejects.toThrow(ContractViolation);
  await expect(policies.publishFirst(defaultPolicy, { ...by, actor: '' })).rejects.toThrow(ContractViolation);
  expect(await policies.inForce()).toMatchObject({ reason: 'policy-missing' });
});

const tighterStill = { ...tighter, risk: { ...tighter.risk, cvarFracMax: 0.03 } };

test('POL-06 stores one of two published at once, and tells the other', async () => {
  await policies.publishFirst(defaultPolicy, by);
  tables.beforeNext('TransactWriteItems', () => policies.publish(tighter, by));
  await expect(policies.publish(tighterStill, by)).rejects.toThrow(TransientFailure);
  expect(await policies.inForce()).toMatchObject({ version: 2, policy: tighter });
  // Read again, it goes over what came first.
  expect(await policies.publish(tighterStill, by)).toMatchObject({ version: 3, policy: tighterStill });
});

test('POL-06 begins a fund with one policy, whoever begins it', async () => {
  tables.beforeNext('TransactWriteItems', () => policies.publishFirst(tighter, by));
  await expect(policies.publishFirst(defaultPolicy, by)).rejects.toThrow(TransientFailure);
  await expect(policies.publishFirst(defaultPolicy, by)).rejects.toThrow(TransientFailure);
  expect(await policies.inForce()).toMatchObject({ version: 1, policy: tighter });
});

test('POL-07 refuses an edit of what is not in force any more, and one that changes nothing', async () => {
  expect(await policies.publish(tighter, by)).toMatchObject({ reason: 'policy-missing' });
  await policies.publishFirst(defaultPolicy, by);
  await policies.publish(tighter, { ...by, basedOn: 1 });
  expect(await policies.publish(tighterStill, { ...by, basedOn: 1 })).toMatchObject({
    reason: 'policy-moved',
    details: { basedOn: 1, inForce: 2 },
  });
  expect(await policies.publish(tighter, by)).toMatchObject({ reason: 'policy-unchanged', details: { version: 2 } });
  expect(await policies.history()).toHaveLength(2);
});

test('POL-08 tells every version, newest first, and gives its document back', async () => {
  const first = await policies.publishFirst(defaultPolicy, by);
  const second = await policies.publish(tighter, { actor: 'operator/bea', reason: 'a quiet week', at: (by.at + 1000) as EpochMs });
  expect(await policies.history()).toEqual([
    {
      version: 2,
      sha256: (second as typeof first).sha256,
      actor: 'operator/bea',
      reason: 'a quiet week',
      at: '2019-06-14T00:00:01.000Z',
      basedOn: 1,
    },
    { version: 1, sha256: first.sha256, actor: 'operator/ada', reason: 'first', at: '2019-06-14T00:00:00.000Z' },
  ]);
  expect(await policies.get(1)).toMatchObject({ document: defaultPolicy, provenance: { version: 1 } });
  expect(await policies.get(3)).toMatchObject({ reason: 'policy-version-missing' });
});

test('POL-08 does not give a version back that somebody changed, and still shows that there is one', async () => {
  await policies.publishFirst(defaultPolicy, by);
  await table.put({ ...(await table.get(versionKey(1)))!, ...versionKey(1), document: looser });
  await expect(policies.get(1)).rejects.toThrow(InvariantViolation);
  expect(await policies.history()).toMatchObject([{ version: 1, actor: 'operator/ada' }]);
});

test.each<readonly [string, (version: Item, pointer: Item) => readonly [Item, Item], number]>([
  ['a policy that somebody changed', (version, pointer) => [{ ...version, document: looser }, pointer], 3],
  ['a pointer that was moved back by hand', (version, pointer) => [version, { ...pointer, version: 1 }], 3],
  ['a pointer that names nothing', (version, pointer) => [version, { ...pointer, version: 'latest' }], 3],
  ['a pointer without a version', (version, pointer) => [version, { ...pointer, version: undefined }], 3],
])('POL-09 publishes over %s with two persons only, under a number of its own', async (_what, damage, next) => {
  await policies.publishFirst(defaultPolicy, by);
  await policies.publish(tighter, by);
  const [version, pointer] = damage((await table.get(versionKey(2)))!, (await table.get(pointerKey))!);
  await table.put({ ...version, ...versionKey(2) });
  await table.put({ ...pointer, ...pointerKey });
  const refused = await policies.publish(tighterStill, by);
  expect(refused).toMatchObject({ reason: 'second-person-needed' });
  if (!isRefusal(refused)) throw new Error('one person was enough');
  expect(await policies.approve(String(refused.details.proposalId), { actor: 'operator/bea', at: by.at })).toMatchObject({ version: next });
  expect(await policies.inForce()).toMatchObject({ version: next, policy: tighterStill });
});
