/** A changed future is changed, is a market that can be traded, and has the same past to the bit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changeFuture,
  changesOf,
  futureChanges,
  type Market,
  rowsUntil,
} from '../../../../../shared/domain/research/look-ahead/change-future.ts';
import type { Ending, Series } from '../../../../../shared/domain/research/panel.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';
import type { EpochDay, Ticker } from '../../../../../shared/kernel/units.ts';
import { membershipOf, simulatedPanel } from '../../../../support/research/hand-panel.ts';

const MOMENTS = 40;
const plain = simulatedPanel({ symbols: 4, moments: MOMENTS, seed: 'change-future', missingFrac: 0.1, basis: 'as-traded' });
const earnings = plain.series.map(({ day }) =>
  Array.from(day, (on) => ({ availableDay: on as EpochDay, session: 'post' as const, epsUsd: 1, epsEstimateUsd: 1 })),
);
const market: Market = {
  panel: { ...plain, earnings },
  membership: membershipOf(plain, (_, moment) => moment % 2 === 0),
  endings: new Map<Ticker, Ending>([['S001' as Ticker, { kind: 'delisted', recoveryFrac: 0 }]]),
};
const columns = ['day', 'open', 'high', 'low', 'close', 'volume', 'dividend', 'splitRatio'] as const;
const moments = fc.integer({ min: 0, max: MOMENTS - 2 });

/** Bars up to a moment, and which moments they fall on, as one list of numbers. */
function pastOf({ panel, membership }: Market, moment: number): number[] {
  return panel.series.flatMap((series, s) => {
    const rows = rowsUntil(panel, s, moment);
    const width = panel.day.length;
    return [
      ...columns.flatMap((column) => [...series[column].subarray(0, rows)]),
      ...panel.rowOf.subarray(s * width, s * width + moment + 1),
      ...membership!.mask.subarray(s * width, s * width + moment + 1),
    ];
  });
}

const isTradable = ({ open, high, low, close, volume, dividend, splitRatio }: Series): boolean =>
  [open, high, low, close, splitRatio].every((prices) => prices.every((price) => price > 0 && Number.isFinite(price))) &&
  close.every((price, row) => low[row]! <= price && price <= high[row]!) &&
  [volume, dividend].every((figures) => figures.every((figure) => figure >= 0 && Number.isFinite(figure)));

describe.each(futureChanges)('%s', (change) => {
  test('keeps the past to the bit, writes nothing into the market, and leaves bars that can be traded', () => {
    fc.assert(
      fc.property(moments, fc.string({ maxLength: 3 }), (moment, seed) => {
        const before = pastOf(market, MOMENTS - 1);
        const changed = changeFuture(market, moment, change, seededRng(seed));
        expect(pastOf(changed, moment)).toEqual(pastOf(market, moment));
        expect(pastOf(market, MOMENTS - 1)).toEqual(before);
        if (change !== 'not-a-number') expect(changed.panel.series.every(isTradable)).toBe(true);
        changed.panel.series.forEach(({ day }, s) => {
          for (let row = 0; row < day.length; row++)
            expect(changed.panel.day[changed.panel.rowOf.indexOf(row, s * changed.panel.day.length) % changed.panel.day.length]).toBe(
              day[row],
            );
        });
      }),
      { numRuns: 12 },
    );
  });

  test('changes something', () => {
    const changed = changeFuture(market, 10, change, seededRng('once'));
    const all = ({ panel, membership, endings }: Market) => [panel.series, panel.earnings, panel.day, membership, [...(endings ?? [])]];
    expect(all(changed)).not.toEqual(all(market));
  });
});

test('leaves out what a market has nothing of', () => {
  const bare = { panel: { ...plain, basis: 'total-return', earnings: null }, membership: null } as const;
  const without = futureChanges.filter((change) => !['distributions', 'earnings', 'membership', 'endings'].includes(change));
  expect(changesOf(bare)).toEqual(without);
  expect(changesOf(market)).toEqual(futureChanges);
});

test('an end that is over by then stays as it was', () => {
  const ended = { ...market, panel: simulatedPanel({ symbols: 2, moments: MOMENTS, seed: 'ended' }), membership: null };
  const [early, late] = [0, MOMENTS - 1].map((moment) =>
    changeFuture(ended, moment, 'endings', seededRng('end')).endings!.get('S001' as Ticker),
  );
  expect([early!.recoveryFrac, late!.recoveryFrac]).toEqual([1, 0]);
});
