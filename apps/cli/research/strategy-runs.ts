/**
 * A kept strategy over bars: what it would have earned session by session, under the costs and rules that it was judged with. Nothing is ordered.
 *
 * A run begins flat at the close of the session before the first one that counts, so that what is decided there is bought at the next open. It is
 * run again from there every time: its past comes out the same unless the data were revised, which the caller can see.
 */
import type { StrategyWork } from '../../../shared/contracts/strategy-life.ts';
import { backtest } from '../../../shared/domain/research/engine/backtest.ts';
import { evaluatorOf } from '../../../shared/domain/research/evolution/evaluate-genome.ts';
import { groundOf } from '../../../shared/domain/research/evolution/ground.ts';
import { withDefaults } from '../../../shared/domain/research/parameters.ts';
import { strategyNamed } from '../../../shared/domain/research/registry.ts';
import { returnsOf } from '../../../shared/domain/research/result.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import { BadInput } from '../outcome.ts';
import type { Market } from './question.ts';
import { orBadInput } from './refusals.ts';

export interface SessionReturn {
  readonly day: string;
  readonly simpleReturn: number;
}

const cacheBytesMax = 64 * 1024 * 1024;

/** Of every session after that day. @throws BadInput where the data do not reach back to it, or are of other symbols. */
export function sessionsAfter(work: StrategyWork, market: Market, afterDay: EpochDay): readonly SessionReturn[] {
  const { panel, membership } = market;
  assertSameMarket(work, market);
  const eve = lastMomentUntil(panel.day, afterDay);
  if (eve === -1)
    throw new BadInput(
      `--data must begin before ${formatDay(afterDay)}: the strategy decides at the close before its first session in shadow.`,
    );
  if (eve === panel.day.length - 1) return [];
  const untilMoment = panel.day.length;
  if (work.kind === 'genome') {
    const ground = orBadInput(groundOf({ panel, cacheBytesMax }));
    const evaluate = evaluatorOf(ground, { fromMoment: eve, untilMoment }, work.rules);
    evaluate(work.genome);
    return bySession(panel.day.subarray(eve), evaluate.returns, afterDay);
  }
  const strategy = strategyNamed(work.strategy);
  if (strategy === undefined) throw new BadInput(`This Ballast has no strategy "${work.strategy}" any more, so it cannot be run.`);
  const result = orBadInput(
    backtest({
      ...{ panel, strategy, membership, rules: work.rules, fromMoment: eve, toMoment: untilMoment - 1 },
      parameters: orBadInput(withDefaults(strategy, work.parameters)),
      ...(work.rebalance === null ? {} : { rebalance: work.rebalance }),
    }),
  );
  return bySession(result.day, returnsOf(result), afterDay);
}

function assertSameMarket(work: StrategyWork, { panel, membership }: Market): void {
  const has = new Set<string>(panel.series.map(({ symbol }) => symbol));
  const missing = work.symbols.filter((symbol) => !has.has(symbol));
  if (missing.length > 0 || has.size !== work.symbols.length)
    throw new BadInput(
      missing.length > 0
        ? `--data hold no bars of ${missing.slice(0, 5).join(', ')}, which the strategy was judged on.`
        : `--data hold ${has.size} symbols, and the strategy was judged on ${work.symbols.length}: name them with --symbols.`,
    );
  const wanted = work.kind === 'named' ? work.membership : null;
  if (wanted !== (membership?.name ?? null))
    throw new BadInput(
      wanted === null
        ? 'It was judged without --universe: leave it out.'
        : `It was judged with the universe ${wanted}: give it with --universe.`,
    );
}

/** −1 where all moments are later. */
function lastMomentUntil(day: Int32Array, until: EpochDay): number {
  return day.findLastIndex((one) => one <= until);
}

/** Bars of one session compound. */
function bySession(day: Int32Array, returns: Float64Array, afterDay: EpochDay): readonly SessionReturn[] {
  const growth = new Map<number, number>();
  for (let t = 0; t < day.length; t++) {
    if (day[t]! > afterDay) growth.set(day[t]!, (growth.get(day[t]!) ?? 1) * (1 + returns[t]!));
  }
  return [...growth].map(([session, grown]) => ({ day: formatDay(session as EpochDay), simpleReturn: grown - 1 }));
}
