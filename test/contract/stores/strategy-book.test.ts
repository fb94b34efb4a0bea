/**
 * Contract cards of the strategy book, on the local DynamoDB through the real SDK.
 *
 * STB-01 a strategy is registered with what it consists of, and comes back as it was written
 * STB-02 every event that was told is in the history, in order, with who told it and why
 * STB-03 a refused event changes nothing, and neither do those that were told with it
 * STB-04 what comes behind a change of stage is left out
 * STB-05 of two who tell at once one is refused, and its events are not kept
 * STB-06 the trial ledger in the same table does not see strategies, nor the book trials
 * STB-07 an item that makes no sense is an InvariantViolation, never a guess
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StrategyWork } from '../../../shared/contracts/strategy-life.ts';
import { defaultStrategyRules, type StrategyEvent } from '../../../shared/domain/research/lifecycle.ts';
import { noSharpe } from '../../../shared/domain/research/trials.ts';
import { StrategyBook, type StrategyTold, type ToldEvent } from '../../../shared/stores/strategy-book.ts';
import { TrialLedger } from '../../../shared/stores/trial-ledger.ts';
import { goodEvidence } from '../../unit/domain/research/strategy-evidence.ts';
import { type LocalTables, localTables } from './local-tables.ts';

let tables: LocalTables;
let book: StrategyBook;

beforeEach(async () => {
  tables = await localTables('trials');
  book = new StrategyBook(tables.table('trials'));
});
afterEach(() => tables.close());

const id = 'evolved-1';
const at = '2026-03-02T21:00:00.000Z';
const rules = defaultStrategyRules;
const work: StrategyWork = {
  kind: 'genome',
  genome: {
    side: 'long',
    entry: {
      kind: 'condition',
      left: { name: 'close', parameters: [] },
      relation: 'above',
      right: { name: 'simple-average', parameters: [50] },
    },
    exit: null,
    timeStopBars: 10,
    volatilityStop: null,
    sizing: { kind: 'equal' },
  },
  rules: { costBps: 5, borrowAnnualFrac: 0, momentsPerYear: 252, depthMax: 3 },
  symbols: ['AAA', 'BBB'],
};

const by = (event: StrategyEvent): ToldEvent => ({ event, actor: 'operator/ada', reason: 'a test' });
const registered = by({ kind: 'registered', strategyId: id, author: 'operator/ada', at });
const backtested = by({ kind: 'backtested', evidence: goodEvidence, at });
const closed = (k: number, simpleReturn = 0.001): ToldEvent =>
  by({ kind: 'session-closed', day: `2026-03-${String(k + 3).padStart(2, '0')}`, simpleReturn, at });

async function told(...events: readonly ToldEvent[]): Promise<StrategyTold> {
  const result = await book.tell(id, events, { rules, work });
  if (result.kind === 'refused') throw new Error(`${result.reason} ${JSON.stringify(result.details)}`);
  return result;
}

test('STB-01 comes back as it was written, to the last digit', async () => {
  const { record, changes } = await told(registered, backtested);
  expect(changes).toMatchObject([{ version: 2, change: { kind: 'StrategyPromoted', from: 'BACKTEST', to: 'SHADOW' } }]);
  const third = 1 / 3 - 0.333;
  await told(closed(0, third));
  const known = await book.get(id);
  expect(known).toMatchObject({ work, version: 3, state: { ...record.state, record: { sessions: 1, meanFrac: third } } });
  expect(await book.list()).toEqual([known]);
  expect(await book.get('evolved-2')).toBeUndefined();
});

test('STB-02 keeps every event in order', async () => {
  await told(registered, backtested);
  await told(...Array.from({ length: 11 }, (_, k) => closed(k)));
  const history = await book.history(id);
  expect(history.map(({ version }) => version)).toEqual(Array.from({ length: 13 }, (_, k) => k + 1));
  expect(history[0]).toEqual({ ...registered, version: 1 });
  expect(history[12]).toEqual({ ...closed(10), version: 13 });
});

test('STB-03 is all or nothing', async () => {
  await told(registered, backtested);
  const refused = await book.tell(id, [closed(0), by({ kind: 'session-closed', day: '2026-03-09', simpleReturn: -2, at })], { rules });
  expect(refused).toMatchObject({ kind: 'refused', reason: 'return-invalid' });
  expect(await book.tell(id, [backtested], { rules })).toMatchObject({ kind: 'refused', reason: 'stage-has-no-use-for-it' });
  expect(await book.get(id)).toMatchObject({ version: 2, state: { record: { sessions: 0 } } });
  expect(await book.history(id)).toHaveLength(2);
});

test('STB-04 stops at a change of stage', async () => {
  await told(registered, backtested);
  const fallen = await told(closed(0), closed(1, -0.2), closed(2));
  expect(fallen).toMatchObject({ taken: 2, record: { version: 4, state: { stage: 'BACKTEST', evidence: null } } });
  expect(fallen.changes).toMatchObject([{ version: 4, change: { kind: 'StrategyDemoted' } }]);
});

test('STB-05 lets one of two at once through', async () => {
  await told(registered, backtested);
  tables.beforeNext('TransactWriteItems', () => told(closed(0)));
  expect(await book.tell(id, [closed(1), closed(2)], { rules })).toEqual({
    ...{ kind: 'refused', reason: 'strategy-moved' },
    details: { strategyId: id, basedOn: 2 },
  });
  expect(await book.get(id)).toMatchObject({ version: 3, state: { record: { lastDay: '2026-03-03' } } });
  expect(await book.history(id)).toHaveLength(3);
});

test('STB-06 shares the table with the trial ledger', async () => {
  const ledger = new TrialLedger(tables.table('trials'));
  const family = { strategy: 'evolved', datasetSha256: 'a'.repeat(64) };
  await ledger.record({
    ...{ ...family, batchId: 'one', command: 'evolve', at, actor: 'ada', datasetName: 'bars', fromDay: '2014-01-02', toDay: '2015-01-02' },
    ...{ trials: 40, sharpe: noSharpe, tried: '{}' },
  });
  await told(registered, backtested);
  expect(await ledger.list()).toMatchObject([{ ...family, trials: 40 }]);
  expect(await book.list()).toHaveLength(1);
});

test('STB-07 refuses to guess at a damaged item', async () => {
  await told(registered);
  const table = tables.table('trials');
  const head = (await table.get({ pk: 'strategies', sk: id }))!;
  for (const damage of [{ state: '{' }, { work: '{"kind":"genome"}' }, { version: 0 }]) {
    await table.put({ ...head, pk: 'strategies', sk: id, ...damage });
    await expect(book.get(id)).rejects.toThrow('what is kept of a strategy is well formed');
  }
  await table.put({ ...head, pk: 'strategies', sk: 'another' });
  await expect(book.get('another')).rejects.toThrow('a strategy is kept under its own id');
  await expect(book.tell('Not An Id', [registered], { rules, work })).rejects.toThrow('A strategy is told 1 to 90 events');
});
