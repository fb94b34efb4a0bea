/** How many values lie where, with upright lines at what is to be compared with them. Equal bins; the outermost values are its edges. */
import { scaleLinear } from 'd3-scale';
import { box, chart, chartWidth, type Frame, label, rule } from '../page/svg.ts';

export interface SpreadChart extends Pick<Frame, 'id' | 'title' | 'description'> {
  readonly values: Float64Array;
  readonly marks: ReadonlyArray<{ readonly value: number; readonly name: string; readonly tone: 'fund' | 'under' | 'market' }>;
  /** Bars to the left of it are those of losses. */
  readonly zero: number;
  readonly format: (value: number) => string;
}

const height = 280;
const margin = { left: 56, right: 16, top: 16, bottom: 34 };
const legendRow = 18;
/** Root of the count, within what is readable. */
const binsOf = (count: number): number => Math.min(60, Math.max(8, Math.round(Math.sqrt(count))));

/** Values that are no finite numbers are left out. */
export function spreadChart({ values, marks, zero, format, ...frame }: SpreadChart): string {
  const known = values.filter(Number.isFinite);
  const all = [...marks.map(({ value }) => value), zero];
  const low = known.reduce((least, one) => Math.min(least, one), Math.min(...all));
  const high = known.reduce((most, one) => Math.max(most, one), Math.max(...all));
  const span = high - low || 1;
  const bins = binsOf(known.length);
  const counts = new Float64Array(bins);
  for (const value of known) counts[Math.min(bins - 1, Math.floor(((value - low) / span) * bins))]! += 1;
  const top = margin.top + marks.length * legendRow;
  const x = scaleLinear([low, low + span], [margin.left, chartWidth - margin.right]);
  const y = scaleLinear([0, Math.max(1, ...counts)], [height - margin.bottom, top]).nice(4);
  const edge = (bin: number): number => low + (span * bin) / bins;
  const axes = [
    ...y
      .ticks(4)
      .filter(Number.isInteger)
      .flatMap((tick) => [
        rule(margin.left, y(tick), chartWidth - margin.right, y(tick), tick === 0 ? 'base' : 'grid'),
        label(margin.left - 8, y(tick) + 4, tick.toLocaleString('en-US'), 'tick', 'end'),
      ]),
    ...x.ticks(7).map((tick) => label(x(tick), height - 10, format(tick), 'tick', 'middle')),
  ];
  const bars = [...counts].flatMap((count, bin) =>
    count === 0
      ? []
      : [box(x(edge(bin)) + 0.5, y(0), x(edge(bin + 1)) - 0.5, y(count), edge(bin) + edge(bin + 1) < 2 * zero ? 'loss' : 'gain')],
  );
  const lines = marks.flatMap(({ value, name, tone }, index) => [
    rule(x(value), top - 4, x(value), height - margin.bottom, `line ${tone}`),
    rule(margin.left, 12 + index * legendRow, margin.left + 16, 12 + index * legendRow, `line ${tone}`),
    label(margin.left + 22, 16 + index * legendRow, `${name}: ${format(value)}`, 'legend'),
  ]);
  return chart({ ...frame, width: chartWidth, height }, [...axes, ...bars, ...lines]);
}
