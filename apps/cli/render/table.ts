/** A plain text table: columns sized to their content, numbers to the right, no lines drawn. */
export interface Column<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly text: (row: Row) => string;
  /** Dresses the padded cell, e.g. in a colour, so that widths are counted without it. */
  readonly dress?: (cell: string, row: Row) => string;
}

export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  heading: (text: string) => string = (text) => text,
): string {
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = columns.map((column, index) => Math.max(column.title.length, ...cells.map((line) => line[index]!.length)));
  const pad = (text: string, index: number): string =>
    columns[index]!.align === 'right' ? text.padStart(widths[index]!) : text.padEnd(widths[index]!);
  const head = heading(
    columns
      .map((column, index) => pad(column.title, index))
      .join('  ')
      .trimEnd(),
  );
  const lines = rows.map((row, line) =>
    columns
      .map((column, index) => {
        const cell = pad(cells[line]![index]!, index);
        return column.dress ? column.dress(cell, row) : cell;
      })
      .join('  ')
      .trimEnd(),
  );
  return [head, ...lines].join('\n');
}

const usd = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
export const formatUsd = (amount: number): string => usd.format(amount);
export const formatPct = (frac: number, digits = 1): string => `${(frac * 100).toFixed(digits)} %`;
