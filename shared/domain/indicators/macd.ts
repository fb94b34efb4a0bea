/**
 * Moving average convergence/divergence (Appel), as TA-Lib computes it (ta_MACD.c): both exponential averages start on the same bar
 * (index slow − 1), the signal line starts from the simple mean of its first values. TA-Lib's arithmetic, bit for bit.
 * The line is NaN before index slow − 1 (TA-Lib hands it out later, with the signal), signal and histogram before slow + signal − 2.
 * Exponential averages remember for ever: all three stay NaN after a NaN close.
 */
import { invariant } from '../../kernel/errors.ts';
import { ExponentialMovingAverage } from './moving-average.ts';

export interface Macd {
  readonly line: Float64Array;
  readonly signal: Float64Array;
  readonly histogram: Float64Array;
}

/** O(1) per bar; read the three after each push. */
export class MovingAverageConvergence {
  readonly #fast: ExponentialMovingAverage;
  readonly #slow: ExponentialMovingAverage;
  readonly #signalAverage: ExponentialMovingAverage;
  #warmUp: number;
  #line = Number.NaN;
  #signal = Number.NaN;

  /** @throws InvariantViolation unless the periods are whole numbers of at least 1 and the fast one is shorter than the slow one. */
  constructor(fastPeriod: number, slowPeriod: number, signalPeriod: number) {
    invariant(fastPeriod < slowPeriod, 'the fast average is shorter than the slow one', { fastPeriod, slowPeriod });
    this.#fast = new ExponentialMovingAverage(fastPeriod, slowPeriod - 1);
    this.#slow = new ExponentialMovingAverage(slowPeriod);
    this.#signalAverage = new ExponentialMovingAverage(signalPeriod);
    this.#warmUp = slowPeriod - 1;
  }

  /** Fast average less slow average, in price units. */
  get line(): number {
    return this.#line;
  }

  /** Exponential average of the line. */
  get signal(): number {
    return this.#signal;
  }

  /** Line less signal. */
  get histogram(): number {
    return this.#line - this.#signal;
  }

  push(close: number): void {
    this.#line = this.#fast.push(close) - this.#slow.push(close);
    if (this.#warmUp > 0) this.#warmUp -= 1;
    else this.#signal = this.#signalAverage.push(this.#line);
  }
}

export function macd(closes: Float64Array, fastPeriod: number, slowPeriod: number, signalPeriod: number): Macd {
  const averages = new MovingAverageConvergence(fastPeriod, slowPeriod, signalPeriod);
  const length = closes.length;
  const [line, signal, histogram] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  for (let i = 0; i < length; i++) {
    averages.push(closes[i]!);
    line[i] = averages.line;
    signal[i] = averages.signal;
    histogram[i] = averages.histogram;
  }
  return { line, signal, histogram };
}
