/**
 * News sentiment: the mean tone of a company's recent headlines, the newer and the surer counting more.
 *
 * 1. Headlines published on a New York day before `asOf`, not older than the look-back; of several with one text only the first counts,
 *    because one story is sold many times.
 * 2. The tone of each, as the sentiment agent reads it: by lexicon, or as a language model read it.            toneOf
 * 3. value = Σ weight · tone / Σ weight, where weight = confidence × 2^(−age / half-life), and age is in days up to
 *    midnight of `asOf` in New York.
 *
 * Source: Tetlock, Saar-Tsechansky & Macskassy (2008), J. Finance 63(3): the share of negative words in a company's news foretells its
 * returns for a short time. The decay is an assumption of the policy. Not covered: how new a story is beyond the identical text.
 */
import type { EpochMs } from '../../kernel/units.ts';
import { toneOf } from '../agents/sentiment/tone.ts';
import { newYorkInstant } from '../market/calendar.ts';
import { absent, type Factor, type FactorContext, type FactorReading, type FactorView } from './factor.ts';

const MS_PER_DAY = 86_400_000;

export const newsSentimentFactor: Factor = {
  name: 'news-sentiment',
  read: (views, context) => views.map((view) => readOne(view, context)),
};

function readOne({ facts }: FactorView, { asOf, rules }: FactorContext): FactorReading {
  const { lookbackDays, halfLifeDays, headlinesMin } = rules.news;
  const until = newYorkInstant(asOf, 0, 0);
  const ageDays = (at: EpochMs): number => (until - at) / MS_PER_DAY;
  const seen = new Set<string>();
  let weighted = 0;
  let weights = 0;
  let headlines = 0;
  for (const headline of facts.news) {
    const { publishedAt, text } = headline;
    if (publishedAt >= until || ageDays(publishedAt) > lookbackDays || seen.has(text)) continue;
    seen.add(text);
    const read = toneOf(headline);
    if (read === null || !(read.confidence > 0)) continue;
    const weight = read.confidence * 2 ** (-ageDays(publishedAt) / halfLifeDays);
    weighted += weight * read.tone;
    weights += weight;
    headlines++;
  }
  if (seen.size === 0) return absent('no-recent-news');
  if (headlines < headlinesMin) return absent('headlines-too-few');
  return { kind: 'reading', value: weighted / weights, evidence: { headlines, weight: weights } };
}
