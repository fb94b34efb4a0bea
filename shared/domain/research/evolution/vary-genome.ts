/**
 * How genomes are bred. Both operators give valid genomes only, so nothing is ever repaired or thrown away.
 *
 * Crossover: a subtree of one parent's entry is put in the place of a subtree of the other's (Koza 1992), and the same for the exit where both have
 *   one; only subtrees that still fit the depth are drawn, and a leaf always does. Stops, sizing and side come from either parent.
 * Mutation: one small change of a kind drawn by chance: a parameter or level one or two rungs away, another relation, a fresh condition, a
 *   condition joined on or taken away, an exit added, changed or dropped (never the last), another sizing.
 */
import type { Rng } from '../../../kernel/rng.ts';
import { kindOf } from './alphabet.ts';
import { nearbyRung, oneOf, withChance } from './choose.ts';
import {
  type Condition,
  canonical,
  depthOf,
  type Genome,
  type GenomeSpace,
  type Indicator,
  indicatorKey,
  type Rule,
  relations,
  stopMultiples,
  stopPeriods,
  timeStops,
  volPeriods,
  volTargets,
} from './genome.ts';
import { randomCondition, randomRule, randomSizing, randomStop } from './random-genome.ts';

export function crossover(mother: Genome, father: Genome, space: GenomeSpace, rng: Rng): Genome {
  const exits = withChance(0.5, rng) ? mother : father;
  return canonical({
    side: (withChance(0.5, rng) ? mother : father).side,
    entry: grafted(mother.entry, father.entry, space.depthMax, rng),
    exit: mother.exit !== null && father.exit !== null ? grafted(mother.exit, father.exit, space.depthMax, rng) : exits.exit,
    timeStopBars: exits.timeStopBars,
    volatilityStop: exits.volatilityStop,
    sizing: (withChance(0.5, rng) ? mother : father).sizing,
  });
}

export function mutate(genome: Genome, space: GenomeSpace, rng: Rng): Genome {
  const change = oneOf(changes, rng);
  return canonical(change(genome, space, rng));
}

type Change = (genome: Genome, space: GenomeSpace, rng: Rng) => Genome;

const onRule =
  (change: (rule: Rule, depthMax: number, rng: Rng) => Rule): Change =>
  (genome, { depthMax }, rng) => {
    const isEntry = withChance(0.5, rng) || genome.exit === null;
    if (isEntry) return { ...genome, entry: change(genome.entry, depthMax, rng) };
    return { ...genome, exit: change(genome.exit, depthMax, rng) };
  };

const atLeaf = (change: (condition: Condition, rng: Rng) => Condition) =>
  onRule((rule, _, rng) => {
    const leaves = placesOf(rule).filter((place) => place.rule.kind === 'condition');
    const { path, rule: leaf } = oneOf(leaves, rng);
    return leaf.kind === 'condition' ? replaced(rule, path, change(leaf, rng)) : rule;
  });

/** Listed as often as it should be drawn. */
const changes: readonly Change[] = [
  atLeaf(nudged),
  atLeaf(nudged),
  atLeaf(nudged),
  atLeaf((condition, rng) => ({ ...condition, relation: oneOf(relations, rng) })),
  atLeaf((_, rng) => randomCondition(rng)),
  onRule(joinedOn),
  onRule(prunedOnce),
  withOtherExit,
  withOtherExit,
  withOtherSizing,
  (genome, { allowShort }) => (allowShort ? { ...genome, side: genome.side === 'long' ? 'short' : 'long' } : genome),
];

/** One parameter, or the level, on the next rungs. */
function nudged(condition: Condition, rng: Rng): Condition {
  const { left, right } = condition;
  const onRight = withChance(0.5, rng);
  if (typeof right === 'number') {
    const hasLevels = kindOf(left.name).levels.length > 1;
    if (onRight && hasLevels) return { ...condition, right: nearbyRung(kindOf(left.name).levels, right, rng) };
    return { ...condition, left: nudgedIndicator(left, rng) };
  }
  const [nextLeft, nextRight] = onRight ? [left, nudgedIndicator(right, rng)] : [nudgedIndicator(left, rng), right];
  if (indicatorKey(nextLeft) === indicatorKey(nextRight)) return condition;
  return { ...condition, left: nextLeft, right: nextRight };
}

