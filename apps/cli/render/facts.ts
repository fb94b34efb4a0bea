/** What is known besides prices, and what was rejected of it by name: a record that vanishes silently is looked for in vain. */
import type { FactsReport } from '../../../shared/providers/ingest/chunk.ts';
import type { DatasetManifest } from '../../../shared/stores/lake/index.ts';

const namedMost = 25;

export interface FactsCounts {
  readonly reports: number;
  readonly earnings: number;
  readonly headlines: number;
}

/** Of the symbols in the data set. */
export function factsCounts({ factsParts }: Pick<DatasetManifest, 'factsParts'>): FactsCounts {
  const rowsOf = (wanted: string): number => factsParts.reduce((sum, { kind, rows }) => sum + (kind === wanted ? rows : 0), 0);
  return { reports: rowsOf('fundamentals'), earnings: rowsOf('earnings'), headlines: rowsOf('news') };
}

/** Nothing where there are no facts. `named` gives each rejected record a line. */
export function factsLines(
  manifest: Pick<DatasetManifest, 'factsParts'>,
  { files }: FactsReport,
  { named }: { readonly named: boolean },
): string[] {
  const { reports, earnings, headlines } = factsCounts(manifest);
  if (reports + earnings + headlines === 0 && files.length === 0) return [];
  const count = (value: number): string => value.toLocaleString('en-US');
  return [
    `Facts of these symbols: ${count(reports)} reports, ${count(earnings)} earnings releases, ${count(headlines)} headlines`,
    ...files.flatMap((file) => [summaryLine(file), ...(named ? rejectedLines(file) : [])]).filter((line) => line !== ''),
  ];
}

/** Empty when every record of the file is good. */
function summaryLine({ fileName, rows, repeated, rejected }: FactsReport['files'][number]): string {
  if (rejected.length === 0 && repeated === 0) return '';
  const faults = [rejected.length > 0 && `${rejected.length} rejected`, repeated > 0 && `${repeated} told twice`].filter(Boolean);
  return `  ${fileName}: ${rows.toLocaleString('en-US')} records, ${faults.join(', ')}`;
}

function rejectedLines({ rejected }: FactsReport['files'][number]): string[] {
  const named = rejected.slice(0, namedMost).map(({ line, symbol, periodEnd, availableDay, reason }) => {
    const period = periodEnd === null ? '' : ` quarter to ${periodEnd},`;
    return `    line ${line}: ${symbol}${period} available ${availableDay}: ${reason}`;
  });
  const more = rejected.length > namedMost ? [`    and ${rejected.length - namedMost} more: "ballast ingest --json" names all`] : [];
  return [...named, ...more];
}
