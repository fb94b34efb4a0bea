/** A strategy of orders that draws a progress bar as it decides: of those a session may take long, and the engine does not say where it is. */
import type { OrderStrategy, Strategy } from '../../../shared/domain/research/strategy.ts';
import type { Io } from '../io.ts';
import { type Progress, progressBar } from './progress-bar.ts';
import type { Range } from './question.ts';

/** The same strategy, and the end of its bar. Others are as they were: a run of them is over before a bar could be read. */
export function watched(strategy: Strategy, { fromMoment, toMoment }: Range, io: Pick<Io, 'redraw'>): readonly [Strategy, Progress['end']] {
  if (strategy.kind !== 'orders') return [strategy, () => {}];
  const bar = progressBar(io, { title: strategy.name, unit: 'sessions', total: toMoment - fromMoment + 1 });
  const start: OrderStrategy['start'] = (market, parameters) => {
    const { decide } = strategy.start(market, parameters);
    return {
      decide: (now, desk) => {
        decide(now, desk);
        bar.update(now.moment - fromMoment + 1);
      },
    };
  };
  return [{ ...strategy, start }, () => bar.end()];
}
