/**
 * Sections as HTML: text, figures, tables, folded tables and inline pictures. A page made of these loads nothing and runs nothing, so that it
 * opens from a disk, an e-mail or S3, and still does in ten years.
 */
import type { Block, Section, ShownFigure, ShownTable } from './section.ts';
import { escaped } from './svg.ts';

export const contentSecurityPolicy =
  '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">';

export const navigation = (sections: readonly Section[]): string =>
  `<nav aria-label="Sections">${sections.map(({ id, title }) => `<a href="#${id}">${escaped(title)}</a>`).join('')}</nav>`;

export const sectionMarkup = ({ id, title, blocks }: Section): string =>
  `<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${escaped(title)}</h2><div class="blocks">${blocks.map(blockMarkup).join('')}</div></section>`;

function blockMarkup(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p class="wide">${escaped(block.text)}</p>`;
    case 'figures':
      return figures(block.figures);
    case 'picture':
      return `<figure${block.isWide ? ' class="wide"' : ''}>${block.svg}<figcaption aria-hidden="true">${titleOf(block.svg)}</figcaption></figure>`;
    case 'table':
      return tableMarkup(block);
    case 'folded':
      return `<details class="wide"><summary>${escaped(block.summary)}</summary>${tableMarkup(block.table)}</details>`;
  }
}

/** Already escaped: it is the picture's own title. */
const titleOf = (svg: string): string => /<title[^>]*>([^<]*)<\/title>/.exec(svg)?.[1] ?? '';

export const figures = (all: readonly ShownFigure[]): string =>
  `<dl class="figures">${all.map(({ name, value, note }) => `<div><dt>${escaped(name)}</dt><dd${tone(value)}>${escaped(value)}</dd><dd class="note">${escaped(note)}</dd></div>`).join('')}</dl>`;

/** A column that is empty in every row is left out. */
function tableMarkup({ caption, columns, rows }: ShownTable): string {
  const kept = [...columns.keys()].filter((column) => column === 0 || rows.some((row) => (row[column] ?? '') !== ''));
  const heads = kept.map(
    (column) => `<th scope="col"${columns[column]!.isNumber ? ' class="n"' : ''}>${escaped(columns[column]!.title)}</th>`,
  );
  const body = rows.map((row) => {
    const [first, ...others] = kept;
    const cells = others.map((column) => cell(row[column] ?? '', columns[column]!));
    return `<tr><th scope="row">${escaped(row[first!] ?? '')}</th>${cells.join('')}</tr>`;
  });
  const wide = kept.length > 5 ? ' wide' : '';
  return `<div class="table${wide}"><table><caption>${escaped(caption)}</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

const cell = (words: string, { isNumber, isSigned }: ShownTable['columns'][number]): string =>
  isNumber ? `<td class="n${isSigned && words.startsWith('−') ? ' down' : ''}">${escaped(words)}</td>` : `<td>${escaped(words)}</td>`;

const tone = (value: string): string => (value.startsWith('−') ? ' class="down"' : value.startsWith('+') ? ' class="up"' : '');
