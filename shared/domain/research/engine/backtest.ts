/**
 * The event engine: one strategy over one panel under stated rules. At each moment of the axis, in this sequence:
 *
 *   1. financing since the last session, splits, dividends                                       corporate-actions.ts
 *   2. working orders against the moment's bars, sells before buys, then by symbol               exchange.ts, bar-path.ts, execution-cost.ts
 *   3. holdings whose symbol has ended are closed                                                corporate-actions.ts
 *   4. the mark to the close, and the margin at it                                               book.ts, margin-call.ts
 *   5. the strategy decides; its orders are taken in, and with `signal-close` filled right there decide-signals.ts, decide-weights.ts, desk.ts
 *
 * A moment costs what is held, what works and what happens in it; nothing is allocated for a bar. Every order passes through the reducer that live
 * orders pass through. The same question gives the same answer to the last bit.
 *
 * Times: `fromMoment` and `toMoment` are on the panel's axis, both included; bars before are history that the strategy may look at. The result's
 * moments count from `fromMoment`. Orders of the last moment are submitted and stay unfilled, and nothing is sold at the end.
 *
 * Not covered: several currencies, futures and options, tax, the market's answer to our trading beyond the bar it happens in.
 */
import { isRefusal, type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { Ticker } from '../../../kernel/units.ts';
import type { Ending, Membership, Panel } from '../panel.ts';
import { type ParameterRefusal, withDefaults } from '../parameters.ts';
import type { BacktestRefusal, BacktestResult } from '../result.ts';
import type { BacktestRules } from '../rules.ts';
import type { Parameters, Rebalance, Strategy } from '../strategy.ts';
import { Book } from './book.ts';
import { rulesProblem } from './check-rules.ts';
import { accrue, applyActions, closeEnded, noteSilent } from './corporate-actions.ts';
import { signalDecider } from './decide-signals.ts';
import { type Desks, weightDecider } from './decide-weights.ts';
import { EngineDesk } from './desk.ts';
import { EquityLog } from './equity-log.ts';
import { Exchange } from './exchange.ts';
import { callMargin } from './margin-call.ts';
import { latestRow, type MarketView, viewOf } from './market-view.ts';
import { EngineNow } from './now.ts';
import { survivorshipOf } from './survivorship.ts';
import { Tally } from './tally.ts';

export interface BacktestQuestion {
  readonly panel: Panel;
  readonly strategy: Strategy;
  /** What is not given has the strategy's initial value. */
  readonly parameters: Parameters;
  readonly rules: BacktestRules;
  readonly membership: Membership | null;
  /** Why symbols end; one that is not here has ended for a reason nobody gave, and is closed at its last close once it has been silent for long. */
  readonly endings?: ReadonlyMap<Ticker, Ending>;
  /** Instead of a weight strategy's own. */
  readonly rebalance?: Rebalance;
  readonly fromMoment?: number;
  readonly toMoment?: number;
}

export function backtest(question: BacktestQuestion): BacktestResult | Refusal<BacktestRefusal> {
  const parameters = withDefaults(question.strategy, question.parameters);
  if (isRefused(parameters)) return parameters;
  const problem = rulesProblem(question.rules) ?? endingProblem(question.endings);
  if (problem !== null) return refuse('rules-invalid', { rule: problem });
  const view = viewOf(question.panel);
  if ('kind' in view) return view;
  const from = question.fromMoment ?? 0;
  const last = question.toMoment ?? view.moments - 1;
  if (!(Number.isInteger(from) && Number.isInteger(last) && from >= 0 && from <= last && last < view.moments)) {
    return refuse('no-bars', { fromMoment: from, toMoment: last, moments: view.moments });
  }
  if (question.membership !== null && question.membership.mask.length !== view.moments * view.symbols) {
    return refuse('bars-invalid', {
      what: 'a membership has one element for each symbol and moment',
      length: question.membership.mask.length,
    });
  }
  return run(question, parameters, view, [from, last + 1]);
}

const noEndings: ReadonlyMap<Ticker, Ending> = new Map();

function run(
  question: BacktestQuestion,
  parameters: Parameters,
  view: MarketView,
  range: readonly [number, number],
): BacktestResult | Refusal<BacktestRefusal> {
  const { rules, panel, strategy } = question;
  const [from, to] = range;
  const tally = new Tally();
  const book = new Book(view.symbols, rules.cashUsd);
  const exchange = new Exchange(view, rules, book, tally);
  const now = new EngineNow(view, question.membership, book);
  const desks = { view, book, exchange, tally, now, range };
  const decide = deciderOf(question, parameters, desks);
  const equity = new EquityLog(to - from);
  for (let moment = from; moment < to; moment++) {
    book.tradedUsd = 0;
    if (moment > from) accrue(rules.financing, panel.day[moment]! - panel.day[moment - 1]!, book);
    applyActions(view, moment, book, exchange, tally);
    exchange.match(moment, false);
    closeEnded(view, moment, question.endings ?? noEndings, desks);
    book.markToClose(view, moment);
    const isCalled = callMargin(moment, rules, book, exchange, tally);
    const isGone = book.equityUsd <= 0;
    if (isGone) tally.note('noEquity');
    else {
      now.moment = moment;
      decide(moment);
    }
    if (exchange.takeIn(moment, isCalled ? 'margin-call' : isGone ? 'no-equity' : null)) {
      exchange.match(moment, true);
      book.markToClose(view, moment);
    }
    if (!Number.isFinite(book.equityUsd))
      return refuse('bars-invalid', { what: 'equity stays a finite amount', moment, strategy: strategy.name });
    equity.add(book);
  }
  noteSilent(view, to - 1, book, tally);
  return {
    ...{ kind: 'backtest', strategy: strategy.name, parameters, rules, source: panel.source },
    survivorship: survivorshipOf(question.membership, range),
    symbols: now.symbols,
    frequency: panel.frequency,
    day: panel.day.slice(from, to),
    endMinute: panel.endMinute?.slice(from, to) ?? null,
    equity: equity.columns,
    fills: book.fills.columns(from),
    trades: book.trips.columns(from, to - 1, book.markUsd),
    orders: tally.orders,
    flows: book.flows,
    bars: barsIn(view, range),
    remarks: tally.remarks,
  };
}

function deciderOf(
  { strategy, rules, panel, rebalance }: BacktestQuestion,
  parameters: Parameters,
  desks: Desks,
): (moment: number) => void {
  switch (strategy.kind) {
    case 'signal':
      return signalDecider(strategy, parameters, rules, desks);
    case 'weights':
      return weightDecider(strategy, parameters, rebalance ?? strategy.rebalance, desks);
    case 'orders': {
      const { now, exchange } = desks;
      const desk = new EngineDesk(exchange, now);
      const sectors = panel.sectors === undefined ? {} : { sectors: panel.sectors };
      // What `now` gives is in shares of the moment, so to the strategy splits are in the prices.
      const basis = panel.basis === 'as-traded' ? 'split-adjusted' : panel.basis;
      const started = strategy.start({ frequency: panel.frequency, basis, symbols: now.symbols, ...sectors }, parameters);
      return () => started.decide(now, desk);
    }
  }
}

function barsIn(view: MarketView, [from, to]: readonly [number, number]): number {
  let bars = 0;
  for (let s = 0; s < view.symbols; s++) bars += latestRow(view, s, to - 1) - (from === 0 ? -1 : latestRow(view, s, from - 1));
  return bars;
}

function endingProblem(endings: BacktestQuestion['endings']): string | null {
  for (const { recoveryFrac } of endings?.values() ?? []) {
    if (!(recoveryFrac >= 0 && Number.isFinite(recoveryFrac))) return 'the recovery of an ending is a part of the last close, not negative';
  }
  return null;
}

const isRefused = (answer: Parameters | Refusal<ParameterRefusal>): answer is Refusal<ParameterRefusal> => isRefusal(answer);
