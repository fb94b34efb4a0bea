/**
 * A trading rule that can be bred: plain JSON, typed (alphabet.ts), bounded in depth, with one canonical form.
 *
 *   entry    when to get in: conditions joined by and / or;
 *   exits    when to get out, whichever comes first: a rule, a time stop, a volatility stop; at least one of them;
 *   sizing   the same money each time, or less of it where the symbol is wilder;
 *   side     long, or short where the space allows it.
 *
 * The volatility stop is LeBeau's chandelier: out when the close is `multiple` average true ranges below the highest close since the decision to
 * enter (mirrored for a short). All is decided at a close; evaluate-genome.ts fills it at the next open.
 *
 * `canonical` orders the two sides of and / or and folds doubles, so that genomes which say the same in another order have one id and count as
 * one trial. It does not look for deeper equivalences.
 */
import { canonicalJson, sha256Hex } from '../../../kernel/canonical-json.ts';
import { alphabet, type IndicatorName, kindOf } from './alphabet.ts';

export interface Indicator {
  readonly name: IndicatorName;
  readonly parameters: readonly number[];
}

export const relations = ['above', 'below', 'crosses-above', 'crosses-below'] as const;
export type Relation = (typeof relations)[number];

/** A price against another price, or a score against one of its levels. */
export interface Condition {
  readonly kind: 'condition';
  readonly left: Indicator;
  readonly relation: Relation;
  readonly right: Indicator | number;
}

export interface Joined {
  readonly kind: 'and' | 'or';
  readonly left: Rule;
  readonly right: Rule;
}

export type Rule = Condition | Joined;

export interface VolatilityStop {
  readonly periodBars: number;
  readonly multiple: number;
}

export type GenomeSizing =
  | { readonly kind: 'equal' }
  | { readonly kind: 'volatility-target'; readonly annualizedVol: number; readonly periodBars: number };

export interface Genome {
  readonly side: 'long' | 'short';
  readonly entry: Rule;
  readonly exit: Rule | null;
  /** How many bars it is held: out at the open that many bars after the open it was bought at. */
  readonly timeStopBars: number | null;
  readonly volatilityStop: VolatilityStop | null;
  readonly sizing: GenomeSizing;
}

/** What the search may use. */
export interface GenomeSpace {
  readonly allowShort: boolean;
  /** Of a rule: 1 is a single condition. */
  readonly depthMax: number;
}

export const timeStops = [1, 2, 3, 5, 8, 10, 15, 20, 30, 40, 60] as const;
export const stopPeriods = [10, 14, 20, 30] as const;
export const stopMultiples = [1, 1.5, 2, 2.5, 3, 4, 5] as const;
export const volTargets = [0.1, 0.15, 0.2, 0.3] as const;
export const volPeriods = [20, 50, 100] as const;

/** SHA-256 of the canonical form, first 16 hex digits: two of a million genomes share one with a chance below 1e-7. */
export const genomeId = (genome: Genome): string => sha256Hex(canonicalJson(canonical(genome))).slice(0, 16);

export const canonical = (genome: Genome): Genome => ({
  ...genome,
  entry: canonicalRule(genome.entry),
  exit: genome.exit === null ? null : canonicalRule(genome.exit),
});

function canonicalRule(rule: Rule): Rule {
  if (rule.kind === 'condition') return rule;
  const [left, right] = [canonicalRule(rule.left), canonicalRule(rule.right)];
  const [leftText, rightText] = [canonicalJson(left), canonicalJson(right)];
  if (leftText === rightText) return left;
  return leftText < rightText ? { kind: rule.kind, left, right } : { kind: rule.kind, left: right, right: left };
}

export const depthOf = (rule: Rule): number => (rule.kind === 'condition' ? 1 : 1 + Math.max(depthOf(rule.left), depthOf(rule.right)));

const conditionsOf = (rule: Rule): number => (rule.kind === 'condition' ? 1 : conditionsOf(rule.left) + conditionsOf(rule.right));

/** How many decisions a person has to read: conditions, stops, and a sizing that is not equal. At least 2. */
export const complexityOf = ({ entry, exit, timeStopBars, volatilityStop, sizing }: Genome): number =>
  conditionsOf(entry) +
  (exit === null ? 0 : conditionsOf(exit)) +
  (timeStopBars === null ? 0 : 1) +
  (volatilityStop === null ? 0 : 1) +
  (sizing.kind === 'equal' ? 0 : 1);

/** What is wrong with a genome that came from outside, as a positive rule that it breaks; null where nothing is. */
export function genomeFault(genome: Genome, { allowShort, depthMax }: GenomeSpace): string | null {
  if (genome.side === 'short' && !allowShort) return 'a genome is short only where the space allows it';
  if (genome.exit === null && genome.timeStopBars === null && genome.volatilityStop === null) return 'a genome has a way out';
  if (genome.timeStopBars !== null && !isOn(timeStops, genome.timeStopBars)) return 'a time stop is on its ladder';
  const stop = genome.volatilityStop;
  if (stop !== null && !(isOn(stopPeriods, stop.periodBars) && isOn(stopMultiples, stop.multiple)))
    return 'a volatility stop is on its ladder';
  const { sizing } = genome;
  if (sizing.kind === 'volatility-target' && !(isOn(volTargets, sizing.annualizedVol) && isOn(volPeriods, sizing.periodBars))) {
    return 'a volatility target is on its ladder';
  }
  return ruleFault(genome.entry, depthMax) ?? (genome.exit === null ? null : ruleFault(genome.exit, depthMax));
}

function ruleFault(rule: Rule, depthMax: number): string | null {
  if (depthOf(rule) > depthMax) return `a rule is at most ${depthMax} deep`;
  return rule.kind === 'condition' ? conditionFault(rule) : (ruleFault(rule.left, depthMax - 1) ?? ruleFault(rule.right, depthMax - 1));
}

function conditionFault({ left, right }: Condition): string | null {
  if (!isIndicator(left) || (typeof right !== 'number' && !isIndicator(right)))
    return 'an indicator is one of the alphabet, with its parameters on their ladders';
  if (typeof right === 'number') return isOn(kindOf(left.name).levels, right) ? null : 'a score is compared with one of its levels';
  if (kindOf(left.name).type !== 'price' || kindOf(right.name).type !== 'price') return 'a price is compared with a price';
  return indicatorKey(left) === indicatorKey(right) ? 'a price is compared with another price' : null;
}

const isIndicator = ({ name, parameters }: Indicator): boolean => {
  if (!Object.hasOwn(alphabet, name)) return false;
  const { ladders } = kindOf(name);
  return parameters.length === ladders.length && ladders.every((ladder, k) => isOn(ladder, parameters[k]!));
};

const isOn = (ladder: readonly number[], value: number): boolean => ladder.includes(value);

/** Names a column: `simple-average(50)`. */
export const indicatorKey = ({ name, parameters }: Indicator): string => `${name}(${parameters.join(',')})`;
