/** Returns in bins, with the normal curve of the same mean and deviation over them. Counts are on a square-root scale, so that tails are seen. */
import { scaleLinear, scaleSqrt } from 'd3-scale';
import { box, chart, chartWidth, type Frame, label, path, rule } from '../page/svg.ts';
import type { Histogram } from './histogram.ts';

const height = 280;
const margin = { left: 52, right: 16, top: 26, bottom: 34 };

export function histogramChart(
  frame: Pick<Frame, 'id' | 'title' | 'description'>,
  histogram: Histogram,
  format: (frac: number) => string,
): string {
  const { edges, counts, normal } = histogram;
  const x = scaleLinear([edges[0]!, edges.at(-1)!], [margin.left, chartWidth - margin.right]);
  const y = scaleSqrt([0, Math.max(...counts, ...normal)], [height - margin.bottom, margin.top]);
  const ticks = y.ticks(5);
  const axes = [
    ...ticks.flatMap((tick) => [
      rule(margin.left, y(tick), chartWidth - margin.right, y(tick), tick === 0 ? 'base' : 'grid'),
      label(margin.left - 8, y(tick) + 4, tick.toLocaleString('en-US'), 'tick', 'end'),
    ]),
    ...x.ticks(6).map((tick) => label(x(tick), height - 10, format(tick), 'tick', 'middle')),
    ...(edges[0]! < 0 && edges.at(-1)! > 0 ? [rule(x(0), margin.top, x(0), height - margin.bottom, 'join')] : []),
  ];
  const bars = [...counts].flatMap((count, bin) =>
    count === 0
      ? []
      : [box(x(edges[bin]!) + 0.5, y(0), x(edges[bin + 1]!) - 0.5, y(count), edges[bin]! + edges[bin + 1]! < 0 ? 'loss' : 'gain')],
  );
  const middle = (bin: number): number => x((edges[bin]! + edges[bin + 1]!) / 2);
  const curve = [...normal].map((count, bin) => `${middle(bin).toFixed(1)},${y(count).toFixed(1)}`).join('L');
  const legend = [
    rule(margin.left, 12, margin.left + 16, 12, 'line market'),
    label(margin.left + 22, 16, 'normal of the same mean and deviation', 'legend'),
  ];
  return chart({ ...frame, width: chartWidth, height }, [...axes, ...bars, path(`M${curve}`, 'line market'), ...legend]);
}
