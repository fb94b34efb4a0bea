/** `ballast audit sql` as the command line knows it. */
import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import type { ExitCode } from '../outcome.ts';
import { type AuditSqlArguments, askAuditTrail, needsNoFund } from './audit-sql.ts';

type Act = (options: AuditSqlArguments) => Promise<void>;
type Bind = (work: (options: AuditSqlArguments, host: CommandHost) => Promise<ExitCode>) => Act;

export interface AuditSqlParts {
  /** Adds --state, --aws and --json. */
  readonly reading: (command: Command) => Command;
  /** Runs it whether or not there is a fund. */
  readonly run: Bind;
  /** Runs it on a fund, and says so where there is none. */
  readonly onFund: Bind;
}

export function addAuditSqlCommand(audit: Command, { reading, run, onFund }: AuditSqlParts): void {
  reading(audit.command('sql'))
    .description(
      'ask the audit trail in SQL: a SELECT over the tables records and checkpoints, or one of the named queries; it is only read',
    )
    .argument('[select]', 'one SELECT, in quotes, in the SQL of Athena (Trino)')
    .option('--query <name>', 'a named query instead, e.g. verify-chain')
    .option('--list', 'the named queries, and the tables')
    .option('--csv', 'comma-separated values instead of a table')
    .option('--archive <directory>', 'a copy of an archive bucket ("aws s3 sync") instead of the fund on this machine')
    .action((sql: string | undefined, own: AuditSqlArguments, command: Command) => {
      // Options that it shares with its parent are read by the parent, wherever they stand.
      const given = Object.entries(own).filter(([name]) => command.getOptionValueSource(name) !== 'default');
      const options = { ...own, ...command.parent?.opts(), ...Object.fromEntries(given), ...(sql !== undefined && { sql }) };
      return (needsNoFund(options) ? run : onFund)(askAuditTrail)(options);
    });
}
