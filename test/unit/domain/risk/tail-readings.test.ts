import { describe, expect, test } from 'vitest';
import { defaultTailRules } from '../../../../shared/domain/policy/tail-rules.ts';
import { paretoTail, paretoTailLoss } from '../../../../shared/domain/risk/evt-tail.ts';
import { noTail, readTail, type TailReadings, worstTail } from '../../../../shared/domain/risk/tail-readings.ts';
import { sampleMoments } from '../../../../shared/domain/statistics/moments.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';

function normalReturns(count: number, seed = 'returns'): Float64Array {
  const rng = seededRng(seed);
  return Float64Array.from({ length: count }, () => 0.01 * rng.normal());
}

describe('tail readings', () => {
  test('of a year have three methods and say why the fourth is missing', () => {
    const readings = readTail(normalReturns(251), 0.95, defaultTailRules);
    const { mean, variance, skewness, excessKurtosis } = sampleMoments(normalReturns(251));
    expect(readings.historical).toMatchObject({ kind: 'reading', evidence: { observations: 251 } });
    expect(readings.parametric).toMatchObject({ kind: 'reading', evidence: { mean, dailyVol: Math.sqrt(variance) } });
    expect(readings.cornishFisher).toMatchObject({ kind: 'reading', evidence: { skewness, excessKurtosis } });
    expect(readings.evt).toMatchObject({ kind: 'refused', reason: 'too-few-exceedances' });
  });

  test('of two years have the fourth too, with the figures of its fit', () => {
    const fitted = paretoTail(normalReturns(600), defaultTailRules);
    if (fitted.kind === 'refused') throw new Error(`expected a fit, was refused: ${fitted.reason}`);
    const { count, shape, scale, shapeStandardError, scaleStandardError } = fitted.fit;
    const { thresholdLossFrac } = fitted;
    const { evt } = readTail(normalReturns(600), 0.95, defaultTailRules);
    const evidence = { exceedances: count, thresholdLossFrac, shape, shapeStandardError, scale, scaleStandardError };
    expect(evt).toEqual({ kind: 'reading', ...paretoTailLoss(fitted, 0.95), evidence });
    expect(readTail(normalReturns(600), 0.5, defaultTailRules).evt).toMatchObject({ reason: 'level-within-threshold' });
  });

  test('of nothing held are no loss by any method', () => {
    const none = { kind: 'reading', varFrac: 0, cvarFrac: 0, evidence: {} };
    expect(noTail).toEqual({ historical: none, parametric: none, cornishFisher: none, evt: none });
  });

  const reading = (varFrac: number, cvarFrac: number) => ({ kind: 'reading', varFrac, cvarFrac, evidence: {} }) as const;
  const four: TailReadings = {
    historical: reading(0.02, 0.03),
    parametric: reading(0.09, 0.09),
    cornishFisher: reading(0.025, 0.028),
    evt: refuse('too-few-exceedances'),
  };

  test('the worst is taken measure by measure, among the methods that the policy names; one that refused is named', () => {
    expect(worstTail(four, defaultTailRules)).toEqual({
      kind: 'worst-tail',
      varFrac: 0.025,
      varMethod: 'cornishFisher',
      cvarFrac: 0.03,
      cvarMethod: 'historical',
      refused: ['evt'],
    });
  });

  test('each measure names the method that is worst in it', () => {
    const fatter = { ...four, evt: reading(0.022, 0.035) };
    expect(worstTail(fatter, defaultTailRules)).toEqual({
      kind: 'worst-tail',
      varFrac: 0.025,
      varMethod: 'cornishFisher',
      cvarFrac: 0.035,
      cvarMethod: 'evt',
      refused: [],
    });
  });

  test('of equal readings the historical is named', () => {
    const equal = { ...four, cornishFisher: reading(0.02, 0.03) };
    expect(worstTail(equal, defaultTailRules)).toMatchObject({ varMethod: 'historical', cvarMethod: 'historical' });
  });

  test('the historical counts even where the policy forgets it, and without it there is no measure', () => {
    expect(worstTail(four, { limitMethods: ['cornishFisher'] })).toMatchObject({ cvarFrac: 0.03, cvarMethod: 'historical' });
    expect(worstTail({ ...four, historical: refuse('history-too-short') }, defaultTailRules)).toMatchObject({
      reason: 'history-too-short',
    });
  });

  test('a reading that is no number is refused, not passed over', () => {
    const details = { method: 'historical', varFrac: Number.NaN, cvarFrac: 0.03 };
    expect(worstTail({ ...four, historical: reading(Number.NaN, 0.03) }, defaultTailRules)).toEqual(refuse('tail-not-finite', details));
    const infinite = { ...four, cornishFisher: reading(0.02, Number.POSITIVE_INFINITY) };
    expect(worstTail(infinite, defaultTailRules)).toMatchObject({ reason: 'tail-not-finite' });
    expect(worstTail({ ...four, cornishFisher: reading(Number.NaN, 0.01) }, defaultTailRules)).toMatchObject({ reason: 'tail-not-finite' });
  });
});
