/** A market of one symbol, GOOD, made up for one test: minutes or days, dividends and splits. */
import type { CorporateActions, MarketView, MinuteBar, SessionBar } from '../../../apps/paper-exchange/market-view.ts';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import type { EpochDay, Ticker } from '../../../shared/kernel/units.ts';

export interface Made {
  /** The same every session where it is not a function. */
  readonly bar?: SessionBar | ((day: EpochDay) => SessionBar | undefined);
  readonly minutes?: (day: EpochDay) => readonly MinuteBar[];
  readonly actions?: ReadonlyMap<EpochDay, CorporateActions>;
  readonly easyToBorrow?: boolean;
}

export const flatBar = (price: number, volume = 1_000_000): SessionBar => ({ open: price, high: price, low: price, close: price, volume });

export function madeMarket({ bar = flatBar(100), minutes, actions, easyToBorrow = true }: Made): MarketView {
  return {
    barOn: (symbol, day) => (symbol !== 'GOOD' ? undefined : typeof bar === 'function' ? bar(day) : bar),
    ...(minutes && { minutesOn: (_symbol, day) => minutes(day) }),
    ...(actions && { actionsOn: (_symbol, day) => actions.get(day) }),
    isTradable: () => true,
    isEasyToBorrow: () => easyToBorrow,
    symbols: () => ['GOOD' as Ticker],
  };
}

/** Minutes from that one on, one a price, flat and with the same volume. */
export const minutesFrom = (day: EpochDay, hour: number, prices: readonly number[], volume = 1000): readonly MinuteBar[] =>
  prices.map((price, minute) => ({ ...flatBar(price, volume), at: newYorkInstant(day, hour, minute) }));
