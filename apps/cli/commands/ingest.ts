/** `ballast ingest`: what is in the data set, and what was rejected of the facts. */
import { formatDay } from '../../../shared/kernel/days.ts';
import type { CommandHost, FundArguments } from '../command-host.ts';
import { ingestSource, type SourceOptions } from '../ingest-run.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { factsCounts, factsLines } from '../render/facts.ts';

export async function ingest(options: FundArguments & SourceOptions & { json?: boolean }, host: CommandHost): Promise<ExitCode> {
  return host.withFund(options, async (fund) => {
    const { manifest, facts, ingested } = await ingestSource(fund, options, host);
    const { datasetId, provider, rows, firstDay, lastDay, instruments } = manifest;
    if (options.json) {
      host.io.out(
        JSON.stringify({
          datasetId,
          provider,
          ingested,
          symbols: instruments.length,
          rows,
          firstDay: formatDay(firstDay),
          lastDay: formatDay(lastDay),
          facts: factsCounts(manifest),
          factsFiles: facts.files,
        }),
      );
      return exitCodes.done;
    }
    host.io.out(`${ingested ? 'Ingested' : 'Already there:'} ${provider} as ${datasetId}`);
    host.io.out(`${instruments.length} symbols, ${rows.toLocaleString('en-US')} rows, ${formatDay(firstDay)} to ${formatDay(lastDay)}`);
    for (const line of factsLines(manifest, facts, { named: true })) host.io.out(line);
    return exitCodes.done;
  });
}
