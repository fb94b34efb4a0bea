/**
 * Every combination of a grid on every symbol of a panel, each with an account of its own: the vectorised path for strategies of signals.
 *
 *   1. The chunk's combinations, those that do not fit each other skipped.                                       grid.ts
 *   2. Of each symbol, what all combinations need of its bars.                                                   fast-market.ts
 *   3. Of each combination, the strategy's own signals, with the indicator columns that combinations have in common computed once.   shared-column.ts
 *   4. One pass over the bars.                                                                                   signal-run.ts
 *
 * It equals `backtest` over `panelOfOne`, to the last bit, and refuses what it does not cover, saying why: a participation cap, impact, financing,
 * splits of as-traded prices, a strategy of another kind. Runs that end in a margin call are marked, and have no figures.
 * Signals are computed over all bars and traded in the range alone, as in the engine: the bars before are warm-up.
 * The answer is columns, one row for each combination and symbol; nothing is allocated for a run but its signals.
 */
import { InvariantViolation } from '../../../kernel/errors.ts';
import { isRefusal, type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { Ticker } from '../../../kernel/units.ts';
import { rulesProblem } from '../engine/check-rules.ts';
import type { Ending, Panel } from '../panel.ts';
import type { ParameterRefusal } from '../parameters.ts';
import type { BacktestRules } from '../rules.ts';
import type { SignalStrategy, Strategy } from '../strategy.ts';
import { addSharpe, noSharpe, type SharpeMoments } from '../trials.ts';
import { fastMarketOf } from './fast-market.ts';
import { type Combinations, combinationsIn, combinationsOf, type Grid, type GridChunk, parametersAt } from './grid.ts';
import { sharingColumns } from './shared-column.ts';
import { SignalRun } from './signal-run.ts';

export interface SweepQuestion {
  readonly panel: Panel;
  readonly strategy: Strategy;
  readonly grid: Grid;
  readonly rules: BacktestRules;
  /** The whole grid without it. */
  readonly chunk?: GridChunk;
  /** On the panel's axis, both included, as in a backtest. */
  readonly fromMoment?: number;
  readonly toMoment?: number;
  readonly endings?: ReadonlyMap<Ticker, Ending>;
}

/** Of combination c (an index into `combinations`) and symbol s, element `c * symbols.length + s` of each column. */
export interface SweepResult {
  readonly kind: 'sweep';
  readonly strategy: string;
  readonly symbols: readonly Ticker[];
  readonly combinations: Combinations;
  readonly finalEquityUsd: Float64Array;
  readonly cashUsd: Float64Array;
  /** Positive. */
  readonly feesUsd: Float64Array;
  /** NaN where nothing varied. */
  readonly sharpePerBar: Float64Array;
  readonly maxDrawdownFrac: Float64Array;
  /** Filled at least in part. */
  readonly orders: Int32Array;
  /** 1 where a margin call ended the run: its figures are NaN, and the event engine says what became of it. */
  readonly isCalled: Uint8Array;
  /** Of all runs; a margin call counts in none. */
  readonly sharpe: SharpeMoments;
  /** Bars gone over: of each combination all bars of all symbols in the range. */
  readonly bars: number;
}

export type SweepRefusal = 'not-on-the-fast-path' | 'rules-invalid' | 'no-bars' | ParameterRefusal;

export function sweepSignals(question: SweepQuestion): SweepResult | Refusal<SweepRefusal> {
  const { panel, strategy, rules, grid } = question;
  const because = whyNotFast(question);
  if (because !== null || strategy.kind !== 'signal') return refuse('not-on-the-fast-path', { strategy: strategy.name, because });
  const broken = rulesProblem(rules);
  if (broken !== null) return refuse('rules-invalid', { rule: broken });
  const moments = panel.day.length;
  const [fromMoment, toMoment] = [question.fromMoment ?? 0, question.toMoment ?? moments - 1];
  const isRange =
    Number.isInteger(fromMoment) && Number.isInteger(toMoment) && fromMoment >= 0 && fromMoment <= toMoment && toMoment < moments;
  if (!isRange) return refuse('no-bars', { fromMoment, toMoment, moments });
  const combinations = combinationsOf(strategy, grid, question.chunk ?? { first: 0, count: combinationsIn(grid) });
  if (isRefusal(combinations)) return combinations;

  const result = emptyResult(panel, strategy, combinations);
  let bars = 0;
  for (let symbol = 0; symbol < panel.series.length; symbol++) {
    const market = fastMarketOf(panel, symbol, { fromMoment, toMoment: toMoment + 1 }, question.endings ?? new Map());
    sharingColumns(() => sweepSymbol(strategy, new SignalRun(market, rules), panel, symbol, result));
    bars += (market.endRow - market.firstRow) * combinations.number.length;
  }
  return { ...result, sharpe: result.sharpePerBar.reduce(addSharpe, noSharpe), bars };
}

/** One line that says what the fast path does not cover, null where it covers the question. */
export function whyNotFast({ panel, strategy, rules }: Pick<SweepQuestion, 'panel' | 'strategy' | 'rules'>): string | null {
  const { cashAnnualFrac, marginAnnualFrac, borrowAnnualFrac } = rules.financing;
  if (strategy.kind !== 'signal') return `a strategy of ${strategy.kind} looks at all symbols at once`;
  if (rules.participationFracMax !== null) return 'a participation cap fills an order over many bars';
  if (rules.costs.impactCoefficient !== 0) return 'impact depends on the volume of the bars before';
  if (cashAnnualFrac !== 0 || marginAnnualFrac !== 0 || borrowAnnualFrac !== 0) return 'interest accrues by calendar days';
  if (panel.basis === 'as-traded' && panel.series.some(({ splitRatio }) => splitRatio.some((ratio) => ratio !== 1)))
    return 'splits of as-traded prices restate what is held';
  return null;
}

type Columns = Omit<SweepResult, 'sharpe' | 'bars'>;

function emptyResult({ series }: Panel, { name }: SignalStrategy, combinations: Combinations): Columns {
  const rows = combinations.number.length * series.length;
  const column = (): Float64Array => new Float64Array(rows);
  return {
    ...{ kind: 'sweep', strategy: name, symbols: series.map(({ symbol }) => symbol), combinations },
    ...{ finalEquityUsd: column(), cashUsd: column(), feesUsd: column(), sharpePerBar: column(), maxDrawdownFrac: column() },
    ...{ orders: new Int32Array(rows), isCalled: new Uint8Array(rows) },
  };
}

function sweepSymbol(strategy: SignalStrategy, run: SignalRun, { series }: Panel, symbol: number, out: Columns): void {
  const bars = series[symbol]!;
  for (let index = 0; index < out.combinations.number.length; index++) {
    const signals = strategy.signal(bars, parametersAt(out.combinations, index));
    if (signals.length !== bars.day.length)
      throw new InvariantViolation('a signal strategy says one signal for each bar', { strategy: strategy.name, symbol: bars.symbol });
    run.run(signals);
    const row = index * series.length + symbol;
    out.finalEquityUsd[row] = run.equityUsd;
    out.cashUsd[row] = run.isCalled ? Number.NaN : run.cashUsd;
    out.feesUsd[row] = run.isCalled ? Number.NaN : run.feesUsd;
    out.sharpePerBar[row] = run.sharpePerBar;
    out.maxDrawdownFrac[row] = run.maxDrawdownFrac;
    out.orders[row] = run.ordersFilled;
    out.isCalled[row] = run.isCalled ? 1 : 0;
  }
}
