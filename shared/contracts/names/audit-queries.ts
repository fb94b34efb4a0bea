/**
 * The questions an auditor asks, as SQL: the files of shared/audit-queries, each Trino SQL that Athena runs as a named query and
 * DuckDB runs over a local fund. A file opens with comment lines: what the answer is, as whole sentences.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AuditQuery {
  /** The file's name without its ending, e.g. `verify-chain`. */
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

const folder = join(import.meta.dirname, '../../audit-queries');

/** In the order of their names. @throws Error for a file that says nothing about itself. */
export const readAuditQueries = (): AuditQuery[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => auditQueryOf(file.slice(0, -'.sql'.length), readFileSync(join(folder, file), 'utf8')));

export function auditQueryOf(name: string, sql: string): AuditQuery {
  const opening: string[] = [];
  for (const line of sql.split('\n')) {
    if (!line.startsWith('--')) break;
    opening.push(line.slice(2).trim());
  }
  if (opening.length === 0) throw new Error(`The audit query ${name} opens with a comment that says what it answers.`);
  return { name, description: opening.join(' '), sql };
}
