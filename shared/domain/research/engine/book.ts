/**
 * What the account holds and owes. Every dollar that moves goes through one of its four verbs, so that at each moment
 *
 *   cash = opening cash − Σ signed shares × price over all fills − fees + dividends + interest + borrow cost
 *   equity = cash + Σ shares × mark
 *
 * Holdings are listed, so that marking costs what is held and not what is listed. A remainder below a billionth of a share, which is what adding
 * and subtracting floats leaves, is nothing.
 */
import type { CashFlows } from '../result.ts';
import { type Fill, FillLog } from './fill-log.ts';
import type { MarketView } from './market-view.ts';
import { TripLog } from './trip-log.ts';

const NOTHING_SHARES = 1e-9;

export class Book {
  readonly fills = new FillLog();
  readonly trips: TripLog;
  /** Signed, by symbol. */
  readonly shares: Float64Array;
  /** Latest close, by symbol; kept for what is held, and of a fill until the close. */
  readonly markUsd: Float64Array;
  /** Symbols held: the first `heldCount`, in no order. */
  readonly held: Int32Array;
  heldCount = 0;
  cashUsd: number;
  longUsd = 0;
  shortUsd = 0;
  /** Of the moment. */
  tradedUsd = 0;
  #feesUsd = 0;
  #dividendsUsd = 0;
  #interestUsd = 0;
  #borrowUsd = 0;
  readonly #place: Int32Array;

  constructor(symbols: number, cashUsd: number) {
    this.shares = new Float64Array(symbols);
    this.markUsd = new Float64Array(symbols);
    this.held = new Int32Array(symbols);
    this.#place = new Int32Array(symbols).fill(-1);
    this.trips = new TripLog(symbols);
    this.cashUsd = cashUsd;
  }

  get equityUsd(): number {
    return this.cashUsd + this.longUsd - this.shortUsd;
  }

  get grossUsd(): number {
    return this.longUsd + this.shortUsd;
  }

  get flows(): CashFlows {
    return { feesUsd: this.#feesUsd, dividendsUsd: this.#dividendsUsd, interestUsd: this.#interestUsd, borrowUsd: this.#borrowUsd };
  }

  fill(fill: Fill): void {
    const { symbol, signedShares, priceUsd, feeUsd, moment } = fill;
    this.fills.add(fill);
    this.cashUsd -= signedShares * priceUsd + feeUsd;
    this.#feesUsd -= feeUsd;
    this.tradedUsd += Math.abs(signedShares) * priceUsd;
    const after = this.shares[symbol]! + signedShares;
    const isFlat = Math.abs(after) < NOTHING_SHARES;
    this.trips.fill(moment, symbol, signedShares, priceUsd, feeUsd, isFlat);
    this.shares[symbol] = isFlat ? 0 : after;
    this.markUsd[symbol] = priceUsd;
    this.#list(symbol, !isFlat);
  }

  /** Of a holding; negative is paid. */
  dividend(symbol: number, usd: number): void {
    this.cashUsd += usd;
    this.#dividendsUsd += usd;
    this.trips.earn(symbol, usd);
  }

  /** Both signed: negative is paid. */
  finance(interestUsd: number, borrowUsd: number): void {
    this.cashUsd += interestUsd + borrowUsd;
    this.#interestUsd += interestUsd;
    this.#borrowUsd += borrowUsd;
  }

  split(symbol: number, ratio: number): void {
    this.shares[symbol]! *= ratio;
    this.markUsd[symbol]! /= ratio;
    this.trips.split(symbol, ratio);
  }

  markToClose(view: MarketView, moment: number): void {
    let longUsd = 0;
    let shortUsd = 0;
    for (let i = 0; i < this.heldCount; i++) {
      const symbol = this.held[i]!;
      const row = view.panel.rowOf[symbol * view.moments + moment]!;
      if (row >= 0) this.markUsd[symbol] = view.close[symbol]![row]!;
      const valueUsd = this.shares[symbol]! * this.markUsd[symbol]!;
      if (valueUsd >= 0) longUsd += valueUsd;
      else shortUsd -= valueUsd;
    }
    this.longUsd = longUsd;
    this.shortUsd = shortUsd;
  }

  /** Before the close of a moment: what is held at its latest marks. */
  exposureNow(): { readonly equityUsd: number; readonly grossUsd: number } {
    let netUsd = 0;
    let grossUsd = 0;
    for (let i = 0; i < this.heldCount; i++) {
      const valueUsd = this.shares[this.held[i]!]! * this.markUsd[this.held[i]!]!;
      netUsd += valueUsd;
      grossUsd += Math.abs(valueUsd);
    }
    return { equityUsd: this.cashUsd + netUsd, grossUsd };
  }

  #list(symbol: number, isHeld: boolean): void {
    const place = this.#place[symbol]!;
    if (isHeld === place >= 0) return;
    if (isHeld) {
      this.#place[symbol] = this.heldCount;
      this.held[this.heldCount++] = symbol;
      return;
    }
    const last = this.held[--this.heldCount]!;
    this.held[place] = last;
    this.#place[last] = place;
    this.#place[symbol] = -1;
  }
}
