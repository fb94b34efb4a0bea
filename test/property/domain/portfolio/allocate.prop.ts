/**
 * What must hold for every book, every set of proposals and every covariance:
 *  1. Targets are feasible, 10,000 times: every limit holds exactly in floating point, except where what may not trade breaks it alone;
 *     turnover holds, except for what repairing the book held needed; nothing passes its recommended weight, its entry step or zero;
 *     proposals are obeyed in direction; what may not trade does not.
 *  2. The optimizer solves what it is given.
 *  3. Permuting the candidates (and the covariance) permutes the targets, bit for bit.
 *  4. Twins are treated alike.
 *  5. Multiplying expected returns, covariance and costs by one factor changes nothing; without limits weights are proportional to γ.
 *  6. Growth never carries the book over its volatility target.
 *  7. Whole lots keep every limit that the weights keep.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate } from '../../../../shared/domain/portfolio/allocate.ts';
import type { AllocationCandidate } from '../../../../shared/domain/portfolio/allocation.ts';
import { shrunkCovariance } from '../../../../shared/domain/portfolio/shrunk-covariance.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { ticker } from '../../../unit/domain/fixtures.ts';
import { seededPanel, unrelated } from '../../../unit/domain/portfolio/make-covariance.ts';
import { aQuestion, frac, parametersOf, type Question, sum } from './any-book.ts';

const answered = ({ book, covariance, parameters }: Question) => allocate(book, parameters, covariance);

/** Fails by its title when a group of names uses more than its limit, what may not trade aside. */
function expectWithin(book: readonly AllocationCandidate[], targets: readonly number[], concerns: (i: number) => boolean, limit: number) {
  const gross = (counts: (i: number) => boolean) => sum(targets.map((target, i) => (counts(i) ? Math.abs(target) : 0)));
  const stuck = gross((i) => concerns(i) && !book[i]!.tradable);
  expect(gross(concerns)).toBeLessThanOrEqual(Math.max(limit, stuck));
}

function expectLimits({ book, parameters: { rules, exposureScaleFrac } }: Question, targets: readonly number[]) {
  expect(targets.every(Number.isFinite)).toBe(true);
  expectWithin(book, targets, () => true, rules.grossFracMax * exposureScaleFrac);
  expectWithin(book, targets, (i) => targets[i]! > 0, rules.longFracMax * exposureScaleFrac);
  expectWithin(book, targets, (i) => targets[i]! < 0, rules.allowShort ? rules.shortFracMax * exposureScaleFrac : 0);
  book.forEach((_, i) => {
    expectWithin(book, targets, (j) => j === i, rules.singleNameFracMax);
  });
  for (const sector of new Set(book.map((candidate) => candidate.sector))) {
    expectWithin(book, targets, (i) => book[i]!.sector === sector, rules.sectorFracMax);
  }
}

function expectObedience({ book, parameters: { rules } }: Question, weights: ReturnType<typeof allocate>['weights']) {
  book.forEach(({ currentWeight, tradable, proposal, recommendedWeight }, i) => {
    const { targetWeight, forced, refusals } = weights[i]!;
    if (!tradable) expect(targetWeight).toBe(currentWeight);
    expect(targetWeight * currentWeight).toBeGreaterThanOrEqual(0);
    if (Math.abs(targetWeight) > Math.abs(currentWeight)) {
      expect(Math.abs(targetWeight)).toBeLessThanOrEqual(Math.abs(recommendedWeight!));
      expect(Math.abs(targetWeight) - Math.abs(currentWeight)).toBeLessThanOrEqual(rules.entryStepFracMax);
    }
    if (forced || refusals.some(({ reason }) => reason === 'volatility-target')) return;
    if (proposal !== 'BUY') expect(targetWeight).toBeLessThanOrEqual(currentWeight);
    if (proposal !== 'SELL') expect(targetWeight).toBeGreaterThanOrEqual(currentWeight);
  });
}

