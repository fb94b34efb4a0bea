/**
 * Pairs trading by distance: two prices that moved together for a year are held to do so for the next half year; where they part, the one that
 * fell is bought and the one that rose is sold short, until they meet again. It needs a margin account and shares to borrow.
 *
 * 1. At the first moment with a full window, and every `trading` sessions after: everything is closed and pairs are formed.      form-pairs.ts
 * 2. Both indices start again at 1, dividends laid out on them.
 * 3. A pair opens where the difference is beyond `open` deviations: `gross` / (2 · pairs) of equity on each side.
 * 4. It closes where the difference has crossed zero, where a side has had no bar for five sessions, and when trading ends. It may open again.
 *
 * Source: Gatev, Goetzmann & Rouwenhorst (2006), Review of Financial Studies 19(3); the indices start again at 1 as in Rad, Low & Faff (2016),
 * Quantitative Finance 16(10). Orders go out after the close of the day, so trades come a day later, as in the paper's second panel.
 * Differs: one formation at a time, where they average over six that overlap by a month. Not covered: cointegration, copulas, sectors.
 */
import type { PriceBasis } from '../panel.ts';
import type { Desk, Now, OrderStrategy, Parameters } from '../strategy.ts';
import { eligible } from './parts/eligible.ts';
import { type FormedPair, formPairs } from './parts/form-pairs.ts';
import { growthAt } from './parts/growth.ts';

/** Sessions without a bar after which a side is given up. */
const SILENT_SESSIONS_MAX = 5;

export const pairsStrategy: OrderStrategy = {
  name: 'pairs',
  about: 'Buys the fallen and sells the risen of two prices that moved together, until they meet again.',
  source: 'Gatev, Goetzmann & Rouwenhorst (2006), Review of Financial Studies 19(3)',
  kind: 'orders',
  parameters: {
    formation: { about: 'Sessions in which the pairs are found', initial: 252, min: 10, max: 1260, whole: true },
    trading: { about: 'Sessions in which they are traded', initial: 126, min: 1, max: 1260, whole: true },
    pairs: { about: 'How many', initial: 20, min: 1, max: 500, whole: true },
    open: { about: 'Deviations of the difference at which a pair is opened', initial: 2, min: 0.1, max: 10, whole: false },
    gross: { about: 'Long and short together, as part of equity, if all pairs are open', initial: 1, min: 0.01, max: 4, whole: false },
  },
  start: ({ basis }, parameters) => {
    const book = new PairsBook(basis, parameters);
    return { decide: (now, desk) => book.decide(now, desk) };
  },
};

interface TradedPair extends FormedPair {
  /** 1: long the first, −1: long the second, 0: closed. */
  side: -1 | 0 | 1;
}

class PairsBook {
  readonly #basis: PriceBasis;
  readonly #parameters: Parameters;
  #pairs: TradedPair[] = [];
  #sessionsLeft = 0;
  /** By symbol: total-return index since trading began, and sessions since its last bar. */
  readonly #index = new Map<number, number>();
  readonly #silent = new Map<number, number>();

  constructor(basis: PriceBasis, parameters: Parameters) {
    this.#basis = basis;
    this.#parameters = parameters;
  }

  decide(now: Now, desk: Desk): void {
    if (this.#sessionsLeft > 0) {
      this.#sessionsLeft -= 1;
      this.#follow(now);
      this.#trade(now, desk);
    }
    if (this.#sessionsLeft === 0) this.#form(now);
  }

  #form(now: Now): void {
    const sessions = this.#parameters.formation! + 1;
    const windows = eligible(now).map((symbol) => ({ symbol, bars: now.history(symbol, sessions) }));
    const formed = formPairs(windows, sessions, this.#parameters.pairs!, this.#basis);
    this.#pairs = formed.map((pair) => ({ ...pair, side: 0 }));
    this.#index.clear();
    this.#silent.clear();
    for (const symbol of this.#pairs.flatMap(({ first, second }) => [first, second])) {
      this.#index.set(symbol, 1);
      this.#silent.set(symbol, 0);
    }
    if (formed.length > 0) this.#sessionsLeft = this.#parameters.trading!;
  }

  #follow(now: Now): void {
    for (const [symbol, index] of this.#index) {
      const trades = now.trades(symbol);
      this.#silent.set(symbol, trades ? 0 : this.#silent.get(symbol)! + 1);
      if (trades) this.#index.set(symbol, index * growthAt(now.history(symbol, 2), 1, this.#basis));
    }
  }

  /** Targets only the symbols whose part changes, so what is open is not put right every day. */
  #trade(now: Now, desk: Desk): void {
    const before = this.#weights();
    for (const pair of this.#pairs) pair.side = this.#sideOf(pair);
    const after = this.#weights();
    for (const [symbol, weight] of after) if (weight !== before.get(symbol) && now.bars(symbol) > 0) desk.target(symbol, weight);
  }

  #sideOf({ first, second, deviation, side }: TradedPair): TradedPair['side'] {
    const isSilent = Math.max(this.#silent.get(first)!, this.#silent.get(second)!) >= SILENT_SESSIONS_MAX;
    if (this.#sessionsLeft === 0 || isSilent) return 0;
    const difference = this.#index.get(first)! - this.#index.get(second)!;
    if (side !== 0) return side * difference < 0 ? side : 0;
    if (!(Math.abs(difference) > this.#parameters.open! * deviation)) return 0;
    return difference < 0 ? 1 : -1;
  }

  /** Of every symbol of a pair, as part of equity: pairs that share a symbol add up. */
  #weights(): Map<number, number> {
    const leg = this.#parameters.gross! / (2 * this.#parameters.pairs!);
    const weights = new Map<number, number>();
    const add = (symbol: number, weight: number): Map<number, number> => weights.set(symbol, (weights.get(symbol) ?? 0) + weight);
    for (const { first, second, side } of this.#pairs) {
      add(first, side * leg);
      add(second, -side * leg);
    }
    return weights;
  }
}
