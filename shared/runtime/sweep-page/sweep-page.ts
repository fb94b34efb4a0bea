/**
 * A sweep on one page that opens from a disk: where on the grid the best lies and whether it lies on a plateau, what chance would have shown, what
 * cross-validation says, the best runs, the course of the best, and everything that was assumed.
 *
 * One HTML file with inline style and SVG; nothing is fetched and nothing runs, and the same input gives the same bytes. It is made of the tear
 * sheet's parts. Every run of the sweep is in the Parquet file beside it.
 */
import type { BacktestResult } from '../../domain/research/result.ts';
import { barsPerYearOf } from '../../domain/research/validation/statistics.ts';
import { formatDay } from '../../kernel/days.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { count, decimal, orDash, percent, signedPercent, unknown, whyNot } from '../page/format.ts';
import { folded, picture, type Section, type ShownFigure, table, text, widePicture } from '../page/section.ts';
import { contentSecurityPolicy, figures, navigation, sectionMarkup } from '../page/sections.ts';
import { escaped } from '../page/svg.ts';
import { assumptionBlocks } from '../tear-sheet/assumptions.ts';
import { curveSections } from '../tear-sheet/curve-sections.ts';
import { sessionsOf } from '../tear-sheet/sessions.ts';
import { stampsMarkup, stampsOf } from '../tear-sheet/stamps.ts';
import { attributionOrNothing, type Statistics, statisticsSection } from '../tear-sheet/statistics-sections.ts';
import { tearSheetStyle } from '../tear-sheet/tear-sheet-style.ts';
import { type Overfitting, overfittingSection } from './overfitting-section.ts';
import { parameterMap } from './parameter-map.ts';
import { type Plateau, planeOf, plateauOf, type SweptRun, sweptParameters } from './parameter-plane.ts';
import { spreadChart } from './spread-chart.ts';

export interface SweepPageRun extends SweptRun {
  readonly finalEquityUsd: number;
  readonly maxDrawdownFrac: number;
  readonly orders: number;
}

export interface SweepPageInput {
  /** The best first, none without a Sharpe ratio; at least one. */
  readonly runs: readonly SweepPageRun[];
  /** Accounts of each combination, of which a run has the means. */
  readonly accounts: number;
  /** Per bar, of every backtest of the sweep. */
  readonly sharpes: Float64Array;
  readonly combinations: number;
  readonly skipped: number;
  /** The best, with its trials counted; with several accounts, the one of the symbol on which it did best. */
  readonly best: BacktestResult;
  readonly statistics: Statistics;
  readonly overfitting: Overfitting | null;
  readonly benchmark: { readonly name: string; readonly growth: Float64Array } | null;
  /** The two parameters of the map; null: the two with the most values. */
  readonly axes: readonly [string, string] | null;
  /** What was typed. */
  readonly commandLine: string;
}

const planeSize = { columnsMax: 200, rowsMax: 100 };
const rankedShown = 20;
const rankedMax = 200;

