/** Golden days: counted with Python 3.11, `(datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days` and `.isoweekday() % 7`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDay, parseDay, tryParseDay, utcMidnight, weekdayOf, yearOf } from '../../../shared/kernel/days.ts';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';

describe('days', () => {
  test.each([
    ['1970-01-01', 0, 4],
    ['1969-12-31', -1, 3],
    ['2000-02-29', 11016, 2],
    ['1987-10-19', 6500, 1],
    ['2019-06-14', 18061, 5],
    ['1900-03-01', -25508, 4],
    ['9999-12-31', 2932896, 5],
  ])('%s is day %i, weekday %i', (text, day, weekday) => {
    expect(parseDay(text)).toBe(day);
    expect(formatDay(day as EpochDay)).toBe(text);
    expect(weekdayOf(day as EpochDay)).toBe(weekday);
    expect(yearOf(day as EpochDay)).toBe(Number(text.slice(0, 4)));
  });

  test('every day is read back from its own text', () => {
    fc.assert(
      fc.property(fc.integer({ min: -683_003, max: 2_932_896 }), (day) => {
        expect(parseDay(formatDay(day as EpochDay))).toBe(day);
      }),
    );
  });

  test.each([
    '2019-02-29',
    '1900-02-29',
    '2019-06-31',
    '2019-13-01',
    '2019-00-10',
    '2019-01-00',
    '2019-6-14',
    '19-06-14',
    '0019-06-14',
    '2019/06/14',
    '2019-06-14T00:00:00Z',
    ' 2019-06-14',
    'today',
    '',
  ])('"%s" is no date', (text) => {
    expect(tryParseDay(text)).toBeUndefined();
    expect(() => parseDay(text)).toThrow(ContractViolation);
    expect(() => parseDay(text)).toThrow('YYYY-MM-DD');
  });

  test('midnight UTC is where the day begins', () => {
    expect(utcMidnight(parseDay('2019-06-14'))).toBe(1_560_470_400_000);
  });
});
