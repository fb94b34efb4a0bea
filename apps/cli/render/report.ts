/** The daily report on a terminal: the headline, the curve, and the tables that an operator looks at first. */
import type { ReportDocument } from '../../../shared/domain/analytics/report-document.ts';
import { operationsSections } from '../../../shared/runtime/daily-report/operations-sections.ts';
import { headline, performanceSections } from '../../../shared/runtime/daily-report/performance-sections.ts';
import type { ShownTable } from '../../../shared/runtime/page/section.ts';
import type { Io } from '../io.ts';
import { areaChart } from './area-chart.ts';
import { renderTable } from './table.ts';

const shownSections: ReadonlySet<string> = new Set(['figures', 'attribution', 'trading', 'agents']);
const chartSize = { columns: 64, rows: 6 };
const nameWidth = 17;
const valueWidth = 14;

export function renderReport(document: ReportDocument, { colors }: Io): string {
  const figures = headline(document).map(({ name, value, note }) =>
    `${colors.dim(name.padEnd(nameWidth))}${value.padStart(valueWidth)}  ${colors.dim(note)}`.trimEnd(),
  );
  const curve =
    document.curve.length < 2
      ? []
      : [
          '',
          ...areaChart(
            document.curve.map(({ growth }) => growth - 1),
            chartSize,
          ),
        ];
  const tables = [...performanceSections(document), ...operationsSections(document)]
    .filter(({ id }) => shownSections.has(id))
    .flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'table' ? [block] : [])).slice(0, 1))
    .flatMap((one) => ['', colors.bold(one.caption), tableText(one, colors.dim)]);
  const title = colors.bold(`Daily report ${document.day}`) + colors.dim(`, since ${document.sinceDay}`);
  return [title, ...figures, ...curve, ...tables].join('\n');
}

function tableText({ columns, rows }: ShownTable, heading: (text: string) => string): string {
  const kept = [...columns.keys()].filter((column) => column === 0 || rows.some((row) => (row[column] ?? '') !== ''));
  return renderTable(
    kept.map((column) => ({
      title: columns[column]!.title,
      align: columns[column]!.isNumber ? ('right' as const) : ('left' as const),
      text: (row: readonly string[]): string => row[column] ?? '',
    })),
    rows,
    heading,
  );
}
