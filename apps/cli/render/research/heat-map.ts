/**
 * The plane of a sweep in block characters: the denser, the higher the Sharpe ratio, lowest to highest of the plane; the best is marked. Two characters
 * a cell where there is room.
 */
import type { ParameterPlane, PlaneAxis } from '../../../../shared/runtime/sweep-page/parameter-plane.ts';
import type { Io } from '../../io.ts';

export const heatMapSize = { columnsMax: 80, rowsMax: 12 };

const levels = ['·', '░', '▒', '▓', '█'] as const;
const bestMark = '◆';

/** One line for each row, the highest values first, then the axis and what the characters stand for. */
export function heatMapLines(plane: ParameterPlane, format: (sharpePerBar: number) => string, { colors }: Pick<Io, 'colors'>): string[] {
  const { across, down, sharpePerBar, best } = plane;
  const columns = across.cells.length;
  const wide = columns * 2 <= heatMapSize.columnsMax ? 2 : 1;
  const known = sharpePerBar.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const cell = (row: number, column: number): string => {
    if (row === best.row && column === best.column) return colors.bold(bestMark.padEnd(wide, bestMark));
    const sharpe = sharpePerBar[row * columns + column]!;
    if (!Number.isFinite(sharpe)) return ' '.repeat(wide);
    const level =
      high === low ? levels.length - 1 : Math.min(levels.length - 1, Math.floor(((sharpe - low) / (high - low)) * levels.length));
    const text = levels[level]!.repeat(wide);
    return sharpe < 0 ? colors.red(text) : colors.cyan(text);
  };
  const names = down === null ? [across.name] : down.cells.map(({ from, to }) => `${down.name} ${from === to ? from : `${from}..${to}`}`);
  const width = Math.max(...names.map((name) => name.length));
  const rows = names.map((name, row) => `${name.padStart(width)} ┤${across.cells.map((_, column) => cell(row, column)).join('')}`);
  return [
    ...rows.toReversed(),
    colors.dim(`${' '.repeat(width + 1)}└${acrossAxis(across, columns * wide)}`),
    colors.dim(`${' '.repeat(width + 2)}${levels[0]} ${format(low)} to ${levels.at(-1)} ${format(high)}; ${bestMark} the best`),
  ];
}

/** The name between the lowest and the highest value. */
function acrossAxis({ name, cells }: PlaneAxis, width: number): string {
  const [first, last] = [String(cells[0]!.from), String(cells.at(-1)!.to)];
  const between = Math.max(2, width - first.length - last.length);
  const left = Math.max(1, Math.floor((between - name.length) / 2));
  return `${first}${' '.repeat(left)}${name}${' '.repeat(Math.max(1, between - left - name.length))}${last}`;
}
