/**
 * Against the definitions of Ledoit and Wolf (2004), worked out by numpy (make-golden.py), and against the values that scikit-learn's
 * documentation of LedoitWolf prints for its example: covariance [[0.4406, 0.1616], [0.1616, 0.8022]] and shrinkage 0.23.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Covariance, covarianceMatrix, shrunkCovariance } from '../../../../shared/domain/portfolio/shrunk-covariance.ts';
import type { ReturnPanel } from '../../../../shared/domain/risk/return-panel.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { ticker } from '../../../unit/domain/fixtures.ts';

interface Golden {
  name: string;
  returns: number[][];
  meanVariance: number;
  shrinkage: number;
  covariance: number[][];
}
const golden = JSON.parse(readFileSync(new URL('shrinkage.golden.json', import.meta.url), 'utf8')) as Golden[];

const panelOf = (returns: readonly (readonly number[])[]): ReturnPanel => ({
  kind: 'panel',
  days: Int32Array.from(returns[0]!, (_, t) => t),
  symbols: returns.map((_, i) => ticker(`S${String(i).padStart(3, '0')}`)),
  returns: returns.map((series) => Float64Array.from(series)),
});

function shrunk(returns: readonly (readonly number[])[]): Covariance {
  const covariance = shrunkCovariance(panelOf(returns));
  if (isRefusal(covariance)) throw new Error(`expected a covariance, was refused: ${covariance.reason}`);
  return covariance;
}

describe('Ledoit–Wolf shrinkage agrees with the paper', () => {
  test.each(golden)('on the panel "$name"', ({ returns, meanVariance, shrinkage, covariance }) => {
    const ours = shrunk(returns);
    expect(Math.abs(ours.shrinkage - shrinkage)).toBeLessThanOrEqual(1e-13);
    expect(Math.abs(ours.meanVariance / meanVariance - 1)).toBeLessThanOrEqual(1e-13);
    const worst = covarianceMatrix(ours).reduce((most, entry, k) => Math.max(most, Math.abs(entry - covariance.flat()[k]!)), 0);
    expect(worst).toBeLessThanOrEqual(1e-14 * meanVariance * covariance.length);
  });

  test('and with the example in the documentation of scikit-learn', () => {
    const ours = shrunk(golden.find(({ name }) => name === 'scikit-learn')!.returns);
    const printed = [0.4406, 0.1616, 0.1616, 0.8022];
    covarianceMatrix(ours).forEach((entry, k) => {
      expect(Math.floor(entry * 1e4) / 1e4).toBe(printed[k]);
    });
    expect(Math.floor(ours.shrinkage * 100) / 100).toBe(0.23);
  });
});