const expectFeasible = (question: Question): void => {
  const { weights, totals } = answered(question);
  expectLimits(
    question,
    weights.map(({ targetWeight }) => targetWeight),
  );
  expectObedience(question, weights);
  const turnover = sum(weights.map(({ targetWeight }, i) => Math.abs(targetWeight - question.book[i]!.currentWeight)));
  expect(turnover).toBeLessThanOrEqual(Math.max(question.parameters.rules.turnoverFracMax, totals.forcedTurnoverFrac + 1e-12));
};

describe('allocation', () => {
  test('1. is feasible for 10,000 books of up to 9 names', () => {
    fc.assert(fc.property(aQuestion(9), expectFeasible), { numRuns: 10_000 });
  });

  test('1. and those books reach every way to end: each reason and each status, growth up and down', () => {
    const met = new Set<string>();
    for (const question of fc.sample(aQuestion(9), { numRuns: 10_000, seed: 1 })) {
      const { weights, optimizer } = answered(question);
      for (const { refusals, forced } of weights)
        for (const reason of [...refusals.map((one) => one.reason), `forced: ${forced}`]) met.add(reason);
      met
        .add(optimizer.status)
        .add(`scaled ${Math.sign((optimizer.volatilityScale ?? 1) - 1)}`)
        .add(`seats ${Math.min(optimizer.seats, 3)}`);
    }
    const reasons = [
      'cost-exceeds-conviction',
      'outbid',
      'covariance-missing',
      'closes-before-reversing',
      'turnover-spent',
      'sector-limit',
    ];
    const limits = ['single-name-limit', 'long-limit', 'short-limit', 'gross-limit', 'entry-step-limit', 'volatility-target'];
    const endings = ['solved', 'not-needed', 'refused', 'scaled -1', 'scaled 0', 'scaled 1', 'seats 0', 'seats 1', 'seats 2', 'seats 3'];
    const expected = [...reasons, ...limits, ...endings, 'reduction-postponed', 'forced: true', 'forced: false'];
    expect(expected.filter((one) => !met.has(one))).toEqual([]);
  });

  test('1. and for books of up to 60 names', () => {
    fc.assert(fc.property(aQuestion(60), expectFeasible), { numRuns: 300 });
  });

  test('2. solves its programs, singular covariances included', () => {
    fc.assert(
      fc.property(aQuestion(20), (question) => {
        const { optimizer } = answered(question);
        expect(optimizer.status).not.toBe('inaccurate');
        expect(Math.max(optimizer.primalResidual, optimizer.dualResidual)).toBeLessThanOrEqual(
          question.parameters.optimizer.residualFracMax,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('3. permuting the candidates permutes the targets', () => {
    fc.assert(
      fc.property(aQuestion(25), fc.nat(), ({ book, covariance, parameters }, turn) => {
        const rotated = <Item>(items: readonly Item[]): Item[] => items.map((_, i) => items[(i + turn) % items.length]!).reverse();
        const turned = isRefusal(covariance)
          ? covariance
          : { ...covariance, symbols: rotated(covariance.symbols), loadings: rotated(covariance.loadings) };
        const straight = allocate(book, parameters, covariance);
        const answer = allocate(rotated(book), parameters, turned);
        expect(answer.weights).toEqual(rotated(straight.weights));
        expect(answer.optimizer).toEqual(straight.optimizer);
      }),
      { numRuns: 500 },
    );
  });

  test('4. twins are treated alike', () => {
    fc.assert(
      fc.property(aQuestion(9), ({ book, covariance, parameters }) => {
        const twins = { ...parameters, optimizer: { ...parameters.optimizer, seatsMax: 50 } };
        const { weights } = allocate(book, twins, covariance);
        book.forEach((candidate, i) => {
          const other = book[i - 1];
          const related =
            !isRefusal(covariance) &&
            [i - 1, i].map((k) => covariance.loadings[covariance.symbols.indexOf(book[k]?.symbol ?? candidate.symbol)]);
          const alike = other !== undefined && JSON.stringify({ ...other, symbol: '' }) === JSON.stringify({ ...candidate, symbol: '' });
          // Reductions that turnover cuts short are granted one after the other.
          if (!alike || !related || candidate.proposal !== 'BUY' || candidate.currentWeight < 0) return;
          if (JSON.stringify(related[0]) !== JSON.stringify(related[1])) return;
          expect(weights[i]!.targetWeight).toBe(weights[i - 1]!.targetWeight);
        });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('Kelly', () => {
  const unlimited = parametersOf({
    rules: {
      ...parametersOf().rules,
      ...{ grossFracMax: 1e6, longFracMax: 1e6, sectorFracMax: 1e6, singleNameFracMax: 1e6, turnoverFracMax: 1e6, entryStepFracMax: 1e6 },
      tradeCostFrac: 0,
    },
    annualizedVolTarget: 1e6,
    optimizer: { ...parametersOf().optimizer, volatilityScaleUpMax: 1 },
  });
  const bookOf = (mus: readonly number[], cap: number): AllocationCandidate[] =>
    mus.map((excessMu, i) => ({
      symbol: ticker(`S${String(i).padStart(3, '0')}`),
      sector: `sector-${i}`,
      currentWeight: 0,
      tradable: true,
      proposal: 'BUY',
      recommendedWeight: cap,
      excessMu,
      sigma: 0.02,
    }));
  const someMus = fc.array(frac(0.0001, 0.002), { minLength: 1, maxLength: 8 });
  const covarianceOf = (count: number, factor = 1) => {
    const panel = seededPanel(count, 60, 'kelly');
    return shrunkCovariance({ ...panel, returns: panel.returns.map((series) => series.map((value) => value * Math.sqrt(factor))) });
  };
  const targetsOf = (...question: Parameters<typeof allocate>) => allocate(...question).weights.map(({ targetWeight }) => targetWeight);

  test('5. does not depend on the unit in which returns, covariance and costs are all measured', () => {
    fc.assert(
      fc.property(someMus, frac(0.01, 100), (mus, factor) => {
        const limited = { ...parametersOf(), annualizedVolTarget: 1e6, optimizer: unlimited.optimizer };
        const inUnits = (unit: number): number[] => {
          const book = bookOf(
            mus.map((mu) => mu * unit),
            0.1,
          ).map((candidate) => ({ ...candidate, sigma: 0.02 * Math.sqrt(unit) }));
          const rules = { ...limited.rules, tradeCostFrac: limited.rules.tradeCostFrac * unit };
          return targetsOf(book, { ...limited, rules }, covarianceOf(mus.length, unit));
        };
        const scaled = inUnits(factor);
        inUnits(1).forEach((weight, i) => {
          expect(Math.abs(scaled[i]! - weight)).toBeLessThanOrEqual(1e-9);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('5. is proportional to γ where nothing limits it', () => {
    fc.assert(
      fc.property(someMus, frac(0.1, 5), (mus, gamma) => {
        const covariance = covarianceOf(mus.length);
        const one = targetsOf(bookOf(mus, 1e5), { ...unlimited, kellyGamma: 1 }, covariance);
        const fraction = targetsOf(bookOf(mus, 1e5), { ...unlimited, kellyGamma: gamma }, covariance);
        fraction.forEach((weight, i) => {
          expect(Math.abs(weight - gamma * one[i]!)).toBeLessThanOrEqual(1e-8 * gamma * Math.max(1, ...one));
        });
      }),
      { numRuns: 300 },
    );
  });

  test('6. growth never carries the book over its volatility target', () => {
    fc.assert(
      fc.property(someMus, frac(0.005, 0.2), frac(0, 0.9), (mus, annualizedVolTarget, common) => {
        const book = bookOf(mus, 0.1);
        const rules = { ...parametersOf().rules, turnoverFracMax: 1, entryStepFracMax: 0.1 };
        const { optimizer } = allocate(book, parametersOf({ rules, annualizedVolTarget }), unrelated(book, common));
        expect(optimizer.predictedAnnualizedVol).toBeLessThanOrEqual(annualizedVolTarget * (1 + 1e-12));
      }),
      { numRuns: 500 },
    );
  });
});
