/** `ballast opportunities`: the list in force, how each symbol scored in each part, and why the others may not be opened. */
import { OpportunityList } from '../../../shared/contracts/opportunities.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CommandHost } from '../command-host.ts';
import { withLake } from '../cycle-lookup.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { renderOpportunities } from '../render/opportunities.ts';

export async function showOpportunities(options: StoresArguments & { json?: boolean }, host: CommandHost): Promise<ExitCode> {
  const { io } = host;
  return withLake(options, host, async (stores, lake) => {
    const [entry, inForce] = await Promise.all([stores.opportunities.current(), stores.policies.inForce()]);
    const rules = isRefusal(inForce) ? null : inForce.policy.ranking;
    const gate = rules?.gate ?? null;
    if (isRefusal(entry)) {
      const why = entry.reason === 'list-missing' ? 'No list has been made yet: the ranker makes one every hour of a session.' : malformed;
      io.out(options.json ? JSON.stringify({ gate, list: null, refusal: entry.reason }) : why);
      return exitCodes.done;
    }
    const list = await lake.getJson(entry.key, OpportunityList);
    if (isRefusal(list))
      throw new CommandFailed(exitCodes.failed, `The list ${entry.listId} is in force, but ${entry.key} is not in the lake.`);
    io.out(options.json ? JSON.stringify({ gate, list }) : renderOpportunities(list, rules, io));
    return exitCodes.done;
  });
}

const malformed = 'What stands for the list in force is none: cycles open nothing until the ranker makes the next.';
