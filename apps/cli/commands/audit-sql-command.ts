/** `ballast audit sql` as the command line knows it. */
import type { Command } from 'commander';
import { type Runners, reading } from '../command-parts.ts';
import { type AuditSqlArguments, askAuditTrail, needsNoFund } from './audit-sql.ts';

export function addAuditSqlCommand(audit: Command, { run, onFund }: Runners): void {
  reading(audit.command('sql'))
    .description(
      'ask the audit trail in SQL: a SELECT over the tables records and checkpoints, or one of the named queries; it is only read',
    )
    .argument('[select]', 'one SELECT, in quotes, in the SQL of Athena (Trino)')
    .option('--query <name>', 'a named query instead, e.g. verify-chain')
    .option('--list', 'the named queries, and the tables')
    .option('--csv', 'comma-separated values instead of a table')
    .option('--archive <directory>', 'a copy of an archive bucket ("aws s3 sync") instead of the fund on this machine')
    .action((sql: string | undefined, own: AuditSqlArguments) => {
      const options = sql === undefined ? own : { ...own, sql };
      return (needsNoFund(options) ? run : onFund)(askAuditTrail)(options);
    });
}
