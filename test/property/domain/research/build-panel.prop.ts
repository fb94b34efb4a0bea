/** Panels of random series: the axis is the union of their moments, and every bar stands at its own. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ofSymbols, panelFrom, withinDays } from '../../../../shared/domain/research/build-panel.ts';
import type { Panel, Series } from '../../../../shared/domain/research/panel.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay, Ticker } from '../../../../shared/kernel/units.ts';

const MINUTES_PER_DAY = 1440;

const moments = fc.uniqueArray(fc.integer({ min: -5 * MINUTES_PER_DAY, max: 5 * MINUTES_PER_DAY }), { minLength: 1, maxLength: 20 });

/** Moments are minutes since 1970; of a daily panel each is a day. */
function seriesOf(symbol: string, own: readonly number[], isMinute: boolean): Series {
  const sorted = Int32Array.from(own).sort();
  const prices = (): Float64Array => Float64Array.from(sorted, (moment) => 10 + (((moment % 7) + 7) % 7));
  return {
    symbol: symbol as Ticker,
    day: isMinute ? sorted.map((moment) => Math.floor(moment / MINUTES_PER_DAY)) : sorted,
    endMinute: isMinute ? Int16Array.from(sorted, (moment) => ((moment % MINUTES_PER_DAY) + MINUTES_PER_DAY) % MINUTES_PER_DAY) : null,
    ...{ open: prices(), high: prices(), low: prices(), close: prices() },
    ...{ volume: prices(), dividend: new Float64Array(sorted.length), splitRatio: prices() },
  };
}

const universes = fc.record({
  isMinute: fc.boolean(),
  own: fc.dictionary(fc.stringMatching(/^[A-Z]{1,2}$/), moments, { minKeys: 1, maxKeys: 5 }),
});

function sound(panel: Panel | Refusal): Panel {
  if (isRefusal(panel)) throw new Error(JSON.stringify(panel));
  return panel;
}

const build = ({ own, isMinute }: { readonly own: Readonly<Record<string, readonly number[]>>; readonly isMinute: boolean }): Panel =>
  sound(
    panelFrom(
      Object.entries(own).map(([symbol, at]) => seriesOf(symbol, at, isMinute)),
      { name: 'random', frequency: isMinute ? 'minute' : 'daily', basis: 'as-traded' },
    ),
  );

const momentsOf = ({ day, endMinute }: Pick<Panel, 'day' | 'endMinute'>): number[] =>
  [...day].map((one, at) => (endMinute === null ? one : one * MINUTES_PER_DAY + endMinute[at]!));

describe('a panel', () => {
  test('has on its axis the moments of all symbols, ascending, once each', () => {
    fc.assert(
      fc.property(universes, (universe) => {
        const union = [...new Set(Object.values(universe.own).flat())].sort((a, b) => a - b);
        expect(momentsOf(build(universe))).toEqual(union);
      }),
      { numRuns: 100 },
    );
  });

  test('finds each bar at its moment, and none where there is none', () => {
    fc.assert(
      fc.property(universes, (universe) => {
        const panel = build(universe);
        const axis = momentsOf(panel);
        panel.series.forEach((series, symbol) => {
          const rows = [...panel.rowOf.subarray(symbol * axis.length, (symbol + 1) * axis.length)];
          const own = momentsOf(series);
          expect(rows).toEqual(axis.map((moment) => own.indexOf(moment)));
        });
      }),
      { numRuns: 100 },
    );
  });

  test('cut by days and by symbols is the panel of what is left', () => {
    fc.assert(
      fc.property(universes, fc.integer({ min: -6, max: 6 }), fc.integer({ min: 0, max: 6 }), ({ own }, from, length) => {
        const universe = { own, isMinute: true };
        const isIn = (moment: number): boolean => moment >= from * MINUTES_PER_DAY && moment < (from + length + 1) * MINUTES_PER_DAY;
        const kept = Object.fromEntries(Object.entries(own).map(([symbol, at]) => [symbol, at.filter(isIn)]));
        const filled = Object.fromEntries(Object.entries(kept).filter(([, at]) => at.length > 0));
        const part = withinDays(build(universe), from as EpochDay, (from + length) as EpochDay);
        if (Object.keys(filled).length === 0) {
          expect(part).toMatchObject({ reason: 'no-bars' });
          return;
        }
        const expected = build({ own: filled, isMinute: true });
        expect({ ...sound(part), source: expected.source }).toEqual(expected);
        const [first] = Object.keys(own).sort() as [Ticker];
        const alone = build({ own: { [first]: own[first]! }, isMinute: true });
        expect({ ...sound(ofSymbols(build(universe), [first])), source: alone.source }).toEqual(alone);
      }),
      { numRuns: 100 },
    );
  });
});
