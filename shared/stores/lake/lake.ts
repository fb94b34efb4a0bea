/**
 * The lake: daily bars, quality profiles, uploaded files, decision snapshots and the claim-check objects of cycles, in one
 * bucket. Snapshots are conditional puts under the hash of their bytes. Encryption is the bucket's default.
 */
import type { DailyBars } from '../../domain/market/bars.ts';
import type { SymbolFacts } from '../../domain/market/facts.ts';
import { type MarketHistory, marketBefore, noMarket } from '../../domain/market/market-history.ts';
import type { QualityProfile } from '../../domain/quality/profile.ts';
import { sha256Hex } from '../../kernel/canonical-json.ts';
import { invariant } from '../../kernel/errors.ts';
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { EpochDay, Sha256, Ticker } from '../../kernel/units.ts';
import { decodeBars, encodeBars } from './bars-parquet.ts';
import { type BarsWindow, lastRowsBefore, yearsToRead } from './bars-window.ts';
import { LakeDocuments, parsedJson } from './documents.ts';
import { encodeFacts, readFactsParts } from './facts.ts';
import { inParallel } from './in-parallel.ts';
import { lakeKeys } from './keys.ts';
import { DatasetManifest, type FactsPart, type ManifestPart } from './manifest.ts';
import type { ObjectNotFound, StoredBytes } from './objects.ts';
import { StoredMarket, storedMarket } from './stored-market.ts';
import { StoredProfiles } from './stored-profiles.ts';

export type DatasetNotFound = Refusal<'dataset-not-found'>;

export interface BarsRequest extends BarsWindow {
  readonly datasetId: string;
  /** All of the dataset when left out; a symbol the dataset does not hold is not answered. */
  readonly symbols?: readonly string[];
}

export interface PartRequest {
  readonly datasetId: string;
  readonly year: number;
  readonly part: number;
  /** Rows of that year only. */
  readonly bars: readonly DailyBars[];
}

export interface FactsRequest {
  readonly datasetId: string;
  /** A symbol the dataset does not hold is not answered; one of which nothing is known has empty lists. */
  readonly symbols: readonly string[];
  /** Facts of this day and later stay out. */
  readonly before: EpochDay;
}

export interface MarketRequest extends BarsWindow {
  readonly datasetId: string;
}

/** The snapshot of a cycle in which every symbol is blocked: Parquet has no row group without rows. */
const noBars = Buffer.from('no bars\n');
const parquet = 'application/vnd.apache.parquet';
/** Enough to hide the round trip to S3; more would only hold more bodies in memory. */
const getsAtOnce = 16;
const putsAtOnce = 8;

export class Lake extends LakeDocuments {
  /** Uploads a file for ingest and gives its key, which names the content. */
  async putInbox(fileName: string, bytes: Uint8Array): Promise<string> {
    const key = lakeKeys.inbox(sha256Hex(bytes), fileName);
    await this.objects.putIfAbsent(key, bytes, 'application/octet-stream');
    return key;
  }

  /** An object to be read in parts, by ranged GETs. */
  openObject(key: string): Promise<StoredBytes | ObjectNotFound> {
    return this.objects.open(key);
  }

  async writeBarsPart({ datasetId, year, part, bars }: PartRequest): Promise<ManifestPart> {
    const key = lakeKeys.bars(datasetId, year, part);
    const bytes = encodeBars(bars);
    await this.objects.put(key, bytes, parquet);
    return { key, part, year, rows: bars.reduce((sum, { day }) => sum + day.length, 0), bytes: bytes.length };
  }

  async writeProfiles(datasetId: string, part: number, profiles: readonly QualityProfile[]): Promise<string> {
    const key = lakeKeys.quality(datasetId, part);
    await this.putJson(key, profiles);
    return key;
  }

  /** Facts of the symbols of one chunk. */
  async writeFacts(datasetId: string, part: number, facts: readonly SymbolFacts[]): Promise<FactsPart[]> {
    return inParallel(encodeFacts(datasetId, part, facts), putsAtOnce, async (encoded) => {
      await this.objects.put(encoded.part.key, encoded.bytes, parquet);
      return encoded.part;
    });
  }

  /** The market's returns of a data set; its manifest names the key. */
  async writeMarket(datasetId: string, market: MarketHistory): Promise<string> {
    const key = lakeKeys.market(datasetId);
    await this.putJson(key, storedMarket(market));
    return key;
  }

  async readManifest(datasetId: string): Promise<DatasetManifest | DatasetNotFound> {
    const manifest = await this.getJson(lakeKeys.manifest(datasetId), DatasetManifest);
    return isRefusal(manifest) ? refuse('dataset-not-found', { datasetId }) : manifest;
  }

  /** Makes the dataset visible, so every part it lists must be stored by now. */
  writeManifest(manifest: DatasetManifest): Promise<void> {
    return this.putJson(lakeKeys.manifest(manifest.datasetId), manifest);
  }

