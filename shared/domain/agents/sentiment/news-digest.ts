/**
 * The news of one company as one tone: which headlines count, how much each, and what they say together.
 *
 * 1. Headlines of the look-back, published before the session `asOf`, in the order of time and then of text.
 * 2. A text that was seen within the days of a repeat counts once, when it first came: told again, it is no news. A round-up, which
 *    names many companies, counts for a part.                                                                       storiesOf
 * 3. weight = part · 2^(−age / half-life), age in calendar days, at least one
 *    score = Σ weight · confidence · tone / Σ weight · confidence                                                   digestNews
 * 4. amount    = m / (m + half amount), m = Σ part · confidence
 *    freshness = Σ weight · confidence / m
 *    agreement = |Σ weight · confidence · tone| / Σ weight · confidence · |tone|
 *
 * Sums run in one order whatever the order of the headlines, so the result is the same to the last bit.
 * Tetlock (2007, "Giving content to investor sentiment", Journal of Finance 62, 1139–1168) found that the tone of news foretells prices
 * for days, then turns back, which is why it decays. Does not cover how prominent a source is, nor news worded differently twice.
 */
import type { EpochDay } from '../../../kernel/units.ts';
import type { Headline } from '../../market/facts.ts';
import { newYorkDay } from '../../market/new-york-time.ts';
import type { SentimentRules } from '../../policy/sentiment-rules.ts';
import { isRoundUp, storyOf } from './stories.ts';
import { toneOf } from './tone.ts';

/** A headline that says something. */
export interface CountedHeadline {
  readonly text: string;
  readonly ageDays: number;
  readonly tone: number;
  readonly confidence: number;
  /** 0 to 1: what is left of it by age and by being a round-up. */
  readonly weight: number;
}

export interface NewsDigest {
  /** Headlines in the look-back, repeats included. */
  readonly published: number;
  readonly repeats: number;
  readonly roundUps: number;
  /** Of those that say something: read by a language model. */
  readonly readByModel: number;
  /** Those that say something, by time. */
  readonly counted: readonly CountedHeadline[];
  /** −1 to 1; NaN when nothing is said. */
  readonly score: number;
  /** Each 0 to 1; NaN when nothing is said. */
  readonly amount: number;
  readonly freshness: number;
  readonly agreement: number;
}

export function digestNews(news: readonly Headline[], asOf: EpochDay, rules: SentimentRules): NewsDigest {
  const recent = inOrder(news.filter(({ publishedAt }) => isWithin(newYorkDay(publishedAt), asOf, rules.lookbackDays)));
  const stories = storiesOf(recent, rules.repeatDays);
  const counted: CountedHeadline[] = [];
  let roundUps = 0;
  let readByModel = 0;
  let undecayed = 0;
  let said = 0;
  let weighted = 0;
  let strength = 0;
  for (const headline of stories) {
    const isMany = isRoundUp(headline.text, rules.roundUpTickersMin);
    if (isMany) roundUps += 1;
    const read = toneOf(headline, rules.reader);
    if (read === null) continue;
    if (rules.reader === 'llm' && headline.reading !== undefined) readByModel += 1;
    const ageDays = asOf - newYorkDay(headline.publishedAt);
    const part = isMany ? rules.roundUpWeightFrac : 1;
    const weight = part * 2 ** (-ageDays / rules.halfLifeDays);
    counted.push({ text: headline.text, ageDays, weight, ...read });
    undecayed += part * read.confidence;
    said += weight * read.confidence;
    weighted += weight * read.confidence * read.tone;
    strength += weight * read.confidence * Math.abs(read.tone);
  }
  const saysSomething = said > 0;
  return {
    published: recent.length,
    repeats: recent.length - stories.length,
    roundUps,
    readByModel,
    counted,
    score: saysSomething ? weighted / said : Number.NaN,
    amount: saysSomething ? undecayed / (undecayed + rules.halfAmountHeadlines) : Number.NaN,
    freshness: saysSomething ? said / undecayed : Number.NaN,
    agreement: !saysSomething ? Number.NaN : strength === 0 ? 0 : Math.abs(weighted) / strength,
  };
}

const isWithin = (day: number, asOf: EpochDay, lookbackDays: number): boolean => day < asOf && day >= asOf - lookbackDays;

/** By time, then by text; two of the same text and time by what was read in them. */
function inOrder(news: readonly Headline[]): Headline[] {
  const toneRead = ({ reading }: Headline): number => reading?.tone ?? 2;
  return [...news].sort((a, b) => a.publishedAt - b.publishedAt || compare(a.text, b.text) || toneRead(a) - toneRead(b));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The first headline of each story; a story told again after more than the days of a repeat is a new one. */
function storiesOf(ordered: readonly Headline[], repeatDays: number): Headline[] {
  const countedOn = new Map<string, number>();
  return ordered.filter(({ text, publishedAt }) => {
    const day = newYorkDay(publishedAt);
    const story = storyOf(text);
    const before = countedOn.get(story);
    if (before !== undefined && day - before <= repeatDays) return false;
    countedOn.set(story, day);
    return true;
  });
}
