import { expect, describe as group, test } from 'vitest';
import type { IndicatorName } from '../../../../../shared/domain/research/evolution/alphabet.ts';
import { nearbyRung } from '../../../../../shared/domain/research/evolution/choose.ts';
import { describe } from '../../../../../shared/domain/research/evolution/describe-genome.ts';
import {
  type Condition,
  complexityOf,
  type Genome,
  genomeFault,
  genomeId,
  type Rule,
} from '../../../../../shared/domain/research/evolution/genome.ts';
import { mutate } from '../../../../../shared/domain/research/evolution/vary-genome.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';

const price = (name: IndicatorName, ...parameters: number[]) => ({ name, parameters });
const crossing: Condition = {
  kind: 'condition',
  left: price('close'),
  relation: 'crosses-above',
  right: price('simple-average', 50),
};
const weak: Condition = { kind: 'condition', left: price('relative-strength', 14), relation: 'below', right: 30 };
const loud: Condition = { kind: 'condition', left: price('volume-ratio', 20), relation: 'above', right: 1.5 };
const simple: Genome = { side: 'long', entry: crossing, exit: null, timeStopBars: 20, volatilityStop: null, sizing: { kind: 'equal' } };
const space = { allowShort: false, depthMax: 2 };
const joined = (kind: 'and' | 'or', left: Rule, right: Rule): Rule => ({ kind, left, right });

group('a genome reads as a sentence', () => {
  test('of the simplest kind', () => {
    expect(describe(simple)).toBe('Buy when the close crosses above the 50-bar average; sell after 20 bars. Equal money in each symbol.');
  });

  test('with everything that there is', () => {
    const full: Genome = {
      side: 'short',
      entry: joined('and', loud, joined('or', crossing, weak)),
      exit: weak,
      timeStopBars: 1,
      volatilityStop: { periodBars: 14, multiple: 2.5 },
      sizing: { kind: 'volatility-target', annualizedVol: 0.15, periodBars: 50 },
    };
    expect(describe(full)).toBe(
      'Sell short when volume over its 20-bar average is above 1.5 and (the close crosses above the 50-bar average or the 14-bar RSI is below 30); ' +
        'cover when the 14-bar RSI is below 30, or after 1 bar, or when the close is 2.5 average true ranges (14 bars) above the lowest close since then. ' +
        'Equal money in each symbol, less where its 50-bar volatility is above 15 % a year.',
    );
    expect(complexityOf(full)).toBe(7);
  });
});

group('an id', () => {
  test('is of what is said, not of the order in which it is said', () => {
    const [ab, ba] = [joined('and', weak, loud), joined('and', loud, weak)];
    expect(genomeId({ ...simple, entry: ab })).toBe(genomeId({ ...simple, entry: ba }));
    expect(genomeId({ ...simple, entry: joined('or', weak, loud) })).not.toBe(genomeId({ ...simple, entry: ab }));
    expect(genomeId({ ...simple, entry: joined('and', weak, weak) })).toBe(genomeId({ ...simple, entry: weak }));
  });
});

group('a genome from outside is found out', () => {
  test.each<[string, Partial<Genome>]>([
    ['a genome is short only where the space allows it', { side: 'short' }],
    ['a genome has a way out', { timeStopBars: null }],
    ['a time stop is on its ladder', { timeStopBars: 21 }],
    ['a volatility stop is on its ladder', { volatilityStop: { periodBars: 14, multiple: 2.7 } }],
    ['a volatility target is on its ladder', { sizing: { kind: 'volatility-target', annualizedVol: 0.5, periodBars: 20 } }],
    ['a rule is at most 2 deep', { entry: joined('and', weak, joined('or', loud, crossing)) }],
    ['a score is compared with one of its levels', { exit: { ...weak, right: 31 } }],
    ['a score is compared with one of its levels', { exit: { ...crossing, right: 30 } }],
    ['a price is compared with a price', { exit: { ...weak, right: price('close') } }],
    ['a price is compared with another price', { exit: { ...crossing, right: price('close') } }],
    [
      'an indicator is one of the alphabet, with its parameters on their ladders',
      { entry: { ...crossing, right: price('simple-average', 51) } },
    ],
    ['an indicator is one of the alphabet, with its parameters on their ladders', { entry: { ...weak, left: price('relative-strength') } }],
    [
      'an indicator is one of the alphabet, with its parameters on their ladders',
      { entry: { ...weak, left: price('toString' as IndicatorName) } },
    ],
  ])('%s', (rule, part) => {
    expect(genomeFault(simple, space)).toBeNull();
    expect(genomeFault({ ...simple, ...part }, space)).toBe(rule);
  });
});

test('mutation reaches every part of a genome', () => {
  const rng = seededRng('mutation');
  const children = Array.from({ length: 400 }, () => mutate(simple, { allowShort: true, depthMax: 2 }, rng));
  const differs = (of: (genome: Genome) => unknown): boolean =>
    children.some((child) => JSON.stringify(of(child)) !== JSON.stringify(of(simple)));
  const parts: ReadonlyArray<(genome: Genome) => unknown> = [
    ({ side }) => side,
    ({ entry }) => entry,
    ({ exit }) => exit,
    ({ timeStopBars }) => timeStopBars,
    ({ volatilityStop }) => volatilityStop,
    ({ sizing }) => sizing,
  ];
  expect(parts.map(differs)).toEqual(parts.map(() => true));
  expect(children.some(({ entry }) => entry.kind !== 'condition')).toBe(true);
  expect(children.some(({ entry }) => entry.kind === 'condition' && entry.relation !== 'crosses-above')).toBe(true);
});

test('a neighbour on a ladder is another rung, and stays on it', () => {
  const rng = seededRng('rungs');
  const ladder = [1, 2, 3, 5];
  for (let k = 0; k < 200; k++) {
    const from = ladder[k % 4]!;
    const to = nearbyRung(ladder, from, rng);
    expect(ladder).toContain(to);
    expect(to).not.toBe(from);
  }
  expect(nearbyRung([0], 0, rng)).toBe(0);
});
