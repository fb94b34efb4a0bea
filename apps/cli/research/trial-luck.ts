/** What the best of the trials of a family is expected to show by luck alone. */
import { expectedMaximum } from '../../../shared/domain/research/validation/deflated-sharpe.ts';
import type { FamilyTotal } from '../../../shared/stores/trial-ledger.ts';

/** A family with what luck alone is expected to show. */
export interface ShownFamily extends FamilyTotal {
  /** Of the best of so many trials without any skill; null where the spread of the trials is not known. */
  readonly expectedMaximumPerBar: number | null;
}

export function withLuck(family: FamilyTotal): ShownFamily {
  const { trials, sharpe } = family;
  const deviations = expectedMaximum(trials);
  const isKnown = typeof deviations === 'number' && (trials === 1 || sharpe.count >= 2);
  const spread = sharpe.count >= 2 ? Math.sqrt(sharpe.squares / (sharpe.count - 1)) : 0;
  return { ...family, expectedMaximumPerBar: isKnown ? spread * deviations : null };
}
