/** `ballast audit`: the records of a cycle, and whether the whole chain still holds together. */
import { verifyChain } from '../../../shared/domain/audit/hash-chain.ts';
import type { CycleId } from '../../../shared/kernel/units.ts';
import type { CommandHost } from '../command-host.ts';
import { type StoresArguments, withStores } from '../deployed-fund.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { renderTable } from '../render/table.ts';

export async function showAudit(options: StoresArguments & { cycle?: string; json?: boolean }, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async (fund) => {
    const [chain, head, cycles] = await Promise.all([fund.audit.all(), fund.audit.head(), fund.audit.cycles()]);
    // What was sold after a halt is on record under a name of its own, which is no cycle's.
    if (options.cycle && !chain.some((record) => record.cycleId === options.cycle))
      throw new BadInput(`There is no cycle ${options.cycle}. The last one is ${cycles.at(-1) ?? 'none'}.`);
    const cycleId = (options.cycle ?? cycles.at(-1)) as CycleId | undefined;
    const records = chain.filter((record) => record.cycleId === cycleId);
    const verdict = verifyChain(chain, head);
    if (options.json) host.io.out(JSON.stringify({ cycleId: cycleId ?? null, verdict, records }));
    else {
      if (records.length > 0) {
        host.io.out(
          renderTable(
            [
              { title: 'sequence', align: 'right', text: ({ sequence }) => String(sequence) },
              { title: 'type', text: ({ record }) => record.type },
              { title: 'subject', text: ({ cycleId, record }) => String(record.record.symbol ?? record.record.cycle_id ?? cycleId) },
              { title: 'decision', text: ({ record }) => String(record.record.final_decision ?? record.record.outcome ?? '') },
              {
                title: 'reasons',
                text: ({ record }) => [record.record.reason_codes ?? record.record.reason ?? record.record.refusal ?? ''].flat().join(', '),
              },
              { title: 'hash', text: ({ hash }) => hash.slice(0, 16) },
            ],
            records,
            host.io.colors.dim,
          ),
        );
      }
      host.io.out(
        chain.length === 0
          ? 'Nothing has been recorded yet: run a cycle first.'
          : verdict.kind === 'intact'
            ? host.io.colors.green(`The chain of ${verdict.records} records is intact.`)
            : host.io.colors.red(`The chain is broken at record ${verdict.at} (${verdict.fault}): ${verdict.finding}.`),
      );
    }
    return verdict.kind === 'intact' ? exitCodes.done : exitCodes.failed;
  });
}
