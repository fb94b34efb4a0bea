/**
 * A slice of scripts/measure-evolution.ts, which does the same over hundreds of markets: seeds are fixed, so these either pass for ever or never.
 */
import { describe, expect, test } from 'vitest';
import { type SearchVerdict, splitRanges } from '../../../../../shared/domain/research/evolution/judge-search.ts';
import { withLuckFloor } from '../../../../../shared/domain/research/evolution/luck-floor.ts';
import { evidenceOf } from '../../../../../shared/domain/research/evolution/search-evidence.ts';
import { probabilisticSharpe } from '../../../../../shared/domain/research/validation/probabilistic-sharpe.ts';
import { noiseMarket, searchMarket } from '../../../../support/research/noise-market.ts';

const searched = (seed: string, edge: number): SearchVerdict =>
  searchMarket(noiseMarket({ seed, symbols: 4, moments: 1000, edge }), seed, { islands: 2, populationSize: 12, generations: 8 });

const luckily = ({ training }: SearchVerdict): boolean => {
  if (training === null || training.sharpe.kind === 'refused') return false;
  const probability = probabilisticSharpe(training.sharpe, 0);
  return typeof probability === 'number' && probability >= 0.95;
};

describe('a search over pure noise', () => {
  const verdicts = Array.from({ length: 8 }, (_, index) => searched(`slice-${index}`, 0));

  test('shows something that would pass for skill nearly every time, and the verdict believes none of it', () => {
    expect(verdicts.filter(luckily).length).toBeGreaterThanOrEqual(5);
    expect(verdicts.filter(({ isFound }) => isFound)).toHaveLength(0);
  });

  test('counts every genome of every island', () => {
    for (const { trials } of verdicts) expect(trials.trials).toBe(2 * 12 * 9);
  });
});

describe('a market with a planted rule', () => {
  const verdict = searched('planted-slice', 1.6);

  test('is seen through, in training and on the hold-out', () => {
    expect(verdict.isFound).toBe(true);
    expect(verdict.holdOut!.evaluation.annualReturnFrac).toBeGreaterThan(0);
  });

  test('gives evidence that names itself by its content', () => {
    const evidence = evidenceOf(verdict, 252);
    expect(evidence).toMatchObject({ barsPerYear: 252, trials: verdict.trials, evidenceId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
    const more = { ...verdict.trials, trials: verdict.trials.trials + 1 };
    expect(evidenceOf(verdict, 252, more)).not.toMatchObject({ evidenceId: (evidence as { evidenceId: string }).evidenceId });
  });

  test('gives none where the ledger has fewer trials than the search made', () => {
    const fewer = { ...verdict.trials, trials: verdict.trials.trials - 1 };
    expect(evidenceOf(verdict, 252, fewer)).toMatchObject({ reason: 'trials-missing' });
  });
});

test('a search in which nothing traded has no candidate, and no evidence', () => {
  const trials = { trials: 96, sharpe: { count: 0, squares: 0 } };
  const verdict: SearchVerdict = { kind: 'search-verdict', candidate: null, trials, training: null, holdOut: null, isFound: false };
  expect(evidenceOf(verdict, 252)).toMatchObject({ reason: 'no-candidate' });
});

test('the hold-out lies behind the purge, which belongs to neither', () => {
  expect(splitRanges(1000, 0.4, 60)).toEqual({
    training: { fromMoment: 0, untilMoment: 540 },
    holdOut: { fromMoment: 600, untilMoment: 1000 },
  });
});

describe('the spread of trials', () => {
  test('is never taken for less than the sampling error of a ratio without skill', () => {
    const crowded = withLuckFloor({ trials: 500, sharpe: { count: 401, squares: 0.001 } }, 1001);
    // A variance of 1/1000 for each of 400 degrees of freedom.
    expect(crowded.sharpe.squares).toBeCloseTo(0.4, 12);
  });

  test('stands as it was seen where it is wider', () => {
    const wide = { trials: 500, sharpe: { count: 401, squares: 0.9 } };
    expect(withLuckFloor(wide, 1001)).toEqual(wide);
  });
});
