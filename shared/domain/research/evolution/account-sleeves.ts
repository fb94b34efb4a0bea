/**
 * The money of decided positions: every symbol has a sleeve that starts with 1 and compounds on its own; equity is the sum of all.
 *
 * Within a row, in this order: dividends and borrow on what was held overnight, the fill at the open of what was decided at the row before, the
 * value at the close. Where the symbol ends for good it is settled at its last close times its recovery; a short that has lost its whole sleeve is
 * closed there at nothing, and the sleeve stays empty.
 */
import type { EntryWeights, EvaluationRules, MomentRange } from './evaluation.ts';
import type { Ground } from './ground.ts';
import type { RowBounds } from './rule-signals.ts';

/** What came of it, besides equity; money in units of one sleeve's opening capital. */
export interface Book {
  readonly capital: number;
  tradedNotional: number;
  /** Round trips that ended, and those of them with a profit after costs. */
  trades: number;
  wins: number;
  rowsHeld: number;
  rows: number;
}

export interface Decided {
  readonly ground: Ground;
  readonly range: MomentRange;
  readonly bounds: RowBounds;
  /** −1, 0 or 1 wanted after the close of each row. */
  readonly held: Int8Array;
  /** Null: all of the sleeve. */
  readonly weights: EntryWeights | null;
  readonly rules: EvaluationRules;
}

/** Fills `equity` with the sum of all sleeves after each moment's close. */
export function accountSleeves(decided: Decided, equity: Float64Array): Book {
  const book: Book = { capital: decided.ground.symbols, tradedNotional: 0, trades: 0, wins: 0, rowsHeld: 0, rows: 0 };
  equity.fill(0);
  for (let s = 0; s < decided.ground.symbols; s++) addSleeve(s, decided, equity, book);
  return book;
}

function addSleeve(s: number, { ground, range, bounds, held, weights, rules }: Decided, equity: Float64Array, book: Book): void {
  const { start, moment, open, close, dividend } = ground;
  const costFrac = rules.costBps / 10_000;
  const borrowFrac = rules.borrowAnnualFrac / rules.momentsPerYear;
  const [from, until] = [bounds.from[s]!, bounds.until[s]!];
  const recoveryFrac = until === start[s + 1]! ? ground.recoveryFrac[s]! : Number.NaN;
  let [cash, shares, value, atEntry, next] = [1, 0, 1, 1, 0];
  const closeTrade = (): void => {
    shares = 0;
    book.trades++;
    if (cash > atEntry) book.wins++;
  };
  for (let row = from; row < until; row++) {
    const at = moment[row]! - range.fromMoment;
    for (; next < at; next++) equity[next]! += value;
    if (shares !== 0) cash += shares * dividend[row]!;
    if (shares < 0) cash += shares * close[row - 1]! * borrowFrac * (moment[row]! - moment[row - 1]!);
    const wanted = row === from ? 0 : held[row - 1]!;
    if (wanted !== 0 && shares === 0 && cash > 0) {
      atEntry = cash;
      const part = weights === null ? 1 : Math.min(1, weights.targetBarVol / weights.barVol[row - 1]!);
      const notional = (cash * part) / (1 + costFrac);
      shares = (wanted * notional) / open[row]!;
      cash -= wanted * notional + notional * costFrac;
      book.tradedNotional += notional;
    } else if (wanted === 0 && shares !== 0) {
      const notional = Math.abs(shares) * open[row]!;
      cash += shares * open[row]! - notional * costFrac;
      book.tradedNotional += notional;
      closeTrade();
    }
    value = cash + shares * close[row]!;
    if (shares !== 0) {
      book.rowsHeld++;
      const isEnd = row + 1 === until && recoveryFrac >= 0;
      if (isEnd || value <= 0) {
        value = Math.max(0, isEnd ? cash + shares * close[row]! * recoveryFrac : 0);
        cash = value;
        closeTrade();
      }
    }
    equity[at]! += value;
    next = at + 1;
  }
  for (; next < equity.length; next++) equity[next]! += value;
  book.rows += until - from;
}
