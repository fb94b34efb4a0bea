/**
 * Does a strategy look ahead? Change everything after a moment, run it again, and compare all that was decided up to that moment, to the bit:
 * a decision that changes with the future knew it.
 *
 * 1. Run once, writing down every decision: signal columns, weights, orders, cancels.                         decisions.ts
 * 2. For each probe draw a moment: every other one among those at which it decided, since a look one bar ahead shows only there.
 * 3. Change the market after it, one of a dozen ways in turn.                                                 change-future.ts
 * 4. Run again; hold signals, decisions, fills and equity up to the moment against the first run's.
 *
 * A strategy that was computed from the panel beforehand (a table of scores, a fitted model) closes over the future without being handed it.
 * Such a one is given as a function of panel and membership, and is made anew from each changed market.
 *
 * What it cannot find: parameters that were chosen on the whole sample, a universe of survivors, data that was revised after the fact, and
 * a look ahead that none of the changed futures moves (it reads tomorrow, but decides by it once in a thousand days). `clean` is evidence,
 * not proof, and more of it with every probe.
 */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import type { Rng } from '../../kernel/rng.ts';
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import { backtest } from './engine/backtest.ts';
import { laterSplits, signalSeries } from './engine/shares-of-now.ts';
import { changeFuture, changesOf, type FutureChange, type Market, rowsUntil } from './look-ahead/change-future.ts';
import { type Decision, type Difference, firstDifference, recording } from './look-ahead/decisions.ts';
import { dayAt, type Membership, type Panel, symbolsOf } from './panel.ts';
import type { BacktestRefusal, BacktestResult } from './result.ts';
import type { BacktestRules } from './rules.ts';
import type { Parameters, Rebalance, Strategy } from './strategy.ts';

export type StrategyMaker = (panel: Panel, membership: Membership | null) => Strategy;

export interface LookAheadQuestion extends Market {
  readonly strategy: Strategy | StrategyMaker;
  readonly parameters: Parameters;
  readonly rules: BacktestRules;
  readonly rebalance?: Rebalance;
}

export interface LookAheadOptions {
  readonly rng: Rng;
  /** How many futures are tried. */
  readonly probes: number;
}

export type LookAheadVerdict =
  | {
      readonly kind: 'clean';
      /** Futures that were run and compared. */
      readonly probes: number;
      /** Their moments, as they were drawn. */
      readonly moments: readonly number[];
      readonly changes: Readonly<Partial<Record<FutureChange, number>>>;
      /** Changed markets that the engine would not run. */
      readonly refused: number;
    }
  | (Difference & {
      readonly kind: 'looks-ahead';
      /** Of the decision that knew too much. */
      readonly day: EpochDay;
      /** The last moment that both markets share, and what was changed behind it. */
      readonly knownUntil: number;
      readonly change: FutureChange;
    });

/** Refuses what the engine refuses to run unchanged. A market of one moment has no future, and is clean with no probe. */
export function fuzzLookAhead(question: LookAheadQuestion, { rng, probes }: LookAheadOptions): LookAheadVerdict | Refusal<BacktestRefusal> {
  const seen = runOf(question, question);
  if (isRefusal(seen)) return seen;
  const decidedAt = momentsOfDecisions(question.panel, seen);
  const kinds = changesOf(question).filter((change) => change !== 'not-a-number' || seen.strategy.kind === 'signal');
  const moments: number[] = [];
  const changes: Partial<Record<FutureChange, number>> = {};
  let refused = 0;
  for (let probe = 0; probe < probes && question.panel.day.length > 1; probe++) {
    const change = kinds[probe % kinds.length]!;
    const moment = drawMoment(question.panel, decidedAt, Math.floor(probe / kinds.length) + (probe % kinds.length), rng);
    const found = compare(question, seen, { moment, change }, rng);
    if (found === 'refused') refused++;
    else if (found !== undefined)
      return { kind: 'looks-ahead', ...found, day: dayAt(question.panel, found.moment), knownUntil: moment, change };
    else {
      moments.push(moment);
      changes[change] = (changes[change] ?? 0) + 1;
    }
  }
  return { kind: 'clean', probes: moments.length, moments, changes, refused };
}

interface Run {
  readonly strategy: Strategy;
  readonly signals: readonly Uint8Array[] | null;
  readonly decisions: readonly Decision[];
  readonly result: BacktestResult;
}

function runOf(question: LookAheadQuestion, market: Market): Run | Refusal<BacktestRefusal> {
  const { parameters, rebalance } = question;
  const rules = rulesOfProbes(question);
  const strategy = strategyOf(question, market);
  const decisions: Decision[] = [];
  const result = backtest({
    ...market,
    strategy: recording(strategy, decisions),
    ...{ parameters, rules },
    ...(rebalance === undefined ? {} : { rebalance }),
  });
  return isRefusal(result) ? result : { strategy, signals: signalsOf(strategy, market.panel, result.parameters), decisions, result };
}

/**
 * Where splits are in the prices, a market that is cut short has lost its later ones, and with them how many shares a commission a share is charged
 * on. No decision is about that, so it is left out.
 */
