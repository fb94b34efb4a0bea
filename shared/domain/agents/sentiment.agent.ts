/**
 * The sentiment agent: what the news of the last weeks says about a company.
 *
 * 1. Each headline has a tone from −1 to 1 and a confidence: by the finance lexicon, or by a language model whose
 *    answer is on file where the policy asks for one.                                                                 sentiment/tone.ts
 * 2. score = mean tone, weighted by confidence and by age; a story counts once, a round-up for a part.     sentiment/news-digest.ts
 * 3. confidence = amount · freshness · (0.4 + 0.6 · agreement): little news, old news and contradicting news are each trusted less.
 *    It orders how much there is to go by; it is no probability of being right.
 * 4. Expected return from the score, as for every agent.                                                                opinionOf
 *
 * Abstains with `no-news` when nothing was published in the look-back, and with `news-says-nothing` when no headline has a tone.
 */
import { type Agent, abstain, type Opinion, opinionOf, type SymbolView } from './agent.ts';
import { type CountedHeadline, digestNews } from './sentiment/news-digest.ts';

const NAME = 'sentiment';
const REASONS_MAX = 3;
const REASON_CHARACTERS_MAX = 80;

export const sentimentAgent: Agent = {
  name: NAME,

  opine(view: SymbolView): Opinion {
    const digest = digestNews(view.facts.news, view.asOf, view.rules.sentiment);
    if (digest.published === 0) return abstain(NAME, 'no-news');
    if (Number.isNaN(digest.score)) return abstain(NAME, 'news-says-nothing');
    const { score, amount, freshness, agreement, counted } = digest;
    return opinionOf(NAME, view, {
      score,
      confidence: amount * freshness * (0.4 + 0.6 * agreement),
      reasons: reasonsFor(counted),
      evidence: {
        headlinesPublished: digest.published,
        headlinesRepeated: digest.repeats,
        headlinesRoundUp: digest.roundUps,
        headlinesCounted: counted.length,
        headlinesReadByModel: digest.readByModel,
        amount,
        freshness,
        agreement,
        newestAgeDays: Math.min(...counted.map(({ ageDays }) => ageDays)),
      },
    });
  },
};

/** The headlines that weigh most, cut to a length that a record can hold. */
function reasonsFor(counted: readonly CountedHeadline[]): string[] {
  const pull = ({ tone, confidence, weight }: CountedHeadline): number => Math.abs(tone) * confidence * weight;
  return [...counted]
    .sort((a, b) => pull(b) - pull(a))
    .slice(0, REASONS_MAX)
    .filter((headline) => pull(headline) > 0)
    .map(({ text, tone, ageDays }) => `${tone > 0 ? 'good' : 'bad'}, ${ageDays} d: ${cut(text)}`);
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= REASON_CHARACTERS_MAX ? line : `${characters.slice(0, REASON_CHARACTERS_MAX - 1).join('')}…`;
}
