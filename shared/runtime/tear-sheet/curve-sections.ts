/** The course of a backtest: equity beside the benchmark, drawdowns with the deepest named, the rolling Sharpe ratio, and every month. */
import { type Drawdown, drawdownsOf } from '../../domain/research/validation/drawdowns.ts';
import { formatDay, parseDay } from '../../kernel/days.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { count, decimal, percent, shortUsd, signedPercent, unknown, usd } from '../page/format.ts';
import { type Block, folded, type Section, table, text, widePicture } from '../page/section.ts';
import { heatMap } from './heat-map.ts';
import { linePanel } from './line-panel.ts';
import { yearsOfMonths } from './months.ts';
import { rollingSharpe } from './rolling-sharpe.ts';
import type { Sessions } from './sessions.ts';

export interface Course {
  readonly sessions: Sessions;
  readonly openingUsd: number;
  readonly sessionsPerYear: number;
  /** Growth of 1 since before the first session, one per session; NaN where it is not known. */
  readonly benchmark: { readonly name: string; readonly growth: Float64Array } | null;
}

const rollingWindow = 126;
const namedDrawdowns = 5;
/** From this spread on a straight axis hides the early years. */
const logFrom = 2.5;

export const curveSections = (course: Course): Section[] => [
  { id: 'equity', title: 'Equity and drawdown', blocks: [...equityBlocks(course), ...drawdownBlocks(course)] },
  { id: 'rolling', title: 'Rolling Sharpe ratio', blocks: rollingBlocks(course) },
  { id: 'months', title: 'Months', blocks: monthBlocks(course) },
];

function equityBlocks({ sessions, openingUsd, benchmark }: Course): Block[] {
  const { equityUsd, day } = sessions;
  const beside =
    benchmark === null ? [] : [{ name: benchmark.name, classes: 'market', values: benchmark.growth.map((one) => one * openingUsd) }];
  const [low, high] = [Math.min(openingUsd, ...equityUsd), Math.max(openingUsd, ...equityUsd)];
  const scale = low > 0 && high / low > logFrom ? 'log' : 'linear';
  const ended = benchmark?.growth.findLast(Number.isFinite);
  const versus =
    benchmark === null || ended === undefined ? '' : ` ${benchmark.name} would have made ${usd(ended * openingUsd)} of the same cash.`;
  return [
    widePicture(
      linePanel({
        id: 'equity-chart',
        title: scale === 'log' ? 'Equity, logarithmic' : 'Equity',
        description: `From ${usd(openingUsd)} before ${date(day, 0)} to ${usd(equityUsd.at(-1)!)} on ${date(day, day.length - 1)}, between ${usd(low)} and ${usd(high)}.${versus}`,
        axis: { kind: 'days', day },
        lines: [...beside, { name: 'strategy', classes: 'fund', values: equityUsd }].toReversed(),
        scale,
        base: scale === 'log' ? null : openingUsd,
        format: shortUsd,
        height: 320,
      }),
    ),
  ];
}

function drawdownBlocks({ sessions, openingUsd }: Course): Block[] {
  const { drawdownFrac, equityUsd, day } = sessions;
  const { episodes, underWaterFrac } = drawdownsOf(equityUsd, day, openingUsd);
  const named = episodes.slice(0, namedDrawdowns);
  if (named.length === 0) return [text('Equity was never below its high.')];
  const below = drawdownFrac.map((one) => -one);
  const row = ({ peakDay, troughDay, recoveredDay, depthFrac, bars, calendarDays }: Drawdown, index: number): string[] => [
    ...[String(index + 1), peakDay, troughDay, recoveredDay ?? 'lasts'],
    ...[percent(depthFrac), count(bars), count(calendarDays)],
  ];
  const marks = named.map(({ troughDay }, at) => {
    const index = day.indexOf(parseDay(troughDay));
    return { index, value: below[index]!, text: String(at + 1) };
  });
  return [
    widePicture(
      linePanel({
        id: 'drawdown-chart',
        title: 'Drawdown, the deepest numbered',
        description: `At the deepest equity was ${percent(named[0]!.depthFrac)} below its high, on ${named[0]!.troughDay}; it was below its high at ${percent(underWaterFrac, 0)} of closes.`,
        axis: { kind: 'days', day },
        lines: [{ name: 'drawdown', classes: 'under', values: below, filled: true }],
        marks,
        scale: 'linear',
        base: 0,
        format: (value) => percent(value, 0),
        height: 220,
      }),
    ),
    table('The deepest drawdowns', ['', 'from', 'trough', 'recovered', '#depth', '#sessions', '#calendar days'], named.map(row)),
  ];
}

function rollingBlocks({ sessions, sessionsPerYear }: Course): Block[] {
  const { day, returnFrac } = sessions;
  if (day.length < rollingWindow) return [text(`A window wants ${rollingWindow} sessions; the run has ${count(day.length)}.`)];
  const { sharpe, standardError } = rollingSharpe(returnFrac, rollingWindow, sessionsPerYear);
  const known = [...sharpe].filter(Number.isFinite).sort((a, b) => a - b);
  if (known.length === 0) return [text('No window has returns that vary.')];
  const at = (frac: number): number => known[Math.round(frac * (known.length - 1))]!;
  return [
    widePicture(
      linePanel({
        id: 'rolling-chart',
        title: `Sharpe ratio of the last ${rollingWindow} sessions, a year, over zero; the band is two standard errors to each side`,
        description: `Between ${decimal(at(0), 2)} and ${decimal(at(1), 2)}, ${decimal(at(0.5), 2)} in the middle; above zero in ${percent(known.filter((one) => one > 0).length / known.length, 0)} of windows.`,
        axis: { kind: 'days', day },
        lines: [{ name: 'Sharpe ratio', classes: 'fund', values: sharpe }],
        bands: [
          {
            name: '± 2 standard errors',
            classes: 'fund',
            low: sharpe.map((one, s) => one - 2 * standardError[s]!),
            high: sharpe.map((one, s) => one + 2 * standardError[s]!),
          },
        ],
        scale: 'linear',
        base: 0,
        format: (value) => decimal(value, 1),
      }),
    ),
    text(
      'Standard errors by Lo (2002) for independent returns. Neighbouring windows share all but one session: the band is about each point, not the path.',
    ),
  ];
}

function monthBlocks({ sessions, openingUsd }: Course): Block[] {
  const years = yearsOfMonths(sessions.day, sessions.equityUsd, openingUsd);
  const months = years.flatMap(({ monthFrac }) => [...monthFrac].filter(Number.isFinite));
  const [best, worst] = [Math.max(...months), Math.min(...months)];
  const figure = (frac: number): string => (Number.isFinite(frac) ? signedPercent(frac, 1) : '');
  const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec', 'Year'];
  const rows = years.map(({ year, monthFrac, yearFrac }) => [String(year), ...Array.from(monthFrac, figure), figure(yearFrac)]);
  const summary = `${percent(months.filter((one) => one > 0).length / months.length, 0)} of ${count(months.length)} months made money`;
  return [
    widePicture(
      heatMap(
        {
          id: 'month-chart',
          title: 'Return of each month and year',
          description: `${summary}; the best ${signedPercent(best)}, the worst ${signedPercent(worst)}.`,
        },
        years,
        figure,
      ),
    ),
    folded(
      'The same months as a table',
      table(`${summary}. Months that the run begins or ends in are not whole.`, ['year', ...names.map((name) => `±${name}`)], rows),
    ),
  ];
}

const date = (day: Int32Array, index: number): string => (index < 0 || index >= day.length ? unknown : formatDay(day[index]! as EpochDay));
