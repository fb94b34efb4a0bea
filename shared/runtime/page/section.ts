/** What a report or a tear sheet is made of. Sections are built once from the document; Markdown and the page only write them down. */
export interface Section {
  /** Lower-case letters and dashes; names the section within the page. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'figures'; readonly figures: readonly ShownFigure[] }
  /** An inline picture; whoever sees none has the tables beside it. */
  | { readonly kind: 'picture'; readonly svg: string; readonly isWide?: boolean }
  /** A long table that opens when asked; its summary says what is in it. Markdown leaves it out. */
  | { readonly kind: 'folded'; readonly summary: string; readonly table: ShownTable }
  | ShownTable;

export interface ShownFigure {
  readonly name: string;
  readonly value: string;
  /** What it is measured against, or why there is none. */
  readonly note: string;
}

export interface ShownTable {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: ReadonlyArray<{ readonly title: string; readonly isNumber?: boolean; readonly isSigned?: boolean }>;
  readonly rows: ReadonlyArray<readonly string[]>;
}

export const text = (words: string): Block => ({ kind: 'text', text: words });
export const picture = (svg: string): Block => ({ kind: 'picture', svg });
export const widePicture = (svg: string): Block => ({ kind: 'picture', svg, isWide: true });
export const folded = (summary: string, shown: ShownTable): Block => ({ kind: 'folded', summary, table: shown });

/** Columns whose title begins with `#` hold numbers, with `±` numbers of which less than zero is bad; the mark itself is not shown. */
export const table = (caption: string, columns: readonly string[], rows: ReadonlyArray<readonly string[]>): ShownTable => ({
  kind: 'table',
  caption,
  columns: columns.map((title) =>
    /^[#±]/.test(title) ? { title: title.slice(1), isNumber: true, isSigned: title.startsWith('±') } : { title },
  ),
  rows,
});
