/**
 * What simply holding all symbols would have made: equal parts of each that has a bar at this moment and at the one before, put right again at each
 * moment, without costs. Dividends that are not in the prices are in it, and splits of as-traded prices.
 */
import type { Panel } from '../../../shared/domain/research/panel.ts';
import type { Range } from './question.ts';

interface Benchmark {
  readonly name: string;
  /** Growth of 1, one per moment of the range; the first moment is 1. */
  readonly growth: Float64Array;
}

export function equalWeightGrowth({ series, rowOf, day, basis }: Panel, { fromMoment, toMoment }: Range): Benchmark {
  const moments = toMoment - fromMoment + 1;
  const growth = new Float64Array(moments).fill(1);
  for (let at = 1; at < moments; at++) {
    const moment = fromMoment + at;
    let [sum, held] = [0, 0];
    for (const [symbol, bars] of series.entries()) {
      const row = rowOf[symbol * day.length + moment]!;
      if (row < 1 || rowOf[symbol * day.length + moment - 1] !== row - 1) continue;
      const split = basis === 'as-traded' ? bars.splitRatio[row]! : 1;
      const paid = basis === 'total-return' ? 0 : bars.dividend[row]!;
      sum += (bars.close[row]! * split + paid) / bars.close[row - 1]!;
      held++;
    }
    growth[at] = growth[at - 1]! * (held === 0 ? 1 : sum / held);
  }
  return { name: series.length === 1 ? `${series[0]!.symbol} held` : `equal parts of all ${series.length} symbols`, growth };
}
