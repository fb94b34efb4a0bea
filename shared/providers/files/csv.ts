/**
 * Reads a CSV of daily bars into typed arrays, byte by byte: a string for every field of a 200,000-row file would cost
 * more than everything else an ingest does. Commas, optional quotes around a field, LF or CRLF, an optional byte-order mark.
 * The first row that is not as it should be ends the reading, with its line and column.
 */
import { ContractViolation } from '../../kernel/errors.ts';
import type { Ticker } from '../../kernel/units.ts';
import { type BarsTable, emptyTable } from './bars-table.ts';
import { type ColumnMap, type ColumnRole, mapColumns } from './columns.ts';
import { noDay, noNumber, parseDayBytes, parseNumberBytes } from './scan-values.ts';

const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

export interface ParsedCsv {
  readonly table: BarsTable;
  readonly columns: ColumnMap;
}

/**
 * `onlySymbol`: whose bars they are where the file has no column of symbols; without it, such a file is refused.
 * @throws ContractViolation naming file, line and column of the first row that is malformed.
 */
export function parseCsv(bytes: Uint8Array, fileName: string, onlySymbol?: Ticker): ParsedCsv {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerStart = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
  const headerEnd = endOfLine(text, headerStart);
  const names = text.toString('utf8', headerStart, headerEnd).replace('\r', '').split(',').map(unquoted);
  if (names.length === 1 && names[0] === '')
    throw new ContractViolation(`${fileName} is empty: give a file with a header line`, { file: fileName });
  const columns = mapColumns(names, fileName, onlySymbol === undefined ? undefined : 'symbol');
  const table = new CsvScan(text, names, columns.roles, fileName).run(headerEnd + 1);
  if (table.day.length === 0) throw new ContractViolation(`${fileName} holds a header and no rows`, { file: fileName });
  if (onlySymbol !== undefined && !columns.roles.includes('symbol')) table.symbols.push(onlySymbol);
  return { table, columns };
}

class CsvScan {
  readonly #text: Buffer;
  readonly #names: readonly string[];
  readonly #roles: readonly ColumnRole[];
  readonly #fileName: string;
  readonly #table: BarsTable;
  readonly #indexOf = new Map<string, number>();
  #line = 1;

  constructor(text: Buffer, names: readonly string[], roles: readonly ColumnRole[], fileName: string) {
    this.#text = text;
    this.#names = names;
    this.#roles = roles;
    this.#fileName = fileName;
    this.#table = emptyTable(countLines(text));
  }

  run(from: number): BarsTable {
    const text = this.#text;
    let row = 0;
    let symbolStart = 0;
    let symbolEnd = 0;
    for (let at = from; at < text.length; ) {
      this.#line++;
      if (isBlankLine(text, at)) {
        at = endOfLine(text, at) + 1;
        continue;
      }
      const columnCount = this.#roles.length;
      for (let column = 0; column < columnCount; column++) {
        let end = at;
        while (end < text.length && text[end] !== comma && text[end] !== lineFeed) end++;
        const isLast = column === columnCount - 1;
        if (isLast !== (end >= text.length || text[end] === lineFeed)) throw this.#wrongFieldCount(at);
        let valueStart = at;
        let valueEnd = isLast && text[end - 1] === carriageReturn && end > at ? end - 1 : end;
        if (text[valueStart] === quote && valueEnd - valueStart > 1 && text[valueEnd - 1] === quote) {
          valueStart++;
          valueEnd--;
        }
        const role = this.#roles[column]!;
        if (role === 'symbol') {
          if (!sameBytes(text, valueStart, valueEnd, symbolStart, symbolEnd)) {
            symbolStart = valueStart;
            symbolEnd = valueEnd;
            this.#table.symbolOf[row] = this.#symbolIndex(valueStart, valueEnd);
          } else if (row > 0) this.#table.symbolOf[row] = this.#table.symbolOf[row - 1]!;
          else throw this.#malformed(column, valueStart, valueEnd, 'a ticker is needed');
        } else if (role !== 'ignored') this.#store(role, row, column, valueStart, valueEnd);
        at = end + 1;
      }
      row++;
    }
    return firstRows(this.#table, row);
  }

  #store(role: Exclude<ColumnRole, 'symbol' | 'ignored'>, row: number, column: number, start: number, end: number): void {
    const text = this.#text;
    if (role === 'date') {
      const day = parseDayBytes(text, start, end);
      if (day === noDay) throw this.#malformed(column, start, end, 'write a real date as YYYY-MM-DD');
      this.#table.day[row] = day;
      return;
    }
    const value = parseNumberBytes(text, start, end);
    if (value === noNumber) {
      if (start === end && role === 'dividend') return;
      if (start === end && role === 'splitRatio') return;
      throw this.#malformed(column, start, end, 'a number is needed');
    }
    // Some vendors write 0 for a day without a split.
    if (role === 'splitRatio') this.#table.splitRatio[row] = value === 0 ? 1 : value;
    else this.#table[role][row] = value;
  }