function rulesOfProbes({ panel, rules }: LookAheadQuestion): BacktestRules {
  const dependsOnSplits = rules.costs.commissionUsdPerShare > 0 && panel.basis !== 'as-traded' && panel.series.some(laterSplits);
  return dependsOnSplits ? { ...rules, costs: { ...rules.costs, commissionUsdPerShare: 0 } } : rules;
}

const strategyOf = ({ strategy }: LookAheadQuestion, { panel, membership }: Market): Strategy =>
  typeof strategy === 'function' ? strategy(panel, membership) : strategy;

const signalsOf = (strategy: Strategy, panel: Panel, parameters: Parameters): Uint8Array[] | null =>
  strategy.kind === 'signal' ? signalSeries(panel).map((series) => strategy.signal(series, parameters)) : null;

/** Ascending; the last moment is left out, because nothing comes after it. */
function momentsOfDecisions(panel: Panel, { signals, decisions }: Run): number[] {
  const found = new Set(decisions.map(({ moment }) => moment));
  const width = panel.day.length;
  signals?.forEach((column, s) => {
    for (let moment = 0; moment < width; moment++) if ((column[panel.rowOf[s * width + moment]!] ?? 0) !== 0) found.add(moment);
  });
  return [...found].filter((moment) => moment < width - 1).toSorted((a, b) => a - b);
}

function drawMoment(panel: Panel, decidedAt: readonly number[], turn: number, rng: Rng): number {
  const anywhere = turn % 2 === 1 || decidedAt.length === 0;
  return anywhere ? Math.floor(rng.uniform() * (panel.day.length - 1)) : decidedAt[Math.floor(rng.uniform() * decidedAt.length)]!;
}

type Probe = { readonly moment: number; readonly change: FutureChange };

function compare(question: LookAheadQuestion, seen: Run, { moment, change }: Probe, rng: Rng): Difference | 'refused' | undefined {
  const market = changeFuture(question, moment, change, rng);
  const symbols = symbolsOf(question.panel);
  if (change === 'not-a-number') {
    const signals = signalsOf(strategyOf(question, market), market.panel, seen.result.parameters);
    return signalDifference(question.panel, seen.signals, signals, moment);
  }
  const wouldBe = runOf(question, market);
  if (isRefusal(wouldBe)) return 'refused';
  return (
    signalDifference(question.panel, seen.signals, wouldBe.signals, moment) ??
    firstDifference(seen.decisions, wouldBe.decisions, moment, symbols) ??
    fillDifference(seen.result, wouldBe.result, moment, symbols) ??
    equityDifference(seen.result, wouldBe.result, moment)
  );
}

function signalDifference(panel: Panel, seen: Run['signals'], wouldBe: Run['signals'], moment: number): Difference | undefined {
  let first: Difference | undefined;
  panel.series.forEach(({ symbol }, s) => {
    const [a, b] = [seen?.[s], wouldBe?.[s]];
    if (a === undefined || b === undefined) return;
    const known = rowsUntil(panel, s, moment);
    const row = a.findIndex((signal, i) => i < known && signal !== b[i]);
    if (row < 0) return;
    const at = panel.rowOf.indexOf(row, s * panel.day.length) - s * panel.day.length;
    if (first === undefined || at < first.moment)
      first = { moment: at, symbol, field: 'signal', seen: a[row]!, wouldBe: b[row] ?? 'nothing' };
  });
  return first;
}

const fillFields = ['moment', 'symbol', 'signedShares', 'priceUsd', 'feeUsd', 'priceCostUsd'] as const;

function fillDifference(seen: BacktestResult, wouldBe: BacktestResult, moment: number, symbols: readonly Ticker[]): Difference | undefined {
  const isKnown = ({ fills }: BacktestResult, i: number): boolean => i < fills.count && fills.moment[i]! <= moment;
  for (let i = 0; isKnown(seen, i) || isKnown(wouldBe, i); i++) {
    const at = isKnown(seen, i) ? seen.fills : wouldBe.fills;
    const of = { moment: at.moment[i]!, symbol: symbols[at.symbol[i]!]! };
    if (isKnown(seen, i) !== isKnown(wouldBe, i)) {
      const [before, after] = isKnown(seen, i) ? ['a fill', 'nothing'] : ['nothing', 'a fill'];
      return { ...of, field: 'fill', seen: before, wouldBe: after };
    }
    const field = fillFields.find((name) => !Object.is(seen.fills[name][i], wouldBe.fills[name][i]));
    if (field !== undefined) return { ...of, field: `fill ${field}`, seen: seen.fills[field][i]!, wouldBe: wouldBe.fills[field][i]! };
  }
  return undefined;
}

function equityDifference(seen: BacktestResult, wouldBe: BacktestResult, moment: number): Difference | undefined {
  const [a, b] = [seen.equity.equityUsd, wouldBe.equity.equityUsd];
  const at = a.findIndex((equity, i) => i <= moment && !Object.is(equity, b[i]));
  return at < 0 ? undefined : { moment: at, symbol: null, field: 'equity', seen: a[at]!, wouldBe: b[at] ?? 'nothing' };
}
