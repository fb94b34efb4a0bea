/**
 * Contract cards of the policy store, on the local DynamoDB through the real SDK.
 *
 * POL-01 what was published is in force, under the SHA-256 of its canonical text
 * POL-02 every publication has the next version, and earlier ones stay as they were
 * POL-03 without a published policy there is none in force
 * POL-04 a document, hash or pointer that somebody changed is an InvariantViolation
 * POL-05 a policy outside its bounds is not published
 * POL-06 of two published at once one is stored, and the other is told
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { canonicalJson, sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import { ContractViolation, InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
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
  const published = await policies.publish(defaultPolicy, by);
  expect(published).toEqual({ version: 1, sha256: sha256Hex(canonicalJson(defaultPolicy)), policy: defaultPolicy });
  expect(await policies.inForce()).toEqual(published);
});

test('POL-02 gives the next version to each publication and keeps the earlier one', async () => {
  await policies.publish(defaultPolicy, by);
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
  await policies.publish(defaultPolicy, by);
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
  await expect(policies.publish(reckless, by)).rejects.toThrow(ContractViolation);
  expect(await policies.inForce()).toMatchObject({ reason: 'policy-missing' });
});

test('POL-06 stores one of two published at once, and tells the other', async () => {
  await policies.publish(defaultPolicy, by);
  tables.beforeNext('TransactWriteItems', () => policies.publish(tighter, by));
  await expect(policies.publish(defaultPolicy, by)).rejects.toThrow(TransientFailure);
  expect(await policies.inForce()).toMatchObject({ version: 2, policy: tighter });
});
