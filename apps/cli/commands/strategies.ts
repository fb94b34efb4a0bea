/**
 * `ballast strategies`: which strategies there are, how far each has come, and what stands between it and its next stage. A person who is not the
 * author approves; the bus hears of every change of stage. LIVE is a verdict on the record: nothing here, and nothing because of it, sends an order.
 */
import type { BallastEvent } from '../../../shared/contracts/events.ts';
import { areOpen, type GateOutcome } from '../../../shared/domain/research/promotion-gates.ts';
import type { StrategyRecord, StrategyTold, ToldEvent, VersionedChange } from '../../../shared/stores/strategy-book.ts';
import type { CommandHost } from '../command-host.ts';
import { onDeployed } from '../deployed-fund.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { policyActor } from '../policy-actor.ts';
import { renderGates, renderStrategy, renderStrategyList, strategyDocument } from '../render/research/strategy-book.ts';
import { gatesBefore, knownStrategy, tellStrategy, withStrategyBook } from '../research/strategy-desk.ts';
import type { LedgerArguments } from '../research/trial-book.ts';

export interface StrategiesArguments extends LedgerArguments {
  readonly json?: boolean;
}

export interface StrategyArguments extends StrategiesArguments {
  readonly strategyId: string;
}

export interface DecisionArguments extends StrategyArguments {
  readonly reason?: string;
  readonly as?: string;
}

export async function listStrategies(options: StrategiesArguments, { io }: CommandHost): Promise<ExitCode> {
  const records = await withStrategyBook(options, (book) => book.list());
  const shown = records.map((record) => ({ record, gates: gatesBefore(record.state) }));
  io.out(
    options.json
      ? JSON.stringify({ strategies: shown.map(({ record, gates }) => strategyDocument(record, gates)) })
      : renderStrategyList(shown, io),
  );
  return exitCodes.done;
}

export async function showStrategy({ strategyId, ...options }: StrategyArguments, { io }: CommandHost): Promise<ExitCode> {
  const { record, history } = await withStrategyBook(options, async (book) => {
    const known = await knownStrategy(book, strategyId);
    return { record: known, history: await book.history(strategyId) };
  });
  const gates = gatesBefore(record.state);
  io.out(options.json ? JSON.stringify({ ...strategyDocument(record, gates), history }) : renderStrategy({ record, gates, history }, io));
  return exitCodes.done;
}

/** Every gate is judged again, with the approver; all of them are shown, whether it goes live or not. */
export async function approveStrategy(options: DecisionArguments, host: CommandHost): Promise<ExitCode> {
  const { strategyId } = options;
  const { actor, reason } = await decisionOf(options);
  const record = await withStrategyBook(options, (book) => knownStrategy(book, strategyId));
  const evidenceId = record.state.evidence?.evidenceId ?? '';
  const at = new Date().toISOString();
  const gates = record.state.stage === 'SHADOW' ? gatesBefore(record.state, { approver: actor, evidenceId, at }) : [];
  if (gates.length > 0 && !areOpen(gates)) return notApproved(record, gates, options, host);
  const told = await tellStrategy(options, strategyId, [{ event: { kind: 'approved', approver: actor, evidenceId, at }, actor, reason }]);
  return settled(told, { gates, reason }, options, host);
}

export const retireStrategy = (options: DecisionArguments, host: CommandHost): Promise<ExitCode> => movedByHand('retired', options, host);
export const demoteStrategy = (options: DecisionArguments, host: CommandHost): Promise<ExitCode> => movedByHand('demoted', options, host);

async function movedByHand(kind: 'retired' | 'demoted', options: DecisionArguments, host: CommandHost): Promise<ExitCode> {
  const { strategyId } = options;
  const { actor, reason } = await decisionOf(options);
  await withStrategyBook(options, (book) => knownStrategy(book, strategyId));
  const event: ToldEvent['event'] = { kind, actor, reason, at: new Date().toISOString() };
  const told = await tellStrategy(options, strategyId, [{ event, actor, reason }]);
  return settled(told, { gates: [], reason }, options, host);
}

async function decisionOf(options: DecisionArguments): Promise<{ readonly actor: string; readonly reason: string }> {
  if (options.reason === undefined || options.reason.trim() === '') throw new BadInput('Say why, for the record, with --reason.');
  return { actor: await policyActor(options, options.as), reason: options.reason };
}

function notApproved(record: StrategyRecord, gates: readonly GateOutcome[], { json }: StrategiesArguments, { io }: CommandHost): ExitCode {
  const { strategyId } = record.state;
  if (json) io.out(JSON.stringify({ outcome: 'gates-closed', ...strategyDocument(record, gates) }));
  else io.out(`${strategyId} stays in SHADOW: not all gates are open.\n\n${renderGates(gates, io)}`);
  return exitCodes.refused;
}

/** Says where it is now, and tells the bus. Ends with `refused` where a gate that was judged is closed and nothing moved. */
export async function settled(
  { record, changes, gates: judged }: StrategyTold,
  { gates, reason }: { readonly gates: readonly GateOutcome[]; readonly reason: string },
  options: StrategiesArguments,
  host: CommandHost,
): Promise<ExitCode> {
  const { io } = host;
  const shown = gates.length > 0 ? gates : judged;
  const { strategyId, stage } = record.state;
  const moved = changes.at(-1);
  const outcome = moved === undefined ? `${strategyId} stays in ${stage}.` : `${strategyId} is ${stage}, was ${moved.change.from}.`;
  if (options.json) io.out(JSON.stringify({ outcome: moved?.change.kind ?? 'unmoved', ...strategyDocument(record, shown) }));
  else io.out([outcome, ...(shown.length > 0 ? ['', renderGates(shown, io)] : [])].join('\n'));
  await tellBus(changes, { record, reason }, options, host);
  return moved === undefined && shown.length > 0 && !areOpen(shown) ? exitCodes.refused : exitCodes.done;
}

async function tellBus(
  changes: readonly VersionedChange[],
  { record, reason }: { readonly record: StrategyRecord; readonly reason: string },
  { state, aws }: LedgerArguments,
  host: CommandHost,
): Promise<void> {
  if (changes.length === 0) return;
  const events = changes.map((change) => strategyEvent(change, record, reason));
  try {
    if (aws !== undefined) await onDeployed(aws, ({ events: bus }) => bus.publish(events));
    else if (host.holdsFund({ state })) await host.withFund({ state }, (fund) => fund.events.publish(events));
  } catch (error) {
    throw new CommandFailed(
      exitCodes.failed,
      `${record.state.strategyId} is ${record.state.stage}, which is kept; but the bus was not told: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function strategyEvent({ change, version }: VersionedChange, { state }: StrategyRecord, said: string): BallastEvent {
  const { kind, strategyId, from, to, at, actor, gates } = change;
  const reason = actor === 'rules' || said === '' ? change.reason : said;
  const summary = `${strategyId} is ${to}, was ${from}: ${actor === 'rules' ? reason : `${actor} says ${reason}`}`;
  const detail = {
    ...{ eventId: `strategy/${strategyId}/${version}`, at, summary, strategyId, version, from, to },
    ...{ author: state.author, actor, reason, gates: [...gates] },
  };
  return {
    type: kind === 'StrategyPromoted' ? 'StrategyPromoted' : kind === 'StrategyDemoted' ? 'StrategyDemoted' : 'StrategyRetired',
    detail,
  };
}
