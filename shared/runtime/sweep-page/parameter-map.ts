/**
 * The plane of a sweep as a picture: a cell for each pair of values, stronger the further its Sharpe ratio is from zero, the best one framed.
 * Cells of one shade are one path, so that ten thousand of them are a small file. Figures stand in the cells where they fit.
 */
import { chart, escaped, type Frame, label, rule } from '../page/svg.ts';
import { panelWidth } from '../tear-sheet/line-panel.ts';
import type { ParameterPlane, PlaneAxis } from './parameter-plane.ts';

const margin = { left: 84, right: 20, top: 34, bottom: 46 };
const figureWidthMin = 38;
const shades = 12;
/** Under figures, so that they stay readable, and alone. */
const opacityMax = { figures: 0.62, alone: 0.92 };

export function parameterMap(
  frame: Pick<Frame, 'id' | 'title' | 'description'>,
  plane: ParameterPlane,
  format: (sharpePerBar: number) => string,
): string {
  const { across, down, sharpePerBar, best } = plane;
  const [columns, rows] = [across.cells.length, down?.cells.length ?? 1];
  const width = (panelWidth - margin.left - margin.right) / columns;
  const height = down === null ? 56 : Math.min(34, Math.max(5, 520 / rows));
  const bottom = margin.top + rows * height;
  // Higher values stand higher, as on any other axis.
  const place = (column: number, row: number) => ({ x: margin.left + column * width, y: bottom - (row + 1) * height });
  const hasFigures = width >= figureWidthMin && height >= 16;
  const strongest = hasFigures ? opacityMax.figures : opacityMax.alone;
  const known = sharpePerBar.filter(Number.isFinite);
  const full = known.reduce((most, one) => Math.max(most, Math.abs(one)), 0) || 1;
  const shaded = new Map<string, string[]>();
  for (const [cell, sharpe] of sharpePerBar.entries()) {
    if (!Number.isFinite(sharpe)) continue;
    const shade = Math.max(1, Math.ceil((Math.abs(sharpe) / full) * shades));
    const key = `${sharpe < 0 ? 'loss' : 'gain'} ${shade}`;
    const { x, y } = place(cell % columns, Math.floor(cell / columns));
    const shapes = shaded.get(key) ?? [];
    shapes.push(`M${tenth(x)},${tenth(y)}h${tenth(width)}v${tenth(height)}h-${tenth(width)}z`);
    shaded.set(key, shapes);
  }
  const cells = [...shaded].map(([key, shapes]) => {
    const [tone, shade] = key.split(' ');
    return `<path d="${shapes.join('')}" class="${tone}" fill-opacity="${((Number(shade) / shades) * strongest).toFixed(2)}"/>`;
  });
  const figures = !hasFigures
    ? []
    : [...sharpePerBar].flatMap((sharpe, cell) => {
        const { x, y } = place(cell % columns, Math.floor(cell / columns));
        return Number.isFinite(sharpe) ? [label(x + width / 2, y + height / 2 + 4, format(sharpe), 'figure', 'middle')] : [];
      });
  const at = place(best.column, best.row);
  const mark = `<rect x="${tenth(at.x)}" y="${tenth(at.y)}" width="${tenth(width)}" height="${tenth(height)}" class="best"/>`;
  return chart({ ...frame, width: panelWidth, height: bottom + margin.bottom }, [
    ...scale(full, strongest, format),
    ...cells,
    ...figures,
    mark,
    ...acrossLabels(across, width, bottom),
    ...(down === null ? [] : downLabels(down, height, bottom)),
  ]);
}

/** What the strongest colours stand for. */
function scale(full: number, strongest: number, format: (sharpe: number) => string): string[] {
  const [from, step, steps] = [panelWidth - margin.right - 210, 10, 6];
  const swatch = (index: number, tone: string, strength: number): string =>
    `<rect x="${from + index * step}" y="8" width="${step}" height="10" class="${tone}" fill-opacity="${(strength * strongest).toFixed(2)}"/>`;
  return [
    ...Array.from({ length: steps }, (_, k) => swatch(k, 'loss', (steps - k) / steps)),
    ...Array.from({ length: steps }, (_, k) => swatch(steps + k, 'gain', (k + 1) / steps)),
    label(from - 8, 17, format(-full), 'tick', 'end'),
    label(from + 2 * steps * step + 8, 17, format(full), 'tick'),
  ];
}

function acrossLabels({ name, cells }: PlaneAxis, width: number, bottom: number): string[] {
  const every = Math.max(1, Math.ceil(46 / width));
  return [
    ...cells.flatMap(({ from }, column) =>
      column % every === 0 ? [label(margin.left + (column + 0.5) * width, bottom + 18, shown(from), 'tick', 'middle')] : [],
    ),
    rule(margin.left, bottom, panelWidth - margin.right, bottom, 'base'),
    label((margin.left + panelWidth - margin.right) / 2, bottom + 38, name, 'name', 'middle'),
  ];
}

function downLabels({ name, cells }: PlaneAxis, height: number, bottom: number): string[] {
  const every = Math.max(1, Math.ceil(18 / height));
  return [
    ...cells.flatMap(({ from }, row) =>
      row % every === 0 ? [label(margin.left - 10, bottom - (row + 0.5) * height + 4, shown(from), 'tick', 'end')] : [],
    ),
    `<text x="16" y="${tenth((margin.top + bottom) / 2)}" class="name" text-anchor="middle" transform="rotate(-90 16 ${tenth((margin.top + bottom) / 2)})">${escaped(name)}</text>`,
  ];
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
const tenth = (value: number): number => Math.round(value * 10) / 10;
