/** A list of opportunities as a person reads it: the listed with their ranks, those that passed behind them, and the others by reason. */
import type { OpportunityList } from '../../../shared/contracts/opportunities.ts';
import type { RankingRules } from '../../../shared/domain/policy/ranking-rules.ts';
import { rankedParts } from '../../../shared/domain/ranking/rank-opportunities.ts';
import type { Io } from '../io.ts';
import { inWords } from './explain/words.ts';
import { type Column, renderTable } from './table.ts';

type Ranked = OpportunityList['ranked'][number];

const MS_PER_MINUTE = 60_000;

/** `rules` are those in force; null where no policy is. */
export function renderOpportunities(list: OpportunityList, rules: RankingRules | null, { colors }: Io): string {
  const shown = list.ranked.filter(({ symbol }) => list.listed.includes(symbol));
  const behind = list.ranked.slice(shown.length).map(({ symbol }) => symbol);
  const parts = [
    [colors.bold(`Opportunities of ${list.session}: ${heading(list)}`), colors.dim(standing(list, rules))].join('\n'),
    shown.length === 0 ? 'Nothing is listed: a cycle that asks for this list opens nothing.' : renderTable(columns, shown, colors.dim),
    behind.length === 0 ? '' : `${colors.dim('passed, but behind the last place')}  ${behind.join(' ')}`,
    filteredLines(list, colors.dim),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const heading = ({ listed, ranked, filtered }: OpportunityList): string =>
  `${listed.length} of ${ranked.length + filtered.length} symbols, ${filtered.length} filtered`;

function standing({ listId, rankedAt, datasetId, policyVersion }: OpportunityList, rules: RankingRules | null): string {
  const made = `${listId}, on ${datasetId} under policy version ${policyVersion}.`;
  if (rules === null) return `${made} No policy is in force.`;
  if (rules.gate === 'off') return `${made} The policy asks for no list: cycles may open anything.`;
  const until = new Date(Date.parse(rankedAt) + rules.ageMinutesMax * MS_PER_MINUTE).toISOString();
  return `${made} Cycles until ${until.slice(0, 16)}Z open nothing else.`;
}

const columns: ReadonlyArray<Column<Ranked>> = [
  { title: '#', align: 'right', text: ({ rank }) => String(rank) },
  { title: 'symbol', text: ({ symbol }) => symbol },
  { title: 'score', align: 'right', text: ({ score }) => score.toFixed(3) },
  ...rankedParts.map((part): Column<Ranked> => ({ title: part, align: 'right', text: ({ parts }) => parts[part].toFixed(2) })),
  { title: 'edge bps', align: 'right', text: ({ edgeBps }) => (edgeBps === null ? 'no opinion' : edgeBps.toFixed(0)) },
  { title: 'cost bps', align: 'right', text: ({ cost }) => cost.roundTripBps.toFixed(1) },
  {
    title: 'spread bps',
    align: 'right',
    text: ({ measures }) => `${measures.spreadBps.toFixed(1)} ± ${measures.spreadErrorBps.toFixed(1)}`,
  },
  { title: 'capacity', align: 'right', text: ({ cost }) => `$${Math.round(cost.capacityUsd / 1000).toLocaleString('en-US')}k` },
];

/** By the first reason, the most frequent first; a symbol with more reasons shows how many. */
function filteredLines({ filtered }: OpportunityList, dim: (text: string) => string): string {
  if (filtered.length === 0) return '';
  const byReason = [...Map.groupBy(filtered, ({ reasons }) => reasons[0]!)].sort(([, a], [, b]) => b.length - a.length);
  const lines = byReason.map(([reason, symbols]) => {
    const names = symbols.map(({ symbol, reasons }) => (reasons.length > 1 ? `${symbol} (+${reasons.length - 1})` : symbol));
    return `  ${inWords(reason)}: ${dim(names.join(' '))}`;
  });
  return [dim('filtered'), ...lines].join('\n');
}
