/** What a reader must know before any figure: whether survivors alone were looked at, how many trials there were, and whether the future was. */
import type { LookAheadVerdict } from '../../domain/research/look-ahead.ts';
import type { Survivorship } from '../../domain/research/panel.ts';
import type { BacktestRules } from '../../domain/research/rules.ts';
import { formatDay } from '../../kernel/days.ts';
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import { count, percent, whyNot } from '../page/format.ts';
import { escaped } from '../page/svg.ts';
import { survivorshipWords } from './assumptions.ts';
import { type Statistics, trialWords } from './statistics-sections.ts';

export interface Stamp {
  readonly tone: 'good' | 'doubtful' | 'bad' | 'plain';
  readonly title: string;
  readonly words: string;
}

/** Null: the fuzzer was not run. */
export type LookAhead = LookAheadVerdict | Refusal | null;

/** Of the survivors the least can be said; so the stamp is there whatever it says. */
export const stampsOf = (
  survivorship: Survivorship,
  rules: BacktestRules,
  statistics: Statistics,
  lookAhead: LookAhead,
): readonly Stamp[] => [survivorshipStamp(survivorship), trialsStamp(statistics), lookAheadStamp(lookAhead), ...fillStamps(rules)];

export const stampsMarkup = (stamps: readonly Stamp[]): string =>
  `<ul class="stamps">${stamps.map(({ tone, title, words }) => `<li class="stamp ${tone}"><strong>${escaped(title)}</strong> ${escaped(words)}</li>`).join('')}</ul>`;

const survivorshipStamp = (survivorship: Survivorship): Stamp => ({
  tone: survivorship.kind === 'proven' ? 'good' : 'bad',
  title: 'Survivorship',
  words: survivorshipWords(survivorship),
});

/** Below this probability the best of so many trials may well be luck. */
const convincing = 0.95;

function trialsStamp(statistics: Statistics): Stamp {
  if (isRefusal(statistics)) return { tone: 'bad', title: 'Trials', words: `no statistics: ${whyNot(statistics)}` };
  const { deflated, trials } = statistics.sharpe;
  const counted = trialWords(trials);
  if (isRefusal(deflated)) return { tone: 'doubtful', title: 'Trials', words: `${counted}; no deflated Sharpe ratio: ${whyNot(deflated)}` };
  const tone = deflated.probability >= convincing ? 'good' : 'doubtful';
  return {
    tone,
    title: 'Trials',
    words: `${counted}; deflated Sharpe ratio ${percent(deflated.probability, 1)}, against no return at all and not against a market`,
  };
}

function lookAheadStamp(lookAhead: LookAhead): Stamp {
  const title = 'Look-ahead';
  if (lookAhead === null) return { tone: 'doubtful', title, words: 'not tested: the future was not perturbed' };
  if (isRefusal(lookAhead)) return { tone: 'doubtful', title, words: `not tested: ${whyNot(lookAhead)}` };
  if (lookAhead.kind === 'clean')
    return {
      tone: 'good',
      title,
      words: `none found: ${count(lookAhead.probes)} changed futures left every decision before them as it was`,
    };
  const { symbol, field, seen, wouldBe, day, change } = lookAhead;
  const of = symbol === null ? field : `${field} of ${symbol}`;
  return {
    tone: 'bad',
    title,
    words: `caught on ${formatDay(day)}: the ${of} was ${String(seen)} and would be ${String(wouldBe)} in another future (${change.replaceAll('-', ' ')})`,
  };
}

const fillStamps = ({ fill, costs }: BacktestRules): Stamp[] => [
  ...(fill === 'signal-close'
    ? [{ tone: 'bad', title: 'Fills', words: 'at the close that was decided on, which nobody can trade at' } as const]
    : []),
  ...(Object.values(costs).every((cost: number) => cost === 0)
    ? [{ tone: 'doubtful', title: 'Costs', words: 'none were charged' } as const]
    : []),
];
