/**
 * The ranking of a universe the size of an index: measures, filters, ranks. Beside it, the copying of the same bars, which is the
 * least that anything which reads them all can take.
 */
import { dividendAdjusted } from '../../shared/domain/indicators/returns.ts';
import { defaultPolicy } from '../../shared/domain/policy/default-policy.ts';
import { rankOpportunities } from '../../shared/domain/ranking/rank-opportunities.ts';
import { ticker, toBars, walk } from '../unit/domain/fixtures.ts';
import { type Bench, median } from './bench.ts';
import { COMPANIES } from './universe.ts';

const DAYS = 252;
const RUNS = 15;
const WARM_UP_RUNS = 3;

const symbols = () =>
  Array.from({ length: COMPANIES }, (_, i) => {
    const symbol = ticker(`S${i}`);
    return { symbol, governance: { state: 'ACTIVE', reasons: [] } as const, bars: toBars(symbol, walk(symbol, DAYS)) };
  });

export const benches: Bench[] = [
  {
    name: 'opportunity ranking, 500 symbols × 252 days',
    unit: 'ms',
    goal: { atMost: 100 },
    run: async () => {
      const universe = symbols();
      const predictions = new Map(universe.map(({ symbol }, i) => [symbol, { dailyExcessReturn: 0.001, conviction: 0.0001 * i }]));
      return timed(() => rankOpportunities({ symbols: universe, predictions, policy: defaultPolicy }));
    },
  },
  {
    name: 'opportunity ranking, the copying of its bars alone',
    unit: 'ms',
    run: async () => {
      // A dividend in each, so that nothing is handed through.
      const universe = symbols().map(({ bars }) => ({ ...bars, dividend: bars.dividend.fill(0.5, 100, 101) }));
      return timed(() => universe.map(dividendAdjusted));
    },
  },
];

function timed(work: () => unknown): number {
  const times = Array.from({ length: RUNS + WARM_UP_RUNS }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return median(times.slice(WARM_UP_RUNS));
}
