/** What a search found, as a person reads it and as a script does: the verdict on its best, then the front of what it bred. */
import type { Individual } from '../../../../shared/domain/research/evolution/evolution.ts';
import type { JudgedRange, SearchVerdict } from '../../../../shared/domain/research/evolution/judge-search.ts';
import { evidenceOf } from '../../../../shared/domain/research/evolution/search-evidence.ts';
import { dayAt } from '../../../../shared/domain/research/panel.ts';
import { backtestGates, type GateOutcome, sourceGateRules } from '../../../../shared/domain/research/promotion-gates.ts';
import { formatDay } from '../../../../shared/kernel/days.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { FamilyTotal } from '../../../../shared/stores/trial-ledger.ts';
import type { Io } from '../../io.ts';
import type { Search, SearchArguments } from '../../research/evolve-run.ts';
import type { Market } from '../../research/question.ts';
import { count, fixed, pct, signedPct, wrapped } from '../explain/layout.ts';
import { type Column, renderTable } from '../table.ts';
import { noteLines } from './headline.ts';

interface ShownEvolution {
  readonly market: Market;
  readonly search: Search;
  readonly asked: SearchArguments;
  readonly verdict: SearchVerdict;
  readonly family: FamilyTotal;
  readonly front: readonly Shown[];
}

type Shown = Individual & { readonly reads: string };

const textWidth = 100;

export function evolutionDocument({ market, search, asked, verdict, family, front }: ShownEvolution): object {
  const { candidate, training, holdOut, trials, isFound } = verdict;
  return {
    ...{
      dataset: { ...market.panel.source, symbols: market.panel.series.length },
      plan: search.plan,
      rules: search.rules,
      ranges: search.ranges,
    },
    ...{ islands: asked.islands, generations: asked.generations, trials: trials.trials, trialsCounted: family.trials },
    isFound,
    gates: gatesOf(verdict, family, search.rules.momentsPerYear),
    best:
      candidate === null
        ? null
        : { id: candidate.id, genome: candidate.genome, training: judgedDocument(training), holdOut: judgedDocument(holdOut) },
    front: front.map(({ id, genome, reads, evaluation: { behaviour: _cells, ...figures } }) => ({ id, reads, genome, ...figures })),
    notes: market.notes,
  };
}

function judgedDocument(judged: JudgedRange | null): object | null {
  if (judged === null) return null;
  const { behaviour: _cells, ...figures } = judged.evaluation;
  return { range: judged.range, ...figures, sharpe: judged.sharpe, deflatedSharpe: judged.deflated };
}

export function renderEvolution({ market, search, asked, verdict, family, front }: ShownEvolution, io: Pick<Io, 'colors'>): string {
  const { colors } = io;
  const { panel } = market;
  const root = Math.sqrt(search.rules.momentsPerYear);
  return [
    [
      `${colors.bold('Evolution')}  ${asked.islands} islands of ${count(asked.population)}, ${count(asked.generations)} generations, seed ${asked.seed}: ${count(verdict.trials.trials)} genomes tried`,
      `${panel.source.name}: ${count(panel.series.length)} symbols, equal money in each; bought and sold at the next open`,
      search.rules.costBps === 0 ? colors.yellow('No costs were charged') : `Each side: ${search.rules.costBps} bp`,
      `Bred on ${spanText(market, search.ranges.training)}; held out: ${spanText(market, search.ranges.holdOut)}`,
      ...noteLines(market.notes, io),
    ].join('\n'),
    verdictText(verdict, family, root, io),
    front.length === 0 ? 'No rule traded often enough to be on the front.' : frontText(front, root, io),
  ].join('\n\n');
}

