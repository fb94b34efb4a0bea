/**
 * What a word or phrase can mean to the rules of tone. A lexicon is a list of groups: one meaning and the phrases that have it,
 * separated by commas, in the lower-case words that tokenisation gives ("better than expected", never "better-than-expected").
 *
 * Why one of our own: a general word list misreads finance. Loughran & McDonald (2011, "When Is a Liability Not a Liability?", Journal
 * of Finance 66, 35–65) found that almost three quarters of the words a general list calls negative (tax, cost, liability, foreign,
 * vice) are not so in company reports. No list of theirs or of anybody's is copied here; phrases and weights were written by hand
 * and checked against one half of a labelled set of headlines.
 */
export type Meaning =
  /** Good or bad by itself: "bankruptcy", "beats estimates". Weight −1 to 1. */
  | { readonly kind: 'event'; readonly weight: number }
  /** More or less of something; whether that is good is for the thing to say: "cuts" costs, "cuts" guidance. */
  | {
      readonly kind: 'direction';
      readonly sign: 1 | -1;
      /** 1 is an ordinary move, "plunges" is more, "edges up" less. */
      readonly strength: number;
      readonly reach: Reach;
      /** What is left of it, 0 to 1, when it moves nothing that the lexicon knows. */
      readonly aloneFrac: number;
    }
  /** What can rise or fall. Polarity −1 to 1: 1 when more of it is good, −1 when bad, 0 when neither. */
  | { readonly kind: 'thing'; readonly polarity: number }
  /** Turns what follows: −1 entirely, −0.5 by half. */
  | { readonly kind: 'negator'; readonly factor: number }
  /** Strengthens or weakens the direction or event beside it. */
  | { readonly kind: 'degree'; readonly factor: number }
  /** Weakens all that follows in the clause: "may", "despite". */
  | { readonly kind: 'hedge'; readonly factor: number }
  /** An analyst's grade, −1 to 1. */
  | { readonly kind: 'grade'; readonly level: number }
  /** What an analyst does with a grade; 1 when the grade is news, less when it is an old one repeated. */
  | { readonly kind: 'grading'; readonly factor: number }
  /** What was thought before the fact; a direction looks past it ("lower than expected losses"). */
  | { readonly kind: 'expectation' }
  /** A word a direction does not reach across: "shares fall AFTER profit rises". */
  | { readonly kind: 'wall' }
  /** What comes after it counts more: "but". */
  | { readonly kind: 'turn' }
  /** The second of two numbers follows: "versus". */
  | { readonly kind: 'versus' }
  /** Looks like something and is nothing: "record date", "price cut". */
  | { readonly kind: 'nothing' };

/**
 * Where a direction finds what moves. `object`: behind it, else before it ("cuts guidance", "guidance cut"). `subject`: before it,
 * else close behind ("profit falls", "falls in profit"). `noun`: right behind it, else before ("higher costs", "costs are higher").
 */
export type Reach = 'object' | 'subject' | 'noun';

export interface Group {
  readonly meaning: Meaning;
  /** Separated by commas. */
  readonly phrases: string;
}

export const event = (weight: number, phrases: string): Group => ({ meaning: { kind: 'event', weight }, phrases });
export const thing = (polarity: number, phrases: string): Group => ({ meaning: { kind: 'thing', polarity }, phrases });
export const direction = (sign: 1 | -1, strength: number, reach: Reach, aloneFrac: number, phrases: string): Group => ({
  meaning: { kind: 'direction', sign, strength, reach, aloneFrac },
  phrases,
});
