/** A walk forward as a person reads it, and as a script does: each window's choice beside what it then earned, and all of them together. */
import { dayAt } from '../../../../shared/domain/research/panel.ts';
import type { DeflatedSharpe } from '../../../../shared/domain/research/validation/deflated-sharpe.ts';
import type { Sharpe, SharpeErrors } from '../../../../shared/domain/research/validation/sharpe.ts';
import type { WalkForwardPlan } from '../../../../shared/domain/research/validation/walk-forward-splits.ts';
import { formatDay } from '../../../../shared/kernel/days.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import type { Overfitting } from '../../../../shared/runtime/sweep-page/overfitting-section.ts';
import type { FamilyTotal } from '../../../../shared/stores/trial-ledger.ts';
import type { Io } from '../../io.ts';
import { type Assessment, flatStatistics } from '../../research/assessment.ts';
import type { Question, Range } from '../../research/question.ts';
import type { Fold, WalkForward } from '../../research/walk-forward-run.ts';
import { areaChart } from '../area-chart.ts';
import { count, fixed, pct, signedPct } from '../explain/layout.ts';
import { type Column, formatUsd, renderTable } from '../table.ts';
import { assumptionLines, noteLines, parameterText } from './headline.ts';
import { overfittingDocument, overfittingLines } from './overfitting.ts';
import { factorLines } from './run.ts';

interface ShownWalk {
  readonly question: Question;
  readonly plan: WalkForwardPlan;
  readonly walk: WalkForward;
  readonly family: FamilyTotal;
  readonly sharpe: Sharpe | Refusal;
  readonly errors: SharpeErrors | Refusal;
  readonly deflated: DeflatedSharpe | Refusal;
  /** Of all tests together; null where none of them traded. */
  readonly statistics: Assessment | null;
  /** Of the grid over the whole range; null where there is nothing to compare, or nobody wanted it. */
  readonly overfitting: Overfitting | null;
}

const sessionsPerYear = 252;
const chartSize = { columns: 84, rows: 6 };

export function walkForwardDocument({
  question,
  plan,
  walk,
  family,
  sharpe,
  errors,
  deflated,
  statistics,
  overfitting,
}: ShownWalk): object {
  const { panel, rules, strategy, notes } = question;
  const { folds, finalEquityUsd, orders, trials } = walk;
  return {
    ...{ strategy: strategy.name, dataset: { ...panel.source, symbols: panel.series.length }, rules, plan },
    ...{ finalEquity: finalEquityUsd, orders, fits: trials, trialsCounted: family.trials },
    ...{ sharpe, sharpeErrors: errors, deflatedSharpe: deflated, efficiency: efficiencyOf(walk) },
    stats: statistics === null ? null : flatStatistics(statistics),
    overfitting: overfittingDocument(overfitting),
    folds: folds.map(({ training, test, parameters, ...rest }) => ({
      training: daysOf(question, training),
      test: daysOf(question, test),
      params: parameters,
      ...rest,
    })),
    notes,
  };
}

export function renderWalkForward(shown: ShownWalk, io: Pick<Io, 'colors'>): string {
  const { question, plan, walk, family, sharpe, errors, deflated, statistics, overfitting } = shown;
  const { colors } = io;
  const { strategy, panel, rules, notes } = question;
  const root = panel.frequency === 'daily' ? Math.sqrt(sessionsPerYear) : 1;
  const per = root === 1 ? 'a bar' : 'a year';
  const efficiency = efficiencyOf(walk);
  const assumed = walk.windows.find(({ result }) => result !== null)?.result ?? undefined;
  const within = isRefusal(errors) ? '' : ` ± ${fixed(errors.autocorrelated * root)}`;
  return [
    [
      `${colors.bold(strategy.name)}  walked forward: ${walk.folds.length} windows, ${plan.window} training of ${count(plan.trainBars)} bars, test of ${count(plan.testBars)}, embargo ${count(plan.embargoBars)}`,
      `${panel.source.name}: ${panel.series.length === 1 ? panel.series[0]!.symbol : `${count(panel.series.length)} symbols`}`,
      ...(assumed === undefined ? [] : assumptionLines({ rules, survivorship: assumed.survivorship, strategy: strategy.name }, io)),
      ...noteLines(notes, io),
    ].join('\n'),
    renderTable(columnsOf(question, root, per), walk.folds, colors.dim),
    [
      `Out of sample: ${formatUsd(rules.cashUsd)} became ${formatUsd(walk.finalEquityUsd)}, ${signedPct(walk.finalEquityUsd / rules.cashUsd - 1)} over ${count(walk.returns.length)} bars`,
      `Sharpe ${per}: ${isRefusal(sharpe) ? `none: ${sharpe.reason.replaceAll('-', ' ')}` : `${fixed(sharpe.perBar * root)}${within}`}${efficiency === null ? '' : `; of what training promised, ${pct(efficiency, 0)} was kept`}`,
      `Deflated Sharpe: ${isRefusal(deflated) ? `none: ${deflated.reason.replaceAll('-', ' ')}` : `${pct(deflated.probability, 1)} sure to be better than luck`}; ${count(family.trials)} trials of ${strategy.name} counted on these data, ${count(walk.trials)} fits and the walk itself among them`,
      ...(statistics === null ? [] : factorLines(statistics)),
    ].join('\n'),
    ...(overfitting === null ? [] : [['Of the grid, over all bars:', ...overfittingLines(overfitting, io)].join('\n')]),
    picture(walk, colors),
  ].join('\n\n');
}