function verdictText(verdict: SearchVerdict, family: FamilyTotal, root: number, { colors }: Pick<Io, 'colors'>): string {
  const { candidate, training, holdOut, isFound } = verdict;
  const counted = `${count(family.trials)} trials of the search counted on these data`;
  if (candidate === null || training === null || holdOut === null)
    return `${colors.yellow('Nothing was found')}: no rule traded often enough. ${counted}.`;
  const rows = [
    { where: 'where it was bred', judged: training },
    { where: 'held out', judged: holdOut },
  ];
  const table = renderTable<(typeof rows)[number]>(
    [
      { title: 'the best', text: ({ where }) => where },
      { title: 'return a year', align: 'right', text: ({ judged }) => signedPct(judged.evaluation.annualReturnFrac) },
      { title: 'drawdown', align: 'right', text: ({ judged }) => pct(judged.evaluation.maxDrawdownFrac, 1) },
      { title: 'Sharpe', align: 'right', text: ({ judged }) => (isRefusal(judged.sharpe) ? 'none' : fixed(judged.sharpe.perBar * root)) },
      {
        title: 'better than luck',
        align: 'right',
        text: ({ judged }) => (isRefusal(judged.deflated) ? 'unknown' : pct(judged.deflated.probability, 1)),
      },
      { title: 'trades', align: 'right', text: ({ judged }) => count(judged.evaluation.trades) },
    ],
    rows,
    colors.dim,
  );
  const said = isFound
    ? colors.green('Found: the best is better than the best of as many worthless rules would be, also where it was held out.')
    : colors.yellow('Nothing was found: the best of so many worthless rules would look as good. That is the usual answer.');
  return `${said}\n${counted}.\n\n${table}${gatesText(verdict, family, root, colors)}`;
}

/** What the best would have to show before it trades beside the fund, on paper. */
function gatesOf(verdict: SearchVerdict, family: FamilyTotal, momentsPerYear: number): readonly GateOutcome[] {
  const evidence = evidenceOf(verdict, momentsPerYear, family);
  return isRefusal(evidence) ? [] : backtestGates(evidence, sourceGateRules);
}

function gatesText(verdict: SearchVerdict, family: FamilyTotal, root: number, colors: Io['colors']): string {
  const gates = gatesOf(verdict, family, root * root);
  if (gates.length === 0) return '';
  const open = gates.filter(({ isOpen }) => isOpen).length;
  const lines = gates.map(({ isOpen, says }) => `${isOpen ? colors.green('✓') : colors.yellow('✗')} ${says}`);
  return `\n\n${colors.bold(`Gates before it trades on paper: ${open} of ${gates.length} are open`)}\n${lines.join('\n')}`;
}

function frontText(front: readonly Shown[], root: number, { colors }: Pick<Io, 'colors'>): string {
  const columns: Column<Shown>[] = [
    { title: 'genome', text: ({ id }) => id },
    { title: 'return a year', align: 'right', text: ({ evaluation }) => signedPct(evaluation.annualReturnFrac) },
    { title: 'drawdown', align: 'right', text: ({ evaluation }) => pct(evaluation.maxDrawdownFrac, 1) },
    { title: 'turnover', align: 'right', text: ({ evaluation }) => fixed(evaluation.annualTurnover, 1) },
    { title: 'Sharpe', align: 'right', text: ({ evaluation }) => (evaluation.sharpe === null ? 'none' : fixed(evaluation.sharpe * root)) },
    { title: 'trades', align: 'right', text: ({ evaluation }) => count(evaluation.trades) },
  ];
  const words = front.map(({ id, reads }) => wrapped(`${id}: ${reads}`, textWidth).join('\n    '));
  return [
    colors.bold('The front: none of these is beaten by another in return, drawdown and turnover at once'),
    renderTable(columns, front, colors.dim),
    '',
    ...words,
  ].join('\n');
}

const spanText = ({ panel }: Market, { fromMoment, untilMoment }: { readonly fromMoment: number; readonly untilMoment: number }): string =>
  `${formatDay(dayAt(panel, fromMoment))} to ${formatDay(dayAt(panel, untilMoment - 1))}`;
