/**
 * A backtest on one page that opens from a disk: its stamps first, then the course, the figures, what was traded, what it cost, and everything that
 * was assumed. One HTML file with inline style and SVG; nothing is fetched and nothing runs, and the same input gives the same bytes.
 *
 * Pictures are drawn by sessions (sessions.ts) and thinned to what their pixels show (thin-line.ts); the numbers stand in tables beside them. Long
 * tables are folded, and print leaves out what is folded. All fills and all trades are in the Parquet files beside it.
 */
import type { BacktestResult } from '../../domain/research/result.ts';
import type { MonteCarlo } from '../../domain/research/validation/monte-carlo.ts';
import { formatDay } from '../../kernel/days.ts';
import { invariant } from '../../kernel/errors.ts';
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { count } from '../page/format.ts';
import type { Section } from '../page/section.ts';
import { contentSecurityPolicy, figures, navigation, sectionMarkup } from '../page/sections.ts';
import { escaped } from '../page/svg.ts';
import { assumptionBlocks } from './assumptions.ts';
import { type Course, curveSections } from './curve-sections.ts';
import { bootstrapSection, exposureSection, spreadSection } from './exposure-sections.ts';
import { type Sessions, sessionsOf } from './sessions.ts';
import { type LookAhead, stampsMarkup, stampsOf } from './stamps.ts';
import { attributionOrNothing, headlineFigures, remarksSection, type Statistics, statisticsSection } from './statistics-sections.ts';
import { tearSheetStyle } from './tear-sheet-style.ts';
import { flowsSection, tradesSection } from './trade-sections.ts';

export interface TearSheetInput {
  readonly result: BacktestResult;
  /** With the trials that the ledger counts. */
  readonly statistics: Statistics;
  /** What the same returns could have been; null where nobody asked. */
  readonly bootstrap: MonteCarlo | Refusal | null;
  /** Growth of 1 since before the first bar, one per moment; NaN where it is not known. */
  readonly benchmark: { readonly name: string; readonly growth: Float64Array } | null;
  readonly lookAhead: LookAhead;
  /** What was typed. */
  readonly commandLine: string;
}

/** Refuses a result without bars: there is nothing to show. */
export function tearSheet(input: TearSheetInput): string | Refusal<'no-bars'> {
  const { result, statistics, lookAhead, commandLine } = input;
  if (result.day.length === 0) return refuse('no-bars');
  const sessions = sessionsOf(result);
  const sections = sectionsOf(input, sessions);
  const [from, to] = [formatDay(result.day[0]! as EpochDay), formatDay(result.day.at(-1)! as EpochDay)];
  const parameters = Object.entries(result.parameters).map(([name, value]) => `${name}=${value}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
${contentSecurityPolicy}
<title>${escaped(result.strategy)}, ${from} to ${to}</title>
<style>${tearSheetStyle}</style>
</head>
<body>
<header>
<p class="brand">BALLAST</p>
<h1>${escaped(result.strategy)} <time datetime="${from}">${from}</time> <time datetime="${to}">to ${to}</time></h1>
<p class="standing">${escaped(parameters.join(' · ') || 'no parameters')}</p>
<p class="standing">${escaped(result.source.name)} · sha256 ${escaped(result.source.sha256)} · ${count(result.symbols.length)} symbols · ${count(result.bars)} bars · ${result.frequency}</p>
<code>${escaped(commandLine)}</code>
${stampsMarkup(stampsOf(result.survivorship, result.rules, statistics, lookAhead))}
</header>
<main>
${figures(headlineFigures(statistics, result.equity.equityUsd.at(-1)!))}
${navigation(sections)}
${sections.map(sectionMarkup).join('\n')}
</main>
<footer>A backtest, not a record: nothing here was traded. The same run makes the same page. A dash is a figure that cannot be given; the reason stands beside it.</footer>
</body>
</html>
`;
}

function sectionsOf({ result, statistics, bootstrap, benchmark }: TearSheetInput, sessions: Sessions): Section[] {
  const { rules, remarks } = result;
  invariant(benchmark === null || benchmark.growth.length === result.day.length, 'a benchmark has a value for every moment of the run');
  const course: Course = {
    sessions,
    openingUsd: rules.cashUsd,
    sessionsPerYear: rules.sessionsPerYear,
    benchmark: benchmark && { name: benchmark.name, growth: Float64Array.from(sessions.moment, (moment) => benchmark.growth[moment]!) },
  };
  return [
    ...curveSections(course),
    statisticsSection(statistics),
    ...attributionOrNothing(statistics),
    spreadSection(sessions),
    exposureSection(sessions),
    flowsSection(result),
    tradesSection(result),
    ...(bootstrap === null ? [] : [bootstrapSection(bootstrap, rules.cashUsd)]),
    { id: 'assumptions', title: 'Assumptions', blocks: assumptionBlocks(result) },
    remarksSection(remarks),
  ];
}
