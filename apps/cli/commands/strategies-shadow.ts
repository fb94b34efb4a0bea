/**
 * `ballast strategies shadow ID --data FILE`: what a strategy would have earned in each session since it entered its stage, by the rules it was judged
 * with, told to its life session by session; its gates are shown with what they are now. It places no order, in SHADOW and in LIVE alike.
 *
 * The sessions must be later than the day on which the stage began: what was known when it was proposed proves nothing. A session counts once; one
 * that was told before and comes out otherwise now (data were revised) stays as it was told, and is counted aloud.
 */
import { newYorkDay } from '../../../shared/domain/market/calendar.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { eventsPerTellMax, type StrategyEntry, type StrategyRecord } from '../../../shared/stores/strategy-book.ts';
import type { CommandHost } from '../command-host.ts';
import { CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { policyActor } from '../policy-actor.ts';
import { renderGates, strategyDocument } from '../render/research/strategy-book.ts';
import type { MarketArguments } from '../research/options.ts';
import { openMarket } from '../research/question.ts';
import { gatesBefore, knownStrategy, tellStrategy, withStrategyBook } from '../research/strategy-desk.ts';
import { type SessionReturn, sessionsAfter } from '../research/strategy-runs.ts';
import { type StrategyArguments, settled } from './strategies.ts';

export interface ShadowArguments extends StrategyArguments, MarketArguments {
  readonly as?: string;
}

/** As far as a rounding of another machine goes. */
const sameReturn = 1e-12;

export async function shadowStrategy(options: ShadowArguments, host: CommandHost): Promise<ExitCode> {
  const { strategyId } = options;
  const { record, history } = await withStrategyBook(options, async (book) => {
    const known = await knownStrategy(book, strategyId);
    return { record: known, history: await book.history(strategyId) };
  });
  const { stage, since } = record.state;
  if (stage !== 'SHADOW' && stage !== 'LIVE')
    throw new CommandFailed(exitCodes.refused, `${strategyId} is in ${stage}: only what is in SHADOW or LIVE is followed.`);
  const actor = await policyActor(options, options.as);
  const market = await openMarket({ ...options, symbols: options.symbols ?? record.work.symbols }, host);
  const sessions = sessionsAfter(record.work, market, newYorkDay(Date.parse(since) as EpochMs));
  const { lastDay } = record.state.record;
  const fresh = sessions.filter(({ day }) => lastDay === null || parseDay(day) > parseDay(lastDay));
  const revised = revisedOf(history, sessions);
  if (revised > 0)
    host.io.err(`! ${revised} sessions that were told before come out otherwise on these data; they stay as they were told.`);
  if (fresh.length === 0) return nothingNew(record, options, host);
  // What is left over is told by the next run; a quarter of a year at once is more than any week wants.
  const told = fresh.slice(0, eventsPerTellMax);
  const at = new Date().toISOString();
  const reason = `${market.panel.source.name} ${market.panel.source.sha256.slice(0, 12)}`;
  const events = told.map((session) => ({ event: { kind: 'session-closed', ...session, at } as const, actor, reason }));
  const after = await tellStrategy(options, strategyId, events);
  if (told.length < fresh.length) host.io.err(`! ${told.length} of ${fresh.length} sessions were told; run it again for the rest.`);
  await settled(after, { gates: after.changes.length > 0 ? [] : gatesBefore(after.record.state), reason: '' }, options, host);
  return exitCodes.done;
}

function revisedOf(history: readonly StrategyEntry[], sessions: readonly SessionReturn[]): number {
  const now = new Map(sessions.map(({ day, simpleReturn }) => [day, simpleReturn]));
  return history.filter(({ event }) => {
    const again = event.kind === 'session-closed' ? now.get(event.day) : undefined;
    return event.kind === 'session-closed' && again !== undefined && Math.abs(again - event.simpleReturn) > sameReturn;
  }).length;
}

function nothingNew(record: StrategyRecord, { json, strategyId }: ShadowArguments, { io }: CommandHost): ExitCode {
  const gates = gatesBefore(record.state);
  const { stage, since, record: sessions } = record.state;
  const said = `The data hold no session of ${strategyId} after ${sessions.lastDay ?? since.slice(0, 10)}; it stays in ${stage}.`;
  if (json) io.out(JSON.stringify({ outcome: 'no-new-session', ...strategyDocument(record, gates) }));
  else io.out([said, ...(gates.length === 0 ? [] : ['', renderGates(gates, io)])].join('\n'));
  return exitCodes.done;
}
