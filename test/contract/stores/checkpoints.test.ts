/**
 * Contract cards of signing: audit trail and turns on the local DynamoDB through the real SDK, a key of the test's own.
 *
 * CKP-01 the head is signed, each checkpoint following the one before; nothing new signs nothing
 * CKP-02 occasions at once: one signs, the others leave without an error, and the last record is signed for in the end
 * CKP-03 a trail that does not continue what was signed is never signed: AuditBroken says what and where
 * CKP-04 a turn is one signer's; it ends by itself, also under a clock that went back; an error gives it back
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BallastEvent } from '../../../shared/contracts/events.ts';
import { type Checkpoint, checkCheckpoints } from '../../../shared/domain/audit/checkpoint.ts';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { type SigningParts, signToTheHead } from '../../../shared/runtime/sign-checkpoint.ts';
import { AuditStore } from '../../../shared/stores/audit.ts';
import { toItem } from '../../../shared/stores/audit-items.ts';
import { SigningTurn } from '../../../shared/stores/signing-turn.ts';
import { Signer } from '../../support/audit-chain.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const monday = Date.UTC(2024, 11, 2, 20, 46) as EpochMs;
const minuteMs = 60_000;

let tables: LocalTables;
let audit: AuditStore;
let signer: Signer;
let now: EpochMs;
let signed: Checkpoint[];
let published: BallastEvent[];
let parts: SigningParts;

beforeEach(async () => {
  tables = await localTables('audit', 'operations');
  audit = new AuditStore(tables.table('audit'));
  signer = new Signer();
  [now, signed, published] = [monday, [], []];
  parts = {
    audit,
    checkpoints: {
      last: () => Promise.resolve(signed.at(-1) ?? null),
      put: (checkpoint) => Promise.resolve(void signed.push(checkpoint)),
    },
    checkpointKey: {
      keyId: 'a key',
      publicKey: () => Promise.resolve(signer.spki),
      sign: (text) => Promise.resolve(signer.signText(text)),
    },
    signingTurn: new SigningTurn(tables.table('operations')),
    events: { publish: (events) => Promise.resolve(void published.push(...events)) },
    clock: { now: () => now },
    log: new Logger({ logLevel: 'SILENT' }),
  };
});

afterEach(() => tables.close());

/** One record of a cycle that ends. */
const append = (cycle: number) =>
  audit.append(
    { trailId: `cycle-${cycle}`, part: 'refused', from: 0, total: 1, entries: [{ type: 'cycle', record: { outcome: 'refused', cycle } }] },
    now,
  );

test('CKP-01 signs the head, then what came since, and nothing when nothing came', async () => {
  expect(await signToTheHead(parts)).toEqual({ outcome: 'nothing-new', sequence: null });
  await append(1);
  await append(2);
  expect(await signToTheHead(parts)).toEqual({ outcome: 'signed', sequence: 1 });
  expect(await signToTheHead(parts)).toEqual({ outcome: 'nothing-new', sequence: 1 });
  const head = await append(3);
  expect(await signToTheHead(parts)).toEqual({ outcome: 'signed', sequence: 2 });
  const named = signed.map((checkpoint) => ({ key: `checkpoints/${String(checkpoint.sequence).padStart(12, '0')}.json`, checkpoint }));
  expect(checkCheckpoints(named, signer.spki)).toMatchObject({ findings: [], anchors: [{ sequence: 1 }, head] });
});

test('CKP-02 twenty occasions at once, each with its record: one chain of checkpoints, and the last record is signed for', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, async (_, cycle) => {
      await append(cycle);
      return (await signToTheHead(parts)).outcome;
    }),
  );
  expect(outcomes).toContain('another-signs');
  expect(signed.at(-1)).toMatchObject({ sequence: 19, hash: (await audit.head())!.hash });
  const follows = signed.map(({ sequence }) => sequence);
  expect(follows).toEqual([...new Set(follows)].sort((a, b) => a - b));
});

