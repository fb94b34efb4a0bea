/** CSV as ItemReader reads it (RFC 4180): quoted fields, doubled quotes, one row an object of texts by header. */
import type { Json, JsonObject } from '../asl.ts';
import { StateFailure } from '../failure.ts';

const DELIMITERS: Readonly<Record<string, string>> = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

/** The headers are the first row's, or those the configuration gives. */
export function parseCsv(text: string, config: JsonObject): JsonObject[] {
  const rows = rowsOf(text.replace(/^\uFEFF/, ''), DELIMITERS[String(config.CSVDelimiter ?? 'COMMA')] ?? ',');
  const given = config.CSVHeaderLocation === 'GIVEN';
  const headers = given ? (config.CSVHeaders as readonly Json[]).map(String) : rows.shift();
  if (!headers) return [];
  return rows.map((row, index) => {
    if (row.length > headers.length) {
      throw new StateFailure(
        'States.ItemReaderFailed',
        `CSV row ${index + (given ? 1 : 2)} has ${row.length} fields for ${headers.length} headers.`,
      );
    }
    return Object.fromEntries(headers.map((header, column) => [header, row[column] ?? '']));
  });
}

function rowsOf(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endRow = (): void => {
    row.push(field);
    if (row.length > 1 || field !== '') rows.push(row);
    row = [];
    field = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') field += text[at++]!;
      else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === delimiter) {
      row.push(field);
      field = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r') field += character;
  }
  endRow();
  return rows;
}
