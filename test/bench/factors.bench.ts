/** All factors over a cross-section the size of an index, with the facts of years: what they may cost a cycle. */
import { factorsAgent } from '../../shared/domain/agents/factors.agent.ts';
import { bettingAgainstBetaFactor } from '../../shared/domain/factors/betting-against-beta.factor.ts';
import { earningsDriftFactor } from '../../shared/domain/factors/earnings-drift.factor.ts';
import type { Factor, FactorContext, FactorView } from '../../shared/domain/factors/factor.ts';
import { newsSentimentFactor } from '../../shared/domain/factors/news-sentiment.factor.ts';
import { qualityMinusJunkFactor } from '../../shared/domain/factors/quality-minus-junk.factor.ts';
import { standings } from '../../shared/domain/factors/rank.ts';
import { volatilityScaledMomentumFactor } from '../../shared/domain/factors/volatility-scaled-momentum.factor.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { defaultFactorRules } from '../../shared/domain/policy/factor-rules.ts';
import { asOf, quietMarket, ticker, toBars, walk } from '../unit/domain/fixtures.ts';
import { type Bench, median } from './bench.ts';
import { COMPANIES, companyFacts } from './universe.ts';

const DAYS = 252;
const RUNS = 9;

const all: readonly Factor[] = [
  volatilityScaledMomentumFactor,
  bettingAgainstBetaFactor,
  qualityMinusJunkFactor,
  earningsDriftFactor,
  newsSentimentFactor,
];

export const benches: Bench[] = [
  {
    name: 'factors, all, ranked and opined, 500 symbols × 252 days',
    unit: 'ms',
    goal: { atMost: 150 },
    run: async () => measure(all, true),
  },
  ...all.map(
    (factor): Bench => ({ name: `factor ${factor.name}, 500 symbols × 252 days`, unit: 'ms', run: async () => measure([factor], false) }),
  ),
];

function measure(factors: readonly Factor[], opined: boolean): number {
  const context: FactorContext = { asOf, market: quietMarket(), sessionsPerYear: 252, rules: defaultFactorRules };
  const times = Array.from({ length: RUNS + 2 }, () => {
    // Anew each time: what was read of a headline is remembered with it.
    const views = universe();
    const startedAt = performance.now();
    const found = standings(views, context, factors);
    if (opined)
      for (const [i, view] of views.entries())
        factorsAgent.opine({ ...view, asOf, dataQualityScore: 1, factors: found[i]!, rules: defaultPolicy });
    return performance.now() - startedAt;
  });
  return median(times.slice(2));
}

const universe = (): FactorView[] =>
  Array.from({ length: COMPANIES }, (_, i) => {
    const symbol = ticker(`S${i}`);
    return { symbol, bars: toBars(symbol, walk(symbol, DAYS)), facts: companyFacts(symbol), dailyVol: 0.012 };
  });
