/**
 * Contract cards of the risk memory and of symbol governance, on the local DynamoDB through the real SDK.
 *
 * RSK-01 what was remembered is read back, with the cycle that wrote it
 * RSK-02 of two cycles that write over the same memory one wins, and the other is told
 * RSK-03 a memory that makes no sense is an InvariantViolation, never a fresh start
 * SYM-01 the latest governance of every symbol is read, in any number
 * SYM-02 every transition stays on record
 * SYM-03 a record that makes no sense is a ContractViolation that names it
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RiskMemory } from '../../../shared/contracts/risk.ts';
import type { SymbolRecord } from '../../../shared/contracts/symbols.ts';
import { initialRiskState } from '../../../shared/domain/risk/risk-state.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { ContractViolation, InvariantViolation } from '../../../shared/kernel/errors.ts';
import type { CycleId } from '../../../shared/kernel/units.ts';
import { RiskStateStore } from '../../../shared/stores/risk-state.ts';
import { SymbolStore } from '../../../shared/stores/symbols.ts';
import { type LocalTables, localTables } from './local-tables.ts';

const monday = 'cycle-2019-06-17T19-45-00Z' as CycleId;
const tuesday = 'cycle-2019-06-18T19-45-00Z' as CycleId;
const frozenOn = parseDay('2019-06-17');

const calm: RiskMemory = { state: initialRiskState, allTimeHighUsd: 1_000_000 };
const frozen: RiskMemory = {
  state: {
    tier: 3,
    cvarBreachesInARow: 2,
    recovery: { kind: 'ramp', frozenOn, step: 1 },
    peakEquityUsd: 812_345.67,
    halted: { reason: 'cvar-persistence', day: frozenOn },
  },
  allTimeHighUsd: 1_012_345.67,
};

let tables: LocalTables;
let riskState: RiskStateStore;
let symbols: SymbolStore;

beforeEach(async () => {
  tables = await localTables('risk', 'symbols');
  riskState = new RiskStateStore(tables.table('risk'));
  symbols = new SymbolStore(tables.table('symbols'));
});

afterEach(() => tables.close());

test('RSK-01 begins with no memory', async () => {
  expect(await riskState.read()).toEqual({ memory: undefined, writtenBy: undefined, version: 0 });
});

test('RSK-01 reads back what each cycle wrote', async () => {
  expect(await riskState.write(calm, monday, await riskState.read())).toBe(true);
  expect(await riskState.read()).toEqual({ memory: calm, writtenBy: monday, version: 1 });
  expect(await riskState.write(frozen, tuesday, await riskState.read())).toBe(true);
  expect(await riskState.read()).toEqual({ memory: frozen, writtenBy: tuesday, version: 2 });
});

test('RSK-02 lets one of two first writers win', async () => {
  const before = await riskState.read();
  expect(await riskState.write(frozen, monday, before)).toBe(true);
  expect(await riskState.write(calm, tuesday, before)).toBe(false);
  expect(await riskState.read()).toMatchObject({ memory: frozen, writtenBy: monday });
});

test('RSK-02 lets one of two later writers win', async () => {
  await riskState.write(calm, monday, await riskState.read());
  const before = await riskState.read();
  const written = await Promise.all([riskState.write(frozen, tuesday, before), riskState.write(calm, monday, before)]);
  expect(written.sort()).toEqual([false, true]);
  expect(await riskState.read()).toMatchObject({ version: 2 });
});

test.each([
  ['no JSON', 'calm'],
  ['null', 'null'],
  ['no state', JSON.stringify({ allTimeHighUsd: 1 })],
  ['a tier that does not exist', JSON.stringify({ ...calm, state: { ...initialRiskState, tier: 4 } })],
  ['a negative run of breaches', JSON.stringify({ ...calm, state: { ...initialRiskState, cvarBreachesInARow: -1 } })],
  ['a ramp without its beginning', JSON.stringify({ ...calm, state: { ...initialRiskState, recovery: { kind: 'ramp', step: 1 } } })],
  ['no all-time high', JSON.stringify({ state: initialRiskState })],
  ['nothing at all', undefined],
])('RSK-03 does not forget its limits when the memory holds %s', async (_, memory) => {
  await tables.table('risk').put({ pk: 'fund', sk: 'risk-memory', memory, version: 1, writtenBy: monday });
  await expect(riskState.read()).rejects.toThrow(InvariantViolation);
});

const record = (symbol: string, over: Partial<SymbolRecord> = {}): SymbolRecord => ({
  symbol,
  state: 'ACTIVE',
  previousState: 'NEW',
  reasons: [],
  rows: 1260,
  score: 1,
  since: '2019-06-17T19:45:00Z',
  ...over,
});

test('SYM-01 reads every symbol, tickers that look like something else among them', async () => {
  const many = [...Array.from({ length: 354 }, (_, i) => record(`S${i}`)), record('TRUE'), record('NA')];
  await symbols.recordTransitions(many);
  const all = await symbols.all();
  expect(all.size).toBe(356);
  expect(all.get('TRUE')).toEqual(record('TRUE'));
  expect(all.get('S353')).toEqual(record('S353'));
});

test('SYM-01 reads none before any was judged, and writes nothing when nothing changed', async () => {
  const before = tables.calls();
  await symbols.recordTransitions([]);
  expect(tables.calls()).toBe(before);
  expect(await symbols.all()).toEqual(new Map());
});

test('SYM-02 keeps every transition', async () => {
  const degraded = record('XYZ', { state: 'DEGRADED', previousState: 'ACTIVE', reasons: ['too-few-rows'], since: '2019-06-18T19:45:00Z' });
  await symbols.recordTransitions([record('XYZ'), record('ABC')]);
  await symbols.recordTransitions([degraded]);
  expect((await symbols.all()).get('XYZ')).toEqual(degraded);
  expect((await tables.table('symbols').query('history#XYZ')).map(({ state }) => state)).toEqual(['ACTIVE', 'DEGRADED']);
});

test('SYM-03 names a record that makes no sense', async () => {
  await tables.table('symbols').put({ pk: 'governance', sk: 'symbol#XYZ', ...record('XYZ'), state: 'FINE' });
  await expect(symbols.all()).rejects.toThrow(ContractViolation);
  await expect(symbols.all()).rejects.toThrow('symbol#XYZ');
});
