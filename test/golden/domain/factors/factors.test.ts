/** The factors against numpy and scipy.stats on the same world; provenance in factors.golden.json, made by make-golden.py. */
import { expect, test } from 'vitest';
import { bettingAgainstBetaFactor } from '../../../../shared/domain/factors/betting-against-beta.factor.ts';
import type { FactorContext, FactorReading, FactorView } from '../../../../shared/domain/factors/factor.ts';
import { marketFit, marketGrid, shrunk } from '../../../../shared/domain/factors/market-fit.ts';
import { qualityMinusJunkFactor } from '../../../../shared/domain/factors/quality-minus-junk.factor.ts';
import { volatilityScaledMomentumFactor } from '../../../../shared/domain/factors/volatility-scaled-momentum.factor.ts';
import type { FundamentalReport } from '../../../../shared/domain/market/facts.ts';
import { defaultFactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { ticker, toBars } from '../../../unit/domain/fixtures.ts';
import golden from './factors.golden.json' with { type: 'json' };

const context: FactorContext = {
  asOf: golden.asOf as EpochDay,
  market: { name: 'made up', day: Int32Array.from(golden.market.day), simpleReturn: Float64Array.from(golden.market.simpleReturn) },
  sessionsPerYear: 252,
  rules: defaultFactorRules,
};

const views: FactorView[] = golden.companies.map(({ day, close, reports }, i) => {
  const symbol = `G${i}`;
  const rows = close.map((price, k) => ({ day: day[k]! as EpochDay, open: price, high: price, low: price, close: price, volume: 1 }));
  const known = reports.map(
    (report): FundamentalReport => ({
      ...report,
      periodEnd: report.periodEnd as EpochDay,
      availableDay: report.availableDay as EpochDay,
    }),
  );
  return {
    symbol: ticker(symbol),
    bars: toBars(symbol, rows),
    facts: { symbol: ticker(symbol), reports: known, earnings: [], news: [] },
    dailyVol: 0.01,
  };
});

const readValue = (reading: FactorReading): number | null => (reading.kind === 'reading' ? reading.value : null);
const evidenceOf = (reading: FactorReading): Readonly<Record<string, number>> => (reading.kind === 'reading' ? reading.evidence : {});

function expectClose(found: readonly (number | null)[], expected: readonly (number | null)[], digits = 11): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => {
    const other = expected[i]!;
    if (value === null || other === null) expect([i, value]).toEqual([i, other]);
    else expect(value, `company ${i}`).toBeCloseTo(other, digits);
  });
}

test('volatility-scaled momentum agrees with numpy', () => {
  expectClose(volatilityScaledMomentumFactor.read(views, context).map(readValue), golden.scaledMomentum);
});

test('betting against beta agrees with numpy: correlation of three-day returns, one-day volatilities, shrinkage', () => {
  const readings = bettingAgainstBetaFactor.read(views, context);
  expectClose(
    readings.map(readValue),
    golden.fits.map(({ shrunk: value }) => -value),
  );
  expectClose(
    readings.map((reading) => evidenceOf(reading).beta!),
    golden.fits.map(({ beta }) => beta),
  );
  expect(readings.map((reading) => evidenceOf(reading).correlationReturns)).toEqual(golden.fits.map(({ returns }) => returns));
});

test('residual volatility agrees with the residuals of scipy.stats.linregress', () => {
  const grid = marketGrid(context.market, context.asOf, context.rules.beta);
  if (isRefusal(grid)) throw new Error(grid.reason);
  const residual = views.map(({ bars }) => {
    const fit = marketFit(bars, grid, context.rules.beta);
    return isRefusal(fit) ? null : fit.residualDailyVol;
  });
  expectClose(
    residual,
    golden.fits.map(({ residualDailyVol }) => residualDailyVol),
    14,
  );
});

test('quality minus junk agrees with scipy.stats rankdata and zscore, measure by measure, component by component and in all', () => {
  const readings = qualityMinusJunkFactor.read(views, context);
  expectClose(readings.map(readValue), golden.quality);
  readings.forEach((reading, i) => {
    if (reading.kind === 'absent') return;
    for (const [measure, expected] of Object.entries(golden.measures[i]!)) {
      expectClose([reading.evidence[measure] ?? null], [expected]);
    }
    for (const component of ['profitability', 'growth', 'safety'] as const) {
      expectClose([reading.evidence[component] ?? null], [golden.components[component][i]!]);
    }
  });
});

// Frazzini & Pedersen (2014), section 3.1: weight 0.6 on the estimate, 0.4 on 1.
test.each([
  { beta: 0, expected: 0.4 },
  { beta: 0.5, expected: 0.7 },
  { beta: 1, expected: 1 },
  { beta: 2, expected: 1.6 },
  { beta: -0.5, expected: 0.1 },
])('a beta of $beta is shrunk to $expected', ({ beta, expected }) => {
  expect(shrunk(beta, defaultFactorRules.beta)).toBeCloseTo(expected, 15);
});
