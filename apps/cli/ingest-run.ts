/** Brings a source into the lake through the ingest machine; shared by `ballast ingest` and `ballast cycle`. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { physicalName } from '../../shared/contracts/names/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { sectorsFromCsv } from '../../shared/providers/files/sectors.ts';
import { FactsReport } from '../../shared/providers/ingest/chunk.ts';
import { type FactsSource, type IngestSource, identify } from '../../shared/providers/ingest/source.ts';
import { type DatasetManifest, lakeKeys } from '../../shared/stores/lake/index.ts';
import { runExecution } from './execution.ts';
import type { Fund } from './fund.ts';
import { type Io, progress } from './io.ts';
import { BadInput, CommandFailed, exitCodes } from './outcome.ts';

export interface SourceOptions {
  readonly data?: string;
  readonly sectors?: string;
  readonly fundamentals?: readonly string[];
  readonly earnings?: string;
  readonly news?: string;
  readonly index?: string;
  readonly indexSymbol?: string;
}

export interface IngestRun {
  readonly manifest: DatasetManifest;
  readonly facts: FactsReport;
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
  if (!isRefusal(known) && known.contentHash === contentHash)
    return { manifest: known, facts: await factsReportOf(fund, datasetId), ingested: false, replaced };

  progress(io, `Ingesting ${options.data === undefined ? 'the simulated market' : basename(options.data)}: once per data set …`);
  const machine = fund.cloud.stateMachineArn(physicalName(fund.stage, 'ingest'));
  const end = await runExecution(fund, { stateMachineArn: `${machine}:current`, input: JSON.stringify({ source }) });
  if (end.status !== 'SUCCEEDED') {
    if (end.error === 'ContractViolation') throw new BadInput(messageOf(end.cause));
    throw new CommandFailed(exitCodes.failed, `Ingest ${end.status.toLowerCase()}: ${end.error ?? ''} ${messageOf(end.cause)}`);
  }
  const manifest = await fund.lake.readManifest(datasetId);
  if (isRefusal(manifest)) throw new CommandFailed(exitCodes.failed, `Ingest ended without publishing ${datasetId}`);
  return { manifest, facts: await factsReportOf(fund, datasetId), ingested: true, replaced };
}

async function factsReportOf(fund: Fund, datasetId: string): Promise<FactsReport> {
  const report = await fund.lake.getJson(lakeKeys.factsReport(datasetId), FactsReport);
  return isRefusal(report) ? { files: [] } : report;
}

async function sourceOf(fund: Fund, options: SourceOptions, cwd: string): Promise<IngestSource> {
  const { data, sectors, indexSymbol, index } = options;
  if (data === undefined) {
    const alone = (['sectors', 'fundamentals', 'earnings', 'news', 'index'] as const).find((name) => options[name] !== undefined);
    if (alone !== undefined) throw new BadInput(`--${alone} goes with --data; the simulator knows its own.`);
  }
  if (indexSymbol !== undefined && index === undefined)
    throw new BadInput('--index-symbol goes with --index: name the file that holds it.');
  if (data === undefined) return { kind: 'simulator', seed: fund.seed };
  const read = (path: string, option: string): InputFile => ({ name: basename(path), bytes: readInput(resolve(cwd, path), option) });
  const bars = read(data, '--data');
  const sectorOf = sectors === undefined ? undefined : sectorsFromCsv(read(sectors, '--sectors').bytes, basename(sectors));
  const beside = factsInputs(options, read);
  const key = await fund.lake.putInbox(bars.name, bars.bytes);
  const facts = await uploaded(fund, beside, indexSymbol ?? defaultIndex);
  return { kind: 'file', key, ...(sectorOf ? { sectors: sectorOf } : {}), ...(Object.keys(facts).length > 0 ? { facts } : {}) };
}

const defaultIndex = '^GSPC';

interface InputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

type FactsInputs = Partial<Record<'fundamentals' | 'earnings' | 'news' | 'index', readonly InputFile[]>>;

/** Every file is read before the first is stored, so that a path mistyped changes nothing. */
function factsInputs(options: SourceOptions, read: (path: string, option: string) => InputFile): FactsInputs {
  const { fundamentals, earnings, news, index } = options;
  return {
    ...(fundamentals ? { fundamentals: fundamentals.map((path) => read(path, '--fundamentals')) } : {}),
    ...(earnings ? { earnings: [read(earnings, '--earnings')] } : {}),
    ...(news ? { news: [read(news, '--news')] } : {}),
    ...(index ? { index: [read(index, '--index')] } : {}),
  };
}

async function uploaded(fund: Fund, { fundamentals, earnings, news, index }: FactsInputs, symbol: string): Promise<FactsSource> {
  const keysOf = async (files: readonly InputFile[]): Promise<{ key: string }[]> => {
    const keys: { key: string }[] = [];
    for (const { name, bytes } of files) keys.push({ key: await fund.lake.putInbox(name, bytes) });
    return keys;
  };
  return {
    ...(fundamentals ? { fundamentals: await keysOf(fundamentals) } : {}),
    ...(earnings ? { earnings: await keysOf(earnings) } : {}),
    ...(news ? { news: await keysOf(news) } : {}),
    ...(index ? { index: { ...(await keysOf(index))[0]!, symbol } } : {}),
  };
}

function readInput(path: string, option: string): Uint8Array {
  if (!existsSync(path)) throw new BadInput(`${option}: there is no file ${path}. Check the path.`);
  if (statSync(path).isDirectory()) throw new BadInput(`${option}: ${path} is a folder. Name a ${endingsOf(option)} file in it.`);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new BadInput(`${option}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

const endingsOf = (option: string): string =>
  option === '--data' || option === '--index' ? '.csv, .csv.gz or .parquet' : '.csv or .csv.gz';

/** A function's error arrives as the JSON report that Lambda makes of it. */
function messageOf(cause: string | undefined): string {
  try {
    return String((JSON.parse(cause ?? '') as { errorMessage?: string }).errorMessage ?? cause);
  } catch {
    return cause ?? 'no cause was given';
  }
}
