/** `ballast audit` and its subcommands as the command line knows them. */
import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { dayOf, wholeNumber } from '../argument-values.ts';
import { type Runners, reading } from '../command-parts.ts';
import { showAudit } from './audit.ts';
import { showCheckpoints } from './audit-checkpoint.ts';
import { type HoldArguments, holdArchive } from './audit-hold.ts';
import { packEvidence } from './audit-pack.ts';
import { addAuditSqlCommand } from './audit-sql-command.ts';
import { type VerifyArguments, verifyTrail } from './audit-verify.ts';

export function addAuditCommand(program: Command, runners: Runners): void {
  const { run, onFund } = runners;
  const audit = program
    .command('audit')
    .helpCommand(false)
    .description('the audit trail: its records; "verify" holds it against its archive and signed checkpoints; "pack" is for a review');
  reading(audit.command('show', { isDefault: true }))
    .description('the records of the last cycle, or of one, with the hash chain checked')
    .option('--cycle <id>', 'the cycle id, or that of a liquidation')
    .action(onFund(showAudit));
  const verifyFund = onFund(verifyTrail);
  const verifyCopy = run(verifyTrail);
  reading(audit.command('verify'))
    .description('table, write-once archive and signed checkpoints held against each other; names the first bad record')
    .option('--from-archive <dir>', 'verify a plain copy of the archive ("aws s3 sync"), with nothing but its files')
    .option('--public-key <file>', 'PEM of the key that signed; without it, KMS is asked, or the checkpoints of the copy')
    .action((options: VerifyArguments) => (options.fromArchive === undefined ? verifyFund(options) : verifyCopy(options)));
  reading(audit.command('checkpoint'))
    .description('what was signed of the trail')
    .option('--key', 'the public key as PEM instead, to be kept elsewhere')
    .action(onFund(showCheckpoints));
  const hold = onFund(holdArchive);
  reading(audit.command('hold'))
    .description('put a legal hold on what was archived in those days, or take it off')
    .argument('<status>', 'on or off', onOrOff)
    .requiredOption('--from-day <date>', 'the first day (UTC)', dayOf)
    .requiredOption('--to-day <date>', 'the last one', dayOf)
    .requiredOption('--reason <text>', 'why, for the record')
    .action((status: 'on' | 'off', options: HoldArguments) => hold({ ...options, status, actor: `operator/${userInfo().username}` }));
  reading(audit.command('pack'))
    .description('the evidence of a year in a folder: records, checkpoints, public key, tables, and how to check them without Ballast')
    .requiredOption('--year <year>', 'of the records', wholeNumber(2000, 2100))
    .requiredOption('--out <dir>', 'a new folder')
    .action(onFund(packEvidence));
  addAuditSqlCommand(audit, runners);
}

function onOrOff(text: string): 'on' | 'off' {
  if (text === 'on' || text === 'off') return text;
  throw new InvalidArgumentError('It is "on" or "off".');
}
