/** `ballast replay`: one cycle or all of them decided again and compared byte for byte, or decided under another policy. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { Policy } from '../../../shared/contracts/policy.ts';
import { tryParseJson } from '../../../shared/kernel/json.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { decideUnder, replayCycle } from '../../../shared/runtime/replay-cycle.ts';
import type { Lake } from '../../../shared/stores/lake/index.ts';
import type { CommandHost } from '../command-host.ts';
import { findCycle, withLake } from '../cycle-lookup.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import type { OperatorStores } from '../operator-stores.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { comparisonText, replayReportText, unknownText, whatIfText } from '../render/replay.ts';
import { recordedCycle, replayAll, whatChanges } from '../replaying.ts';

export interface ReplayArguments extends StoresArguments {
  readonly cycle?: string;
  readonly all?: boolean;
  /** A version in the store, or a file. */
  readonly withPolicy?: string;
  readonly json?: boolean;
}

export async function replay(options: ReplayArguments, host: CommandHost): Promise<ExitCode> {
  const { all, cycle, withPolicy } = options;
  if (all && cycle !== undefined) throw new BadInput('Name one cycle or say --all, not both.');
  if (all && withPolicy !== undefined) throw new BadInput('--with-policy asks about one cycle: name it, or leave out --all.');
  return withLake(options, host, async (stores, lake) =>
    all ? replayEvery(stores, lake, options, host) : replayOne(stores, lake, options, host),
  );
}

async function replayEvery(stores: OperatorStores, lake: Lake, { json }: ReplayArguments, { io }: CommandHost): Promise<ExitCode> {
  const report = await replayAll(stores, lake, (done, of, cycleId) => {
    if (io.interactive && (done % 10 === 0 || done === of)) io.err(`${done} of ${of} cycles, ${cycleId}`);
  });
  io.out(json ? JSON.stringify(report) : replayReportText(report, io));
  return report.identical === report.cycles ? exitCodes.done : exitCodes.failed;
}

async function replayOne(
  stores: OperatorStores,
  lake: Lake,
  { cycle = 'latest', withPolicy, json }: ReplayArguments,
  { io, cwd }: CommandHost,
): Promise<ExitCode> {
  const cycleId = await findCycle(stores.audit, lake, cycle);
  const recorded = await recordedCycle(stores, cycleId);
  if (withPolicy !== undefined) {
    const { policy, name } = await policyNamed(stores, withPolicy, cwd);
    const result = await decideUnder(lake, recorded, policy);
    if (isRefusal(result)) throw new BadInput(`${cycleId} cannot be decided again: ${unknownText(result)}.`);
    const whatIf = whatChanges(result);
    io.out(json ? JSON.stringify({ cycleId, policy: name, ...whatIf }) : whatIfText(cycleId, name, whatIf, io));
    return exitCodes.done;
  }
  const comparison = await replayCycle(lake, recorded);
  if (isRefusal(comparison)) throw new BadInput(`${cycleId} cannot be decided again: ${unknownText(comparison)}.`);
  io.out(json ? JSON.stringify(comparison) : comparisonText(comparison, io));
  return comparison.identical ? exitCodes.done : exitCodes.failed;
}

async function policyNamed(
  stores: OperatorStores,
  named: string,
  cwd: string,
): Promise<{ readonly policy: Policy; readonly name: string }> {
  if (/^v?\d+$/.test(named)) {
    const version = Number(named.replace('v', ''));
    const found = await stores.policies.get(version);
    if (isRefusal(found)) throw new BadInput(`There is no policy version ${version}. "ballast policy history" lists them.`);
    return { policy: policyIn(found.document, `Version ${version}`), name: `policy version ${version}` };
  }
  return { policy: policyIn(tryParseJson(textOf(resolve(cwd, named), named)), named), name: `the policy in ${named}` };
}

/** Bare, or within what "ballast policy show --json" prints. */
function policyIn(document: unknown, name: string): Policy {
  const within = z.object({ policy: z.unknown() }).safeParse(document);
  const parsed = Policy.safeParse(within.success ? within.data.policy : document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BadInput(
    `${name} is no policy of this Ballast: ${issue?.path.join('.') || 'its whole'}: ${issue?.message ?? 'it is no JSON'}.`,
  );
}

function textOf(path: string, named: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new BadInput(`"${named}" is neither a policy version nor a file that can be read.`);
  }
}
