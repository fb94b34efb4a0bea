/**
 * What must hold of every genome that the search can make:
 *  1. Born, crossed or mutated, it is valid in its space.
 *  2. It survives JSON, and its id does not depend on the order of what is joined.
 *  3. Its description is one or two whole sentences.
 *  4. Breeding is a function of the stream alone.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe } from '../../../../../shared/domain/research/evolution/describe-genome.ts';
import {
  canonical,
  complexityOf,
  type Genome,
  type GenomeSpace,
  genomeFault,
  genomeId,
  type Rule,
} from '../../../../../shared/domain/research/evolution/genome.ts';
import { randomGenome } from '../../../../../shared/domain/research/evolution/random-genome.ts';
import { crossover, mutate } from '../../../../../shared/domain/research/evolution/vary-genome.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';

const aSpace = fc.record({ allowShort: fc.boolean(), depthMax: fc.integer({ min: 1, max: 4 }) });
const aSeed = fc.integer();

/** A line of descent: two strangers, then children of the last two, each mutated thrice. */
function lineage(space: GenomeSpace, seed: number): readonly Genome[] {
  const rng = seededRng(seed);
  const line = [randomGenome(space, rng), randomGenome(space, rng)];
  for (let k = 0; k < 6; k++) {
    const child = crossover(line.at(-1)!, line.at(-2)!, space, rng);
    line.push(child, mutate(mutate(mutate(child, space, rng), space, rng), space, rng));
  }
  return line;
}

const swapped = (rule: Rule): Rule =>
  rule.kind === 'condition' ? rule : { kind: rule.kind, left: swapped(rule.right), right: swapped(rule.left) };

test('1. every genome of a lineage is valid', () => {
  fc.assert(
    fc.property(aSpace, aSeed, (space, seed) => {
      for (const genome of lineage(space, seed)) {
        expect(genomeFault(genome, space)).toBeNull();
        expect(complexityOf(genome)).toBeGreaterThanOrEqual(2);
      }
    }),
    { numRuns: 200 },
  );
});

test('2. JSON and the order of what is joined change neither genome nor id', () => {
  fc.assert(
    fc.property(aSpace, aSeed, (space, seed) => {
      for (const genome of lineage(space, seed)) {
        expect(canonical(genome)).toEqual(genome);
        expect(JSON.parse(JSON.stringify(genome))).toEqual(genome);
        expect(genomeId({ ...genome, entry: swapped(genome.entry) })).toBe(genomeId(genome));
      }
    }),
    { numRuns: 30 },
  );
});

test('3. the description is whole sentences', () => {
  fc.assert(
    fc.property(aSpace, aSeed, (space, seed) => {
      for (const genome of lineage(space, seed)) {
        expect(describe(genome)).toMatch(/^(Buy|Sell short) when .+; (sell|cover) .+\. Equal money .+\.$/);
        expect(describe(genome)).not.toMatch(/undefined|NaN|null/);
      }
    }),
    { numRuns: 30 },
  );
});

test('4. the same stream breeds the same genomes, another one others', () => {
  fc.assert(
    fc.property(aSpace, aSeed, (space, seed) => {
      expect(lineage(space, seed)).toEqual(lineage(space, seed));
      expect(lineage(space, seed)).not.toEqual(lineage(space, seed + 1));
    }),
    { numRuns: 30 },
  );
});
