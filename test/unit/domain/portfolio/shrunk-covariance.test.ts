import { describe, expect, test } from 'vitest';
import { covarianceMatrix, shrunkCovariance } from '../../../../shared/domain/portfolio/shrunk-covariance.ts';
import { seededPanel } from './make-covariance.ts';

const panel = seededPanel(6, 40, 'unit');
const withSeries = (series: (own: Float64Array, i: number) => Float64Array) => ({ ...panel, returns: panel.returns.map(series) });

describe('shrunk covariance', () => {
  test('refuses what nothing can be learnt from', () => {
    expect(shrunkCovariance({ ...panel, symbols: [], returns: [] })).toMatchObject({ reason: 'history-too-short' });
    expect(shrunkCovariance({ ...panel, days: Int32Array.of(1), returns: panel.returns.map((own) => own.slice(0, 1)) })).toMatchObject({
      reason: 'history-too-short',
    });
    expect(shrunkCovariance(withSeries((own) => own.map(() => 0.001)))).toMatchObject({ reason: 'returns-do-not-vary' });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a return of %s and names the symbol', (odd) => {
    const answer = shrunkCovariance(withSeries((own, i) => (i === 2 ? own.with(5, odd) : own)));
    expect(answer).toMatchObject({ kind: 'refused', reason: 'return-not-finite', details: { symbol: 'S002' } });
  });

  test('leaves one symbol as it is: there is nothing to shrink toward', () => {
    const answer = shrunkCovariance({ ...panel, symbols: panel.symbols.slice(0, 1), returns: panel.returns.slice(0, 1) });
    expect(answer).toMatchObject({ kind: 'covariance', shrinkage: 0, ridge: 0 });
  });

  test('gives a symbol that does not move the ridge alone, so that it is never free of risk', () => {
    const answer = shrunkCovariance(withSeries((own, i) => (i === 0 ? new Float64Array(own.length).fill(0.001) : own)));
    if (answer.kind === 'refused') throw new Error(answer.reason);
    const matrix = covarianceMatrix(answer);
    expect(matrix[0]).toBe(answer.ridge);
    expect([...matrix.subarray(1, 6)]).toEqual([0, 0, 0, 0, 0]);
  });

  test('does not depend on the order of the symbols, to the last bit', () => {
    const straight = shrunkCovariance(panel);
    const turned = shrunkCovariance({ ...panel, symbols: panel.symbols.toReversed(), returns: panel.returns.toReversed() });
    if (straight.kind === 'refused' || turned.kind === 'refused') throw new Error('expected a covariance');
    expect(turned.shrinkage).toBe(straight.shrinkage);
    expect(covarianceMatrix(turned)).toEqual(covarianceMatrix(straight).toReversed());
  });
});
