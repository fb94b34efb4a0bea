/**
 * Where each company stands on each factor, among all companies that have a reading of it.
 *
 * 1. Each factor reads all companies at once.
 * 2. A reading with a number that is not finite is no reading.
 * 3. A cross-section of fewer than `rankedMin` readings ranks nobody.
 * 4. rankFrac = place / (readings − 1), so that 0 is the lowest and 1 the highest; equal values share the mean of their places.
 */
import { invariant } from '../../kernel/errors.ts';
import type { Factor, FactorContext, FactorReading, FactorStanding, FactorView } from './factor.ts';
import { absent } from './factor.ts';
import { meanPlaces } from './places.ts';

/**
 * For each company, in the order given, its standing on each factor, in the order given.
 * @throws InvariantViolation when a factor does not give one reading per company.
 */
export function standings(
  views: readonly FactorView[],
  context: FactorContext,
  factors: readonly Factor[],
): readonly (readonly FactorStanding[])[] {
  const byFactor = factors.map((factor) => standingsOn(factor, views, context));
  return views.map((_, i) => byFactor.map((own) => own[i]!));
}

function standingsOn(factor: Factor, views: readonly FactorView[], context: FactorContext): readonly FactorStanding[] {
  const readings = factor.read(views, context).map(onlyFinite);
  invariant(readings.length === views.length, 'a factor gives one reading per company', { factor: factor.name });
  const values = Float64Array.from(readings, (reading) => (reading.kind === 'reading' ? reading.value : Number.NaN));
  const ranked = readings.filter(({ kind }) => kind === 'reading').length;
  const places = meanPlaces(values);

  return readings.map((reading, i): FactorStanding => {
    if (reading.kind === 'absent') return { ...reading, factor: factor.name };
    if (ranked < context.rules.rankedMin) return { kind: 'absent', factor: factor.name, reason: 'cross-section-too-small' };
    return {
      kind: 'standing',
      factor: factor.name,
      value: reading.value,
      rankFrac: ranked === 1 ? 0.5 : places[i]! / (ranked - 1),
      ranked,
      evidence: reading.evidence,
    };
  });
}

function onlyFinite(reading: FactorReading): FactorReading {
  if (reading.kind === 'absent') return reading;
  return [reading.value, ...Object.values(reading.evidence)].every(Number.isFinite) ? reading : absent('reading-not-finite');
}
