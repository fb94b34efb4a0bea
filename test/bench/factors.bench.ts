/** All factors over a cross-section the size of an index, with the facts of years: what they may cost a cycle. */
import { factorsAgent } from '../../shared/domain/agents/factors.agent.ts';
import { bettingAgainstBetaFactor } from '../../shared/domain/factors/betting-against-beta.factor.ts';
import { earningsDriftFactor } from '../../shared/domain/factors/earnings-drift.factor.ts';
import type { Factor, FactorContext, FactorView } from '../../shared/domain/factors/factor.ts';
import { newsSentimentFactor } from '../../shared/domain/factors/news-sentiment.factor.ts';
import { qualityMinusJunkFactor } from '../../shared/domain/factors/quality-minus-junk.factor.ts';
import { standings } from '../../shared/domain/factors/rank.ts';
import { volatilityScaledMomentumFactor } from '../../shared/domain/factors/volatility-scaled-momentum.factor.ts';
import { factsBefore } from '../../shared/domain/market/facts.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { defaultFactorRules } from '../../shared/domain/policy/factor-rules.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import { factsOf } from '../contract/kits/factor-world.ts';
import { asOf, quietMarket, ticker, toBars, walk } from '../unit/domain/fixtures.ts';
import { type Bench, median } from './bench.ts';

const SYMBOLS = 500;
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
  const views = universe();
  const context: FactorContext = { asOf, market: quietMarket(), sessionsPerYear: 252, rules: defaultFactorRules };
  const times = Array.from({ length: RUNS + 2 }, () => {
    const startedAt = performance.now();
    const found = standings(views, context, factors);
    if (opined)
      for (const [i, view] of views.entries())
        factorsAgent.opine({ ...view, asOf, dataQualityScore: 1, factors: found[i]!, rules: defaultPolicy });
    return performance.now() - startedAt;
  });
  return median(times.slice(2));
}

/** 30 headlines each, read by the lexicon: what a language model has read costs nothing here. */
const texts = [
  'shares jump as quarterly earnings beat estimates',
  'cuts its guidance for the full year, cites weak demand',
  'to present at the industrials conference in May',
  'analysts raise the price target after a strong quarter, but warn of debt',
  'names a new chief financial officer',
];

const universe = (): FactorView[] =>
  Array.from({ length: SYMBOLS }, (_, i) => {
    const symbol = ticker(`S${i}`);
    const facts = factsBefore(factsOf(symbol, seededRng(symbol)), asOf);
    const news = facts.news.map(({ publishedAt }, k) => ({ publishedAt, text: `${symbol} ${texts[k % texts.length]} (${k})` }));
    return { symbol, bars: toBars(symbol, walk(symbol, DAYS)), facts: { ...facts, news }, dailyVol: 0.012 };
  });
