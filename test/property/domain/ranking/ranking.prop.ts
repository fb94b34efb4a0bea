/**
 * What must hold of every universe, with whatever bars:
 *  1. Every symbol is either ranked or filtered with a reason, once; no number shown is anything but finite.
 *  2. Scores and ranks lie in 0 to 1, fall from first to last, and the list is the head of the ranking.
 *  3. The order of the input changes nothing.
 *  4. A stricter limit never lets a symbol in.
 *  5. Prices in another currency unit, with volumes to match, change no measure but the price.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { measureSymbol } from '../../../../shared/domain/ranking/measure-symbol.ts';
import { type RankingQuestion, rankOpportunities } from '../../../../shared/domain/ranking/rank-opportunities.ts';
import { canonicalJson } from '../../../../shared/kernel/canonical-json.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';
import { asOf, ticker, toBars, walk } from '../../../unit/domain/fixtures.ts';

const policy = { ...defaultPolicy, ranking: { ...defaultPolicy.ranking, topN: 4, spreadBpsMax: 40 } };
const fields = ['open', 'high', 'low', 'close', 'volume'] as const;

const aSymbol = fc.record({
  name: fc.integer({ min: 0, max: 30 }),
  rows: fc.constantFrom(252, 252, 252, 300, 251, 1, 0),
  drift: fc.double({ min: -0.005, max: 0.005, noNaN: true }),
  vol: fc.double({ min: 0, max: 0.08, noNaN: true }),
  broken: fc.option(
    fc.record({ field: fc.constantFrom(...fields), row: fc.nat(299), value: fc.constantFrom(Number.NaN, 0, -1, 1e-300, Infinity) }),
    {
      freq: 5,
      nil: undefined,
    },
  ),
  active: fc.boolean(),
  opinion: fc.option(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { nil: null }),
});

const aUniverse = fc.uniqueArray(aSymbol, { selector: ({ name }) => name, maxLength: 12 }).map((entries): RankingQuestion => {
  const symbols = entries.map(({ name, rows, drift, vol, broken, active }) => {
    const symbol = ticker(`S${name}`);
    const bars = toBars(symbol, walk(symbol, rows, asOf, drift, vol));
    if (broken !== undefined && broken.row < rows) bars[broken.field][broken.row] = broken.value;
    const governance = active
      ? ({ state: 'ACTIVE', reasons: [] } as const)
      : ({ state: 'DEGRADED', reasons: ['quality-below-gate'] } as const);
    return { symbol, governance, bars };
  });
  const predictions = new Map<Ticker, { dailyExcessReturn: number; conviction: number }>();
  for (const { name, opinion, vol } of entries)
    if (opinion !== null) predictions.set(ticker(`S${name}`), { dailyExcessReturn: opinion * vol, conviction: opinion });
  return { symbols, predictions, policy };
});

test('accounts for every symbol once, in finite numbers, best first', () => {
  fc.assert(
    fc.property(aUniverse, (question) => {
      const { ranked, listed, filtered } = rankOpportunities(question);
      expect([...ranked, ...filtered].map(({ symbol }) => symbol).sort()).toEqual(question.symbols.map(({ symbol }) => symbol).sort());
      for (const { reasons } of filtered) expect(reasons.length).toBeGreaterThan(0);
      for (const { score, parts } of ranked)
        for (const value of [score, ...Object.values(parts)]) expect(value >= 0 && value <= 1 + 1e-12).toBe(true);
      expect(ranked.map(({ score }) => score)).toEqual(ranked.map(({ score }) => score).toSorted((a, b) => b - a));
      expect(listed).toEqual(ranked.slice(0, 4).map(({ symbol }) => symbol));
      // Canonical JSON refuses what is not finite.
      canonicalJson({ ranked, filtered });
    }),
    { numRuns: 150 },
  );
});

test('does not depend on the order of the symbols', () => {
  fc.assert(
    fc.property(aUniverse, (question) => {
      const reversed = { ...question, symbols: question.symbols.toReversed() };
      expect(rankOpportunities(reversed)).toEqual(rankOpportunities(question));
    }),
    { numRuns: 60 },
  );
});

test('a stricter limit lets nobody in', () => {
  const numbers = fc.constantFrom(
    'priceUsdMin',
    'dollarVolumeMin',
    'spreadBpsMax',
    'annualizedVolMax',
    'participationFracMax',
    'commissionBps',
  );
  fc.assert(
    fc.property(aUniverse, numbers, fc.double({ min: 1, max: 50, noNaN: true }), (question, name, times) => {
      const stricter = name.endsWith('Max') ? policy.ranking[name] / times : policy.ranking[name] * times;
      const strict = rankOpportunities({ ...question, policy: { ...policy, ranking: { ...policy.ranking, [name]: stricter } } });
      const passed = new Set(rankOpportunities(question).ranked.map(({ symbol }) => symbol));
      for (const { symbol } of strict.ranked) expect(passed.has(symbol)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('the measures do not know the unit of money', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.constantFrom(2, 8, 64), (seed, unit) => {
      const bars = toBars('ANY', walk(`ANY${seed}`, 252, asOf, 0.001, 0.02));
      const times = (values: Float64Array): Float64Array => values.map((value) => value * unit);
      const rules = defaultPolicy.signals;
      const own = measureSymbol(bars, rules);
      const other = measureSymbol(
        { ...bars, ...{ open: times(bars.open), high: times(bars.high), low: times(bars.low), close: times(bars.close) } },
        rules,
      );
      if (isRefusal(own) || isRefusal(other)) throw new Error('refused');
      expect(other.closeUsd).toBe(own.closeUsd * unit);
      expect(other.dollarVolume).toBe(own.dollarVolume * unit);
      for (const name of ['trendStrength', 'rangeFrac', 'bandWidthFrac', 'dailyVol', 'quarterReturn', 'spreadErrorBps'] as const)
        expect(other[name]).toBeCloseTo(own[name], 9);
    }),
    { numRuns: 40 },
  );
});
