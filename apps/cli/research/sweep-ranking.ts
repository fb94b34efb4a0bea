/**
 * The runs of a sweep, the highest Sharpe ratio first. With an account for each symbol a combination is ranked by the mean over symbols, since the
 * best of one symbol is the luck of that symbol; `symbol` is then the one on which it did best.
 */
import type { Parameters } from '../../../shared/domain/research/strategy.ts';
import type { SweepTable } from '../../../shared/runtime/research/sweep-table.ts';

export interface RankedRun {
  /** Its number in the grid. */
  readonly combination: number;
  readonly parameters: Parameters;
  readonly symbol: string;
  /** Means over the accounts of the combination that have one. */
  readonly sharpePerBar: number;
  readonly finalEquityUsd: number;
  readonly maxDrawdownFrac: number;
  readonly orders: number;
  readonly accounts: number;
}

/** Combinations of which no account has a Sharpe ratio are left out. */
export function rankedRuns(table: SweepTable): RankedRun[] {
  const runs: RankedRun[] = [];
  for (let from = 0; from < table.rows; ) {
    let to = from + 1;
    while (to < table.rows && table.combination[to] === table.combination[from]) to++;
    const run = runOf(table, from, to);
    if (Number.isFinite(run.sharpePerBar)) runs.push(run);
    from = to;
  }
  return runs.sort((a, b) => b.sharpePerBar - a.sharpePerBar || a.combination - b.combination);
}

function runOf(table: SweepTable, from: number, to: number): RankedRun {
  const mean = (column: Float64Array | Int32Array): number => {
    let [sum, known] = [0, 0];
    for (let row = from; row < to; row++) {
      if (Number.isNaN(column[row])) continue;
      sum += column[row]!;
      known++;
    }
    return known === 0 ? Number.NaN : sum / known;
  };
  let best = from;
  for (let row = from; row < to; row++)
    if (!(table.sharpePerBar[best]! >= table.sharpePerBar[row]!) && table.sharpePerBar[row]! > Number.NEGATIVE_INFINITY) best = row;
  return {
    combination: table.combination[from]!,
    parameters: Object.fromEntries(table.parameters.map(({ name, values }) => [name, values[from]!])),
    symbol: table.symbol[best]!,
    sharpePerBar: mean(table.sharpePerBar),
    finalEquityUsd: mean(table.finalEquityUsd),
    maxDrawdownFrac: mean(table.maxDrawdownFrac),
    orders: mean(table.orders),
    accounts: to - from,
  };
}
