/**
 * What a strategy sees: the panel up to this moment, in shares of this moment (shares-of-now.ts), and the account. One object serves a whole run and
 * is moved on by the engine; every accessor is a look-up in columns, without an allocation. The future is out of reach: bars are counted backwards
 * from the latest, and a lag below zero throws.
 */
import { ContractViolation, InvariantViolation } from '../../../kernel/errors.ts';
import type { EpochDay, Ticker } from '../../../kernel/units.ts';
import { type DailyBars, lowerBound, sliceBars } from '../../market/bars.ts';
import type { EarningsRelease } from '../../market/facts.ts';
import { dayAt, type Membership, symbolsOf } from '../panel.ts';
import type { Now } from '../strategy.ts';
import type { Book } from './book.ts';
import { latestRow, type MarketView } from './market-view.ts';
import { SharesOfNow } from './shares-of-now.ts';

export class EngineNow implements Now {
  readonly symbols: readonly Ticker[];
  moment = 0;
  readonly #view: MarketView;
  readonly #membership: Membership | null;
  readonly #book: Book;
  readonly #sharesOfNow: SharesOfNow;
  readonly #announcedDays: ReadonlyArray<Int32Array | undefined>;
  readonly #known = new Map<number, readonly EarningsRelease[]>();

  constructor(view: MarketView, membership: Membership | null, book: Book) {
    this.symbols = symbolsOf(view.panel);
    this.#view = view;
    this.#membership = membership;
    this.#book = book;
    this.#sharesOfNow = new SharesOfNow(view.panel);
    this.#announcedDays = (view.panel.earnings ?? []).map((own) => Int32Array.from(own, ({ availableDay }) => availableDay));
  }

  get day(): EpochDay {
    return dayAt(this.#view.panel, this.moment);
  }

  get equityUsd(): number {
    return this.#book.equityUsd;
  }

  get cashUsd(): number {
    return this.#book.cashUsd;
  }

  trades(symbol: number): boolean {
    return this.#view.panel.rowOf[symbol * this.#view.moments + this.moment]! >= 0;
  }

  isMember(symbol: number): boolean {
    return this.#membership === null || this.#membership.mask[symbol * this.#view.moments + this.moment] === 1;
  }

  bars(symbol: number): number {
    return latestRow(this.#view, symbol, this.moment) + 1;
  }

  open(symbol: number, lag: number): number {
    const row = this.#latest(symbol, lag);
    return this.#sharesOfNow.of(symbol, row).open[row - lag] ?? Number.NaN;
  }

  high(symbol: number, lag: number): number {
    const row = this.#latest(symbol, lag);
    return this.#sharesOfNow.of(symbol, row).high[row - lag] ?? Number.NaN;
  }

  low(symbol: number, lag: number): number {
    const row = this.#latest(symbol, lag);
    return this.#sharesOfNow.of(symbol, row).low[row - lag] ?? Number.NaN;
  }

  close(symbol: number, lag: number): number {
    const row = this.#latest(symbol, lag);
    return this.#sharesOfNow.of(symbol, row).close[row - lag] ?? Number.NaN;
  }

  volume(symbol: number, lag: number): number {
    const row = this.#latest(symbol, lag);
    return this.#sharesOfNow.of(symbol, row).volume[row - lag] ?? Number.NaN;
  }

  history(symbol: number, count: number): DailyBars {
    if (!(count >= 0)) throw new InvariantViolation('a history is a number of bars that is not negative', { symbol, count });
    const end = this.bars(symbol);
    return sliceBars(this.#sharesOfNow.of(symbol, end - 1), Math.max(0, end - count), end);
  }

  earnings(symbol: number): readonly EarningsRelease[] {
    const announced = this.#announcedDays[symbol];
    if (announced === undefined) return [];
    const count = lowerBound(announced, this.day);
    const known = this.#known.get(symbol);
    if (known?.length === count) return known;
    const now = this.#view.panel.earnings![symbol]!.slice(0, count);
    this.#known.set(symbol, now);
    return now;
  }

  shares(symbol: number): number {
    return this.#book.shares[symbol]!;
  }

  weight(symbol: number): number {
    const held = this.#book.shares[symbol]!;
    return held === 0 ? 0 : (held * this.#book.markUsd[symbol]!) / this.#book.equityUsd;
  }

  /** Row of its latest bar, −1 before its first; the symbol and the lag are looked at here, once for all accessors. */
  #latest(symbol: number, lag: number): number {
    if (!(lag >= 0)) throw new InvariantViolation('a strategy reads bars at a lag of 0 or more', { symbol, lag });
    if (this.symbols[symbol] === undefined) throw new ContractViolation('a symbol is an index into the symbols of the run', { symbol });
    return latestRow(this.#view, symbol, this.moment);
  }
}
