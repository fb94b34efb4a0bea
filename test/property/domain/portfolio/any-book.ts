/**
 * Books, proposals and covariances of every kind: held books that break limits, names that may not trade, shorts, no capacity at all, twins,
 * covariances that are singular, that miss names, or that were refused.
 */
import fc from 'fast-check';
import type { Proposal } from '../../../../shared/domain/ensemble/meta-brain.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { defaultOptimizerRules } from '../../../../shared/domain/policy/optimizer-rules.ts';
import type { AllocationCandidate, AllocationParameters } from '../../../../shared/domain/portfolio/allocation.ts';
import { type Covariance, shrunkCovariance } from '../../../../shared/domain/portfolio/shrunk-covariance.ts';
import type { Refusal } from '../../../../shared/kernel/refusal.ts';
import { ticker } from '../../../unit/domain/fixtures.ts';

/** Even over the interval; `fc.double` would give almost only numbers next to zero. */
export const frac = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 1_000_000 }).map((step) => min + ((max - min) * step) / 1_000_000);

export interface Question {
  readonly book: readonly AllocationCandidate[];
  readonly covariance: Covariance | Refusal;
  readonly parameters: AllocationParameters;
}

const proposalFor = (side: number): Proposal => (side > 0 ? 'BUY' : 'SELL');

const proposals: readonly Proposal[] = ['BUY', 'SELL', 'HOLD', 'REJECT'];

const aName = fc
  .record({
    sector: fc.constantFrom('Energy', 'Utilities', 'Materials', 'Health Care', null),
    currentWeight: fc.oneof(fc.constant(0), fc.constant(0), frac(-0.03, 0.06), frac(-0.2, 0.2)),
    tradable: fc.integer({ min: 0, max: 7 }).map((draw) => draw > 0),
    side: fc.constantFrom(1, 1, -1),
    /** The numbers agree with the proposal, as the Meta-Brain's do, or are anything. */
    coherent: fc.integer({ min: 0, max: 4 }).map((draw) => draw > 0),
    proposal: fc.constantFrom(...proposals),
    recommendedWeight: fc.option(fc.oneof(frac(-0.1, 0.1), fc.constantFrom(0, 0.1, -0.1)), { freq: 20 }),
    excessMu: fc.option(frac(-0.004, 0.004), { freq: 40 }),
    sigma: fc.option(frac(0.002, 0.08), { freq: 40 }),
    /** Few days and few distinct moves: many are collinear, some do not move at all, some are missing (null). */
    moves: fc.option(fc.array(fc.constantFrom(-0.03, -0.01, 0, 0.01, 0.02), { minLength: 5, maxLength: 5 }), { freq: 20 }),
    twin: fc.boolean(),
  })
  .map(({ side, coherent, proposal, recommendedWeight, excessMu, ...rest }) => ({
    ...rest,
    ...(coherent
      ? {
          proposal: proposalFor(side),
          recommendedWeight: recommendedWeight === null ? null : side * Math.abs(recommendedWeight),
          excessMu: excessMu === null ? null : side * Math.abs(excessMu),
        }
      : { proposal, recommendedWeight, excessMu }),
  }));

export const parametersOf = (change: Partial<AllocationParameters> = {}): AllocationParameters => ({
  rules: defaultPolicy.portfolio,
  optimizer: defaultOptimizerRules,
  kellyGamma: 0.3,
  exposureScaleFrac: 1,
  annualizedVolTarget: 0.15,
  sessionsPerYear: 252,
  ...change,
});

const someParameters = fc
  .record({
    allowShort: fc.boolean(),
    roomy: fc.boolean(),
    exposureScaleFrac: fc.oneof(fc.constantFrom(0, 1), frac(0, 1)),
    annualizedVolTarget: fc.constantFrom(0.01, 0.15, 10),
    seatsMax: fc.constantFrom(2, 50),
  })
  .map(({ allowShort, roomy, exposureScaleFrac, annualizedVolTarget, seatsMax }) => {
    const wide = roomy ? { turnoverFracMax: 2, entryStepFracMax: 0.1, sectorFracMax: 0.3 } : {};
    return parametersOf({
      rules: { ...defaultPolicy.portfolio, allowShort, ...wide },
      optimizer: { ...defaultOptimizerRules, seatsMax },
      exposureScaleFrac,
      annualizedVolTarget,
    });
  });

export const aQuestion = (namesMax: number): fc.Arbitrary<Question> =>
  fc.tuple(fc.array(aName, { maxLength: namesMax }), someParameters).map(([names, parameters]) => {
    const twinned = names.map((name, i) => (name.twin && i % 3 === 1 ? names[i - 1]! : name));
    const book = twinned.map(({ moves: _, twin: __, ...own }, i) => ({
      ...own,
      symbol: ticker(`S${String(i).padStart(2, '0')}`),
    }));
    const measured = book.filter((_, i) => twinned[i]!.moves !== null);
    const covariance = shrunkCovariance({
      kind: 'panel',
      days: Int32Array.of(1, 2, 3, 4, 5),
      symbols: measured.map(({ symbol }) => symbol),
      returns: twinned.flatMap(({ moves }) => (moves === null ? [] : [Float64Array.from(moves)])),
    });
    return { book, covariance: withoutRidgeSometimes(covariance, book.length), parameters };
  });

/** The sample covariance of five days, without what shrinkage adds to it, is singular for five names and more. */
const withoutRidgeSometimes = (covariance: Covariance | Refusal, count: number): Covariance | Refusal =>
  covariance.kind === 'covariance' && covariance.shrinkage < 1 && count % 2 === 0 ? { ...covariance, ridge: 0 } : covariance;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
