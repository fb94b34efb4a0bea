/**
 * One draw of the stationary bootstrap: blocks that begin anywhere with equal chance, whose lengths are geometric, laid end to end, until they
 * fill the sample; after the last bar comes the first again.
 *
 * A length of geometric law with mean b is 1 + ⌊ln u / ln(1 − 1/b)⌋ for u uniform in (0, 1], so a block costs two random numbers, however long.
 * With b = 1 every bar is drawn by itself, which is Efron's bootstrap.
 *
 * Source: D. N. Politis & J. P. Romano (1994), "The Stationary Bootstrap", Journal of the American Statistical Association 89(428).
 * Not covered: blocks of a fixed length (circular and moving block bootstrap).
 */
import type { Rng } from '../../../kernel/rng.ts';

/** The blocks of one draw, reused by the next: the first `count` of both are its own. */
export interface BlockDraw {
  count: number;
  readonly start: Int32Array;
  readonly length: Int32Array;
}

export const emptyDraw = (bars: number): BlockDraw => ({ count: 0, start: new Int32Array(bars), length: new Int32Array(bars) });

/** Fills `draw` with blocks of together `bars` bars, out of a history of `historyBars`. */
export function drawBlocks(draw: BlockDraw, historyBars: number, bars: number, meanBlockBars: number, rng: Rng): void {
  const logStay = meanBlockBars > 1 ? Math.log1p(-1 / meanBlockBars) : Number.NEGATIVE_INFINITY;
  let [count, left] = [0, bars];
  while (left > 0) {
    draw.start[count] = Math.floor(rng.uniform() * historyBars);
    // The generator gives [0, 1); 1 − u is in (0, 1].
    const length = Math.min(left, 1 + Math.floor(Math.log(1 - rng.uniform()) / logStay));
    draw.length[count] = length;
    left -= length;
    count++;
  }
  draw.count = count;
}
