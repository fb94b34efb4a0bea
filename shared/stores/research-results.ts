/**
 * The research bucket: panels under the hash of their bytes, plans, parts of results, results. Everything is written once: a key names either
 * its content or the job that gives it, and the same job gives the same bytes.
 *
 *   panels/<sha256>.parquet
 *   sweeps/<sweep id>/{plan,chunks}.json        what is run, and the list that the Distributed Map reads
 *   chunks/<sweep id>/<n>.parquet               what a chunk found; apart, since these are forgotten first
 *   sweeps/<sweep id>/result.parquet            all chunks, when none is missing
 *   evolutions/<id>/{plan,islands}.json
 *   evolutions/<id>/island-<n>/epoch-<e>.json   a population after its generations of an epoch
 *   evolutions/<id>/epoch-<e>.json              all populations after they exchanged their best
 *   evolutions/<id>/result.json
 *   runs/…                                      what Step Functions writes of its children
 */
import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import type { Panel } from '../domain/research/panel.ts';
import { canonicalJson, sha256Hex } from '../kernel/canonical-json.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { EpochMs } from '../kernel/units.ts';
import { parsedJson } from './lake/documents.ts';
import { LakeObjects, type ObjectNotFound } from './lake/objects.ts';
import { decodePanel, encodePanel, type PanelHeader, panelHeader } from './panel-parquet.ts';

const parquet = 'application/vnd.apache.parquet';

export const researchKeys = {
  panel: (panelId: string): string => `panels/${panelId}.parquet`,
  sweepPlan: (sweepId: string): string => `sweeps/${sweepId}/plan.json`,
  sweepChunks: (sweepId: string): string => `sweeps/${sweepId}/chunks.json`,
  chunk: (sweepId: string, chunk: number): string => `chunks/${sweepId}/${chunk}.parquet`,
  sweepResult: (sweepId: string): string => `sweeps/${sweepId}/result.parquet`,
  evolutionPlan: (evolutionId: string): string => `evolutions/${evolutionId}/plan.json`,
  islands: (evolutionId: string): string => `evolutions/${evolutionId}/islands.json`,
  island: (evolutionId: string, island: number, epoch: number): string => `evolutions/${evolutionId}/island-${island}/epoch-${epoch}.json`,
  epoch: (evolutionId: string, epoch: number): string => `evolutions/${evolutionId}/epoch-${epoch}.json`,
  evolutionResult: (evolutionId: string): string => `evolutions/${evolutionId}/result.json`,
} as const;

export class ResearchResults {
  readonly #objects: LakeObjects;
  /** The panel read last: the chunks of a job that one environment works on are of the same. */
  #warm: { readonly panelId: string; readonly panel: Promise<Panel | ObjectNotFound> } | undefined;

  constructor(s3: S3Client, bucket: string) {
    this.#objects = new LakeObjects(s3, bucket);
  }

  /** Its id, which is the hash of its bytes. */
  async putPanel(panel: Panel): Promise<string> {
    const bytes = encodePanel(panel);
    const panelId = sha256Hex(bytes);
    await this.#objects.putIfAbsent(researchKeys.panel(panelId), bytes, parquet);
    return panelId;
  }

  async panel(panelId: string): Promise<Panel | ObjectNotFound> {
    if (this.#warm?.panelId !== panelId) this.#warm = { panelId, panel: this.#readPanel(panelId) };
    const read = this.#warm.panel;
    try {
      return await read;
    } catch (error) {
      if (this.#warm?.panel === read) this.#warm = undefined;
      throw error;
    }
  }

  /** Where it is from and how large it is, from the end of its file. */
  async panelHeader(panelId: string): Promise<PanelHeader | ObjectNotFound> {
    const file = await this.#objects.open(researchKeys.panel(panelId));
    if (isRefusal(file)) return file;
    const slice = async (start: number, end = file.byteLength): Promise<ArrayBuffer> => {
      const bytes = await file.read(start, end);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    };
    return panelHeader({ byteLength: file.byteLength, slice });
  }

  /** @throws InvariantViolation when the key holds something else. */
  async putJson(key: string, value: unknown): Promise<void> {
    await this.#objects.putOnce(key, Buffer.from(canonicalJson(value)), 'application/json');
  }

  /** @throws ContractViolation when the object is not of that shape. */
  async json<Schema extends z.ZodType>(key: string, schema: Schema): Promise<z.output<Schema> | ObjectNotFound> {
    const bytes = await this.#objects.get(key);
    return isRefusal(bytes) ? bytes : parsedJson(key, bytes, schema);
  }

  /** @throws InvariantViolation when the key holds something else. */
  async putParquet(key: string, bytes: Uint8Array): Promise<void> {
    await this.#objects.putOnce(key, bytes, parquet);
  }

  parquet(key: string): Promise<Uint8Array | ObjectNotFound> {
    return this.#objects.get(key);
  }

  /** Costs a request and moves nothing. */
  async has(key: string): Promise<boolean> {
    return !isRefusal(await this.#objects.storedAt(key));
  }

  /** To the second. */
  storedAt(key: string): Promise<EpochMs | ObjectNotFound> {
    return this.#objects.storedAt(key);
  }

  async #readPanel(panelId: string): Promise<Panel | ObjectNotFound> {
    const bytes = await this.#objects.get(researchKeys.panel(panelId));
    return isRefusal(bytes) ? bytes : decodePanel(bytes);
  }
}
