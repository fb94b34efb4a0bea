/** Discounted cash flows and both agents on Apple's fiscal year 2023, against figures worked in Python; provenance is in the golden file. */
import { describe, expect, test } from 'vitest';
import type { GivenOpinion, SymbolView } from '../../../../shared/domain/agents/agent.ts';
import { fundamentalAgent } from '../../../../shared/domain/agents/fundamental.agent.ts';
import { twoStageValueUsd } from '../../../../shared/domain/agents/valuation/discounted-cash-flow.ts';
import { valuationAgent } from '../../../../shared/domain/agents/valuation.agent.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { parseDay } from '../../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { ticker, toBars, walk } from '../../../unit/domain/fixtures.ts';
import golden from './valuation.golden.json' with { type: 'json' };

const { company } = golden;
const asOf = parseDay(company.asOf);

function apple(): SymbolView {
  const rows = walk('AAPL', 252, asOf);
  const bars = toBars(
    'AAPL',
    rows.map((row, i) => ({
      ...row,
      close: i === rows.length - 1 ? company.priceUsd : row.close,
      dividend: i % 63 === 31 ? company.dividends[(i - 31) / 63]! : 0,
    })),
  );
  return {
    symbol: ticker('AAPL'),
    asOf,
    bars,
    dailyVol: 0.015,
    dataQualityScore: 1,
    factors: [],
    rules: defaultPolicy,
    facts: {
      symbol: ticker('AAPL'),
      news: [],
      reports: company.reports.map((report) => ({
        ...report,
        periodEnd: parseDay(report.periodEnd),
        availableDay: (parseDay(report.periodEnd) + 34) as EpochDay,
        sharesOutstanding: company.sharesOutstanding,
      })),
      earnings: company.earnings.map((release, i) => ({
        ...release,
        availableDay: (asOf - 15 - 91 * (3 - i)) as EpochDay,
        session: 'post' as const,
      })),
    },
  };
}

function expectFigures(opinion: ReturnType<typeof valuationAgent.opine>, expected: Readonly<Record<string, number>>): void {
  expect(opinion.kind).toBe('opinion');
  const { confidence, evidence } = opinion as GivenOpinion;
  const found: Readonly<Record<string, number>> = { ...evidence, confidence };
  for (const [name, value] of Object.entries(expected))
    expect(found[name], name).toBeCloseTo(value, 12 - Math.ceil(Math.log10(Math.abs(value) + 1)));
}

describe('valuation against outside values', () => {
  test.each(golden.flows)('a share that pays $cashPerShareUsd and grows by $growthFrac is worth $valueUsd', ({ valueUsd, ...given }) => {
    const worth = twoStageValueUsd(given.cashPerShareUsd, given.growthFrac, { ...defaultPolicy.valuation.discountedCashFlow, ...given });
    expect(worth).toBeTypeOf('number');
    expect((worth as number) / valueUsd).toBeCloseTo(1, 12);
  });

  test('values Apple in November 2023 as the program beside the golden file does', () => {
    expectFigures(valuationAgent.opine(apple()), golden.valuation);
  });

  test('judges the business of Apple in November 2023 as the program beside the golden file does', () => {
    expectFigures(fundamentalAgent.opine(apple()), golden.fundamental);
  });
});
