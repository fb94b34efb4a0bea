/**
 * Several measures of one company, each against its yardstick, as one score in [−1, 1]: the weighted mean of tanh((value − usual) / scale)
 * over the measures that are known. A measure that is not known takes no part; it is not a zero.
 */
import type { Yardstick } from '../../policy/valuation-rules.ts';

export interface Measure {
  /** For people. */
  readonly name: string;
  /** Null is not known. */
  readonly value: number | null;
  readonly yardstick: Yardstick;
  /** True when a high value counts against. */
  readonly lowIsGood?: boolean;
}

export interface WeighedMeasures {
  readonly score: number;
  /** |score| over the weighted mean of the sizes: 1 when all measures point one way. */
  readonly agreement: number;
  /** Weight known over the weight of all measures. */
  readonly coverageFrac: number;
  /** Strongest first. */
  readonly reasons: readonly string[];
}

/** A measure that moves the score by less is not worth a word. */
const WORTH_A_WORD = 0.02;

/** Score 0 and coverage 0 when nothing is known. */
export function weighMeasures(measures: readonly Measure[]): WeighedMeasures {
  let weight = 0;
  let total = 0;
  let sum = 0;
  let size = 0;
  const parts: Array<{ name: string; part: number }> = [];
  for (const { name, value, yardstick, lowIsGood = false } of measures) {
    total += yardstick.weight;
    if (value === null) continue;
    const part = yardstick.weight * Math.tanh((value - yardstick.usual) / yardstick.scale) * (lowIsGood ? -1 : 1);
    weight += yardstick.weight;
    sum += part;
    size += Math.abs(part);
    parts.push({ name, part });
  }
  return {
    score: weight === 0 ? 0 : sum / weight,
    agreement: size === 0 ? 0 : Math.abs(sum) / size,
    coverageFrac: total === 0 ? 0 : weight / total,
    reasons: parts
      .filter(({ part }) => Math.abs(part) >= WORTH_A_WORD * weight)
      .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
      .map(({ name, part }) => `${name} ${part > 0 ? 'for' : 'against'}`),
  };
}

/** The known ones by name, for the record. */
export const knownValues = (values: Readonly<Record<string, number | null>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter((pair): pair is [string, number] => pair[1] !== null));
