/** A column a month. */
import { scaleLinear } from 'd3-scale';
import { box, chart, chartWidth, type Frame, label, rule } from '../page/svg.ts';

const height = 220;
const margin = { left: 56, right: 16, top: 14, bottom: 30 };
const labelsMax = 8;

export function turnoverChart(
  frame: Pick<Frame, 'id' | 'title' | 'description'>,
  months: ReadonlyArray<{ readonly month: string; readonly turnoverFrac: number }>,
  format: (frac: number) => string,
): string {
  const known = months.map(({ turnoverFrac }) => (Number.isFinite(turnoverFrac) ? turnoverFrac : 0));
  const y = scaleLinear([0, Math.max(...known, 1e-9)], [height - margin.bottom, margin.top]).nice(4);
  const step = (chartWidth - margin.left - margin.right) / months.length;
  const x = (index: number): number => margin.left + index * step;
  const isLong = months.length > 24;
  const places = [...months.keys()].filter((index) => !isLong || months[index]!.month.endsWith('-01'));
  const labelled = places.filter((_, k) => k % Math.ceil(places.length / labelsMax) === 0);
  const axes = [
    ...y
      .ticks(4)
      .flatMap((tick) => [
        rule(margin.left, y(tick), chartWidth - margin.right, y(tick), tick === 0 ? 'base' : 'grid'),
        label(margin.left - 8, y(tick) + 4, format(tick), 'tick', 'end'),
      ]),
    ...labelled.map((index) =>
      label(x(index + 0.5), height - 10, isLong ? months[index]!.month.slice(0, 4) : months[index]!.month, 'tick', 'middle'),
    ),
  ];
  const columns = known.flatMap((turnover, index) =>
    turnover === 0 ? [] : [box(x(index) + step * 0.1, y(0), x(index + 1) - step * 0.1, y(turnover), 'total')],
  );
  return chart({ ...frame, width: chartWidth, height }, [...axes, ...columns]);
}