test.each(['while it signs', 'when it has read the head and nothing was new'])(
  'CKP-02 a record that comes %s is signed for by the same signer, when its own occasion found the turn taken',
  async (moment) => {
    await append(1);
    if (moment !== 'while it signs') await signToTheHead(parts);
    let came = false;
    const late = async (): Promise<void> => {
      if (came) return;
      came = true;
      await append(2);
      expect(await signToTheHead(parts)).toEqual({ outcome: 'another-signs', sequence: null });
    };
    const slow: SigningParts = {
      ...parts,
      audit: {
        head: () => audit.head(),
        chainAfter: async (sequence) => {
          const records = await audit.chainAfter(sequence);
          await late();
          return records;
        },
      },
    };
    expect(await signToTheHead(slow)).toEqual({ outcome: 'signed', sequence: 1 });
  },
);

const rewrite = async (over: { readonly record: string }): Promise<void> => {
  const [record] = (await audit.chain()).slice(-1);
  await tables.table('audit').put({ ...toItem(record!), ...over });
};
const headKey = { pk: 'chain', sk: 'head' };

test.each<[string, string, number, () => Promise<unknown>]>([
  ['a record that was changed since', 'mutate', 2, () => append(3).then(() => rewrite({ record: '{}' }))],
  [
    'a record that is missing',
    'drop-tail',
    2,
    () => append(3).then(() => tables.remove('audit', { pk: 'cycle#cycle-3', sk: 'refused#000000000002' })),
  ],
  [
    'an end before what was signed',
    'drop-tail',
    1,
    async () => {
      const [first] = await audit.chain();
      await tables.table('audit').put({ ...headKey, sequence: 0, hash: first!.hash });
    },
  ],
  ['a table that was emptied', 'drop-tail', 0, () => tables.remove('audit', headKey)],
  [
    'another record in place of the one signed for',
    'fork',
    1,
    () => tables.table('audit').put({ ...headKey, sequence: 1, hash: 'e'.repeat(64) }),
  ],
  [
    'a chain made anew from below what was signed',
    'fork',
    2,
    async () => {
      await tables.table('audit').put({ ...headKey, sequence: 1, hash: 'e'.repeat(64) });
      await append(3);
    },
  ],
])('CKP-03 signs nothing over %s', async (_what, fault, sequence, tamper) => {
  await append(1);
  await append(2);
  await signToTheHead(parts);
  await tamper();
  expect(await signToTheHead(parts)).toEqual({ outcome: 'broken', sequence });
  expect(signed).toHaveLength(1);
  expect(published).toMatchObject([
    {
      type: 'AuditBroken',
      detail: { fault, sequence, eventId: `audit/${fault}/${sequence}`, summary: expect.stringContaining(`record ${sequence}`) as string },
    },
    { type: 'StopRequested', detail: { scope: { kind: 'fund' }, state: 'PAUSED', reason: expect.stringContaining(fault) as string } },
  ]);
  // The turn was given back: the next look says the same again.
  expect(await signToTheHead(parts)).toMatchObject({ outcome: 'broken' });
});

test('CKP-04 a turn is taken once, and again when it was given back', async () => {
  const { signingTurn } = parts;
  expect(await signingTurn.take(now)).toBe(true);
  expect(await signingTurn.take(now)).toBe(false);
  await signingTurn.giveBack(now);
  expect(await signingTurn.take(now)).toBe(true);
});

test.each([
  ['when a signer could no longer be running', 2.5 * minuteMs, true],
  ['not before', 2 * minuteMs, false],
  ['under a clock that has gone back by a year', -365 * 24 * 60 * minuteMs, true],
  ['not under one that differs by a second', -1000, false],
])('CKP-04 a turn that was never given back ends %s', async (_when, laterMs, ends) => {
  await parts.signingTurn.take(monday);
  expect(await parts.signingTurn.take((monday + laterMs) as EpochMs)).toBe(ends);
});

test('CKP-04 an error gives the turn back, and is passed on', async () => {
  await append(1);
  const failing = { ...parts.checkpointKey, sign: () => Promise.reject(new TransientFailure('KMS is throttled')) };
  await expect(signToTheHead({ ...parts, checkpointKey: failing })).rejects.toThrow(TransientFailure);
  expect(await signToTheHead(parts)).toEqual({ outcome: 'signed', sequence: 0 });
});
