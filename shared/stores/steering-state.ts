/**
 * What the meta strategy controller remembers from look to look, and the market reading that it took last: one item of the operations
 * table, written on the condition that nobody wrote in between.
 */
import * as z from 'zod';
import { riskModes } from '../domain/policy/steering-rules.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { EpochDay, EpochMs } from '../kernel/units.ts';
import { isNamed } from './aws-errors.ts';
import type { Table } from './table.ts';

const stateKey = { pk: 'steering', sk: 'state' } as const;

const Instant = z.number().transform((value) => value as EpochMs);
const mode = z.enum(riskModes);
const counts = z.object({ DEFENSIVE: z.int(), NORMAL: z.int(), AGGRESSIVE: z.int() });
const agreement = z.object({ asStrictAs: counts, asLooseAs: counts });
const Session = z.int().transform((value) => value as EpochDay);
const State = z.object({
  mode,
  changedAt: Instant,
  agreement,
  market: z.object({ holds: mode, looks: agreement, session: Session.nullable(), heard: mode, sessions: agreement }),
  bands: z.object({ annualizedVol: z.boolean(), drawdownFrac: z.boolean() }),
  strategies: z.record(z.string(), z.object({ highUsd: z.number(), blocked: z.boolean() })),
  lookId: z.string(),
  lookedAt: Instant,
  reasons: z.array(z.string()).readonly(),
});

const Reading = z.object({
  /** Of the data, the session and the rules that it was read from and under. */
  key: z.string(),
  evidence: z.union([
    z.object({ regime: z.enum(['BULL_QUIET', 'BULL_VOLATILE', 'BEAR_QUIET', 'BEAR_CRISIS']), annualizedVol: z.number() }),
    z.object({ kind: z.literal('refused'), reason: z.string(), details: z.record(z.string(), z.unknown()) }),
  ]),
});
export type MarketReading = z.infer<typeof Reading>;

const Document = z.object({ state: State.nullable(), market: Reading.nullable() });
export type SteeringDocument = z.infer<typeof Document>;

export interface SteeringRecord extends SteeringDocument {
  readonly version: number;
}

export class SteeringStore {
  readonly #table: Table;

  constructor(operationsTable: Table) {
    this.#table = operationsTable;
  }

  /** An item that makes no sense is a controller that remembers nothing: it begins anew, with its cool-down. */
  async read(): Promise<SteeringRecord> {
    const item = await this.#table.get(stateKey);
    if (item === undefined) return { state: null, market: null, version: 0 };
    const parsed = Document.safeParse(tryParseJson(String(item.document)));
    const { state, market } = parsed.success ? parsed.data : { state: null, market: null };
    return { state, market, version: Number(item.version) };
  }

  /** Whether it was taken; false when another wrote since `before` was read. */
  async write({ state, market }: SteeringDocument, before: SteeringRecord): Promise<boolean> {
    const shown = state === null ? {} : { mode: state.mode, reasons: state.reasons, changedAt: new Date(state.changedAt).toISOString() };
    const item = { ...stateKey, ...shown, version: before.version + 1, document: JSON.stringify({ state, market }) };
    try {
      if (before.version === 0) await this.#table.put(item, 'attribute_not_exists(pk)');
      else await this.#table.put(item, 'version = :before', { ':before': before.version });
      return true;
    } catch (error) {
      if (isNamed(error, 'ConditionalCheckFailedException')) return false;
      throw error;
    }
  }
}
