import { describe, expect, test } from 'vitest';
import { eventSchemas } from '../../../shared/contracts/events.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { canonicalJson, sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import { accountOf, type PolicyTableChange } from '../../../shared/runtime/policy-changes.ts';
import type { Item } from '../../../shared/stores/table.ts';

const author = { actor: 'operator/ada', reason: 'a quiet year', at: '2024-12-02T12:00:00.000Z' };
const tighter: Policy = { ...defaultPolicy, risk: { ...defaultPolicy.risk, cvarFracMax: 0.05 } };

function itemOf(policy: object, more: Item = {}): Item {
  const document = canonicalJson(policy);
  return { document, sha256: sha256Hex(document), ...author, ...more };
}

const versions = async (version: number): Promise<Item | undefined> =>
  ({ 1: { sk: 'version#00000001', ...itemOf(defaultPolicy) }, 2: { sk: 'version#00000002', ...itemOf(tighter, { basedOn: 1 }) } })[version];

const change = (over: Partial<PolicyTableChange>): PolicyTableChange => ({
  ...{ eventId: 'e1', kind: 'INSERT', pk: 'policy', sk: 'version#00000002', at: '2024-12-02T12:00:01.000Z' },
  item: itemOf(tighter, { basedOn: 1 }),
  ...over,
});

describe('a version', () => {
  test('is told with what it changed, and recorded under its own name', async () => {
    const account = (await accountOf(change({}), versions))!;
    expect(account).toMatchObject({
      trailId: 'policy-v00000002',
      entry: { type: 'policy', record: { what: 'published', version: 2, basedOn: 1, ...author, mode: 'NORMAL' } },
      event: {
        type: 'PolicyUpdated',
        detail: {
          ...{ eventId: 'policy-v2', version: 2, previousVersion: 1, mode: 'NORMAL', ...author },
          summary: 'Policy version 2, mode NORMAL, is in force by operator/ada: a quiet year (risk.cvarFracMax)',
          changes: [{ path: 'risk.cvarFracMax', from: 0.06, to: 0.05, effect: 'tightens' }],
        },
      },
    });
    expect(await accountOf(change({ eventId: 'e2' }), versions)).toEqual(account);
  });

  test('that is the first one changes nothing that was there', async () => {
    const account = await accountOf(change({ sk: 'version#00000001', item: itemOf(defaultPolicy) }), versions);
    expect(account?.event).toMatchObject({ detail: { version: 1, previousVersion: null, changes: [] } });
  });

  test('with a setting that appeared passes the schema of its event, in which there was nothing before', async () => {
    const added: Policy = { ...tighter, stress: [...tighter.stress, { name: 'rates', indexReturnFrac: -0.1, source: 'made up' }] };
    const { event } = (await accountOf(change({ item: itemOf(added, { basedOn: 2 }) }), versions))!;
    const sent = JSON.parse(JSON.stringify(event?.detail)) as Record<string, unknown>;
    expect(eventSchemas.PolicyUpdated.safeParse(sent)).toMatchObject({ success: true });
    expect(sent.changes).toEqual([
      { path: 'stress[name=rates]', from: null, to: { name: 'rates', indexReturnFrac: -0.1, source: 'made up' }, effect: 'tightens' },
    ]);
  });

  test('with a very long list is told by the list’s hash', async () => {
    const symbols = Array.from({ length: 2000 }, (_, index) => `SYM${index}`);
    const long: Policy = { ...tighter, universe: { ...tighter.universe, exclude: symbols } };
    const { event } = (await accountOf(change({ item: itemOf(long, { basedOn: 2 }) }), versions))!;
    expect(event?.detail).toMatchObject({
      changes: [{ path: 'universe.exclude', from: [], to: { sha256: sha256Hex(JSON.stringify(symbols)) } }],
    });
  });

  test.each<readonly [string, Partial<PolicyTableChange>]>([
    ['a published version was changed', { kind: 'MODIFY' }],
    ['a published version was deleted', { kind: 'REMOVE', item: undefined }],
    ['what was published is no policy, or not what its hash says', { item: { ...itemOf(tighter), document: '{}' } }],
    ['what was published is no policy, or not what its hash says', { item: itemOf({ risk: 'none' }) }],
  ])('is a finding when %s', async (finding, over) => {
    const account = (await accountOf(change(over), versions))!;
    expect(account).toMatchObject({
      trailId: expect.stringMatching(/^policy-finding-[0-9a-f]{16}$/),
      entry: { record: { what: 'found', finding } },
    });
    expect(account.event).toBeUndefined();
  });
});

