/**
 * Where an ingest takes its bars from, as it travels through the state machine, and the names that follow from it: the
 * dataset id and a hash of everything that decides its rows. The same source has the same names on every machine.
 */
import * as z from 'zod';
import { simulatorVersion } from '../../domain/market/simulator/simulate-market.ts';
import { simulatedUniverse } from '../../domain/market/simulator/universe.ts';
import { contentHash } from '../../kernel/canonical-json.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { Sha256, Ticker } from '../../kernel/units.ts';
import type { Lake } from '../../stores/lake/lake.ts';
import { type BarsDataset, openDatasetAt } from '../files/open-dataset.ts';
import { fileProvider, fileProviderName, instrumentOf } from '../files/provider.ts';
import type { BarsProvider, Instrument } from '../provider.ts';
import { simulatedProvider, simulatorName } from '../simulator.ts';

const inboxKey = /^inbox\/([0-9a-f]{64})\/([^/]+)$/;

export const IngestSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('simulator'), seed: z.int() }),
  z.object({
    kind: z.literal('file'),
    /** As `Lake.putInbox` gave it: the key names the content. */
    key: z.string().regex(inboxKey, 'inbox/<sha256>/<file name> is needed'),
    sectors: z.record(z.string(), z.string()).optional(),
  }),
]);

export type IngestSource = z.output<typeof IngestSource>;

export interface SourceIdentity {
  readonly datasetId: string;
  readonly contentHash: Sha256;
}

/** Counts up when the same file would be read into other rows, so that a lake filled by older code is filled anew. */
const readerVersion = 1;

/** @throws ContractViolation when a file's key does not name its content. */
export function identify(source: IngestSource): SourceIdentity {
  if (source.kind === 'simulator') {
    return { datasetId: `sim-${source.seed}`, contentHash: contentHash({ ...source, simulatorVersion }) };
  }
  const { sha256 } = inboxParts(source.key);
  return {
    datasetId: `file-${sha256.slice(0, 16)}`,
    contentHash: contentHash({ kind: 'file', sha256, sectors: source.sectors ?? {}, readerVersion }),
  };
}

export interface SourceDescription {
  readonly provider: string;
  instrument(symbol: Ticker): Instrument;
}

/** What is known of a source without opening it. */
export function describe(source: IngestSource): SourceDescription {
  if (source.kind === 'simulator') {
    const known = new Map(simulatedUniverse.map(({ symbol, sector, name }) => [symbol, { symbol, sector, name }]));
    return { provider: simulatorName(source.seed), instrument: (symbol) => known.get(symbol) ?? { symbol } };
  }
  const { sectors } = source;
  return { provider: fileProviderName(inboxParts(source.key).fileName), instrument: (symbol) => instrumentOf(symbol, sectors) };
}

/** Opens the source; a file that was opened last stays open, since every chunk of an ingest asks for the same one. */
export async function openSource(source: IngestSource, lake: Lake): Promise<BarsProvider> {
  if (source.kind === 'simulator') return simulatorFor(lake, source.seed);
  return fileProvider(await openedFile(lake, source.key), source.sectors);
}

interface OpenSource<Opened> {
  readonly key: string;
  readonly opened: Opened;
}

const lastFile = new WeakMap<Lake, OpenSource<Promise<BarsDataset>>>();
const lastSimulation = new WeakMap<Lake, OpenSource<BarsProvider>>();

function openedFile(lake: Lake, key: string): Promise<BarsDataset> {
  const last = lastFile.get(lake);
  if (last?.key === key) return last.opened;
  const opened = openInboxFile(lake, key);
  lastFile.set(lake, { key, opened });
  // A file that could not be opened is tried again, not remembered as broken.
  opened.catch(() => lastFile.delete(lake));
  return opened;
}

async function openInboxFile(lake: Lake, key: string): Promise<BarsDataset> {
  const { fileName } = inboxParts(key);
  const file = await lake.openObject(key);
  if (isRefusal(file)) throw new ContractViolation(`no file lies at ${key}: upload it first`, { key });
  return openDatasetAt(file, fileName);
}

function simulatorFor(lake: Lake, seed: number): BarsProvider {
  const key = String(seed);
  const last = lastSimulation.get(lake);
  if (last?.key === key) return last.opened;
  const opened = simulatedProvider(seed);
  lastSimulation.set(lake, { key, opened });
  return opened;
}

function inboxParts(key: string): { readonly sha256: string; readonly fileName: string } {
  const match = inboxKey.exec(key);
  if (match === null) throw new ContractViolation(`${key} is no inbox key: inbox/<sha256>/<file name> is needed`, { key });
  return { sha256: match[1]!, fileName: match[2]! };
}
