/**
 * What a genome wants to hold after each close, along every symbol: flat until the entry holds, then in until one of its exits does.
 *
 * A decision at a row reads columns at that row and the one before, and nothing else: it cannot look ahead. The one thing that is undone is an entry
 * whose order lapsed because the symbol had no bar at the next moment; the position was never there. An exit waits for the next open, however late.
 * A row that ends a position does not begin another.
 */
import { lowerBound } from '../../market/bars.ts';
import type { EntryWeights, MomentRange } from './evaluation.ts';
import type { Genome } from './genome.ts';
import type { Ground } from './ground.ts';
import { markRule, type RowBounds } from './rule-signals.ts';

export interface Positions {
  /** −1, 0 or 1 after the close of each row within the bounds. A view until the next call. */
  readonly held: Int8Array;
  readonly weights: EntryWeights | null;
}

/** For many genomes over the same rows: the arrays in between are used again and again. `depthMax` is of the deepest rule to come. */
export function deciderOf(ground: Ground, bounds: RowBounds, depthMax: number): (genome: Genome, momentsPerYear: number) => Positions {
  const rows = ground.moment.length;
  const marks = (): Uint8Array => new Uint8Array(rows);
  const [entry, exit] = [marks(), marks()];
  const scratch = Array.from({ length: depthMax }, marks);
  const held = new Int8Array(rows);
  return (genome, momentsPerYear) => {
    markRule(genome.entry, ground, bounds, entry, scratch);
    if (genome.exit) markRule(genome.exit, ground, bounds, exit, scratch);
    const weights = weightsOf(genome, ground, momentsPerYear);
    const marked = { entry, exit, vol: weights?.barVol ?? null, trueRange: trueRangeOf(genome, ground) };
    for (let s = 0; s < ground.symbols; s++) decide(genome, ground, bounds.from[s]!, bounds.until[s]!, marked, held);
    return { held, weights };
  };
}

/** The rows of each symbol that fall into the range. */
export function boundsOf({ symbols, start, moment }: Ground, { fromMoment, untilMoment }: MomentRange): RowBounds {
  const [from, until] = [new Int32Array(symbols), new Int32Array(symbols)];
  for (let s = 0; s < symbols; s++) {
    const own = moment.subarray(start[s], start[s + 1]);
    from[s] = start[s]! + lowerBound(own, fromMoment);
    until[s] = start[s]! + lowerBound(own, untilMoment);
  }
  return { from, until };
}

interface Marks {
  readonly entry: Uint8Array;
  readonly exit: Uint8Array;
  /** Without one there is no telling how much to buy. */
  readonly vol: Float64Array | null;
  /** As part of the close. */
  readonly trueRange: Float64Array | null;
}

/** Fills `held`: −1, 0 or 1, what is wanted after the close of each row. */
function decide(
  { side, exit, timeStopBars, volatilityStop }: Genome,
  { moment, close }: Ground,
  from: number,
  until: number,
  { entry, exit: exits, vol, trueRange }: Marks,
  held: Int8Array,
): void {
  const sign = side === 'long' ? 1 : -1;
  const lastBars = timeStopBars ?? Number.POSITIVE_INFINITY;
  const multiple = volatilityStop?.multiple ?? 0;
  let isIn = false;
  let decidedAt = -1;
  let best = 0;
  for (let row = from; row < until; row++) {
    if (isIn && decidedAt === row - 1 && moment[row]! - moment[row - 1]! > 1) {
      held[row - 1] = 0;
      isIn = false;
    }
    const price = close[row]! * sign;
    if (isIn) {
      if (price > best) best = price;
      const isOver =
        row - decidedAt >= lastBars ||
        (exit !== null && exits[row] === 1) ||
        (trueRange !== null && price < best - multiple * trueRange[row]! * close[row]!);
      if (isOver) isIn = false;
    } else if (entry[row] === 1 && (vol === null || vol[row]! > 0)) {
      isIn = true;
      decidedAt = row;
      best = price;
    }
    held[row] = isIn ? sign : 0;
  }
}

function weightsOf({ sizing }: Genome, ground: Ground, momentsPerYear: number): EntryWeights | null {
  if (sizing.kind === 'equal') return null;
  return { barVol: ground.barVol(sizing.periodBars), targetBarVol: sizing.annualizedVol / Math.sqrt(momentsPerYear) };
}

const trueRangeOf = ({ volatilityStop }: Genome, ground: Ground): Float64Array | null =>
  volatilityStop === null ? null : ground.column({ name: 'true-range', parameters: [volatilityStop.periodBars] });
