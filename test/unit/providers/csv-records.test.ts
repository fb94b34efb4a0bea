import { describe, expect, test } from 'vitest';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import { csvRecords } from '../../../shared/providers/files/csv-records.ts';

const records = (text: string) => csvRecords(Buffer.from(text), 'news.csv').map(({ line, fields }) => [line, ...fields]);

describe('records of a CSV', () => {
  test('keeps commas, line feeds and doubled quotes of a quoted field, and counts lines through it', () => {
    expect(records('symbol,headline\nA,"Beats, again"\nB,"two\nlines"\nC,"he said ""up"""\n')).toEqual([
      [1, 'symbol', 'headline'],
      [2, 'A', 'Beats, again'],
      [3, 'B', 'two\nlines'],
      [5, 'C', 'he said "up"'],
    ]);
  });

  test('reads CRLF, a byte-order mark, blank lines and a last line without an end', () => {
    expect(records('\uFEFFa,b\r\n\r\n1,2\r\n3,')).toEqual([
      [1, 'a', 'b'],
      [3, '1', '2'],
      [4, '3', ''],
    ]);
  });

  test('keeps a quote in the middle of a plain field', () => {
    expect(records('a\n5" pipe\n')).toEqual([
      [1, 'a'],
      [2, '5" pipe'],
    ]);
  });

  test('names the line of a quote that is not closed, or closed too early', () => {
    expect(() => records('a,b\n1,"open\nand on')).toThrow(/^news\.csv line 2: a quote is opened and never closed/);
    expect(() => records('a,b\n1,"x"y\n')).toThrow(ContractViolation);
    expect(() => records('a,b\n1,"x"y\n')).toThrow(/^news\.csv line 2: text follows a closing quote; write a quote within a field as two/);
  });

  test('an empty file has no records', () => {
    expect(records('')).toEqual([]);
    expect(records('\n\n')).toEqual([]);
  });
});
