/** The fills of a run, in columns that double when they are full, so that a fill allocates nothing. */
import type { FillColumns } from '../result.ts';

/** What stands where a fill belongs to no order: cash in lieu of a fraction, the end of a delisted holding. */
export const NO_ORDER = -1;

export interface Fill {
  readonly moment: number;
  readonly symbol: number;
  readonly order: number;
  readonly signedShares: number;
  readonly priceUsd: number;
  readonly feeUsd: number;
  readonly priceCostUsd: number;
}

const FIRST_CAPACITY = 256;

export class FillLog {
  #count = 0;
  #moment = new Int32Array(FIRST_CAPACITY);
  #symbol = new Int32Array(FIRST_CAPACITY);
  #order = new Int32Array(FIRST_CAPACITY);
  #signedShares = new Float64Array(FIRST_CAPACITY);
  #priceUsd = new Float64Array(FIRST_CAPACITY);
  #feeUsd = new Float64Array(FIRST_CAPACITY);
  #priceCostUsd = new Float64Array(FIRST_CAPACITY);

  add({ moment, symbol, order, signedShares, priceUsd, feeUsd, priceCostUsd }: Fill): void {
    if (this.#count === this.#moment.length) this.#grow();
    const at = this.#count++;
    this.#moment[at] = moment;
    this.#symbol[at] = symbol;
    this.#order[at] = order;
    this.#signedShares[at] = signedShares;
    this.#priceUsd[at] = priceUsd;
    this.#feeUsd[at] = feeUsd;
    this.#priceCostUsd[at] = priceCostUsd;
  }

  /** Moments counted from `firstMoment`. */
  columns(firstMoment: number): FillColumns {
    const count = this.#count;
    return {
      count,
      moment: this.#moment.slice(0, count).map((moment) => moment - firstMoment),
      symbol: this.#symbol.slice(0, count),
      order: this.#order.slice(0, count),
      signedShares: this.#signedShares.slice(0, count),
      priceUsd: this.#priceUsd.slice(0, count),
      feeUsd: this.#feeUsd.slice(0, count),
      priceCostUsd: this.#priceCostUsd.slice(0, count),
    };
  }

  #grow(): void {
    const longer = <Column extends Int32Array | Float64Array>(column: Column, empty: Column): Column => {
      empty.set(column);
      return empty;
    };
    const capacity = this.#moment.length * 2;
    this.#moment = longer(this.#moment, new Int32Array(capacity));
    this.#symbol = longer(this.#symbol, new Int32Array(capacity));
    this.#order = longer(this.#order, new Int32Array(capacity));
    this.#signedShares = longer(this.#signedShares, new Float64Array(capacity));
    this.#priceUsd = longer(this.#priceUsd, new Float64Array(capacity));
    this.#feeUsd = longer(this.#feeUsd, new Float64Array(capacity));
    this.#priceCostUsd = longer(this.#priceCostUsd, new Float64Array(capacity));
  }
}