  #symbolIndex(start: number, end: number): number {
    const symbol = this.#text.toString('utf8', start, end);
    const known = this.#indexOf.get(symbol);
    if (known !== undefined) return known;
    const column = this.#roles.indexOf('symbol');
    if (symbol === '' || symbol !== symbol.trim()) throw this.#malformed(column, start, end, 'a ticker without spaces around it is needed');
    const index = this.#table.symbols.push(symbol as Ticker) - 1;
    this.#indexOf.set(symbol, index);
    return index;
  }

  #malformed(column: number, start: number, end: number, wanted: string): ContractViolation {
    const value = this.#text.toString('utf8', start, Math.min(end, start + 40));
    const name = this.#names[column];
    const message = `${this.#fileName} line ${this.#line}, column ${name}: "${value}" cannot be read; ${wanted}`;
    return new ContractViolation(message, { file: this.#fileName, line: this.#line, column: name, value });
  }

  #wrongFieldCount(within: number): ContractViolation {
    const lineStart = this.#text.lastIndexOf(lineFeed, within - 1) + 1;
    const fields = this.#text.toString('utf8', lineStart, endOfLine(this.#text, lineStart)).split(',').length;
    const message = `${this.#fileName} line ${this.#line}: ${fields} fields where the header has ${this.#names.length} (${this.#names.join(', ')})`;
    return new ContractViolation(message, { file: this.#fileName, line: this.#line, fields, expected: this.#names.length });
  }
}

function firstRows(table: BarsTable, rows: number): BarsTable {
  if (table.day.length === rows) return table;
  return {
    symbols: table.symbols,
    symbolOf: table.symbolOf.subarray(0, rows),
    day: table.day.subarray(0, rows),
    open: table.open.subarray(0, rows),
    high: table.high.subarray(0, rows),
    low: table.low.subarray(0, rows),
    close: table.close.subarray(0, rows),
    volume: table.volume.subarray(0, rows),
    dividend: table.dividend.subarray(0, rows),
    splitRatio: table.splitRatio.subarray(0, rows),
  };
}

function countLines(text: Buffer): number {
  let lines = 1;
  for (let at = text.indexOf(lineFeed); at !== -1; at = text.indexOf(lineFeed, at + 1)) lines++;
  return lines;
}

function endOfLine(text: Buffer, from: number): number {
  const end = text.indexOf(lineFeed, from);
  return end === -1 ? text.length : end;
}

const isBlankLine = (text: Buffer, at: number): boolean =>
  text[at] === lineFeed || (text[at] === carriageReturn && (at + 1 === text.length || text[at + 1] === lineFeed));

function sameBytes(text: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let offset = 0; offset < end - start; offset++) if (text[start + offset] !== text[otherStart + offset]) return false;
  return true;
}

const unquoted = (name: string): string => name.trim().replace(/^"(.*)"$/, '$1');
