/**
 * The first test case of Bailey, Borwein, López de Prado & Zhu (2017), "The Probability of Backtest Overfitting", Journal of Computational Finance
 * 20(4): 1,000 bars of 100 trials, normal, each re-centred so that its Sharpe ratio over all bars is zero, and eight blocks. What a trial earned in one
 * half it lost in the other, so choosing the best is choosing the worst: the probability is 1, the chosen trial always loses, and performance degrades
 * one for one. The draws are ours; the outcome does not depend on them.
 */
import { expect, test } from 'vitest';
import { pbo } from '../../../../../shared/domain/research/validation/backtest-overfitting.ts';
import { isRefusal } from '../../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';

const [TRIALS, BARS, BLOCKS] = [100, 1000, 8];

function trialWithoutMerit(label: string): Float64Array {
  const rng = seededRng('full-overfit').fork(label);
  const returns = Float64Array.from({ length: BARS }, () => rng.normal());
  const mean = returns.reduce((sum, value) => sum + value, 0) / BARS;
  return returns.map((value) => value - mean);
}

test('full overfit: the best of one half is the worst of the other in each of the 70 splits', () => {
  const found = pbo(
    Array.from({ length: TRIALS }, (_, trial) => trialWithoutMerit(String(trial))),
    { blocks: BLOCKS },
  );
  if (isRefusal(found)) throw new Error(found.reason);
  expect(found).toMatchObject({ splits: 70, probability: 1, lossProbability: 1 });
  expect(found.degradation!.slope).toBeCloseTo(-1, 1);
});
