/**
 * Average true range, directional indicators and ADX: Wilder (1978), sections III and IV; warm-up and arithmetic as in TA-Lib
 * (ta_ATR.c, ta_PLUS_DI.c, ta_MINUS_DI.c, ta_ADX.c), bit for bit.
 *
 * ATR starts at index `period` as the mean of the first true ranges, then is smoothed: (average · (period − 1) + range) / period.
 * Directional movement and true range are summed over the first period − 1 moves, then smoothed by taking 1/period of the sum away first;
 * +DI and −DI start at index `period`, ADX at 2·period − 1 as the mean of the first `period` values of DX.
 * A range below 1e-14 gives ±DI of 0; a bar without direction leaves ADX as it was.
 * Wilder's averages remember for ever, so every value stays NaN from a NaN high or low on, and from the bar after a NaN close.
 */
import { requirePeriod } from './period.ts';
import { isNearlyZero, trueRange } from './wilder.ts';

export interface DirectionalMovement {
  /** 0 to 100. */
  readonly plusDi: Float64Array;
  readonly minusDi: Float64Array;
  readonly adx: Float64Array;
}

/** Wilder's average true range in price units; the first `period` values are NaN. O(1) per bar. */
export class AverageTrueRange {
  readonly #period: number;
  #seen = 0;
  #close = Number.NaN;
  #average = 0;

  /** @throws InvariantViolation unless `period` is a whole number of at least 1. */
  constructor(period: number) {
    requirePeriod(period, 1);
    this.#period = period;
  }

  push(high: number, low: number, close: number): number {
    const range = trueRange(high, low, this.#close);
    this.#close = close;
    if (this.#seen <= this.#period) return this.#seed(range);
    this.#average = (this.#average * (this.#period - 1) + range) / this.#period;
    return this.#average;
  }

  #seed(range: number): number {
    if (this.#seen > 0) this.#average += range;
    this.#seen += 1;
    if (this.#seen <= this.#period) return Number.NaN;
    this.#average /= this.#period;
    return this.#average;
  }
}

/** +DI, −DI and ADX, each 0 to 100; read them after each push. O(1) per bar. */
export class DirectionalIndex {
  readonly #period: number;
  #seen = 0;
  #high = Number.NaN;
  #low = Number.NaN;
  #close = Number.NaN;
  #plusMovement = 0;
  #minusMovement = 0;
  #range = 0;
  #plusDi = Number.NaN;
  #minusDi = Number.NaN;
  /** Until there is an ADX: the sum of the values of DX so far. */
  #average = 0;

  /** @throws InvariantViolation unless `period` is a whole number of at least 2. */
  constructor(period: number) {
    requirePeriod(period, 2);
    this.#period = period;
  }

  get plusDi(): number {
    return this.#plusDi;
  }

  get minusDi(): number {
    return this.#minusDi;
  }

  get adx(): number {
    return this.#seen < 2 * this.#period ? Number.NaN : this.#average;
  }

  push(high: number, low: number, close: number): void {
    const up = high - this.#high;
    const down = this.#low - low;
    const range = trueRange(high, low, this.#close);
    this.#high = high;
    this.#low = low;
    this.#close = close;
    this.#seen += 1;
    if (this.#seen > 1) this.#move(up > 0 && up > down ? up : 0, down > 0 && down > up ? down : 0, range);
  }

  #move(plus: number, minus: number, range: number): void {
    const period = this.#period;
    if (this.#seen <= period) {
      this.#plusMovement += plus;
      this.#minusMovement += minus;
      this.#range += range;
      return;
    }
    this.#plusMovement = this.#plusMovement - this.#plusMovement / period + plus;
    this.#minusMovement = this.#minusMovement - this.#minusMovement / period + minus;
    this.#range = this.#range - this.#range / period + range;
    const moved = !isNearlyZero(this.#range);
    this.#plusDi = moved ? 100 * (this.#plusMovement / this.#range) : 0;
    this.#minusDi = moved ? 100 * (this.#minusMovement / this.#range) : 0;
    this.#smooth();
  }

  #smooth(): void {
    const period = this.#period;
    const both = this.#minusDi + this.#plusDi;
    const directed = !isNearlyZero(both);
    const dx = directed ? 100 * (Math.abs(this.#minusDi - this.#plusDi) / both) : 0;
    if (this.#seen > 2 * period) {
      if (directed) this.#average = (this.#average * (period - 1) + dx) / period;
    } else {
      this.#average += dx;
      if (this.#seen === 2 * period) this.#average /= period;
    }
  }
}

/** Wilder's average true range, in price units; the first `period` values are NaN. */
export function averageTrueRange(high: Float64Array, low: Float64Array, close: Float64Array, period: number): Float64Array {
  const average = new AverageTrueRange(period);
  const out = new Float64Array(close.length);
  for (let i = 0; i < close.length; i++) out[i] = average.push(high[i]!, low[i]!, close[i]!);
  return out;
}

export function directionalMovement(high: Float64Array, low: Float64Array, close: Float64Array, period: number): DirectionalMovement {
  const index = new DirectionalIndex(period);
  const length = close.length;
  const [plusDi, minusDi, adx] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  for (let i = 0; i < length; i++) {
    index.push(high[i]!, low[i]!, close[i]!);
    plusDi[i] = index.plusDi;
    minusDi[i] = index.minusDi;
    adx[i] = index.adx;
  }
  return { plusDi, minusDi, adx };
}
