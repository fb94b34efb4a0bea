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
import { inParallel } from '../../stores/lake/in-parallel.ts';
import type { Lake } from '../../stores/lake/lake.ts';
import { readEarnings } from '../files/earnings.ts';
import type { FactsFile } from '../files/facts-file.ts';
import type { OpenedFacts } from '../files/facts-of.ts';
import { readFundamentals } from '../files/fundamentals.ts';
import { readNews } from '../files/news.ts';
import { type BarsDataset, openDatasetAt } from '../files/open-dataset.ts';
import { fileProvider, fileProviderName, instrumentOf } from '../files/provider.ts';
import type { RandomAccessBytes } from '../files/random-access.ts';
import type { Instrument, MarketDataProvider, RawBars } from '../provider.ts';
import { simulatedProvider, simulatorName } from '../simulator.ts';

const inboxKey = /^inbox\/([0-9a-f]{64})\/([^/]+)$/;

/** As `Lake.putInbox` gave it: the key names the content. */
const InboxKey = z.string().regex(inboxKey, 'inbox/<sha256>/<file name> is needed');
const FactsFiles = z.array(z.object({ key: InboxKey })).min(1);

/** Files of what is known besides prices. Where two tell of the same quarter, the order of the files counts. */
export const FactsSource = z.object({
  fundamentals: FactsFiles.optional(),
  earnings: FactsFiles.optional(),
  news: FactsFiles.optional(),
  /** Daily bars that hold the index; without one, the market is all companies with equal weight. */
  index: z.object({ key: InboxKey, symbol: z.string().min(1) }).optional(),
});

export const IngestSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('simulator'), seed: z.int() }),
  z.object({
    kind: z.literal('file'),
    key: InboxKey,
    sectors: z.record(z.string(), z.string()).optional(),
    facts: FactsSource.optional(),
  }),
]);

export type FactsSource = z.output<typeof FactsSource>;

export type IngestSource = z.output<typeof IngestSource>;

export interface SourceIdentity {
  readonly datasetId: string;
  readonly contentHash: Sha256;
}

/** Counts up when the same file would be read into other rows, so that a lake filled by older code is filled anew. */
const readerVersion = 2;

/** @throws ContractViolation when a file's key does not name its content. */
export function identify(source: IngestSource): SourceIdentity {
  if (source.kind === 'simulator') {
    return { datasetId: `sim-${source.seed}`, contentHash: contentHash({ ...source, simulatorVersion }) };
  }
  const { sha256 } = inboxParts(source.key);
  const facts = factsHashes(source.facts);
  // The same bars with other facts are another data set: a cycle that is under way goes on reading its own.
  const name = facts === undefined ? sha256 : contentHash({ sha256, facts });
  return {
    datasetId: `file-${name.slice(0, 16)}`,
    contentHash: contentHash({ kind: 'file', sha256, sectors: source.sectors ?? {}, readerVersion, ...(facts ? { facts } : {}) }),
  };
}

