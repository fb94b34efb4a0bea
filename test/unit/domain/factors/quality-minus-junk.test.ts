import { describe, expect, test } from 'vitest';
import type { FactorReading } from '../../../../shared/domain/factors/factor.ts';
import { qualityMeasures } from '../../../../shared/domain/factors/quality-measures.ts';
import { qualityMinusJunkFactor } from '../../../../shared/domain/factors/quality-minus-junk.factor.ts';
import type { FundamentalReport } from '../../../../shared/domain/market/facts.ts';
import { defaultFactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import { asOf } from '../fixtures.ts';
import { company, contextWith, quarters } from './factor-fixtures.ts';

const rules = defaultFactorRules.quality;

/** 24 quarters of a company that earns `income` a quarter on assets of 1,000 and equity of `equity`, all of it in cash. */
const steady = (income: number, equity = 500, grown = 0): FundamentalReport[] =>
  quarters(24, (ago) => {
    const netIncomeUsd = income - grown * ago + (ago % 2) * 0.01 * income;
    return {
      netIncomeUsd,
      totalAssetsUsd: 1000,
      equityUsd: equity,
      operatingCashFlowUsd: netIncomeUsd,
      capitalExpenditureUsd: 1,
      freeCashFlowUsd: netIncomeUsd - 1,
    };
  });

describe('the measures of quality', () => {
  test('are ratios of a trailing year to balances at its end, worked by hand', () => {
    // Four quarters earn 10, 20, 30, 40 on assets of 1,000 and equity of 400; operations bring 120, of which 20 are spent.
    const reports = quarters(4, (ago) => ({
      netIncomeUsd: 40 - 10 * ago,
      totalAssetsUsd: 1000,
      equityUsd: 400,
      operatingCashFlowUsd: 30,
      freeCashFlowUsd: 25,
    }));
    const found = qualityMeasures(reports, null, rules);
    expect(found).toMatchObject({
      returnOnEquity: 0.25,
      returnOnAssets: 0.1,
      cashFlowOnAssets: 0.1,
      cashEarnings: 0.02,
      lowLeverage: -0.6,
    });
    expect([found.assetReturnGrowth, found.steadyReturn, found.lowBeta, found.lowResidualVol]).toEqual(Array(4).fill(Number.NaN));
  });

  test('grow over as many whole years as there are, per year and over the base they started from', () => {
    // Assets double while the year's income goes from 40 to 100 in two years: (100 − 40) / 500 / 2.
    const reports = quarters(12, (ago) => ({ netIncomeUsd: ago < 4 ? 25 : 10, totalAssetsUsd: ago < 4 ? 1000 : 500, equityUsd: 250 }));
    const found = qualityMeasures(reports, null, rules);
    expect(found.assetReturnGrowth).toBeCloseTo(0.06, 14);
    expect(found.equityReturnGrowth).toBeCloseTo(0.12, 14);
  });

  test('have no return on equity that is not there', () => {
    const found = qualityMeasures(steady(10, -100), null, rules);
    expect(found.returnOnEquity).toBeNaN();
    expect(found.steadyReturn).toBeNaN();
    expect(found.lowLeverage).toBeCloseTo(-1.1, 14);
  });

  test('vary as the sample deviation of the quarterly return on equity', () => {
    // Returns of 2 % and 4 % in turn, twelve quarters: deviation 1 % × √(12/11).
    const reports = quarters(12, (ago) => ({ netIncomeUsd: ago % 2 === 0 ? 2 : 4, equityUsd: 100, totalAssetsUsd: 200 }));
    expect(qualityMeasures(reports, null, rules).steadyReturn).toBeCloseTo(-0.01 * Math.sqrt(12 / 11), 14);
  });
});

describe('quality minus junk', () => {
  const read = (all: readonly (readonly FundamentalReport[])[], rankedMin = 10): readonly FactorReading[] =>
    qualityMinusJunkFactor.read(
      all.map((reports, i) => company(`Q${i}`, { reports })),
      contextWith({ rankedMin }),
    );
  const ladder = Array.from({ length: 12 }, (_, i) => steady(5 + 2 * i, 500, 0.05 * i));

  test('puts the company that is best in everything first, and the worst last', () => {
    const values = read(ladder).map((reading) => (reading.kind === 'reading' ? reading.evidence.profitability! : Number.NaN));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(new Set(values).size).toBe(12);
  });

  test('is absent without reports, with old ones, and with too little of what makes quality', () => {
    const late = ladder.map((reports) => reports.slice(0, -3));
    expect(read([...ladder, []])[12]).toEqual({ kind: 'absent', reason: 'no-reports' });
    expect(read([...ladder, late[0]!])[12]).toEqual({ kind: 'absent', reason: 'reports-too-old' });
    expect(read([...ladder, steady(7).slice(-3)])[12]).toEqual({ kind: 'absent', reason: 'measures-missing' });
    expect(read(ladder.slice(0, 5)).map((reading) => reading.kind)).toEqual(Array(5).fill('absent'));
  });

  test('ranks a young company, without growth and variability, by what it has', () => {
    const [young] = read([...ladder, steady(40).slice(-4)]).slice(12);
    expect(young).toMatchObject({ kind: 'reading' });
    expect(young!.kind === 'reading' && Object.keys(young!.evidence)).not.toContain('growth');
  });

  test('knows a restatement from the day after it was told', () => {
    const restated = ladder[0]!.map((report) => ({ ...report, netIncomeUsd: 500 }));
    const toldToday = restated.map((report) => ({ ...report, availableDay: asOf }));
    const toldBefore = restated.map((report) => ({ ...report, availableDay: (asOf - 1) as typeof asOf }));
    const rank = (extra: readonly FundamentalReport[]): number => {
      const [first] = read([[...ladder[0]!, ...extra], ...ladder.slice(1)]);
      return first!.kind === 'reading' ? first!.evidence.returnOnAssets! : Number.NaN;
    };
    expect(rank(toldToday)).toBe(rank([]));
    expect(rank(toldBefore)).toBeCloseTo(2, 12);
  });
});
