/** What momentum is held against: everybody in equal parts, and itself with tomorrow's close in its hands. */
import type { StrategyMaker } from '../../shared/domain/research/look-ahead.ts';
import { momentumStrategy } from '../../shared/domain/research/strategies/momentum.strategy.ts';
import { countOrTenth, eligible } from '../../shared/domain/research/strategies/parts/eligible.ts';
import { scoreAll, topBy } from '../../shared/domain/research/strategies/parts/scored.ts';
import { equalWeights } from '../../shared/domain/research/strategies/parts/weighting.ts';
import type { WeightStrategy } from '../../shared/domain/research/strategy.ts';

/** All members that have a price, from the same file: whatever bias the file has, both have. */
export const everybody: WeightStrategy = {
  name: 'everybody',
  about: 'Each month equal parts of all members.',
  source: 'the yardstick of this page',
  kind: 'weights',
  rebalance: 'month-end',
  parameters: { gross: momentumStrategy.parameters.gross! },
  weigh(now, { gross }, weights) {
    const members = eligible(now);
    if (members.length === 0) return false;
    equalWeights(members, gross!, weights);
    return true;
  },
};

/** The return of the latest session is replaced by that of the next: one day of look-ahead, read from the panel and not from `now`. */
export const peeking: StrategyMaker = (panel) => ({
  ...momentumStrategy,
  name: 'momentum-that-peeks',
  weigh(now, { lookback, top, gross }, weights) {
    const moments = panel.day.length;
    const ranked = scoreAll(eligible(now), (symbol) => {
      const tomorrow = now.moment + 1 < moments ? panel.rowOf[symbol * moments + now.moment + 1]! : -1;
      const before = now.close(symbol, lookback!);
      return tomorrow >= 0 && before > 0 ? panel.series[symbol]!.close[tomorrow]! / before - 1 : Number.NaN;
    });
    if (ranked.symbols.length === 0) return false;
    equalWeights(topBy(ranked, countOrTenth(top!, ranked.symbols.length)), gross!, weights);
    return true;
  },
});
