/** Somebody who reads headlines and says how good or bad they are for a company: the port that a language model is behind. */
import type { Headline } from '../../domain/market/facts.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Ticker } from '../../kernel/units.ts';

export type Reading = NonNullable<Headline['reading']>;

export interface ItemToRead {
  readonly symbol: Ticker;
  readonly headline: string;
}

/** Why a headline is left without a reading; the lexicon then reads it. */
export type UnreadReason =
  | 'headline-too-long'
  | 'not-authorised'
  | 'request-refused'
  | 'throttled'
  | 'timed-out'
  | 'service-failed'
  | 'answer-unreadable'
  | 'answer-missing'
  | 'answer-out-of-range';

export type ReadingOutcome = { readonly kind: 'reading'; readonly reading: Reading } | Refusal<UnreadReason>;

export interface NewsReader {
  /** One outcome for each item, in the order of the items. Never throws for what the model or its service did; what a store throws goes through. */
  read(items: readonly ItemToRead[]): Promise<readonly ReadingOutcome[]>;
}
