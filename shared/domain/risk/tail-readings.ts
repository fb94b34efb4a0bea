/**
 * One book's tail by four methods side by side, and the worst of those that the policy lets limit it.
 *
 * A method that cannot be used says why and is left out, but for the historical: a book whose own past cannot be read is not measured at
 * all. Every method scales with the book, so cutting the book to limit/value brings the worst of them to the limit.
 */
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { TailMethod, TailRules } from '../policy/tail-rules.ts';
import { sampleMoments } from '../statistics/moments.ts';
import { paretoTail, paretoTailLoss } from './evt-tail.ts';
import { cornishFisherTail, normalTail } from './moment-tail.ts';
import { type TailLoss, tailLoss } from './tail-loss.ts';

export interface TailReading {
  readonly kind: 'reading';
  readonly varFrac: number;
  readonly cvarFrac: number;
  /** The figures behind it, for the record. */
  readonly evidence: Readonly<Record<string, number>>;
}

export type TailReadings = Readonly<Record<TailMethod, TailReading | Refusal>>;

export interface WorstTail {
  readonly kind: 'worst-tail';
  readonly varFrac: number;
  readonly varMethod: TailMethod;
  readonly cvarFrac: number;
  readonly cvarMethod: TailMethod;
  /** Methods that the policy names and that could not be used. */
  readonly refused: readonly TailMethod[];
}

/** VaR and CVaR of a book's daily returns by each method; a method that refuses holds its refusal. */
export function readTail(book: Float64Array, confidenceLevel: number, rules: TailRules): TailReadings {
  const moments = sampleMoments(book);
  const { skewness, excessKurtosis } = moments;
  return {
    historical: reading(tailLoss(book, confidenceLevel), { observations: book.length }),
    parametric: reading(normalTail(moments, confidenceLevel), { mean: moments.mean, dailyVol: Math.sqrt(moments.variance) }),
    cornishFisher: reading(cornishFisherTail(moments, confidenceLevel), { skewness, excessKurtosis }),
    evt: readPareto(book, confidenceLevel, rules),
  };
}

/** What a book without positions reads: no loss, by any method. */
export const noTail: TailReadings = {
  historical: { kind: 'reading', varFrac: 0, cvarFrac: 0, evidence: {} },
  parametric: { kind: 'reading', varFrac: 0, cvarFrac: 0, evidence: {} },
  cornishFisher: { kind: 'reading', varFrac: 0, cvarFrac: 0, evidence: {} },
  evt: { kind: 'reading', varFrac: 0, cvarFrac: 0, evidence: {} },
};

/** Refuses when the historical method did, and readings that are not finite. */
export function worstTail(readings: TailReadings, { limitMethods }: Pick<TailRules, 'limitMethods'>): WorstTail | Refusal {
  const { historical } = readings;
  if (isRefusal(historical)) return historical;
  let worst = { varFrac: historical.varFrac, cvarFrac: historical.cvarFrac };
  let [varMethod, cvarMethod]: [TailMethod, TailMethod] = ['historical', 'historical'];
  const refused: TailMethod[] = [];
  for (const method of new Set<TailMethod>(['historical', ...limitMethods])) {
    const one = readings[method];
    if (isRefusal(one)) {
      refused.push(method);
      continue;
    }
    const { varFrac, cvarFrac } = one;
    if (!Number.isFinite(varFrac) || !Number.isFinite(cvarFrac)) return refuse('tail-not-finite', { method, varFrac, cvarFrac });
    if (varFrac > worst.varFrac) [worst, varMethod] = [{ ...worst, varFrac }, method];
    if (cvarFrac > worst.cvarFrac) [worst, cvarMethod] = [{ ...worst, cvarFrac }, method];
  }
  return { kind: 'worst-tail', ...worst, varMethod, cvarMethod, refused };
}

function readPareto(book: Float64Array, confidenceLevel: number, rules: TailRules): TailReading | Refusal {
  const tail = paretoTail(book, rules);
  if (isRefusal(tail)) return tail;
  const { count, shape, scale, shapeStandardError, scaleStandardError } = tail.fit;
  const evidence = { exceedances: count, thresholdLossFrac: tail.thresholdLossFrac, shape, shapeStandardError, scale, scaleStandardError };
  return reading(paretoTailLoss(tail, confidenceLevel), evidence);
}

const reading = (loss: TailLoss | Refusal, evidence: Readonly<Record<string, number>>): TailReading | Refusal =>
  isRefusal(loss) ? loss : { kind: 'reading', varFrac: loss.varFrac, cvarFrac: loss.cvarFrac, evidence };
