/**
 * Time to Live. The rule here: an item is gone from the first call to its table (or read of its stream) after its
 * second has passed by the cloud's clock; nothing wakes up for it in between, so virtual time is not dragged along.
 * AWS takes up to days, so code may rely on neither. As on AWS, a time more than five years past deletes nothing.
 */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { type Attributes, attributeOf } from './items/attribute-value.ts';
import { SortedList } from './sorted-list.ts';

/** An item that is due to go at a second since 1970. */
interface Expiring {
  readonly id: string;
  expiresAtSeconds: number | undefined;
}

/** When the item is due to go, by its Time to Live attribute; only a number counts. */
export function expiryOf(attributes: Attributes, attributeName: string | undefined): number | undefined {
  const text = attributeName === undefined ? undefined : attributeOf(attributes, attributeName)?.N;
  return text === undefined ? undefined : Number(text);
}

export class ExpiryQueue<Entry extends Expiring> {
  readonly #entries = new SortedList<Entry>(
    (left, right) => left.expiresAtSeconds! - right.expiresAtSeconds! || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0),
  );

  /** Notes when this entry is due, from now on. */
  schedule(entry: Entry, expiresAtSeconds: number | undefined): void {
    if (entry.expiresAtSeconds === expiresAtSeconds) return;
    if (entry.expiresAtSeconds !== undefined) this.#entries.remove(entry);
    entry.expiresAtSeconds = expiresAtSeconds;
    if (expiresAtSeconds !== undefined) this.#entries.insert(entry);
  }

  /** What is due by now, the longest due first. */
  due(now: EpochMs): readonly Entry[] {
    const nowSeconds = Math.floor(now / 1000);
    if (this.#entries.first === undefined || this.#entries.first.expiresAtSeconds! >= nowSeconds) return [];
    const oldest = nowSeconds - FIVE_YEARS_SECONDS;
    const due: Entry[] = [];
    for (const entry of this.#entries.upwardsFrom(({ expiresAtSeconds }) => expiresAtSeconds! >= oldest)) {
      if (entry.expiresAtSeconds! >= nowSeconds) break;
      due.push(entry);
    }
    return due;
  }
}

const FIVE_YEARS_SECONDS = 5 * 365 * 86_400;
