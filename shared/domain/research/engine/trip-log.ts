/**
 * Round trips: what a symbol's fills were from flat until flat again. A fill through zero ends one trip and begins the next, its fee shared by
 * shares. A split restates the shares of the trip under way, so its mean prices are those of today's shares; a dividend is income of the trip.
 */
import type { TradeColumns } from '../result.ts';

interface Trip {
  readonly symbol: number;
  readonly entryMoment: number;
  /** 1 long, −1 short. */
  readonly direction: number;
  /** Held now, and the most that was held; both positive. */
  shares: number;
  sharesMax: number;
  entryShares: number;
  entryUsd: number;
  exitShares: number;
  exitUsd: number;
  feeUsd: number;
  incomeUsd: number;
}

interface ClosedTrip {
  readonly trip: Trip;
  readonly exitMoment: number;
  readonly isOpen: boolean;
}

export class TripLog {
  readonly #open: Array<Trip | undefined>;
  readonly #closed: ClosedTrip[] = [];

  constructor(symbols: number) {
    this.#open = new Array<Trip | undefined>(symbols).fill(undefined);
  }

  /** `flat` says that nothing is held after it. */
  fill(moment: number, symbol: number, signedShares: number, priceUsd: number, feeUsd: number, flat: boolean): void {
    const direction = Math.sign(signedShares);
    const shares = Math.abs(signedShares);
    const trip = this.#open[symbol];
    if (trip === undefined || trip.direction === direction) {
      this.#enter(trip ?? this.#begin(moment, symbol, direction), shares, priceUsd, feeUsd);
      return;
    }
    const leaving = flat ? shares : Math.min(shares, trip.shares);
    const ends = flat || shares >= trip.shares;
    const feeOfExit = (feeUsd * leaving) / shares;
    trip.shares -= leaving;
    trip.exitShares += leaving;
    trip.exitUsd += leaving * priceUsd;
    trip.feeUsd += feeOfExit;
    if (!ends) return;
    this.#end(trip, moment);
    if (shares > leaving) this.#enter(this.#begin(moment, symbol, direction), shares - leaving, priceUsd, feeUsd - feeOfExit);
  }

  earn(symbol: number, usd: number): void {
    this.#open[symbol]!.incomeUsd += usd;
  }

  split(symbol: number, ratio: number): void {
    const trip = this.#open[symbol]!;
    trip.shares *= ratio;
    trip.sharesMax *= ratio;
    trip.entryShares *= ratio;
    trip.exitShares *= ratio;
  }

  /** In the order they ended, then those that are open, by symbol, at their last close. Moments counted from `firstMoment`. */
  columns(firstMoment: number, lastMoment: number, markUsd: Float64Array): TradeColumns {
    const open = this.#open.filter((trip) => trip !== undefined).map((trip) => ({ trip, exitMoment: lastMoment, isOpen: true }));
    const all: readonly ClosedTrip[] = [...this.#closed, ...open];
    const reals = (figure: (closed: ClosedTrip) => number): Float64Array => Float64Array.from(all, figure);
    const wholes = (figure: (closed: ClosedTrip) => number): Int32Array => Int32Array.from(all, figure);
    const exitUsd = ({ trip, isOpen }: ClosedTrip): number => trip.exitUsd + (isOpen ? trip.shares * markUsd[trip.symbol]! : 0);
    return {
      count: all.length,
      symbol: wholes(({ trip }) => trip.symbol),
      entryMoment: wholes(({ trip }) => trip.entryMoment - firstMoment),
      exitMoment: wholes(({ exitMoment }) => exitMoment - firstMoment),
      signedShares: reals(({ trip }) => trip.direction * trip.sharesMax),
      entryPriceUsd: reals(({ trip }) => trip.entryUsd / trip.entryShares),
      exitPriceUsd: reals((closed) => exitUsd(closed) / (closed.trip.exitShares + (closed.isOpen ? closed.trip.shares : 0))),
      feeUsd: reals(({ trip }) => trip.feeUsd),
      profitUsd: reals((closed) => {
        const { direction, entryUsd, feeUsd, incomeUsd } = closed.trip;
        return direction * (exitUsd(closed) - entryUsd) + incomeUsd - feeUsd;
      }),
      isOpen: Uint8Array.from(all, ({ isOpen }) => (isOpen ? 1 : 0)),
    };
  }

  #begin(entryMoment: number, symbol: number, direction: number): Trip {
    const trip: Trip = {
      ...{ symbol, entryMoment, direction },
      ...{ shares: 0, sharesMax: 0, entryShares: 0, entryUsd: 0, exitShares: 0, exitUsd: 0, feeUsd: 0, incomeUsd: 0 },
    };
    this.#open[symbol] = trip;
    return trip;
  }

  #enter(trip: Trip, shares: number, priceUsd: number, feeUsd: number): void {
    trip.shares += shares;
    trip.sharesMax = Math.max(trip.sharesMax, trip.shares);
    trip.entryShares += shares;
    trip.entryUsd += shares * priceUsd;
    trip.feeUsd += feeUsd;
  }

  #end(trip: Trip, exitMoment: number): void {
    this.#closed.push({ trip, exitMoment, isOpen: false });
    this.#open[trip.symbol] = undefined;
  }
}