/** What the choice of each window was, for a reader of the run that they make together. */
export function windowLines(question: Question, { folds }: WalkForward): string[] {
  const root = question.panel.frequency === 'daily' ? Math.sqrt(sessionsPerYear) : 1;
  const per = root === 1 ? 'a bar' : 'a year';
  const ratio = (value: number | null): string => (value === null ? 'none' : fixed(value * root, root === 1 ? 4 : 2));
  return [
    `Parameters were chosen anew for each of ${count(folds.length)} windows, on bars before it; a position open at the end of a window is taken as ended there, at the close.`,
    ...folds.map(({ training, test, parameters, trainingSharpePerBar, testSharpePerBar, testReturnFrac }) =>
      parameters === null
        ? `${spanText(question, test)}: nothing traded in training, so the money lay idle.`
        : `${spanText(question, test)}: ${parameterText(parameters)}, chosen on ${spanText(question, training)} with a Sharpe ratio ${per} of ${ratio(trainingSharpePerBar)}; then ${ratio(testSharpePerBar)}, ${signedPct(testReturnFrac, 1)}.`,
    ),
  ];
}

/** Mean ratio of the tests over the mean ratio of what was chosen in training; null where training promised nothing. */
function efficiencyOf({ folds }: WalkForward): number | null {
  const traded = folds.filter(({ trainingSharpePerBar }) => trainingSharpePerBar !== null);
  const promised = traded.reduce((sum, { trainingSharpePerBar }) => sum + trainingSharpePerBar!, 0);
  const kept = traded.reduce((sum, { testSharpePerBar }) => sum + (testSharpePerBar ?? 0), 0);
  return promised > 0 ? kept / promised : null;
}

function columnsOf(question: Question, root: number, per: string): Column<Fold>[] {
  const ratio = (value: number | null): string => (value === null ? 'none' : fixed(value * root, root === 1 ? 4 : 2));
  return [
    { title: 'training', text: ({ training }) => spanText(question, training) },
    { title: 'test', text: ({ test }) => spanText(question, test) },
    { title: 'chosen', text: ({ parameters }) => (parameters === null ? 'nothing traded' : parameterText(parameters)) },
    { title: `Sharpe ${per}`, align: 'right', text: ({ trainingSharpePerBar }) => ratio(trainingSharpePerBar) },
    { title: 'then', align: 'right', text: ({ testSharpePerBar }) => ratio(testSharpePerBar) },
    { title: 'return', align: 'right', text: ({ testReturnFrac }) => signedPct(testReturnFrac, 1) },
  ];
}

function spanText(question: Question, range: Range): string {
  const { from, to } = daysOf(question, range);
  return `${from} to ${to}`;
}

const daysOf = ({ panel }: Question, { fromMoment, toMoment }: Range): { readonly from: string; readonly to: string } => ({
  from: formatDay(dayAt(panel, fromMoment)),
  to: formatDay(dayAt(panel, toMoment)),
});

function picture({ returns }: WalkForward, { bold }: Io['colors']): string {
  let growth = 1;
  const course = Array.from(returns, (one) => {
    growth *= 1 + one;
    return growth - 1;
  });
  const shown = course.filter((_, at) => at % Math.max(1, Math.floor(course.length / (4 * chartSize.columns))) === 0);
  return [bold('Out of sample, one test after another'), ...areaChart(shown, chartSize)].join('\n');
}
