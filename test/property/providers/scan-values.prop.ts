/**
 * What the byte scanner must hold for every text:
 *  1. A number comes out as the language's own parser gives it, to the last bit.
 *  2. What is no plain decimal is no number, however the language might read it.
 *  3. A date comes out as the kernel's parser gives it, for every date and every near miss.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tryParseDay } from '../../../shared/kernel/days.ts';
import { noDay, noNumber, parseDayBytes, parseNumberBytes } from '../../../shared/providers/files/scan-values.ts';

const numberOf = (text: string) => parseNumberBytes(Buffer.from(text), 0, Buffer.byteLength(text));
const dayOf = (text: string) => parseDayBytes(Buffer.from(text), 0, Buffer.byteLength(text));

const someDigits = fc.stringMatching(/^\d{1,12}$/);
const aDecimal = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc
    .tuple(fc.constantFrom('', '-'), someDigits, fc.option(fc.stringMatching(/^\d{0,12}$/)))
    .map(([sign, whole, part]) => sign + whole + (part === null ? '' : `.${part}`)),
);

describe('values scanned from bytes', () => {
  test('1. a decimal is the double nearest to it', () => {
    fc.assert(
      fc.property(aDecimal, (text) => {
        expect(numberOf(text)).toBe(Number(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('2. nothing else is a number', () => {
    for (const text of [
      '',
      ' ',
      '-',
      '.',
      '-.',
      '+',
      '1 ',
      ' 1',
      '1,2',
      '0x10',
      'NaN',
      'Infinity',
      '-Infinity',
      '1e',
      'e5',
      '1.2.3',
      '--1',
      '1e999',
      '$1',
    ]) {
      expect(numberOf(text), text).toBe(noNumber);
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), (text) => {
        fc.pre(!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text));
        expect(numberOf(text)).toBe(noNumber);
      }),
    );
  });

  test('3. a date is a real date or none', () => {
    const two = (most: number) => fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'));
    const nearlyADate = fc.tuple(fc.integer({ min: 1900, max: 2100 }), two(14), two(33)).map((parts) => parts.join('-'));
    fc.assert(
      fc.property(nearlyADate, (text) => {
        expect(dayOf(text)).toBe(tryParseDay(text) ?? noDay);
      }),
      { numRuns: 3000 },
    );
    for (const text of ['2019-2-03', '2019/02/03', '20190203', '2019-02-03T00', 'abcd-ef-gh', '']) expect(dayOf(text), text).toBe(noDay);
  });
});
