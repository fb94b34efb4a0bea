/**
 * `ballast audit sql`: a question to the audit trail, in the SQL of Athena, answered here by DuckDB: over the archive of the fund on this machine,
 * or over a folder with a copy of an archive bucket. In AWS it is Athena that answers, so that what is read is bounded and on record there.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { auditLake } from '../../../shared/contracts/names/audit-lake.ts';
import { readAuditQueries } from '../../../shared/contracts/names/audit-queries.ts';
import { bucketName, physicalName } from '../../../shared/contracts/names/index.ts';
import { copyArchive } from '../audit-lake/archive-copy.ts';
import { openAuditLake, type SqlAnswer, type SqlValue, tablesText } from '../audit-lake/audit-lake.ts';
import type { CommandHost } from '../command-host.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import type { Fund } from '../fund.ts';
import { nearest } from '../nearest.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { renderTable } from '../render/table.ts';

export interface AuditSqlArguments extends StoresArguments {
  readonly sql?: string;
  /** The name of a named query. */
  readonly query?: string;
  readonly list?: boolean;
  /** A folder with the objects of an archive bucket, e.g. by `aws s3 sync`. */
  readonly archive?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** Whether it can be answered without a fund of this machine. */
export const needsNoFund = ({ list, archive, aws }: AuditSqlArguments): boolean =>
  list === true || archive !== undefined || aws !== undefined;

export async function askAuditTrail(options: AuditSqlArguments, host: CommandHost): Promise<ExitCode> {
  if (options.list) return listQueries(options, host);
  const { aws } = options;
  if (aws !== undefined) {
    const place = `workgroup ${physicalName(aws, 'audit')}, database ${auditLake.database(aws)}`;
    throw new BadInput(
      `In AWS, Athena answers: open https://console.aws.amazon.com/athena/home#/query-editor, ${place}; the queries of --list are saved there.`,
    );
  }
  const sql = sqlOf(options);
  if (options.archive === undefined) return host.withFund(options, async (fund) => show(await answerOfFund(fund, sql), options, host));
  const directory = resolve(host.cwd, options.archive);
  if (!existsSync(join(directory, auditLake.recordsPrefix)))
    throw new BadInput(
      `${options.archive} holds no audit archive: there is no ${auditLake.recordsPrefix} in it. "aws s3 sync" copies one.`,
    );
  return show(await answerOver(directory, sql), options, host);
}

function sqlOf({ sql, query }: AuditSqlArguments): string {
  if ((sql === undefined) === (query === undefined))
    throw new BadInput('Give a SELECT in quotes, or --query with the name of one; --list shows the names.');
  if (query === undefined) return sql!;
  const queries = readAuditQueries();
  const named = queries.find(({ name }) => name === query);
  if (named) return named.sql;
  const near = nearest(
    query,
    queries.map(({ name }) => name),
    3,
  );
  throw new BadInput(`There is no query "${query}". ${near.length > 0 ? `Near: ${near.join(', ')}. ` : ''}--list shows all of them.`);
}

/** The archive is copied out of the bucket, as an auditor with a laptop would, once everything on its way has arrived. */
async function answerOfFund(fund: Fund, sql: string): Promise<SqlAnswer> {
  await fund.cloud.settle();
  const directory = mkdtempSync(join(tmpdir(), 'ballast-audit-'));
  try {
    const { accountId, region } = fund.cloud;
    const client = new S3Client({ ...fund.cloud.clientConfig(), forcePathStyle: true });
    await copyArchive(client, bucketName(fund.stage, 'auditArchive', accountId, region), directory);
    return await answerOver(directory, sql);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function answerOver(directory: string, sql: string): Promise<SqlAnswer> {
  using lake = await openAuditLake(directory);
  return await lake.query(sql);
}

function listQueries({ json }: AuditSqlArguments, { io }: CommandHost): ExitCode {
  const queries = readAuditQueries();
  if (json) io.out(JSON.stringify(queries));
  else {
    for (const { name, description } of queries) io.out(`${io.colors.bold(name)}\n  ${description}`);
    io.out(`\nTables: ${tablesText}.`);
  }
  return exitCodes.done;
}

const cellCharsMax = 60;

function show({ columns, rows }: SqlAnswer, { json, csv }: AuditSqlArguments, { io }: CommandHost): ExitCode {
  if (json) io.out(JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))));
  else if (csv) io.out([columns, ...rows].map((row) => row.map(csvCell).join(',')).join('\n'));
  else if (rows.length === 0) io.out('No rows.');
  else {
    const shown = columns.map((title, index) => ({
      title,
      align: rows.every((row) => row[index] === null || typeof row[index] === 'number') ? ('right' as const) : ('left' as const),
      text: (row: readonly SqlValue[]) => shortened(row[index] ?? null),
    }));
    io.out(renderTable(shown, rows, io.colors.dim));
  }
  return exitCodes.done;
}

/** For a person's eyes; --json and --csv leave nothing out. */
function shortened(value: SqlValue): string {
  const text = value === null ? '' : String(value).replaceAll(/\s+/g, ' ');
  return text.length > cellCharsMax ? `${text.slice(0, cellCharsMax - 1)}…` : text;
}

/** RFC 4180. */
function csvCell(value: SqlValue): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
