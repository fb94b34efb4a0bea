/**
 * The tone of one headline: −1 is as bad as news can be, 1 as good, with a confidence of 0 to 1. A language model's reading wins where
 * one is on file; otherwise the finance lexicon reads it.
 *
 *   s = Σ statements, those before a "but" counted by 0.6, those of a question by 0.2
 *   tone = s / √(s² + 0.5)                       bounded, odd, 0.58 for one statement of 0.5
 *   confidence = agreement · (1 − e^(−2 Σ|v|))   agreement = |Σ v| / Σ |v|
 *
 * The bounded form is the one of VADER (Hutto & Gilbert 2014, section 3.3), with a constant for our scale of weights. Two statements that
 * contradict each other ("beats on revenue, misses on earnings") give a tone near 0 that nobody is sure of; that is not the same as saying
 * nothing, which gives null. Confidence says how much is said and how clearly. On labelled headlines that no rule was written on, a reading of good
 * or bad agrees with the label in 36 % below 0.4 and in 91 % above 0.9 (docs/evidence); it orders readings, and is no probability.
 */
import type { Headline } from '../../market/facts.ts';
import type { SentimentRules } from '../../policy/sentiment-rules.ts';
import { readStatements } from './read-statements.ts';

export interface Tone {
  /** −1 to 1. */
  readonly tone: number;
  /** 0 to 1. */
  readonly confidence: number;
}

const HALF_SCALE = 0.5;
const CERTAINTY = 2;
const BEFORE_TURN_FRAC = 0.6;
const QUESTION_FRAC = 0.2;

/** Null when nothing in it says anything, and for a reading that is not within its range. The reader `lexicon` leaves readings aside. */
export function toneOf(headline: Headline, reader: SentimentRules['reader'] = 'llm'): Tone | null {
  const { reading } = headline;
  if (reading === undefined || reader === 'lexicon') return lexiconToneOf(headline);
  const { tone, confidence } = reading;
  return tone >= -1 && tone <= 1 && confidence >= 0 && confidence <= 1 ? { tone, confidence } : null;
}

/** Both the sentiment agent and the news factor read each headline of a cycle; the second finds what the first read. */
const read = new WeakMap<Headline, Tone | null>();

function lexiconToneOf(headline: Headline): Tone | null {
  let tone = read.get(headline);
  if (tone === undefined) {
    tone = lexiconTone(headline.text);
    read.set(headline, tone);
  }
  return tone;
}

/** What the lexicon makes of a text; null when it finds nothing in it. */
export function lexiconTone(text: string): Tone | null {
  const { statements, isQuestion } = readStatements(text);
  if (statements.length === 0) return null;
  const lastPart = Math.max(...statements.map(({ part }) => part));
  let sum = 0;
  let weight = 0;
  for (const { value, part } of statements) {
    const counted = value * (part < lastPart ? BEFORE_TURN_FRAC : 1) * (isQuestion ? QUESTION_FRAC : 1);
    sum += counted;
    weight += Math.abs(counted);
  }
  if (weight === 0) return null;
  return { tone: sum / Math.sqrt(sum * sum + HALF_SCALE), confidence: (Math.abs(sum) / weight) * (1 - Math.exp(-CERTAINTY * weight)) };
}