export function sweepPage(input: SweepPageInput): string {
  const { best, runs, statistics, combinations, skipped, sharpes, accounts } = input;
  const [from, to] = [formatDay(best.day[0]! as EpochDay), formatDay(best.day.at(-1)! as EpochDay)];
  const sections = sectionsOf(input);
  const swept = sweptParameters(runs).map(({ name, values }) => `${name} ${values[0]} to ${values.at(-1)}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
${contentSecurityPolicy}
<title>${escaped(best.strategy)}, swept ${from} to ${to}</title>
<style>${tearSheetStyle}.best{fill:none;stroke:var(--ink);stroke-width:1.8}</style>
</head>
<body>
<header>
<p class="brand">BALLAST</p>
<h1>${escaped(best.strategy)}, swept <time datetime="${from}">${from}</time> <time datetime="${to}">to ${to}</time></h1>
<p class="standing">${escaped(swept.join(' · ') || 'one combination')}: ${count(combinations)} combinations${skipped === 0 ? '' : `, ${count(skipped)} of them skipped, their values do not fit each other`}; ${count(sharpes.length)} backtests${accounts > 1 ? `, an account for each of ${count(accounts)} symbols` : ''}</p>
<p class="standing">${escaped(best.source.name)} · sha256 ${escaped(best.source.sha256)} · ${best.frequency}</p>
<code>${escaped(input.commandLine)}</code>
${stampsMarkup(stampsOf(best.survivorship, best.rules, statistics, null))}
</header>
<main>
${figures(headline(input))}
${navigation(sections)}
${sections.map(sectionMarkup).join('\n')}
</main>
<footer>Backtests, not a record: nothing here was traded. The same sweep makes the same page. A dash is a figure that cannot be given; the reason stands beside it.</footer>
</body>
</html>
`;
}

const rootOf = (best: BacktestResult): number => Math.sqrt(barsPerYearOf(best));
const parametersText = ({ parameters }: SweptRun): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

function headline({ runs, best, statistics, overfitting, accounts }: SweepPageInput): ShownFigure[] {
  const [first] = runs;
  const root = rootOf(best);
  const plateau = plateauOf(runs);
  const deflated = isRefusal(statistics) ? statistics : statistics.sharpe.deflated;
  const pbo = overfitting?.pbo ?? null;
  return [
    {
      name: 'Best Sharpe a year',
      value: decimal(first!.sharpePerBar * root, 2),
      note: `${parametersText(first!)}${accounts > 1 ? `, mean of ${count(accounts)} accounts` : ''}`,
    },
    {
      name: 'Beside it',
      value: plateau === null ? unknown : decimal(plateau.meanPerBar * root, 2),
      note: plateau === null ? 'it has no neighbour on the grid' : `mean of ${count(plateau.neighbours)} neighbours, one step away`,
    },
    {
      name: 'Deflated Sharpe',
      value: orDash(deflated, ({ probability }) => percent(probability, 1)),
      note: whyNot(deflated) || 'likely better than luck, all trials counted',
    },
    {
      name: 'Overfitting',
      value: pbo === null ? unknown : orDash(pbo, ({ probability }) => percent(probability, 1)),
      note: pbo === null ? 'not measured' : whyNot(pbo) || 'probability, by cross-validation',
    },
  ];
}

function sectionsOf(input: SweepPageInput): Section[] {
  const { best, statistics, benchmark, overfitting } = input;
  const sessions = sessionsOf(best);
  const { rules } = best;
  const course = {
    ...{ sessions, openingUsd: rules.cashUsd, sessionsPerYear: rules.sessionsPerYear },
    benchmark: benchmark && { name: benchmark.name, growth: Float64Array.from(sessions.moment, (moment) => benchmark.growth[moment]!) },
  };
  return [
    mapSection(input),
    overfittingSection(overfitting, rootOf(best)),
    luckSection(input),
    rankingSection(input),
    ...curveSections(course).slice(0, 1),
    statisticsSection(statistics),
    ...attributionOrNothing(statistics),
    { id: 'assumptions', title: 'Assumptions', blocks: assumptionBlocks(best) },
  ];
}

function mapSection({ runs, axes, best }: SweepPageInput): Section {
  const frame = { id: 'map', title: 'Sharpe ratio over the grid' };
  const plane = planeOf(runs, { axes, ...planeSize });
  if (isRefusal(plane)) return { ...frame, blocks: [text('No parameter takes more than one value.')] };
  const root = rootOf(best);
  const { across, down, fixed, perCell } = plane;
  const others = Object.entries(fixed).map(([name, value]) => `${name}=${value}`);
  const over = down === null ? across.name : `${across.name} and ${down.name}`;
  const title = `Sharpe ratio a year over ${over}${others.length === 0 ? '' : `, at ${others.join(', ')}`}; the best is framed`;
  const known = plane.sharpePerBar.filter(Number.isFinite).sort();
  const description = `Of ${count(known.length)} cells ${percent(known.filter((one) => one > 0).length / known.length, 0)} are above zero; the median is ${decimal(known[Math.floor(known.length / 2)]! * root, 2)}, the highest ${decimal(known.at(-1)! * root, 2)}.`;
  return {
    ...frame,
    blocks: [
      widePicture(parameterMap({ id: 'parameter-map', title, description }, plane, (sharpe) => decimal(sharpe * root, 2))),
      text(
        `${description}${perCell > 1 ? ` A cell is the mean of up to ${count(perCell)} combinations.` : ''} ${plateauText(plateauOf(runs), runs[0]!, root)}`,
      ),
    ],
  };
}

/** What stands beside the best. */
export function plateauText(plateau: Plateau | null, { sharpePerBar }: SweptRun, root: number, digits = 2): string {
  if (plateau === null) return 'The best has no neighbour on the grid.';
  const { neighbours, meanPerBar, lowestPerBar } = plateau;
  const kept = sharpePerBar > 0 ? `, ${percent(Math.max(0, meanPerBar / sharpePerBar), 0)} of it` : '';
  return `One step from the best (${decimal(sharpePerBar * root, digits)}) ${neighbours === 1 ? 'lies 1 combination' : `lie ${count(neighbours)} combinations`}: mean ${decimal(meanPerBar * root, digits)}${kept}, lowest ${decimal(lowestPerBar * root, digits)}.`;
}

function luckSection({ sharpes, statistics, best }: SweepPageInput): Section {
  const root = rootOf(best);
  const deflated = isRefusal(statistics) ? statistics : statistics.sharpe.deflated;
  const perBar = isRefusal(statistics) ? statistics : statistics.sharpe.perBar;
  const known = sharpes.filter(Number.isFinite).length;
  const marks = [
    ...(typeof perBar === 'number' ? [{ value: perBar * root, name: 'the best', tone: 'fund' as const }] : []),
    ...(isRefusal(deflated)
      ? []
      : [
          {
            value: deflated.expectedMaximumPerBar * root,
            name: `the best of ${count(deflated.trials)} by luck alone`,
            tone: 'under' as const,
          },
        ]),
  ];
  const words = isRefusal(deflated)
    ? `No deflated Sharpe ratio: ${whyNot(deflated)}.`
    : `${count(deflated.trials)} trials are counted on these data. If none of them were any good, the best would be expected to show ${decimal(deflated.expectedMaximumPerBar * root, 2)} (false strategy theorem, Bailey & López de Prado 2014); that the true ratio of the best is above that is ${percent(deflated.probability, 1)} likely.`;
  return {
    id: 'luck',
    title: 'The best, and luck',
    blocks: [
      picture(
        spreadChart({
          id: 'sharpe-chart',
          title: `Sharpe ratios a year of ${count(known)} backtests`,
          description: words,
          values: sharpes.map((one) => one * root),
          marks,
          zero: 0,
          format: (value) => decimal(value, 2),
        }),
      ),
      table('Over all backtests', ['quantile', '±Sharpe a year'], quantileRows(sharpes, root)),
      text(words),
    ],
  };
}

function quantileRows(sharpes: Float64Array, root: number): string[][] {
  const sorted = sharpes.filter(Number.isFinite).sort();
  if (sorted.length === 0) return [];
  const levels: ReadonlyArray<readonly [string, number]> = [
    ...[['worst', 0] as const, ['5 %', 0.05] as const, ['25 %', 0.25] as const, ['median', 0.5] as const],
    ...[['75 %', 0.75] as const, ['95 %', 0.95] as const, ['best', 1] as const],
  ];
  return levels.map(([name, level]) => [name, decimal(sorted[Math.round(level * (sorted.length - 1))]! * root, 2)]);
}

function rankingSection({ runs, best }: SweepPageInput): Section {
  const root = rootOf(best);
  const names = sweptParameters(runs).map(({ name }) => name);
  const columns = ['rank', ...names.map((name) => `#${name}`), '±Sharpe a year', '±return', '#drawdown', '#orders'];
  const rows = runs
    .slice(0, rankedMax)
    .map(({ parameters, sharpePerBar, finalEquityUsd, maxDrawdownFrac, orders }, rank) => [
      count(rank + 1),
      ...names.map((name) => String(parameters[name])),
      decimal(sharpePerBar * root, 2),
      signedPercent(finalEquityUsd / best.rules.cashUsd - 1, 1),
      percent(maxDrawdownFrac, 1),
      decimal(orders, Number.isInteger(orders) ? 0 : 1),
    ]);
  const more = rows.slice(rankedShown);
  return {
    id: 'ranking',
    title: 'The best combinations',
    blocks: [
      {
        ...table(
          `The first ${count(Math.min(rankedShown, rows.length))} of ${count(runs.length)}; all are in sweep.parquet`,
          columns,
          rows.slice(0, rankedShown),
        ),
      },
      ...(more.length === 0 ? [] : [folded(`The next ${count(more.length)}`, table('By Sharpe ratio', columns, more))]),
    ],
  };
}
