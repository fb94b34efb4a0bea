/**
 * Genomes out of nothing, valid by construction: every choice is made among what the type allows there (alphabet.ts, genome.ts).
 * Rules are grown, not full: a node becomes a leaf with even chance even where it could be deeper (Koza 1992, "grow"), so most first rules are short.
 */
import type { Rng } from '../../../kernel/rng.ts';
import { type IndicatorName, kindOf, priceNames, scoreNames } from './alphabet.ts';
import { oneOf, withChance } from './choose.ts';
import {
  type Condition,
  canonical,
  type Genome,
  type GenomeSizing,
  type GenomeSpace,
  type Indicator,
  indicatorKey,
  type Rule,
  relations,
  stopMultiples,
  stopPeriods,
  timeStops,
  type VolatilityStop,
  volPeriods,
  volTargets,
} from './genome.ts';

const LEAF_CHANCE_FRAC = 0.5;

export function randomGenome(space: GenomeSpace, rng: Rng): Genome {
  const side = withChance(0.5, rng) && space.allowShort ? 'short' : 'long';
  const entry = randomRule(space.depthMax, rng);
  const first = oneOf(['rule', 'time', 'volatility'] as const, rng);
  const hasAlso = (): boolean => withChance(0.25, rng);
  return canonical({
    side,
    entry,
    exit: first === 'rule' || hasAlso() ? randomRule(space.depthMax, rng) : null,
    timeStopBars: first === 'time' || hasAlso() ? oneOf(timeStops, rng) : null,
    volatilityStop: first === 'volatility' || hasAlso() ? randomStop(rng) : null,
    sizing: randomSizing(rng),
  });
}

/** At most `depthMax` deep. */
export function randomRule(depthMax: number, rng: Rng): Rule {
  if (depthMax <= 1 || withChance(LEAF_CHANCE_FRAC, rng)) return randomCondition(rng);
  return { kind: oneOf(['and', 'or'] as const, rng), left: randomRule(depthMax - 1, rng), right: randomRule(depthMax - 1, rng) };
}

export function randomCondition(rng: Rng): Condition {
  const relation = oneOf(relations, rng);
  if (withChance(0.5, rng)) {
    const left = randomIndicator(scoreNames, rng);
    return { kind: 'condition', left, relation, right: oneOf(kindOf(left.name).levels, rng) };
  }
  const left = randomIndicator(priceNames, rng);
  return { kind: 'condition', left, relation, right: randomOther(left, rng) };
}

export function randomIndicator(names: readonly IndicatorName[], rng: Rng): Indicator {
  const name = oneOf(names, rng);
  return { name, parameters: kindOf(name).ladders.map((ladder) => oneOf(ladder, rng)) };
}

/** A price that is not this one. */
export function randomOther(price: Indicator, rng: Rng): Indicator {
  for (;;) {
    const other = randomIndicator(priceNames, rng);
    if (indicatorKey(other) !== indicatorKey(price)) return other;
  }
}

export const randomStop = (rng: Rng): VolatilityStop => ({ periodBars: oneOf(stopPeriods, rng), multiple: oneOf(stopMultiples, rng) });

export const randomSizing = (rng: Rng): GenomeSizing =>
  withChance(0.5, rng)
    ? { kind: 'equal' }
    : { kind: 'volatility-target', annualizedVol: oneOf(volTargets, rng), periodBars: oneOf(volPeriods, rng) };
