/** `ballast audit`: the records of a cycle, and whether the whole chain still holds together. */
import { verifyChain } from '../../../shared/domain/audit/verify-chain.ts';
import type { CommandHost } from '../command-host.ts';
import { type StoresArguments, withStores } from '../deployed-fund.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { auditTable } from '../render/audit.ts';

export interface AuditArguments extends StoresArguments {
  readonly cycle?: string;
  readonly json?: boolean;
}

export async function showAudit(options: AuditArguments, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async (fund) => {
    const [chain, head, cycles] = await Promise.all([fund.audit.chain(), fund.audit.head(), fund.audit.cycles()]);
    // What was sold after a halt is on record under a name of its own, which is no cycle's.
    if (options.cycle && !chain.some(({ trailId }) => trailId === options.cycle))
      throw new BadInput(`There is no cycle ${options.cycle}. The last one is ${cycles.at(-1) ?? 'none'}.`);
    const trailId = options.cycle ?? cycles.at(-1);
    const records = trailId === undefined ? [] : await fund.audit.recordsOf(trailId);
    const verdict = verifyChain(chain, head === null ? [] : [{ ...head, what: 'the head of the table', isSigned: false }]);
    if (options.json) {
      host.io.out(JSON.stringify({ cycleId: trailId ?? null, verdict, records }));
      return verdict.kind === 'intact' ? exitCodes.done : exitCodes.failed;
    }
    if (records.length > 0) host.io.out(auditTable(records, host.io));
    if (chain.length === 0) host.io.out('Nothing has been recorded yet: run a cycle first.');
    else if (verdict.kind === 'intact') host.io.out(host.io.colors.green(`The chain of ${verdict.records} records is intact.`));
    else host.io.out(host.io.colors.red(`The chain is broken at record ${verdict.sequence} (${verdict.fault}): ${verdict.finding}.`));
    return verdict.kind === 'intact' ? exitCodes.done : exitCodes.failed;
  });
}
