/** How an explanation is set on a terminal of 100 columns: numbered sections of labelled lines and small tables, bars for what has a full. */
import { type Column, renderTable } from '../table.ts';

export const pageWidth = 100;
const indent = 4;
const labelWidth = 16;
const textWidth = pageWidth - indent - labelWidth - 1;

/** One labelled line; a long text goes on below itself. */
export const line = (label: string, text: string): string =>
  wrapped(text, textWidth)
    .map((part, index) => `${' '.repeat(indent)}${(index === 0 ? label : '').padEnd(labelWidth)} ${part}`)
    .join('\n');

/** A table under its section; the last column goes on below itself. */
export function wrappedTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], heading: (text: string) => string): string {
  const leading = columns.slice(0, -1);
  const last = columns.at(-1)!;
  const taken = leading.reduce((sum, { title, text }) => sum + 2 + Math.max(title.length, ...rows.map((row) => text(row).length)), indent);
  const physical = rows.flatMap((row) =>
    wrapped(last.text(row), pageWidth - taken).map((tail, index) => ({ row, tail, first: index === 0 })),
  );
  const table = renderTable<(typeof physical)[number]>(
    [
      ...leading.map(({ title, align, text, dress }) => ({
        title,
        ...(align ? { align } : {}),
        text: ({ row, first }: (typeof physical)[number]) => (first ? text(row) : ''),
        ...(dress ? { dress: (cell: string, { row }: (typeof physical)[number]) => dress(cell, row) } : {}),
      })),
      { title: last.title, text: ({ tail }) => tail, ...(last.dress ? { dress: (cell, { row }) => last.dress!(cell, row) } : {}) },
    ],
    physical,
    heading,
  );
  return indented(table);
}

export const indented = (text: string): string => text.replaceAll(/^/gm, ' '.repeat(indent));

/** Words on lines of at most that width; a longer word stands alone. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let open = '';
  for (const word of text.split(' ')) {
    if (open !== '' && open.length + 1 + word.length > width) {
      lines.push(open);
      open = word;
    } else open = open === '' ? word : `${open} ${word}`;
  }
  return [...lines, open];
}

/** Filled in proportion, whole at 1 and beyond; something at all shows as one cell. */
export function bar(frac: number, cells = 10): string {
  const share = Number.isFinite(frac) ? Math.min(1, Math.max(0, frac)) : 0;
  const filled = share > 0 ? Math.max(1, Math.round(share * cells)) : 0;
  return '█'.repeat(filled) + '░'.repeat(cells - filled);
}

/** A fraction as percent, without a minus for what rounds to zero. */
export const pct = (frac: number, digits = 2): string => `${fixed(frac * 100, digits)} %`;
export const signedPct = (frac: number, digits = 2): string => `${signed(frac * 100, digits)} %`;
/** A daily return or its mean. */
export const perDay = (frac: number): string => `${signedPct(frac, 4)}/day`;

export const signed = (value: number, digits = 2): string => {
  const text = fixed(value, digits);
  return Number(text) > 0 ? `+${text}` : text;
};

export function fixed(value: number, digits = 2): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** Three digits that mean something, also of what is tiny. */
export const figures = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(3))));
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
/** To the cent, below ten dollars to a hundredth of it. */
export const price = (usd: number): string =>
  `${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: Math.abs(usd) < 10 ? 4 : 2 })} USD`;
