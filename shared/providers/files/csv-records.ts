/**
 * Cuts a CSV into records of text fields: RFC 4180, so a field in quotes may hold commas, line feeds and doubled quotes, which
 * headlines do. LF or CRLF, an optional byte-order mark, blank lines passed over. Each record knows the line it begins on.
 * For files of thousands of rows; daily bars, of which there are millions, have a scanner of their own in csv.ts.
 */
import { ContractViolation } from '../../kernel/errors.ts';

export interface CsvRecord {
  /** The first line of a file is 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Every record, the header first. @throws ContractViolation naming the line of a quote that is not closed, or closed within a field. */
export function csvRecords(bytes: Uint8Array, fileName: string): CsvRecord[] {
  const text = new TextDecoder().decode(bytes);
  const records: CsvRecord[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const start = line;
    const fields: string[] = [];
    for (;;) {
      const field = text[at] === '"' ? quotedField(text, at, start, fileName) : plainField(text, at);
      fields.push(field.value);
      line += field.lineFeeds;
      at = field.end;
      if (text[at] !== ',') break;
      at++;
    }
    if (text[at] === '\r') at++;
    at++;
    line++;
    if (fields.length > 1 || fields[0] !== '') records.push({ line: start, fields });
  }
  return records;
}

interface Field {
  readonly value: string;
  /** Where the comma or the end of the line is. */
  readonly end: number;
  readonly lineFeeds: number;
}

const fieldEnd = /[,\r\n]/g;

function plainField(text: string, from: number): Field {
  fieldEnd.lastIndex = from;
  const end = fieldEnd.exec(text)?.index ?? text.length;
  return { value: text.slice(from, end), end, lineFeeds: 0 };
}

function quotedField(text: string, from: number, line: number, fileName: string): Field {
  let close = text.indexOf('"', from + 1);
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  const after = text[close + 1];
  if (close === -1 || !(after === undefined || after === ',' || after === '\r' || after === '\n')) {
    const problem = close === -1 ? 'a quote is opened and never closed' : 'text follows a closing quote';
    throw new ContractViolation(`${fileName} line ${line}: ${problem}; write a quote within a field as two`, { file: fileName, line });
  }
  const value = text.slice(from + 1, close).replaceAll('""', '"');
  return { value, end: close + 1, lineFeeds: value.split('\n').length - 1 };
}
