/** The path of any symbol's session: from its minutes where the market has them, else from its day. Built once an array of minutes. */
import type { EpochDay, Frac, Ticker } from '../../shared/kernel/units.ts';
import type { MarketView, MinuteBar } from './market-view.ts';
import { pathOfDay, pathOfMinutes, type SessionPath } from './session-path.ts';

export class MarketPaths {
  readonly #market: MarketView;
  readonly #participationFrac: Frac;
  readonly #built = new WeakMap<readonly MinuteBar[], SessionPath>();

  constructor(market: MarketView, participationFrac: Frac) {
    this.#market = market;
    this.#participationFrac = participationFrac;
  }

  /** Undefined when nobody traded it that session. */
  of(symbol: Ticker, session: EpochDay): SessionPath | undefined {
    const minutes = this.#market.minutesOn?.(symbol, session);
    if (minutes) return this.#ofMinutes(session, minutes);
    const bar = this.#market.barOn(symbol, session);
    return bar && pathOfDay(session, bar, this.#participationFrac);
  }

  #ofMinutes(session: EpochDay, minutes: readonly MinuteBar[]): SessionPath | undefined {
    const built = this.#built.get(minutes);
    if (built) return built;
    const path = pathOfMinutes(session, minutes, this.#participationFrac);
    if (path) this.#built.set(minutes, path);
    return path;
  }
}
