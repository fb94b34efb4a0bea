/**
 * A CSV of facts about companies, opened by a table of its columns: what a name means is written down, never guessed, and a cell that
 * cannot be read ends the reading with its file, line, column and what to do. Whether a record that can be read is fit to be used
 * is for its own reader to say: such a record is rejected and named, and the others stay.
 */
import { tryParseDay } from '../../kernel/days.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import type { EpochDay, EpochMs, Ticker } from '../../kernel/units.ts';
import { roleAmong } from './columns.ts';
import { type CsvRecord, csvRecords } from './csv-records.ts';
import { gunzipped } from './gunzip.ts';

/** The accepted names of each column, lower case with single underscores; those under `ignored` are known and not needed. */
export type FactColumns<Role extends string> = Readonly<Record<Role | 'ignored', readonly string[]>>;

export interface FactsLayout<Role extends string> {
  readonly columns: FactColumns<Role>;
  readonly required: readonly Role[];
  /** Of these, any one is enough. */
  readonly oneOf?: readonly Role[];
}

/** A number that is written, and is none: `NaN` or infinite. */
export type NotFinite = 'not-finite';

/** @throws ContractViolation for an ending other than .csv or .csv.gz, a header that does not fit the layout, or no rows. */
export function factsRows<Role extends string>(bytes: Uint8Array, fileName: string, layout: FactsLayout<Role>): FactsRow<Role>[] {
  const [header, ...records] = csvRecords(plainBytes(bytes, fileName), fileName);
  if (header === undefined) throw new ContractViolation(`${fileName} is empty: give a file with a header line`, { file: fileName });
  if (records.length === 0) throw new ContractViolation(`${fileName} holds a header and no rows`, { file: fileName });
  const columnOf = columnsOf(header.fields, fileName, layout);
  for (const { line, fields } of records) {
    if (fields.length === header.fields.length) continue;
    const message = `${fileName} line ${line}: ${fields.length} fields where the header has ${header.fields.length} (${header.fields.join(', ')})`;
    throw new ContractViolation(message, { file: fileName, line, fields: fields.length, expected: header.fields.length });
  }
  return records.map((record) => new FactsRow(record, columnOf, header.fields, fileName));
}

function plainBytes(bytes: Uint8Array, fileName: string): Uint8Array {
  const name = fileName.toLowerCase();
  if (name.endsWith('.csv')) return bytes;
  if (name.endsWith('.csv.gz')) return gunzipped(bytes, fileName);
  throw new ContractViolation(`${fileName} has no ending known here: give a .csv or .csv.gz file`, { file: fileName });
}

function columnsOf<Role extends string>(
  names: readonly string[],
  fileName: string,
  { columns, required, oneOf = [] }: FactsLayout<Role>,
): ReadonlyMap<Role, number> {
  const columnOf = new Map<Role, number>();
  names.forEach((name, index) => {
    const role = roleAmong(columns, name, fileName);
    if (role === 'ignored') return;
    const first = columnOf.get(role);
    if (first !== undefined) {
      const message = `${fileName}: columns "${names[first]}" and "${name}" mean the same; keep one`;
      throw new ContractViolation(message, { file: fileName, column: name });
    }
    columnOf.set(role, index);
  });
  const missing = required.find((role) => !columnOf.has(role));
  if (missing === undefined && (oneOf.length === 0 || oneOf.some((role) => columnOf.has(role)))) return columnOf;
  const wanted = missing === undefined ? oneOf.flatMap((role) => columns[role]) : columns[missing];
  throw new ContractViolation(`${fileName}: column ${wanted.join(' or ')} is missing; the file has ${names.join(', ')}`, {
    file: fileName,
    column: wanted[0],
  });
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const noFiniteNumber = /^([+-]?(nan|inf(inity)?))$/i;
const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

export class FactsRow<Role extends string> {
  readonly line: number;
  readonly #fields: readonly string[];
  readonly #columnOf: ReadonlyMap<Role, number>;
  readonly #names: readonly string[];
  readonly #fileName: string;

  constructor({ line, fields }: CsvRecord, columnOf: ReadonlyMap<Role, number>, names: readonly string[], fileName: string) {
    this.line = line;
    this.#fields = fields;
    this.#columnOf = columnOf;
    this.#names = names;
    this.#fileName = fileName;
  }

  /** Without the blanks around it; empty when the file has no such column. */
  text(role: Role): string {
    const column = this.#columnOf.get(role);
    return column === undefined ? '' : this.#fields[column]!.trim();
  }

  ticker(role: Role): Ticker {
    const symbol = this.text(role);
    if (symbol === '' || /\s/.test(symbol)) throw this.malformed(role, 'a ticker is needed');
    return symbol as Ticker;
  }

  day(role: Role): EpochDay {
    const day = tryParseDay(this.text(role));
    if (day === undefined) throw this.malformed(role, 'write a real date as YYYY-MM-DD');
    return day;
  }

  /** An instant with its zone: without one nobody knows which session it was published in. */
  instant(role: Role): EpochMs {
    const text = this.text(role);
    const at = instant.test(text) && tryParseDay(text.slice(0, 10)) !== undefined ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
    if (Number.isNaN(at)) throw this.malformed(role, 'write an instant with its zone, such as 2020-06-05T14:30:00Z');
    return at as EpochMs;
  }

  /** Null for an empty cell, or a column the file has not. */
  number(role: Role): number | null | NotFinite {
    const text = this.text(role);
    if (text === '') return null;
    if (noFiniteNumber.test(text)) return 'not-finite';
    if (!decimal.test(text)) throw this.malformed(role, 'a number is needed, or nothing where none was reported');
    const value = Number(text);
    return Number.isFinite(value) ? value : 'not-finite';
  }

  malformed(role: Role, wanted: string): ContractViolation {
    const column = this.#names[this.#columnOf.get(role)!];
    const value = this.text(role).slice(0, 40);
    const message = `${this.#fileName} line ${this.line}, column ${column}: "${value}" cannot be read; ${wanted}`;
    return new ContractViolation(message, { file: this.#fileName, line: this.line, column, value });
  }
}