/** What decides the facts: contents, not file names. */
function factsHashes({ fundamentals, earnings, news, index }: FactsSource = {}): object | undefined {
  const hashes = (files: readonly { readonly key: string }[] | undefined): string[] =>
    (files ?? []).map(({ key }) => inboxParts(key).sha256);
  if (!(fundamentals || earnings || news || index)) return undefined;
  return {
    fundamentals: hashes(fundamentals),
    earnings: hashes(earnings),
    news: hashes(news),
    index: index ? { sha256: inboxParts(index.key).sha256, symbol: index.symbol } : null,
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
  const { sectors, facts = {} } = source;
  const parts = [facts.fundamentals && 'fundamentals', facts.earnings && 'earnings', facts.news && 'news', facts.index?.symbol];
  const beside = parts.filter((part) => part !== undefined).join(', ');
  const bars = fileProviderName(inboxParts(source.key).fileName);
  return { provider: beside === '' ? bars : `${bars} with ${beside}`, instrument: (symbol) => instrumentOf(symbol, sectors) };
}

/** Opens the source; what was opened last stays open, since every chunk of an ingest asks for the same. */
export async function openSource(source: IngestSource, lake: Lake): Promise<MarketDataProvider> {
  if (source.kind === 'simulator') return simulatorFor(lake, source.seed);
  const [bars, facts] = await Promise.all([openedBars(lake, source.key), openedFacts(lake, source.facts ?? {})]);
  return fileProvider(bars, source.sectors, facts);
}

/** The series of the index that the source names, or `undefined` when it names none. @throws ContractViolation when the file has no such symbol. */
export async function openIndex(source: IngestSource, lake: Lake): Promise<RawBars | undefined> {
  const index = source.kind === 'file' ? source.facts?.index : undefined;
  if (index === undefined) return undefined;
  const dataset = await openInboxFile(lake, index.key);
  const [series] = await dataset.bars([index.symbol as Ticker]);
  if (series !== undefined) return series;
  const message = `${dataset.fileName} holds no ${index.symbol}; it has ${dataset.symbols.slice(0, 20).join(', ')}. Name one with --index-symbol`;
  throw new ContractViolation(message, { file: dataset.fileName, symbol: index.symbol });
}

/** The files of facts, each read whole. @throws ContractViolation naming file, line and column of what cannot be read. */
export function openedFacts(lake: Lake, { fundamentals, earnings, news }: FactsSource): Promise<OpenedFacts> {
  return lastFacts(lake, contentHash([fundamentals ?? [], earnings ?? [], news ?? []]), async () => {
    const reading =
      <Fact>(read: (bytes: Uint8Array, fileName: string) => FactsFile<Fact>) =>
      async ({ key }: { readonly key: string }): Promise<FactsFile<Fact>> => {
        const file = await openedObject(lake, key);
        return read(await file.read(0, file.byteLength), inboxParts(key).fileName);
      };
    return {
      fundamentals: await inParallel(fundamentals ?? [], filesAtOnce, reading(readFundamentals)),
      earnings: await inParallel(earnings ?? [], filesAtOnce, reading(readEarnings)),
      news: await inParallel(news ?? [], filesAtOnce, reading(readNews)),
    };
  });
}

const filesAtOnce = 2;
const lastBars = latestOf<Promise<BarsDataset>>();
const lastFacts = latestOf<Promise<OpenedFacts>>();
const lastSimulation = latestOf<MarketDataProvider>();

const openedBars = (lake: Lake, key: string): Promise<BarsDataset> => lastBars(lake, key, () => openInboxFile(lake, key));

const simulatorFor = (lake: Lake, seed: number): MarketDataProvider => lastSimulation(lake, String(seed), () => simulatedProvider(seed));

const openInboxFile = async (lake: Lake, key: string): Promise<BarsDataset> =>
  openDatasetAt(await openedObject(lake, key), inboxParts(key).fileName);

async function openedObject(lake: Lake, key: string): Promise<RandomAccessBytes> {
  const file = await lake.openObject(key);
  if (isRefusal(file)) throw new ContractViolation(`no file lies at ${key}: upload it first`, { key });
  return file;
}

/** Remembers, for each lake, the last thing opened. What could not be opened is tried again, not remembered as broken. */
function latestOf<Opened>(): (lake: Lake, key: string, open: () => Opened) => Opened {
  const last = new WeakMap<Lake, { readonly key: string; readonly opened: Opened }>();
  return (lake, key, open) => {
    const known = last.get(lake);
    if (known?.key === key) return known.opened;
    const opened = open();
    last.set(lake, { key, opened });
    if (opened instanceof Promise) opened.catch(() => last.delete(lake));
    return opened;
  };
}

function inboxParts(key: string): { readonly sha256: string; readonly fileName: string } {
  const match = inboxKey.exec(key);
  if (match === null) throw new ContractViolation(`${key} is no inbox key: inbox/<sha256>/<file name> is needed`, { key });
  return { sha256: match[1]!, fileName: match[2]! };
}
