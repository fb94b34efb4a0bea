/** Puts pieces of one symbol's series end to end. */
import type { DailyBars } from '../../domain/market/bars.ts';

/** At least one piece; a single piece is returned as it is, without copying. */
export function joinBars(pieces: readonly DailyBars[]): DailyBars {
  const [first] = pieces;
  if (first === undefined) throw new RangeError('a series is joined from at least one piece');
  if (pieces.length === 1) return first;
  const rows = pieces.reduce((sum, piece) => sum + piece.day.length, 0);
  const joined = <Column extends Int32Array | Float64Array>(target: Column, pick: (bars: DailyBars) => Column): Column => {
    let at = 0;
    for (const piece of pieces) {
      const column = pick(piece);
      target.set(column, at);
      at += column.length;
    }
    return target;
  };
  return {
    symbol: first.symbol,
    day: joined(new Int32Array(rows), (bars) => bars.day),
    open: joined(new Float64Array(rows), (bars) => bars.open),
    high: joined(new Float64Array(rows), (bars) => bars.high),
    low: joined(new Float64Array(rows), (bars) => bars.low),
    close: joined(new Float64Array(rows), (bars) => bars.close),
    volume: joined(new Float64Array(rows), (bars) => bars.volume),
    dividend: joined(new Float64Array(rows), (bars) => bars.dividend),
    splitRatio: joined(new Float64Array(rows), (bars) => bars.splitRatio),
  };
}
