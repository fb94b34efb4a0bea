/** The factor kit finds what it is there to find: each planted fault breaks the card that is about it, and an honest factor breaks none. */
import { describe, expect, test } from 'vitest';
import { absent, type Factor, type FactorContext, type FactorReading, type FactorView } from '../../../shared/domain/factors/factor.ts';
import { factsBefore } from '../../../shared/domain/market/facts.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { asOf, toBars, walk } from '../../unit/domain/fixtures.ts';
import { type FactorKitOptions, factorCards, factorContext, factorView, neededBy } from './factor-kit.ts';

const reading = (value: number, evidence: Readonly<Record<string, number>> = {}): FactorReading => ({ kind: 'reading', value, evidence });
const reads = (read: Factor['read']): Factor => ({ name: 'planted', read });

/** An honest reading: how much of the last close the last equity that was out is. */
function honestly({ bars, facts }: FactorView, { asOf }: FactorContext): FactorReading {
  const close = bars.close.at(-1);
  const equityUsd = factsBefore(facts, asOf).reports.at(-1)?.equityUsd;
  if (close === undefined || !(close > 0)) return absent('no-price');
  return typeof equityUsd === 'number' && Number.isFinite(equityUsd) ? reading(equityUsd / close) : absent('no-equity');
}

/** The honest factor with something done to each reading. */
const changing = (change: (found: FactorReading, view: FactorView, context: FactorContext) => FactorReading): Factor =>
  reads((views, context) => views.map((view) => change(honestly(view, context), view, context)));

const honest = changing((found) => found);
let calls = 0;

const planted: ReadonlyArray<{ readonly fault: string; readonly breaks: number; readonly factor: Factor; readonly needs?: 'prices' }> = [
  { fault: 'has a name that is not in kebab-case', breaks: 1, factor: { ...honest, name: 'Bad Name' } },
  { fault: 'reads nobody', breaks: 1, factor: changing(() => absent('tired')) },
  { fault: 'leaves a company out', breaks: 2, factor: reads((views, context) => honest.read(views.slice(1), context)) },
  { fault: 'reads NaN', breaks: 2, factor: changing(() => reading(Number.NaN)) },
  { fault: 'has evidence that is infinite', breaks: 2, factor: changing(() => reading(1, { ratio: 1 / 0 })) },
  { fault: 'says why in words', breaks: 2, factor: changing(() => absent('No idea!')) },
  { fault: 'remembers earlier calls', breaks: 3, factor: changing(() => reading(calls++)) },
  { fault: 'draws lots', breaks: 3, factor: changing(() => reading(Math.random())) },
  { fault: 'looks at the clock', breaks: 3, factor: changing(() => reading(Math.floor(Date.now() / 86_400_000))) },
  {
    fault: 'writes to the prices',
    breaks: 3,
    factor: changing((found, { bars }) => {
      bars.close.sort();
      return found;
    }),
  },
  {
    fault: 'writes to the market',
    breaks: 3,
    factor: changing((found, _, { market }) => {
      market.simpleReturn[0] = 0;
      return found;
    }),
  },
  {
    fault: 'sorts the list it was given',
    breaks: 3,
    factor: reads((views, context) => {
      (views as FactorView[]).reverse();
      return honest.read(views, context);
    }),
  },
  {
    fault: 'looks behind its view of the bars',
    breaks: 4,
    factor: changing((_, { bars: { day } }) => reading(new Int32Array(day.buffer).at(-1)!)),
  },
  {
    fault: 'reads the newest report, whenever it is told',
    breaks: 5,
    factor: changing((found, { facts }) => (facts.reports.length > 0 ? reading(facts.reports.at(-1)!.periodEnd) : found)),
  },
  {
    fault: 'hears the news of the day it decides on',
    breaks: 5,
    factor: changing((found, { facts }) => (facts.news.length > 0 ? reading(facts.news.at(-1)!.publishedAt) : found)),
  },
  { fault: 'has a default where there are no facts', breaks: 6, factor: changing((_, { facts }) => reading(facts.reports.length)) },
  { fault: 'does without the prices it says it needs', breaks: 6, factor: changing(() => reading(1)), needs: 'prices' },
  {
    fault: 'divides by a price of zero',
    breaks: 6,
    factor: changing((found, { bars }) => (found.kind === 'absent' && bars.close.at(-1) === 0 ? reading(1 / 0) : found)),
  },
  {
    fault: 'reads NaN where there is no market',
    breaks: 6,
    factor: changing((found, _, { market }) => (found.kind === 'absent' ? found : reading(market.simpleReturn.at(-1) ?? Number.NaN))),
  },
  { fault: 'goes by the place in the list', breaks: 7, factor: reads((views) => views.map((_, i) => reading(i))) },
  {
    fault: 'sums over companies in their order',
    breaks: 7,
    factor: reads((views) => {
      const total = views.reduce((sum, { bars }) => sum + (bars.close.at(-1) ?? 0), 0);
      return views.map(() => reading(total));
    }),
  },
  {
    fault: 'breaks a tie by who comes first',
    breaks: 7,
    factor: reads((views) => views.map((_, i) => reading(i === 0 ? 1 : 0))),
  },
];

/** What a card finds; an error thrown at frozen input is a finding too. */
function found(card: number, factor: Factor, needs: FactorKitOptions['abstainsWithout']): readonly string[] {
  try {
    return factorCards[card - 1]!.faults(factor, { abstainsWithout: needs });
  } catch (error) {
    return [String(error)];
  }
}

describe('the factor kit', () => {
  test.each(planted)('finds by card $breaks a factor that $fault', ({ breaks, factor, needs }) => {
    expect(found(breaks, factor, needs ?? 'facts')).not.toEqual([]);
  });

  test('has a planted fault for every card, and the cards are numbered', () => {
    expect(factorCards.map(({ title }) => title.split(' ')[0])).toEqual(factorCards.map((_, i) => String(i + 1)));
    expect(new Set(planted.map(({ breaks }) => breaks)).size).toBe(factorCards.length);
  });

  test('has nothing to say of an honest factor', () => {
    expect(factorCards.flatMap((_, i) => found(i + 1, honest, 'facts'))).toEqual([]);
    expect(neededBy(honest)).toBe('facts');
  });

  test('has nothing against a factor that compares companies, in an order of its own', () => {
    const comparing = reads((views, context) => {
      const readings = honest.read(views, context);
      const values = readings.flatMap((one) => (one.kind === 'reading' ? [one.value] : [])).sort((a, b) => a - b);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return readings.map((one) => (one.kind === 'reading' ? reading(one.value - mean) : one));
    });
    expect(factorCards.flatMap((_, i) => found(i + 1, comparing, 'facts'))).toEqual([]);
  });

  test('knows of a factor that always reads somebody that it needs nothing', () => {
    expect(neededBy(changing(() => reading(1)))).toBeUndefined();
  });

  test('hands a factor bars and market as the cycle does, both ending before asOf', () => {
    const view = factorView(toBars('ANY', walk('ANY', 400, (asOf + 40) as EpochDay)));
    const context = factorContext();
    expect(view.bars.day).toHaveLength(252);
    expect([view.bars.day.at(-1), context.market.day.at(-1)]).toEqual([asOf - 1, asOf - 1]);
    expect(honest.read([view], context)).toEqual([absent('no-equity')]);
  });
});
