import { describe, expect, test } from 'vitest';
import { parseCsv } from '../../../../apps/local-cloud/states/map/csv.ts';

const FIRST_ROW = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };

describe('parseCsv', () => {
  // RFC 4180, section 2: the rules on quotes, doubled quotes, line breaks inside fields, and the optional last line break.
  test('reads quoted delimiters, doubled quotes and line breaks inside quotes', () => {
    expect(parseCsv('a,b\r\n"1,2","say ""hi"""\r\n"x\r\ny",z', FIRST_ROW)).toEqual([
      { a: '1,2', b: 'say "hi"' },
      { a: 'x\r\ny', b: 'z' },
    ]);
  });

  test('leaves texts such as TRUE and NA as they are and fills missing fields with the empty text', () => {
    expect(parseCsv('symbol,close\nTRUE,NA\nON\n', FIRST_ROW)).toEqual([
      { symbol: 'TRUE', close: 'NA' },
      { symbol: 'ON', close: '' },
    ]);
  });

  test('drops a byte order mark and empty lines', () => {
    expect(parseCsv('\uFEFFa\n\n1\n\n', FIRST_ROW)).toEqual([{ a: '1' }]);
  });

  test('refuses a row with more fields than headers, naming the row', () => {
    expect(() => parseCsv('a\n1\n2,3\n', FIRST_ROW)).toThrow('CSV row 3 has 2 fields for 1 headers');
  });
});
