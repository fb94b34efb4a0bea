/**
 * `ballast pause`, `reduce`, `halt`, `resume`: one write to a control item, of the fund or of a part of it. Who hears of it, and what is
 * cancelled, follows from that item, whoever wrote it: the policy table's stream tells people and starts the sweep.
 */
import { userInfo } from 'node:os';
import { type ControlState, type PartScope, type StopScope, scopeText, wholeFund } from '../../../shared/contracts/control.ts';
import { newYorkDay } from '../../../shared/domain/market/calendar.ts';
import { applyRisk } from '../../../shared/domain/risk/risk-state.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CycleId, EpochMs } from '../../../shared/kernel/units.ts';
import type { CommandHost } from '../command-host.ts';
import { type StoresArguments, withStores } from '../deployed-fund.ts';
import { nearest } from '../nearest.ts';
import type { OperatorStores } from '../operator-stores.ts';
import { BadInput, CommandFailed, type ExitCode, exitCodes } from '../outcome.ts';
import { atLastCycle, flattenConfirmed, showLiquidation } from './flatten.ts';

export interface ControlOptions extends StoresArguments {
  readonly reason: string;
  readonly symbol?: string;
  readonly strategy?: string;
  readonly broker?: string;
  readonly afterHalt?: boolean;
  readonly flatten?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export async function changeControl(state: ControlState, options: ControlOptions, host: CommandHost): Promise<ExitCode> {
  const scope = scopeOf(options);
  const flatten = state === 'HALTED' && options.flatten === true;
  if (flatten) await flattenConfirmed(scope, options, host.io);
  return withStores(options, host, async (fund) => {
    if (scope.kind === 'symbol') await requireKnown(fund, scope.name);
    const before = await standing(fund, scope);
    const wasHalted = before?.state === 'HALTED';
    if (state !== 'HALTED' && wasHalted && !(state === 'RUNNING' && options.afterHalt)) {
      throw new CommandFailed(
        exitCodes.halted,
        `${sentenceOf(scope)} is HALTED (${before.reason}). Find out why first; then "ballast resume ${argumentsOf(scope)}--after-halt --reason …".`,
      );
    }
    if (state === 'HALTED') await atLastCycle(fund);
    // The operator acts now, by the wall clock, whatever session the cloud stands in.
    const at = Date.now() as EpochMs;
    const actor = `operator/${userInfo().username}`;
    const changed = await fund.control.change(scope, { state, reason: options.reason, actor, at, flatten });
    if (scope.kind === 'fund' && state === 'RUNNING' && wasHalted) await liftRiskHalt(fund, at);
    if (flatten) return showLiquidation(fund, { scope, changed, json: options.json === true }, host.io);
    if (options.json) host.io.out(JSON.stringify(scope.kind === 'fund' ? changed : { scope, ...changed }));
    else host.io.out(`${sentenceOf(scope)} is ${changed.state} (epoch ${changed.epoch}). ${meaningOf(scope, changed.state)}`);
    return exitCodes.done;
  });
}

/** At most one of the three. @throws BadInput */
function scopeOf({ symbol, strategy, broker }: ControlOptions): StopScope {
  const named: PartScope[] = [];
  if (symbol !== undefined) named.push({ kind: 'symbol', name: symbol.toUpperCase() });
  if (strategy !== undefined) named.push({ kind: 'strategy', name: strategy });
  if (broker !== undefined) named.push({ kind: 'broker', name: broker });
  if (named.length > 1) throw new BadInput('Name one of --symbol, --strategy and --broker; without them it is about the whole fund.');
  return named[0] ?? wholeFund;
}

const standing = async (
  fund: OperatorStores,
  scope: StopScope,
): Promise<{ readonly state: ControlState; readonly reason: string } | null> => {
  const found = scope.kind === 'fund' ? await fund.control.read() : await fund.control.readStop(scope);
  return isRefusal(found) ? null : found;
};

/** A stop of a symbol that nobody trades stops nothing: a slip of the pen must not look like a stop. @throws BadInput */
async function requireKnown(fund: OperatorStores, symbol: string): Promise<void> {
  const [symbols, positions] = await Promise.all([fund.symbols.all(), fund.ledger.positions()]);
  const known = [...new Set([...symbols.keys(), ...positions.map((position) => String(position.symbol))])];
  if (known.length === 0 || known.includes(symbol)) return;
  const near = nearest(symbol, known, 3);
  throw new BadInput(
    `This fund knows no symbol "${symbol}"${near.length > 0 ? `. Near it: ${near.join(', ')}` : '; "ballast symbols" lists them'}.`,
  );
}

const sentenceOf = (scope: StopScope): string => (scope.kind === 'fund' ? 'Trading' : `Trading of ${scopeText(scope)}`);
const argumentsOf = (scope: StopScope): string => (scope.kind === 'fund' ? '' : `--${scope.kind} ${scope.name} `);

function meaningOf(scope: StopScope, state: ControlState): string {
  if (scope.kind === 'fund') return ofFund[state];
  return ofPart[state].replace('…', argumentsOf(scope).trim());
}

const ofFund: Record<ControlState, string> = {
  RUNNING: 'The next cycle may trade.',
  PAUSED: 'No cycle passes preflight; what was reserved and not sent is withdrawn.',
  REDUCE_ONLY: 'Only orders that reduce a position may go.',
  HALTED: 'What works is being cancelled. Nothing trades until "ballast resume --after-halt".',
};

const ofPart: Record<ControlState, string> = {
  RUNNING: 'Nothing of its own stands against it; the fund may still be stopped.',
  PAUSED: 'No order of it is reserved or sent.',
  REDUCE_ONLY: 'Only orders of it that reduce a position may go.',
  HALTED: 'What works of it is being cancelled, and nothing goes out until "ballast resume … --after-halt".',
};

/** The risk engine remembers a halt of its own; a person who lifts one lifts both. */
async function liftRiskHalt(fund: OperatorStores, at: EpochMs): Promise<void> {
  const before = await fund.riskState.read();
  const inForce = await fund.policies.inForce();
  if (!before.memory || isRefusal(inForce)) return;
  const { state } = applyRisk(before.memory.state, { kind: 'operator-resumed', day: newYorkDay(at) }, inForce.policy);
  await fund.riskState.write({ ...before.memory, state }, `resume-${at}` as CycleId, before);
}
