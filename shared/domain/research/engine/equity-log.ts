/** What the account was worth after each moment, in columns of a length known before the run. */
import type { EquityColumns } from '../result.ts';
import type { Book } from './book.ts';

export class EquityLog {
  readonly columns: EquityColumns;
  #next = 0;

  constructor(moments: number) {
    const column = (): Float64Array => new Float64Array(moments);
    this.columns = { equityUsd: column(), cashUsd: column(), longUsd: column(), shortUsd: column(), tradedUsd: column() };
  }

  add({ equityUsd, cashUsd, longUsd, shortUsd, tradedUsd }: Book): void {
    const at = this.#next++;
    this.columns.equityUsd[at] = equityUsd;
    this.columns.cashUsd[at] = cashUsd;
    this.columns.longUsd[at] = longUsd;
    this.columns.shortUsd[at] = shortUsd;
    this.columns.tradedUsd[at] = tradedUsd;
  }
}
