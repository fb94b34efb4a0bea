/**
 * `ballast audit hold on|off`: a legal hold on what was archived in those days. While it holds, nobody deletes an object, also when its
 * retention has ended. Only people's credentials may do this; no function's role can. The hold is itself on record, before it is put.
 *
 * Objects go by the day they were written into the archive, and each from records, checkpoints and Parquet alike; the archive follows the
 * table by seconds, so one day more is taken, rather than a record too few.
 */
import { formatDay } from '../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { inParallel } from '../../../shared/stores/lake/in-parallel.ts';
import { withAudit } from '../audit/audit-sources.ts';
import type { CommandHost } from '../command-host.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { progress } from '../io.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';

export interface HoldArguments extends StoresArguments {
  readonly state: string;
  readonly status: 'on' | 'off';
  readonly fromDay: EpochDay;
  readonly toDay: EpochDay;
  readonly reason: string;
  readonly actor: string;
  readonly json?: boolean;
}

const dayMs = 86_400_000;
const callsAtOnce = 16;

export function holdArchive(options: HoldArguments, host: CommandHost): Promise<ExitCode> {
  const { status, fromDay, toDay, reason, actor } = options;
  if (fromDay > toDay) throw new BadInput('--from-day lies after --to-day.');
  return withAudit(options, host, async ({ archive, stores }) => {
    const objects = (await archive.list('')).filter(({ writtenAt }) => writtenAt >= fromDay * dayMs && writtenAt < (toDay + 2) * dayMs);
    if (objects.length === 0) throw new BadInput(`Nothing was archived from ${formatDay(fromDay)} to ${formatDay(toDay)}.`);
    const head = await stores.audit.head();
    const record = {
      ...{ status, from_day: formatDay(fromDay), to_day: formatDay(toDay), reason, actor, objects: objects.length },
      first: objects[0]!.key,
      last: objects.at(-1)!.key,
    };
    // Named by the head it follows: the same hold at the same moment is one.
    const trailId = `hold-${String((head?.sequence ?? -1) + 1).padStart(12, '0')}`;
    await stores.auditTrail.append(trailId, 'hold', [{ type: 'hold', record }]);
    progress(host.io, `${objects.length} objects …`);
    await inParallel(objects, callsAtOnce, ({ key }) => archive.hold(key, status === 'on' ? 'ON' : 'OFF'));
    if (options.json) host.io.out(JSON.stringify({ trailId, ...record }));
    else
      host.io.out(`The legal hold is ${status} for ${objects.length} objects, ${record.first} to ${record.last}; on record as ${trailId}.`);
    return exitCodes.done;
  });
}