function nudgedIndicator(indicator: Indicator, rng: Rng): Indicator {
  const { ladders } = kindOf(indicator.name);
  if (ladders.length === 0) return indicator;
  const chosen = Math.floor(rng.uniform() * ladders.length);
  const parameters = indicator.parameters.map((value, k) => (k === chosen ? nearbyRung(ladders[k]!, value, rng) : value));
  return { ...indicator, parameters };
}

/** A condition more, where the depth has room; otherwise one of them anew. */
function joinedOn(rule: Rule, depthMax: number, rng: Rng): Rule {
  const kind = oneOf(['and', 'or'] as const, rng);
  const fresh = randomCondition(rng);
  const places = placesOf(rule).filter(({ path, rule: at }) => path.length + depthOf(at) + 1 <= depthMax);
  if (places.length === 0) return replaced(rule, oneOf(placesOf(rule).filter(isLeaf), rng).path, fresh);
  const { path, rule: at } = oneOf(places, rng);
  return replaced(rule, path, { kind, left: at, right: fresh });
}

/** One of two sides is dropped; a rule of a single condition stays. */
function prunedOnce(rule: Rule, _: number, rng: Rng): Rule {
  const joins = placesOf(rule).filter((place) => !isLeaf(place));
  if (joins.length === 0) return rule;
  const { path, rule: join } = oneOf(joins, rng);
  if (join.kind === 'condition') return rule;
  return replaced(rule, path, withChance(0.5, rng) ? join.left : join.right);
}

function withOtherExit(genome: Genome, { depthMax }: GenomeSpace, rng: Rng): Genome {
  const which = oneOf(['exit', 'timeStopBars', 'volatilityStop'] as const, rng);
  const drops = withChance(0.4, rng);
  const present = [genome.exit, genome.timeStopBars, genome.volatilityStop].filter((part) => part !== null).length;
  if (drops && genome[which] !== null) return present > 1 ? { ...genome, [which]: null } : genome;
  switch (which) {
    case 'exit':
      return { ...genome, exit: randomRule(depthMax, rng) };
    case 'timeStopBars':
      return {
        ...genome,
        timeStopBars: genome.timeStopBars === null ? oneOf(timeStops, rng) : nearbyRung(timeStops, genome.timeStopBars, rng),
      };
    case 'volatilityStop':
      return { ...genome, volatilityStop: nearbyStop(genome.volatilityStop, rng) };
  }
}

function nearbyStop(stop: Genome['volatilityStop'], rng: Rng): NonNullable<Genome['volatilityStop']> {
  if (stop === null) return randomStop(rng);
  return withChance(0.5, rng)
    ? { ...stop, multiple: nearbyRung(stopMultiples, stop.multiple, rng) }
    : { ...stop, periodBars: nearbyRung(stopPeriods, stop.periodBars, rng) };
}

function withOtherSizing(genome: Genome, _: GenomeSpace, rng: Rng): Genome {
  const { sizing } = genome;
  if (sizing.kind === 'equal' || withChance(0.4, rng)) return { ...genome, sizing: randomSizing(rng) };
  return {
    ...genome,
    sizing: withChance(0.5, rng)
      ? { ...sizing, annualizedVol: nearbyRung(volTargets, sizing.annualizedVol, rng) }
      : { ...sizing, periodBars: nearbyRung(volPeriods, sizing.periodBars, rng) },
  };
}

type Path = ReadonlyArray<'left' | 'right'>;

interface Place {
  readonly path: Path;
  readonly rule: Rule;
}

const isLeaf = ({ rule }: Place): boolean => rule.kind === 'condition';

function placesOf(rule: Rule, path: Path = []): readonly Place[] {
  if (rule.kind === 'condition') return [{ path, rule }];
  return [{ path, rule }, ...placesOf(rule.left, [...path, 'left']), ...placesOf(rule.right, [...path, 'right'])];
}

function replaced(rule: Rule, path: Path, by: Rule): Rule {
  const [first, ...rest] = path;
  if (first === undefined || rule.kind === 'condition') return by;
  return { ...rule, [first]: replaced(rule[first], rest, by) };
}

function grafted(stock: Rule, scion: Rule, depthMax: number, rng: Rng): Rule {
  const { path } = oneOf(placesOf(stock), rng);
  const fitting = placesOf(scion).filter(({ rule }) => path.length + depthOf(rule) <= depthMax);
  return replaced(stock, path, oneOf(fitting, rng).rule);
}