describe('the pointer', () => {
  const pointer = (over: Item): Partial<PolicyTableChange> => ({
    sk: 'in-force',
    kind: 'MODIFY',
    item: { version: 2, sha256: itemOf(tighter).sha256, ...author, ...over },
  });

  test('says nothing new after a publication', async () => {
    expect(await accountOf(change(pointer({})), versions)).toBeNull();
  });

  test('moved by hand to a version is another policy in force, by nobody known', async () => {
    const account = await accountOf(change(pointer({ at: 'by hand' })), versions);
    expect(account).toMatchObject({
      entry: { record: { finding: 'the pointer was moved by hand' } },
      event: {
        type: 'PolicyUpdated',
        detail: { version: 2, actor: 'unknown', reason: 'the pointer was moved by hand', previousVersion: null },
      },
    });
  });

  test.each<readonly [string, Partial<PolicyTableChange>]>([
    ['the pointer was moved by hand', pointer({ sha256: 'f'.repeat(64) })],
    ['the pointer names no version', pointer({ version: 9 })],
    ['the pointer names no version', pointer({ version: 'latest' })],
    ['the pointer to the policy in force was deleted', { sk: 'in-force', kind: 'REMOVE', item: undefined }],
  ])('is a finding and no policy when %s', async (finding, over) => {
    const account = await accountOf(change(over), versions);
    expect(account).toMatchObject({ entry: { record: { finding } } });
    expect(account?.event).toBeUndefined();
  });
});

describe('a proposal', () => {
  const proposed: Partial<PolicyTableChange> = { pk: 'policy-proposal', sk: 'abc-over-2', item: itemOf(defaultPolicy, { basedOn: 2 }) };

  test('is told with what it would loosen, and with what a second person does', async () => {
    expect(await accountOf(change(proposed), versions)).toMatchObject({
      entry: { type: 'policy', record: { what: 'proposed', proposalId: 'abc-over-2', actor: 'operator/ada' } },
      event: {
        type: 'PolicyProposed',
        detail: {
          proposalId: 'abc-over-2',
          changes: [{ effect: 'loosens' }],
          summary: expect.stringContaining('"ballast policy approve abc-over-2"'),
        },
      },
    });
  });

  test('that was approved is recorded, and told as the version it became', async () => {
    const account = await accountOf(
      change({ ...proposed, kind: 'MODIFY', item: { ...proposed.item, approvedBy: 'operator/bea' } }),
      versions,
    );
    expect(account).toMatchObject({ entry: { record: { what: 'approved', approvedBy: 'operator/bea' } } });
    expect(account?.event).toBeUndefined();
  });

  test('over a version that is gone is still told, without what it changes', async () => {
    const account = await accountOf(change({ ...proposed, item: itemOf(defaultPolicy, { basedOn: 9 }) }), versions);
    expect(account?.event).toMatchObject({ detail: { changes: [] } });
  });
});

describe('a control item', () => {
  const control = (sk: string, item: Item | undefined): PolicyTableChange =>
    change({ pk: 'control', sk, item, kind: item ? 'MODIFY' : 'REMOVE' });
  const whole = { state: 'PAUSED', epoch: 4, ...author };

  test.each<readonly [string, string, Item | undefined, object]>([
    [
      'a stop of the fund',
      'trading',
      whole,
      { what: 'written', scope: 'the fund', state: 'PAUSED', actor: 'operator/ada', reason: 'a quiet year' },
    ],
    ['a stop of a symbol', 'symbol#AAPL', whole, { what: 'written', scope: 'symbol AAPL' }],
    ['a slip of the pen', 'symbl#AAPL', whole, { what: 'written', scope: 'stops nothing' }],
    ['a garbled item', 'trading', { state: 'GO', actor: 'x' }, { what: 'garbled', written: { state: 'GO', actor: 'x' } }],
    ['a deleted item', 'trading', undefined, { what: 'deleted', actor: 'unknown' }],
    [
      'what JSON cannot hold',
      'trading',
      { tags: new Set(['a']), bytes: new Uint8Array([1]), big: 12n },
      { written: { tags: ['a'], bytes: 'AQ==', big: '12' } },
    ],
  ])('is recorded as %s, and told by nobody here', async (_what, sk, item, record) => {
    const account = (await accountOf(control(sk, item), versions))!;
    expect(account).toMatchObject({
      entry: { type: 'control', record: { sortKey: sk, changedAt: '2024-12-02T12:00:01.000Z', ...record } },
    });
    expect(account.event).toBeUndefined();
    expect(() => canonicalJson(account.entry.record)).not.toThrow();
  });

  test('is recorded once for each change, and under the same name at every delivery of it', async () => {
    const names = await Promise.all(
      ['e1', 'e1', 'e2'].map(async (eventId) => (await accountOf({ ...control('trading', whole), eventId }, versions))!.trailId),
    );
    expect(names[0]).toBe(names[1]);
    expect(names[0]).not.toBe(names[2]);
  });
});
