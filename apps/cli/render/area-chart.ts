/**
 * A small picture of a series: an area of block characters, eighths of a cell exact, over an axis of percent. With more values than columns,
 * a column shows the lowest of its values, so that no trough is lost.
 */
import { pct } from './explain/layout.ts';

const eighths = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

export interface ChartSize {
  readonly columns: number;
  readonly rows: number;
  /** Where the axis begins; without it, at the lowest value. */
  readonly floor?: number;
}

/** `values` are fractions; one line for each row, the highest first. Nothing for no values. */
export function areaChart(values: readonly number[], { columns, rows, floor = Number.POSITIVE_INFINITY }: ChartSize): string[] {
  if (values.length === 0) return [];
  const shown = squeezed(values, columns);
  const [low, high] = [Math.min(floor, ...values), Math.max(...values)];
  const span = high - low;
  // A level of its own below the lowest value, so that it still shows.
  const height = (value: number): number => (span === 0 ? 1 : 1 + ((value - low) / span) * (rows * 8 - 1));
  const step = span / Math.max(1, rows - 1);
  const labels = Array.from({ length: rows }, (_, row) => pct(high - step * row, digitsFor(step)));
  const labelWidth = Math.max(...labels.map((label) => label.length));
  return labels.map((label, row) => {
    const below = (rows - 1 - row) * 8;
    const cells = shown.map((value) => eighths[Math.min(8, Math.max(0, Math.round(height(value)) - below))] || ' ');
    return `${label.padStart(labelWidth)} ┤${cells.join('')}`.trimEnd();
  });
}

/** Two, or as many as tell one row from the next. */
const digitsFor = (stepFrac: number): number => (stepFrac === 0 ? 2 : Math.min(6, Math.max(2, Math.ceil(-Math.log10(stepFrac * 100)))));

function squeezed(values: readonly number[], columns: number): number[] {
  if (values.length <= columns) {
    const each = Math.max(1, Math.floor(columns / values.length));
    return values.flatMap((value) => Array.from({ length: each }, () => value));
  }
  return Array.from({ length: columns }, (_, column) => {
    const [from, to] = [column, column + 1].map((edge) => Math.round((edge * values.length) / columns));
    return Math.min(...values.slice(from, Math.max(to!, from! + 1)));
  });
}
