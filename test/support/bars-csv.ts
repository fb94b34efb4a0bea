/** Daily bars as a file of market data, in the layout of a vendor's CSV; made of the simulator's bars when a test runs. */

import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import type { ExecutionEnd } from '../../apps/cli/execution.ts';
import type { DailyBars } from '../../shared/domain/market/bars.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import type { EpochDay } from '../../shared/kernel/units.ts';
import { identify } from '../../shared/providers/ingest/source.ts';
import type { TestFund } from './boot-fund.ts';
import { ingest } from './simulated-lake.ts';

const header = 'symbol,date,open,high,low,close,adj_close,volume,dividend,split_ratio';

/** One line of the file for each row. */
export const linesOf = ({ symbol, day, open, high, low, close, volume, dividend }: DailyBars): string[] =>
  Array.from(day, (_, row) =>
    [
      ...[symbol, formatDay(day[row] as EpochDay), open[row], high[row], low[row], close[row]],
      ...[close[row], Math.round(volume[row]!), dividend[row], '1.0'],
    ].join(','),
  );

/** Whole files, header included. */
export interface FactsCsv {
  readonly fundamentals: string;
  readonly earnings: string;
  readonly news: string;
}

async function putFacts(fund: TestFund, facts: FactsCsv) {
  const put = async (name: keyof FactsCsv) => ({ key: await fund.fund.lake.putInbox(`${name}.csv`, Buffer.from(facts[name])) });
  return { fundamentals: [await put('fundamentals')], earnings: [await put('earnings')], news: [await put('news')] };
}

/** Ingests the lines as a gzipped CSV, and gives its data set. */
export async function ingestCsv(
  fund: TestFund,
  lines: readonly string[],
  sectors?: Readonly<Record<string, string>>,
  facts?: FactsCsv,
): Promise<{ readonly end: ExecutionEnd; readonly datasetId: string }> {
  const bytes = gzipSync(Buffer.from(`${header}\n${lines.join('\n')}\n`));
  const key = await fund.fund.lake.putInbox('bars.csv.gz', bytes);
  const source = {
    kind: 'file' as const,
    key,
    ...(sectors ? { sectors: { ...sectors } } : {}),
    ...(facts ? { facts: await putFacts(fund, facts) } : {}),
  };
  return { end: await ingest(fund.fund, source), datasetId: identify(source).datasetId };
}
