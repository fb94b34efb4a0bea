/** The months of all years, one cell each: the stronger the colour, the larger the gain or loss; its figure stands in it. */
import { chart, escaped, type Frame, label } from '../page/svg.ts';
import { panelWidth } from './line-panel.ts';
import type { YearOfMonths } from './months.ts';

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const cell = { width: 78, height: 26, gap: 2 };
const left = 60;
const top = 26;
/** So that the figure in the cell stays readable. */
const opacityMax = 0.62;

export function heatMap(
  frame: Pick<Frame, 'id' | 'title' | 'description'>,
  years: readonly YearOfMonths[],
  format: (frac: number) => string,
): string {
  const all = years.flatMap(({ monthFrac }) => [...monthFrac].filter(Number.isFinite).map(Math.abs)).sort((a, b) => a - b);
  // One crash month does not make all others pale.
  const full = all[Math.floor(0.95 * (all.length - 1))] || 1;
  const x = (column: number): number => left + column * (cell.width + cell.gap) + (column === 12 ? 16 : 0);
  const heads = [...monthNames, 'Year'].map((name, column) => label(x(column) + cell.width / 2, 16, name, 'tick', 'middle'));
  const rows = years.flatMap(({ year, monthFrac, yearFrac }, row) => {
    const y = top + row * (cell.height + cell.gap);
    const cells = [...monthFrac, yearFrac].flatMap((frac, column) => {
      if (!Number.isFinite(frac)) return [];
      const strength = Math.min(1, Math.abs(frac) / (column === 12 ? full * Math.sqrt(12) : full));
      const shade = (0.06 + strength * (opacityMax - 0.06)).toFixed(2);
      return [
        `<rect x="${x(column)}" y="${y}" width="${cell.width}" height="${cell.height}" class="${frac < 0 ? 'loss' : 'gain'}" fill-opacity="${shade}"/>`,
        `<text x="${x(column) + cell.width / 2}" y="${y + 17}" class="figure" text-anchor="middle">${escaped(format(frac))}</text>`,
      ];
    });
    return [label(left - 12, y + 17, String(year), 'name', 'end'), ...cells];
  });
  return chart({ ...frame, width: panelWidth, height: top + years.length * (cell.height + cell.gap) + 6 }, [...heads, ...rows]);
}
