/**
 * The audit trail as a database: DuckDB over a folder that holds what the archive bucket holds, `parquet/dt=…/*.parquet` and
 * `checkpoints/*.json`, with the tables and the functions that Athena offers over the bucket itself.
 *
 * Nothing can be changed through it: one SELECT at a time, in a database that is in memory and may read that folder and nothing else
 * of this machine. DuckDB is loaded with the first query, since no other command needs it.
 */
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, JS } from '@duckdb/node-api';
import { auditLake, checkpointColumns, type LakeColumn, recordColumns } from '../../../shared/contracts/names/audit-lake.ts';
import { BadInput } from '../outcome.ts';
import { trinoMacros } from './trino-macros.ts';

export type SqlValue = string | number | boolean | null;

export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<readonly SqlValue[]>;
}

export interface AuditLake {
  /** @throws BadInput with the line for what is no SELECT that this database can answer. */
  query(sql: string): Promise<SqlAnswer>;
  [Symbol.dispose](): void;
}

const partition: LakeColumn = { name: auditLake.dayColumn, type: 'string', comment: 'UTC date that the record was written on, YYYY-MM-DD' };
const tables = { records: [...recordColumns, partition], checkpoints: checkpointColumns } as const;

/** For `--list` and for whoever names a table that is not there. */
export const tablesText = Object.entries(tables)
  .map(([name, columns]) => `${name} (${columns.map((column) => column.name).join(', ')})`)
  .join(', ');

export async function openAuditLake(directory: string): Promise<AuditLake> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const root = resolve(directory);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const macro of trinoMacros) await connection.run(`CREATE MACRO ${macro}`);
  await connection.run(recordsView(root));
  await connection.run(checkpointsView(root));
  await connection.run(`SET TimeZone = 'UTC'; SET allowed_directories = [${quoted(`${root}/`)}]; SET enable_external_access = false;`);
  await connection.run('SET lock_configuration = true');
  return {
    query: (sql) => answer(connection, sql),
    [Symbol.dispose]() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function recordsView(root: string): string {
  const pattern = join(root, auditLake.recordsPrefix, `${auditLake.dayColumn}=*`, '*.parquet');
  if (globSync(pattern).length === 0) return emptyView('records');
  const columns = recordColumns.map(({ name, type }) => `CAST(${ident(name)} AS ${duckType(type)}) AS ${ident(name)}`);
  const source = `read_parquet(${quoted(pattern)}, hive_partitioning = true, hive_types = {${auditLake.dayColumn}: VARCHAR})`;
  return `CREATE VIEW records AS SELECT ${[...columns, auditLake.dayColumn].join(', ')} FROM ${source}`;
}

function checkpointsView(root: string): string {
  const pattern = join(root, auditLake.checkpointsPrefix, '*.json');
  if (globSync(pattern).length === 0) return emptyView('checkpoints');
  const columns = checkpointColumns.map(({ name, type }) => `${ident(name)}: '${duckType(type)}'`);
  return `CREATE VIEW checkpoints AS SELECT * FROM read_json(${quoted(pattern)}, columns = {${columns.join(', ')}})`;
}

const emptyView = (name: keyof typeof tables): string =>
  `CREATE VIEW ${name} AS SELECT ${tables[name].map((column) => `CAST(NULL AS ${duckType(column.type)}) AS ${ident(column.name)}`).join(', ')} WHERE false`;

async function answer(connection: DuckDBConnection, sql: string): Promise<SqlAnswer> {
  const { StatementType } = await import('@duckdb/node-api');
  if (sql.replaceAll(/--[^\n]*/g, '').trim() === '') throw new BadInput('Ask something: a SELECT, or --query with the name of one.');
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw new BadInput(`One SELECT at a time: this text holds ${statements.count} statements.`);
    const statement = await statements.prepare(0);
    if (statement.statementType !== StatementType.SELECT && statement.statementType !== StatementType.EXPLAIN)
      throw new BadInput('The audit trail is only read: the statement is to be a SELECT.');
    const reader = await statement.runAndReadAll();
    return { columns: reader.deduplicatedColumnNames(), rows: reader.getRowsJS().map((row) => row.map(plain)) };
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(explained(error as Error), { cause: error });
  }
}

/** Whole numbers are 64 bits wide; one that a number cannot hold exactly stays text. */
function plain(value: JS): SqlValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof Date
    ? value.toISOString()
    : JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? String(member) : member));
}

/** DuckDB's own words, which name the line, with the tables where one is unknown. */
function explained({ message }: Error): string {
  const unknown = /Table with name (\S+) does not exist/.exec(message);
  if (unknown) return `There is no table ${unknown[1]}. The tables are: ${tablesText}.`;
  return message.replace(/^Failed to extract statements: /, '').trim();
}

const duckType = (type: LakeColumn['type']): string => (type === 'bigint' ? 'BIGINT' : 'VARCHAR');
const ident = (name: string): string => `"${name}"`;
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
