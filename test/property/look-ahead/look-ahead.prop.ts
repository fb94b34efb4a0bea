/**
 * No decision knows what follows it: whatever becomes of the rows dated on the session or later, everything that the cycle decides,
 * orders and remembers stays the same to the last bit. And the other way round, so that the proof is not blind: what came before the
 * session is seen, wherever it lies in the window.
 *
 * Prices of a vendor have later splits divided out, so a later split is another unit for every earlier price, share count and earnings
 * per share, not a changed row. Ratios on file are changed where data lies in the lake, and left alone where files are ingested.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newYorkInstant, sessionsBack } from '../../../shared/domain/market/calendar.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { changeNames, changes, editBars, edited, editFacts } from '../../support/look-ahead/changes.ts';
import { decide, type Situation, situationOn } from '../../support/look-ahead/decide.ts';
import { asOf, held, type StoredData, storedData, withIndex } from '../../support/look-ahead/stored-data.ts';
import { decideThroughLake } from '../../support/look-ahead/through-lake.ts';

/** Late in a month and on its first session, in a season of reports and out of it. */
const sessions = [asOf, parseDay('2022-05-02'), parseDay('2022-06-15')];
const stored = { 'all companies': storedData, 'an index': withIndex(storedData) };
type Market = keyof typeof stored;

interface Case {
  readonly data: StoredData;
  readonly situation: Situation;
  readonly decided: string;
}

const cases = new Map<string, Case>();

function caseOf(market: Market, session: number): Case {
  const known = cases.get(`${market} ${session}`);
  if (known) return known;
  const data = stored[market];
  const situation = situationOn(data, sessions[session]!, held);
  const made = { data, situation, decided: decide(data, situation) };
  cases.set(`${market} ${session}`, made);
  return made;
}

const anyMarket = fc.constantFrom(...(Object.keys(stored) as Market[]));
const anySession = fc.nat({ max: sessions.length - 1 });

describe('what follows a session', () => {
  test.each(changeNames)('changes no decision: %s', (name) => {
    for (const { data, situation, decided } of [caseOf('all companies', 0), caseOf('an index', 2)]) {
      const changed = changes[name](data, situation.asOf, seededRng(name));
      expect(decide(changed, situation) === decided).toBe(true);
    }
  });

  test('changes no decision, whatever of it changes together', () => {
    const one = fc.record({ name: fc.constantFrom(...changeNames), seed: fc.nat() });
    fc.assert(
      fc.property(anyMarket, anySession, fc.array(one, { minLength: 2, maxLength: 5, size: 'max' }), (market, session, list) => {
        const { data, situation, decided } = caseOf(market, session);
        const changed = list.reduce((before, { name, seed }) => changes[name](before, situation.asOf, seededRng(seed)), data);
        expect(decide(changed, situation) === decided).toBe(true);
      }),
      { numRuns: 60, seed: 20221121 },
    );
  });

  test('changes no decision that is made on files ingested into a lake, and the lake changes none either', async () => {
    const names = ['a company is listed later', 'later bars hold impossible prices', 'quarters already reported are restated'] as const;
    const { data, situation, decided } = caseOf('an index', 0);
    const changed = [...names, 'nothing follows' as const].map((name) => changes[name](data, situation.asOf, seededRng(name)));
    for (const one of [data, ...changed]) expect((await decideThroughLake(one, situation)) === decided).toBe(true);
  });
});

describe('what came before a session', () => {
  test('is seen: no row of the window can be changed without changing a decision', () => {
    const { data, situation, decided } = caseOf('all companies', 0);
    const loaded = data.bars.map(({ symbol }) => symbol).filter((symbol) => symbol !== 'ZTEA');
    fc.assert(
      fc.property(fc.constantFrom(...loaded), fc.integer({ min: 1, max: 252 }), (symbol, back) => {
        const day = sessionsBack(asOf, back);
        const changed = editBars(data, day, (rows, bars) =>
          rows.map((row, at) => (at === 0 && bars.symbol === symbol ? { ...row, close: row.close * 1.0001 } : row)),
        );
        expect(decide(changed, situation) === decided).toBe(false);
      }),
      { numRuns: 25, seed: 20221121 },
    );
  });

  const dayBefore = sessionsBack(asOf, 1);
  const onlyFirst = <Item>(items: readonly Item[], change: (item: Item) => Item): Item[] =>
    items.map((item, at) => (at === 0 ? change(item) : item));

  test.each<[string, Market, (data: StoredData) => StoredData]>([
    ['a row that is missing', 'all companies', (data) => editBars(data, dayBefore, (rows) => rows.slice(1))],
    [
      'a row delivered twice',
      'all companies',
      (data) => editBars(data, dayBefore, ([first, ...rows]) => (first ? [first, first, ...rows] : [])),
    ],
    [
      'the last volume',
      'all companies',
      (data) => editBars(data, dayBefore, (rows) => onlyFirst(rows, (row) => ({ ...row, volume: row.volume * 1.01 }))),
    ],
    [
      'the last dividend',
      'all companies',
      (data) => editBars(data, dayBefore, (rows) => onlyFirst(rows, (row) => ({ ...row, dividend: 0.1 }))),
    ],
    [
      'the last level of the index',
      'an index',
      (data) => ({
        ...data,
        index: edited(data.index!, dayBefore, (rows) => onlyFirst(rows, (row) => ({ ...row, close: row.close * 1.0001 }))),
      }),
    ],
    [
      'a quarter reported on the day before',
      'all companies',
      (data) =>
        editFacts(data, dayBefore, {
          reports: (later, { reports }) => {
            const last = reports.findLast(({ availableDay }) => availableDay < dayBefore);
            return last
              ? [{ ...last, availableDay: dayBefore, periodEnd: (last.periodEnd + 91) as EpochDay, netIncomeUsd: -1e9 }, ...later]
              : later;
          },
        }),
    ],
    [
      'a release of a day before',
      'all companies',
      (data) =>
        editFacts(data, dayBefore, {
          earnings: (later) => [{ availableDay: dayBefore, session: 'post', epsUsd: 3, epsEstimateUsd: 2 }, ...later],
        }),
    ],
    [
      'a headline of the evening before',
      'all companies',
      (data) =>
        editFacts(data, dayBefore, {
          news: (later) => [{ publishedAt: newYorkInstant(dayBefore, 21, 0), text: 'Profit falls, outlook cut' }, ...later],
        }),
    ],
  ])('is seen: %s', (_, market, change) => {
    const { data, situation, decided } = caseOf(market, 0);
    expect(decide(change(data), situation) === decided).toBe(false);
  });
});