  /** The data set that a cycle decides on when it is told no other. */
  async publishAsCurrent(datasetId: string): Promise<void> {
    const manifest = await this.readManifest(datasetId);
    invariant(!isRefusal(manifest), 'a data set is stored before it becomes the current one', { datasetId });
    await this.putJson(lakeKeys.manifest('current'), manifest);
  }

  async readProfiles(datasetId: string): Promise<readonly QualityProfile[] | DatasetNotFound> {
    const manifest = await this.readManifest(datasetId);
    if (isRefusal(manifest)) return manifest;
    const lists = await inParallel(manifest.qualityKeys, getsAtOnce, async (key) =>
      parsedJson(key, await this.#listed(key), StoredProfiles),
    );
    return lists.flat();
  }

  /**
   * Up to `sessions` rows of each symbol, the newest ones strictly before the day `before`: the day itself and what
   * follows is never handed out. Order is that of the manifest. Rows of a symbol ascend by day; duplicates stay.
   */
  async readBars({ datasetId, symbols, ...window }: BarsRequest): Promise<readonly DailyBars[] | DatasetNotFound> {
    const manifest = await this.readManifest(datasetId);
    if (isRefusal(manifest)) return manifest;

    const wanted = symbols === undefined ? undefined : new Set<string>(symbols);
    const instruments = manifest.instruments.filter(({ symbol }) => wanted?.has(symbol) ?? true);
    const partNumbers = new Set(instruments.map(({ part }) => part));
    const years = yearsToRead(window);
    const parts = manifest.parts.filter(({ part, year }) => partNumbers.has(part) && year >= years.first && year <= years.last);
    const decoded = await inParallel(parts, getsAtOnce, async ({ key }) => decodeBars(await this.#listed(key)));

    const piecesOf = new Map<string, DailyBars[]>(instruments.map(({ symbol }) => [symbol, []]));
    const inYearOrder = parts.map(({ year }, index) => ({ year, index })).sort((a, b) => a.year - b.year);
    for (const { index } of inYearOrder) for (const bars of decoded[index]!) piecesOf.get(bars.symbol)?.push(bars);
    return [...piecesOf.values()].flatMap((pieces) => lastRowsBefore(pieces, window));
  }

  /** Known strictly before the day `before`, one entry for each symbol, in the order of the manifest. */
  async readFacts({ datasetId, symbols, before }: FactsRequest): Promise<readonly SymbolFacts[] | DatasetNotFound> {
    const manifest = await this.readManifest(datasetId);
    if (isRefusal(manifest)) return manifest;
    const wanted = new Set<string>(symbols);
    const instruments = manifest.instruments.filter(({ symbol }) => wanted.has(symbol));
    const partNumbers = new Set(instruments.map(({ part }) => part));
    const parts = manifest.factsParts.filter(({ part }) => partNumbers.has(part));
    const known: Ticker[] = instruments.map(({ symbol }) => symbol);
    return readFactsParts(parts, known, before, (key) => this.#listed(key));
  }

  /** The newest `sessions` returns strictly before the day `before`; none when the data set has no market series. */
  async readMarket({ datasetId, before, sessions }: MarketRequest): Promise<MarketHistory | DatasetNotFound> {
    const manifest = await this.readManifest(datasetId);
    if (isRefusal(manifest)) return manifest;
    if (manifest.marketKey === null) return noMarket;
    const { name, day, simpleReturn } = parsedJson(manifest.marketKey, await this.#listed(manifest.marketKey), StoredMarket);
    return marketBefore({ name, day: Int32Array.from(day), simpleReturn: Float64Array.from(simpleReturn) }, before, sessions);
  }

  /** The inputs of a decision, under the hash of their bytes. */
  async writeSnapshot(bars: readonly DailyBars[]): Promise<{ readonly key: string; readonly sha256: Sha256 }> {
    const bytes = bars.some(({ day }) => day.length > 0) ? encodeBars(bars) : noBars;
    const sha256 = sha256Hex(bytes);
    const key = lakeKeys.snapshot(sha256);
    await this.objects.putIfAbsent(key, bytes, parquet);
    return { key, sha256 };
  }

  /** @throws InvariantViolation when the bytes are no longer those the key names. */
  async readSnapshot(key: string): Promise<readonly DailyBars[] | ObjectNotFound> {
    const bytes = await this.objects.get(key);
    if (isRefusal(bytes)) return bytes;
    invariant(key === lakeKeys.snapshot(sha256Hex(bytes)), 'a snapshot holds the bytes that its key names', { key });
    return noBars.equals(bytes) ? [] : decodeBars(bytes);
  }

  /** An object some manifest lists. */
  async #listed(key: string): Promise<Uint8Array> {
    const bytes = await this.objects.get(key);
    invariant(!isRefusal(bytes), 'every object that a manifest lists is stored', { key });
    return bytes;
  }
}
