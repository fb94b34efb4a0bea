/** Charts over the days of the fund: lines that may have gaps, an area below zero, and a column a day. */
import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, line } from 'd3-shape';
import { box, chart, chartWidth, type Frame, label, path, rule } from './svg.ts';

export interface Series {
  readonly name: string;
  readonly classes: string;
  /** One per day; null where it is not known. */
  readonly values: ReadonlyArray<number | null>;
  /** Filled down, or up, to the base line. */
  readonly filled?: boolean;
}

export interface TimeChart extends Pick<Frame, 'id' | 'title' | 'description'> {
  /** YYYY-MM-DD, ascending; at least two. */
  readonly days: readonly string[];
  readonly series: readonly Series[];
  /** The value that areas and columns start from. */
  readonly base: number;
  readonly format: (value: number) => string;
  readonly height?: number;
}

const margin = { left: 66, right: 26, top: 26, bottom: 34 };
const defaultHeight = 240;

export function lineChart(asked: TimeChart): string {
  const { days, series, base, height = defaultHeight } = asked;
  const { x, y, axes } = plotted(asked);
  const marks = series.flatMap(({ values, classes, filled }) => {
    const at = (_: number | null, index: number): number => tenth(x(days[index]!));
    const up = (value: number | null): number => tenth(y(value!));
    const defined = (value: number | null): boolean => value !== null;
    const outline = line<number | null>(at, up).defined(defined)([...values]);
    const body = area<number | null>(at, tenth(y(base)), up).defined(defined)([...values]);
    return [...(filled ? [path(body, `area ${classes}`)] : []), path(outline, `line ${classes}`)];
  });
  return chart({ ...asked, width: chartWidth, height }, [...axes, ...marks, ...legend(series)]);
}

/** A column a day, from the base line. */
export function columnChart(asked: TimeChart): string {
  const { days, series, base, height = defaultHeight } = asked;
  const half = Math.max(0.4, ((chartWidth - margin.left - margin.right) / days.length) * 0.36);
  const { x, y, axes } = plotted(asked, half);
  const columns = series.flatMap(({ values, classes }) =>
    values.flatMap((value, index) => {
      const middle = x(days[index]!);
      return value === null || value === base ? [] : [box(middle - half, y(base), middle + half, y(value), classes)];
    }),
  );
  return chart({ ...asked, width: chartWidth, height }, [...axes, ...columns, ...legend(series)]);
}

function plotted({ days, series, base, format, height = defaultHeight }: TimeChart, inset = 0) {
  const at = (day: string): number => Date.parse(day);
  const known = series.flatMap(({ values }) => values.flatMap((value) => value ?? []));
  const [low, high] = [Math.min(base, ...known), Math.max(base, ...known)];
  const time = scaleUtc([at(days[0]!), at(days.at(-1)!)], [margin.left + inset, chartWidth - margin.right - inset]);
  const value = scaleLinear(low === high ? [low - 1, high + 1] : [low, high], [height - margin.bottom, margin.top]).nice(5);
  const instants = time.ticks(8);
  const inDay = instants.filter((instant) => instant.getUTCHours() === 0);
  const axes = [
    ...value
      .ticks(5)
      .flatMap((tick) => [
        rule(margin.left, value(tick), chartWidth - margin.right, value(tick), tick === base ? 'base' : 'grid'),
        label(margin.left - 8, value(tick) + 4, format(tick), 'tick', 'end'),
      ]),
    ...inDay.map((instant) => label(time(instant), height - 9, dateLabel(instant, days), 'tick', 'middle')),
  ];
  return { x: (day: string): number => time(at(day)), y: (one: number): number => value(one), axes };
}

/** No screen shows more, and a year of lines is a third smaller. */
const tenth = (value: number): number => Math.round(value * 10) / 10;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The day while the curve is short, else the month, and the year where one begins. */
function dateLabel(instant: Date, days: readonly string[]): string {
  const month = months[instant.getUTCMonth()]!;
  const isShort = Date.parse(days.at(-1)!) - Date.parse(days[0]!) < 100 * 86_400_000;
  if (isShort) return `${instant.getUTCDate()} ${month}`;
  return instant.getUTCMonth() === 0 ? String(instant.getUTCFullYear()) : month;
}

function legend(series: readonly Series[]): string[] {
  if (series.length < 2) return [];
  let from = margin.left;
  return series.flatMap(({ name, classes }) => {
    const marks = [rule(from, 12, from + 16, 12, `line ${classes}`), label(from + 22, 16, name, 'legend')];
    from += 40 + name.length * 7;
    return marks;
  });
}
