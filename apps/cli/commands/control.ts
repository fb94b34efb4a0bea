/** `ballast pause`, `resume`, `halt`: one write to the control item, and the event that goes with it. */
import { userInfo } from 'node:os';
import type { ControlItem, ControlState } from '../../../shared/contracts/control.ts';
import type { BallastEvent } from '../../../shared/contracts/events.ts';
import { newYorkDay } from '../../../shared/domain/market/calendar.ts';
import { applyRisk } from '../../../shared/domain/risk/risk-state.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CycleId, EpochMs } from '../../../shared/kernel/units.ts';
import type { CommandHost } from '../command-host.ts';
import { type StoresArguments, withStores } from '../deployed-fund.ts';
import type { OperatorStores } from '../operator-stores.ts';
import { CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';

interface ControlOptions extends StoresArguments {
  readonly reason: string;
  readonly afterHalt?: boolean;
  readonly json?: boolean;
}

export async function changeControl(state: ControlState, options: ControlOptions, host: CommandHost): Promise<ExitCode> {
  return withStores(options, host, async (fund) => {
    const before = await fund.control.read();
    const wasHalted = !isRefusal(before) && before.state === 'HALTED';
    if (state !== 'HALTED' && wasHalted && !(state === 'RUNNING' && options.afterHalt)) {
      throw new CommandFailed(
        exitCodes.halted,
        `Trading is HALTED (${before.reason}). Find out why first; then "ballast resume --after-halt --reason …".`,
      );
    }
    // The operator acts now, by the wall clock, whatever session the cloud stands in.
    const at = Date.now() as EpochMs;
    const changed = await fund.control.change({ state, reason: options.reason, actor: `operator/${userInfo().username}`, at });
    if (state === 'RUNNING' && wasHalted) await liftRiskHalt(fund, at);
    await fund.events.publish([controlEvent(changed)]);
    if (options.json) host.io.out(JSON.stringify(changed));
    else host.io.out(`Trading is ${changed.state} (epoch ${changed.epoch}). ${meaning[changed.state]}`);
    return exitCodes.done;
  });
}

const meaning: Record<ControlState, string> = {
  RUNNING: 'The next cycle may trade.',
  PAUSED: 'No cycle passes preflight; what was reserved and not sent is withdrawn.',
  REDUCE_ONLY: 'Only orders that reduce a position may go.',
  HALTED: 'Nothing trades until "ballast resume --after-halt".',
};

function controlEvent({ state, epoch, reason, actor, at }: ControlItem): BallastEvent {
  const common = { eventId: `control/${epoch}`, at, reason, actor };
  const summary = `Trading is ${state} by ${actor}: ${reason}`;
  if (state === 'RUNNING') return { type: 'TradingResumed', detail: { ...common, summary } };
  return { type: 'TradingPaused', detail: { ...common, summary, state } };
}

/** The risk engine remembers a halt of its own; a person who lifts one lifts both. */
async function liftRiskHalt(fund: OperatorStores, at: EpochMs): Promise<void> {
  const before = await fund.riskState.read();
  const inForce = await fund.policies.inForce();
  if (!before.memory || isRefusal(inForce)) return;
  const { state } = applyRisk(before.memory.state, { kind: 'operator-resumed', day: newYorkDay(at) }, inForce.policy);
  await fund.riskState.write({ ...before.memory, state }, `resume-${at}` as CycleId, before);
}
