/** What a run counts besides money: orders by what became of them, and what a reader of the result must be told. */
import type { OrderCounts } from '../result.ts';
import { SILENT_SESSIONS } from './market-view.ts';

/** Why an order was refused, at its submission or where it would have filled. */
export type RejectReason =
  | 'less-than-one-share'
  | 'insufficient-cash'
  | 'no-shares-to-sell'
  | 'nothing-to-close'
  | 'initial-margin'
  | 'margin-call'
  | 'no-equity';

const remarkOf = {
  delisted: 'holdings of delisted symbols closed at their last close times the recovery',
  endedUnknown: `holdings whose bars end without a known reason, closed at their last close after ${SILENT_SESSIONS} sessions without one`,
  silentAtEnd: 'holdings at the end of the run whose symbol has no bar on that day, at an earlier close',
  cutToCash: 'buys cut to what the cash paid for',
  cappedFills: 'fills held back by the participation cap',
  impactUnknown: 'fills without impact, for want of 21 bars before them, of movement in those, or of volume',
  marginCalls: 'closes under maintenance margin, with holdings cut at the next open',
  noEquity: 'closes without equity left, at which nothing new was ordered',
  cashInLieu: 'fractions of a share left by splits, paid out at the open',
  expiredInGap: 'orders expired because their symbol had no bar',
  rebalancesMissed: 'rebalances due on sessions that the panel does not have',
  withoutPrice: 'weights given to symbols without a price yet, and dropped',
} as const;

export type Remark = keyof typeof remarkOf;

export class Tally {
  submitted = 0;
  filled = 0;
  cancelled = 0;
  expired = 0;
  readonly #rejected = new Map<RejectReason, number>();
  readonly #remarks = new Map<Remark, number>();

  reject(reason: RejectReason): void {
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  note(remark: Remark, count = 1): void {
    if (count > 0) this.#remarks.set(remark, (this.#remarks.get(remark) ?? 0) + count);
  }

  get orders(): OrderCounts {
    const { submitted, filled, cancelled, expired } = this;
    return {
      submitted,
      filled,
      cancelled,
      expired,
      rejected: Object.fromEntries([...this.#rejected].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** One line each with its count, always in the same order. */
  get remarks(): readonly string[] {
    const kinds = Object.keys(remarkOf) as readonly Remark[];
    return kinds.flatMap((remark) => (this.#remarks.has(remark) ? [`${remarkOf[remark]}: ${this.#remarks.get(remark)!}`] : []));
  }
}
