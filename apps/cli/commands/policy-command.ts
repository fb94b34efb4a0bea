/** `ballast policy` and its parts: arguments, options and help. */
import { type Command, Option } from 'commander';
import { wholeNumber } from '../argument-values.ts';
import { type Runners, reading } from '../command-parts.ts';
import {
  approvePolicy,
  type PolicyArguments,
  type PolicyEditArguments,
  rollBackPolicy,
  setPolicy,
  showPolicy,
  showPolicyDiff,
  showPolicyHistory,
  showPolicyProposals,
} from './policy.ts';

const version = wholeNumber(1, 99_999_999);

export function addPolicyCommand(program: Command, { onFund }: Runners): void {
  const policy = program
    .command('policy')
    .helpCommand(false)
    .description('what the fund may do: show it, compare versions, change it; what loosens a limit takes two persons');
  const part = (usage: string, about: string): Command => reading(policy.command(usage)).description(about);
  const edit = (usage: string, about: string): Command =>
    part(usage, about)
      .option('--reason <text>', 'why, for the record')
      .option('--dry-run', 'show what would change, write nothing')
      .addOption(as());

  part('show', 'every setting of the policy in force, and which way it tightens')
    .addOption(new Option('--version <n>', 'another version').argParser(version))
    .option('--path <path>', 'only what lies there, e.g. risk or stress[name=pandemic-2020]')
    .action((options: PolicyArguments & { version?: number; path?: string }) => {
      const { version: policyVersion, ...others } = options;
      return onFund(showPolicy)({ ...others, ...(policyVersion !== undefined && { policyVersion }) });
    });
  part('history', 'every version: who put it in force, when and why').action(onFund(showPolicyHistory));
  part('diff', 'what differs between two versions, and what it does to the limits')
    .argument('<from>', 'a version', version)
    .argument('[to]', 'another; without it, the one in force', version)
    .action((from: number, to: number | undefined, options: PolicyArguments) => onFund(showPolicyDiff)({ ...options, from, to }));
  edit('set', 'change settings of the policy in force')
    .argument('[settings...]', 'path=value, e.g. risk.cvarFracMax=0.05; of a list also path+=name and path-=name')
    .option('--file <path>', 'a whole policy as JSON, as "ballast policy show --json" prints it; settings are put over it')
    .action((settings: string[], options: PolicyEditArguments & { file?: string }) => onFund(setPolicy)({ ...options, settings }));
  edit('rollback', 'put an older version in force again, as a new one')
    .argument('<version>', 'as "ballast policy history" lists it', version)
    .action((older: number, options: PolicyEditArguments) => onFund(rollBackPolicy)({ ...options, version: older }));
  part('proposals', 'what waits for a second person').action(onFund(showPolicyProposals));
  part('approve', 'put in force what another person proposed')
    .argument('<proposal>', 'as "ballast policy proposals" lists it')
    .addOption(as())
    .action((proposalId: string, options: PolicyArguments & { as?: string }) => onFund(approvePolicy)({ ...options, proposalId }));
}

const as = (): Option => new Option('--as <name>', 'who you are, of a fund on this machine; with --aws, AWS says it');
