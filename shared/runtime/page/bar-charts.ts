/** Charts of parts: bars to either side of zero, a waterfall that ends in its total, and what was stated against what came. */
import { scaleLinear } from 'd3-scale';
import { box, chart, chartWidth, type Frame, label, rule } from './svg.ts';

export interface Bar {
  readonly name: string;
  /** Drawn from zero each, e.g. long and short. */
  readonly values: readonly number[];
}

export interface BarChart extends Pick<Frame, 'id' | 'title' | 'description'> {
  readonly bars: readonly Bar[];
  readonly format: (value: number) => string;
}

const rowHeight = 24;
const margin = { left: 168, right: 86, top: 10, bottom: 10 };
const nameLengthMax = 22;

export function barChart({ bars, format, ...frame }: BarChart): string {
  const values = bars.flatMap((bar) => bar.values);
  const x = scaleLinear([Math.min(0, ...values), Math.max(0, ...values, Number.MIN_VALUE)], [margin.left, chartWidth - margin.right]);
  const height = margin.top + bars.length * rowHeight + margin.bottom;
  const rows = bars.flatMap(({ name, values: own }, index) => {
    const top = margin.top + index * rowHeight;
    const total = own.reduce((sum, value) => sum + value, 0);
    return [
      label(12, top + 16, shortened(name), 'name'),
      ...own.filter((value) => value !== 0).map((value) => box(x(0), top + 5, x(value), top + rowHeight - 5, value > 0 ? 'gain' : 'loss')),
      label(chartWidth - 8, top + 16, format(total), 'figure', 'end'),
    ];
  });
  return chart({ ...frame, width: chartWidth, height }, [...rows, rule(x(0), margin.top, x(0), height - margin.bottom, 'base')]);
}

export interface WaterfallChart extends Pick<Frame, 'id' | 'title' | 'description'> {
  /** In the order in which they add up. */
  readonly parts: ReadonlyArray<{ readonly name: string; readonly value: number }>;
  readonly totalName: string;
  readonly format: (value: number) => string;
}

export function waterfall({ parts, totalName, format, ...frame }: WaterfallChart): string {
  let sum = 0;
  const steps = parts.map(({ name, value }) => {
    const from = sum;
    sum += value;
    return { name, from, to: sum, value, classes: value >= 0 ? 'gain' : 'loss' };
  });
  const all = [...steps, { name: totalName, from: 0, to: sum, value: sum, classes: 'total' }];
  const ends = all.flatMap(({ from, to }) => [from, to]);
  const x = scaleLinear([Math.min(0, ...ends), Math.max(0, ...ends, Number.MIN_VALUE)], [margin.left, chartWidth - margin.right]);
  const height = margin.top + all.length * rowHeight + margin.bottom;
  const rows = all.flatMap(({ name, from, to, value, classes }, index) => {
    const top = margin.top + index * rowHeight;
    const joins = index < all.length - 1 ? [rule(x(to), top + rowHeight - 5, x(to), top + rowHeight + 5, 'join')] : [];
    return [
      label(12, top + 16, shortened(name), 'name'),
      box(x(from), top + 5, x(to), top + rowHeight - 5, classes),
      label(chartWidth - 8, top + 16, format(value), 'figure', 'end'),
      ...joins,
    ];
  });
  return chart({ ...frame, width: chartWidth, height }, [rule(x(0), margin.top, x(0), height - margin.bottom, 'base'), ...rows]);
}

export interface ReliabilityChart extends Pick<Frame, 'id' | 'title' | 'description'> {
  readonly agents: ReadonlyArray<{
    readonly name: string;
    readonly points: ReadonlyArray<{ readonly stated: number; readonly hit: number; readonly error: number; readonly count: number }>;
  }>;
  readonly format: (value: number) => string;
}

/** Dots on the diagonal say that the stated chance is the true one; whiskers are two standard errors, areas go with the count. */
export function reliabilityChart({ agents, format, ...frame }: ReliabilityChart): string {
  const height = 300;
  const plot = { left: 56, right: 400, top: 14, bottom: height - 40 };
  const all = agents.flatMap(({ points }) => points);
  const [low, high] = [
    Math.min(0.45, ...all.map(({ hit, error }) => Math.max(0, hit - 2 * error))),
    Math.max(0.6, ...all.map(({ hit, error }) => Math.min(1, hit + 2 * error))),
  ];
  const [lowX, highX] = [Math.min(0.45, ...all.map(({ stated }) => stated)), Math.max(0.6, ...all.map(({ stated }) => stated))];
  const x = scaleLinear([lowX, highX], [plot.left, plot.right]).nice(4);
  const y = scaleLinear([low, high], [plot.bottom, plot.top]).nice(4);
  const [fromX, toX] = x.domain() as [number, number];
  const [fromY, toY] = y.domain() as [number, number];
  const [start, end] = [Math.max(fromX, fromY), Math.min(toX, toY)];
  const most = Math.max(1, ...all.map(({ count }) => count));
  const within = (value: number): number => Math.min(toY, Math.max(fromY, value));
  const axes = [
    ...y
      .ticks(5)
      .flatMap((tick) => [
        rule(plot.left, y(tick), plot.right, y(tick), 'grid'),
        label(plot.left - 6, y(tick) + 4, format(tick), 'tick', 'end'),
      ]),
    ...x.ticks(4).map((tick) => label(x(tick), plot.bottom + 18, format(tick), 'tick', 'middle')),
    label((plot.left + plot.right) / 2, height - 6, 'stated chance of a hit', 'legend', 'middle'),
    rule(x(start), y(start), x(end), y(end), 'diagonal'),
  ];
  const marks = agents.flatMap(({ name, points }, index) => [
    ...points.flatMap(({ stated, hit, error, count }) => [
      rule(x(stated), y(within(hit - 2 * error)), x(stated), y(within(hit + 2 * error)), `whisker hue${index}`),
      `<circle cx="${x(stated).toFixed(1)}" cy="${y(hit).toFixed(1)}" r="${(2.5 + 6 * Math.sqrt(count / most)).toFixed(1)}" class="dot hue${index}"/>`,
    ]),
    `<circle cx="${plot.right + 32}" cy="${plot.top + 12 + index * 22}" r="5" class="dot hue${index}"/>`,
    label(plot.right + 46, plot.top + 16 + index * 22, shortened(name), 'legend'),
  ]);
  return chart({ ...frame, width: chartWidth, height }, [...axes, ...marks]);
}

const shortened = (name: string): string => (name.length > nameLengthMax ? `${name.slice(0, nameLengthMax - 1)}…` : name);
