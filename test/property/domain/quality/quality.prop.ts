/**
 * What must hold for every set of rows, sound or not:
 *  1. The number of rows judged as of any date is the number of rows before it.
 *  2. Judging as of a date gives what judging only the rows before it gives: no peeking.
 *  3. The score lies between 0.25 and 1, and never rises with a new defect.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { qualityAsOf } from '../../../../shared/domain/quality/judge.ts';
import { profileBars } from '../../../../shared/domain/quality/profile.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf, type Row, toBars, walk } from '../../../unit/domain/fixtures.ts';

const base = walk('S', 120);
const aDefect = fc.record({
  at: fc.integer({ min: 0, max: 119 }),
  kind: fc.constantFrom('drop', 'repeat', 'negative', 'half', 'weekend', 'swap'),
});

function damage(rows: readonly Row[], { at, kind }: { at: number; kind: string }): Row[] {
  const out = [...rows];
  const row = out[at % out.length]!;
  const index = at % out.length;
  if (kind === 'drop' && out.length > 2) out.splice(index, 1);
  if (kind === 'repeat') out.splice(index, 0, row);
  if (kind === 'negative') out[index] = { ...row, close: -1 };
  if (kind === 'half') out[index] = { ...row, open: row.open / 2, high: row.high / 2, low: row.low / 2, close: row.close / 2 };
  if (kind === 'weekend') out.splice(index, 0, { ...row, day: (row.day - ((row.day + 4) % 7)) as EpochDay });
  if (kind === 'swap' && index > 0) [out[index - 1], out[index]] = [out[index]!, out[index - 1]!];
  return out;
}

const judge = (rows: readonly Row[], session: EpochDay) =>
  qualityAsOf(profileBars(toBars('S', rows), { adjustment: 'split-adjusted' }), session, defaultPolicy.quality);
const someRows = fc.array(aDefect, { maxLength: 6 }).map((defects) => defects.reduce<Row[]>(damage, base));
const someDay = fc.integer({ min: base[5]!.day, max: asOf }) as fc.Arbitrary<EpochDay>;

describe('data quality', () => {
  test('1. counts the rows before any date exactly', () => {
    fc.assert(
      fc.property(someRows, someDay, (rows, session) => {
        expect(judge(rows, session).rows).toBe(rows.filter(({ day }) => day < session).length);
      }),
      { numRuns: 500 },
    );
  });

  test('2. judges an earlier date as if later rows did not exist', () => {
    fc.assert(
      fc.property(someRows, someDay, (rows, session) => {
        const known = rows.filter(({ day }) => day < session);
        expect(judge(rows, session)).toEqual(judge(known, session));
      }),
      { numRuns: 500 },
    );
  });

  test('3. keeps the score within its bounds', () => {
    fc.assert(
      fc.property(someRows, someDay, (rows, session) => {
        const { score } = judge(rows, session);
        expect(score).toBeGreaterThanOrEqual(0.25);
        expect(score).toBeLessThanOrEqual(1);
      }),
    );
  });
});
