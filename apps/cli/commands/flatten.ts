/**
 * `ballast halt --flatten`: the part of it that asks before it sells, waits for the machine, and shows what it sold. The selling itself is
 * the machine's, the same whoever writes the control item.
 */
import * as z from 'zod';
import { type ControlItem, type StopScope, scopeText } from '../../../shared/contracts/control.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { liquidationId } from '../../../shared/runtime/liquidation.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { Fund } from '../fund.ts';
import { type Io, progress } from '../io.ts';
import { Liquidated } from '../liquidated.ts';
import type { OperatorStores } from '../operator-stores.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { liquidationReport } from '../render/liquidation.ts';

/** How long to wait for the record on AWS: the machine's own deadline. */
const waitMsMax = 30 * 60_000;
const askEveryMs = 2_000;

/** Selling cannot be taken back: it is asked for twice, by --yes or by a person at the terminal. @throws BadInput, CommandFailed */
export async function flattenConfirmed(scope: StopScope, { yes }: StoresArguments & { readonly yes?: boolean }, io: Io): Promise<void> {
  if (scope.kind === 'strategy' || scope.kind === 'broker')
    throw new BadInput(`The ledger does not hold ${scopeText(scope)} apart: --flatten sells the whole fund, or one --symbol.`);
  if (yes) return;
  const what = scope.kind === 'fund' ? 'everything the fund holds' : `all ${scope.name} that the fund holds`;
  if (io.confirm === undefined) throw new BadInput(`--flatten sells ${what} at the market. Say --yes if that is what you want.`);
  if (!(await io.confirm(`Cancel every order and sell ${what} at the market?`)))
    throw new CommandFailed(exitCodes.refused, 'Nothing was changed and nothing was sold.');
}

/** A fund on this machine stands where its last cycle left the market; there a halt finds its orders and a sale its prices. */
export async function atLastCycle(fund: OperatorStores): Promise<void> {
  if (!(fund instanceof Fund)) return;
  const last = (await fund.audit.cycles()).at(-1);
  const opening = last && (await fund.audit.recordsOf(last)).find(({ record }) => record.type === 'opening')?.record.record;
  const parsed = Opening.safeParse(opening);
  // The first minutes after the cycle's own; on a half day the exchange closes at 13:00.
  if (parsed.success) await fund.travelTo(parseDay(parsed.data.session), parsed.data.dataset, ...afterCycle(parsed.data.scheduled_at));
}

const Opening = z.object({ session: z.string(), dataset: z.string(), scheduled_at: z.string() });

/** New York wall-clock time, a few minutes after that instant. */
function afterCycle(scheduledAt: string): [number, number] {
  const at = new Date(Date.parse(scheduledAt) + 5 * 60_000);
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: 'numeric', minute: 'numeric', hour12: false });
  const [hour = 0, minute = 0] = parts.format(at).split(':').map(Number);
  return [hour, minute];
}

export interface ShownLiquidation {
  readonly scope: StopScope;
  readonly changed: ControlItem;
  readonly json: boolean;
}

/** Waits for the record of it. Ends with 0 when nothing is left, 3 when it was refused, 1 otherwise. @throws CommandFailed without a record */
export async function showLiquidation(fund: OperatorStores, { scope, changed, json }: ShownLiquidation, io: Io): Promise<ExitCode> {
  progress(io, `${scopeText(scope)} is HALTED; orders are being cancelled, then holdings sold …`);
  const id = liquidationId(scope, changed.epoch);
  const record = await waitFor(fund, async () => (await fund.audit.recordsOf(id))[0]?.record.record);
  if (record === undefined)
    throw new CommandFailed(
      exitCodes.failed,
      `Trading is HALTED, and no sale is on record. See why with the machine "stop" (runbook: stop-failed); "ballast orders --cycle ${id}" lists its orders.`,
    );
  const report = Liquidated.parse(record);
  io.out(json ? JSON.stringify({ control: changed, ...report }) : liquidationReport(report, scope, io));
  if (report.left.length === 0) return exitCodes.done;
  return report.refusal === null ? exitCodes.failed : exitCodes.refused;
}

/** On this machine until nothing is under way any more; on AWS, asked every few seconds. */
async function waitFor<T>(fund: OperatorStores, look: () => Promise<T | undefined>): Promise<T | undefined> {
  if (fund instanceof Fund) {
    await fund.cloud.settle();
    return look();
  }
  for (let waitedMs = 0; ; waitedMs += askEveryMs) {
    const found = await look();
    if (found !== undefined || waitedMs >= waitMsMax) return found;
    await new Promise((done) => setTimeout(done, askEveryMs));
  }
}
