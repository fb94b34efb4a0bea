/** Brings a source into the lake through the ingest machine; shared by `ballast ingest` and `ballast cycle`. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { physicalName } from '../../shared/contracts/names/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { sectorsFromCsv } from '../../shared/providers/files/sectors.ts';
import { type IngestSource, identify } from '../../shared/providers/ingest/source.ts';
import type { DatasetManifest } from '../../shared/stores/lake/index.ts';
import { runExecution } from './execution.ts';
import type { Fund } from './fund.ts';
import { type Io, progress } from './io.ts';
import { BadInput, CommandFailed, exitCodes } from './outcome.ts';

export interface SourceOptions {
  readonly data?: string;
  readonly sectors?: string;
}

export interface IngestRun {
  readonly manifest: DatasetManifest;
  /** False when the lake had this very content already. */
  readonly ingested: boolean;
  /** The data set in use until now, if it was another one. */
  readonly replaced: DatasetManifest | undefined;
}

/** @throws BadInput naming file, line and column of what cannot be read. */
export async function ingestSource(fund: Fund, options: SourceOptions, { cwd, io }: { cwd: string; io: Io }): Promise<IngestRun> {
  const source = await sourceOf(fund, options, cwd);
  const { datasetId, contentHash } = identify(source);
  const [known, current] = await Promise.all([fund.lake.readManifest(datasetId), fund.lake.readManifest('current')]);
  const replaced = isRefusal(current) || current.datasetId === datasetId ? undefined : current;
  if (!isRefusal(known) && known.contentHash === contentHash) return { manifest: known, ingested: false, replaced };

  progress(io, `Ingesting ${options.data === undefined ? 'the simulated market' : basename(options.data)}: once per data set …`);
  const machine = fund.cloud.stateMachineArn(physicalName(fund.stage, 'ingest'));
  const end = await runExecution(fund, { stateMachineArn: `${machine}:current`, input: JSON.stringify({ source }) });
  if (end.status !== 'SUCCEEDED') {
    if (end.error === 'ContractViolation') throw new BadInput(messageOf(end.cause));
    throw new CommandFailed(exitCodes.failed, `Ingest ${end.status.toLowerCase()}: ${end.error ?? ''} ${messageOf(end.cause)}`);
  }
  const manifest = await fund.lake.readManifest(datasetId);
  if (isRefusal(manifest)) throw new CommandFailed(exitCodes.failed, `Ingest ended without publishing ${datasetId}`);
  return { manifest, ingested: true, replaced };
}

async function sourceOf(fund: Fund, { data, sectors }: SourceOptions, cwd: string): Promise<IngestSource> {
  if (data === undefined) {
    if (sectors !== undefined) throw new BadInput('--sectors goes with --data; the simulator knows its own sectors.');
    return { kind: 'simulator', seed: fund.seed };
  }
  const bytes = readInput(resolve(cwd, data), '--data');
  const sectorOf = sectors === undefined ? undefined : sectorsFromCsv(readInput(resolve(cwd, sectors), '--sectors'), basename(sectors));
  const key = await fund.lake.putInbox(basename(data), bytes);
  return { kind: 'file', key, ...(sectorOf ? { sectors: sectorOf } : {}) };
}

function readInput(path: string, option: string): Uint8Array {
  if (!existsSync(path)) throw new BadInput(`${option}: there is no file ${path}. Check the path.`);
  if (statSync(path).isDirectory()) throw new BadInput(`${option}: ${path} is a folder. Name a .csv, .csv.gz or .parquet file in it.`);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new BadInput(`${option}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

/** A function's error arrives as the JSON report that Lambda makes of it. */
function messageOf(cause: string | undefined): string {
  try {
    return String((JSON.parse(cause ?? '') as { errorMessage?: string }).errorMessage ?? cause);
  } catch {
    return cause ?? 'no cause was given';
  }
}
