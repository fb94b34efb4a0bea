/** The report as Markdown: the tables, without the pictures that show the same. */
import type { ReportDocument } from '../../domain/analytics/report-document.ts';
import type { Block, ShownFigure, ShownTable } from '../page/section.ts';
import { operationsSections } from './operations-sections.ts';
import { headline, performanceSections } from './performance-sections.ts';

export function reportMarkdown(document: ReportDocument): string {
  const sections = [...performanceSections(document), ...operationsSections(document)];
  const parts = [
    `# Ballast, ${document.day}`,
    `Since ${document.sinceDay}. Cycle ${document.today.cycleId}.`,
    figures(headline(document)),
    ...sections.flatMap(({ title, blocks }) => [`## ${title}`, ...blocks.flatMap(blockText)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockText(block: Block): string[] {
  switch (block.kind) {
    case 'text':
      return [plain(block.text)];
    case 'figures':
      return [figures(block.figures)];
    case 'picture':
    case 'folded':
      return [];
    case 'table':
      return [`**${plain(block.caption)}**`, tableText(block)];
  }
}

const figures = (all: readonly ShownFigure[]): string =>
  all.map(({ name, value, note }) => `- **${plain(name)}**: ${plain(value)}${note === '' ? '' : ` (${plain(note)})`}`).join('\n');

/** A column that is empty in every row is left out. */
function tableText({ columns, rows }: ShownTable): string {
  const kept = [...columns.keys()].filter((column) => column === 0 || rows.some((row) => (row[column] ?? '') !== ''));
  const line = (cells: readonly string[]): string => `| ${kept.map((column) => plain(cells[column] ?? '')).join(' | ')} |`;
  const rules = kept.map((column) => (columns[column]!.isNumber ? '---:' : '---'));
  return [line(columns.map(({ title }) => title)), `| ${rules.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Nothing that came from outside, a symbol say, is taken for Markdown or HTML. */
const plain = (words: string): string => words.replaceAll(/[\\`*_{}[\]<>#|~]/g, (mark) => `\\${mark}`).replaceAll(/\s*\n\s*/g, ' ');
