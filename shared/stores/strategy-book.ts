/**
 * The life of every strategy: its state under `strategies`, and all that was ever told of it under `strategy-life/<id>`, in the table `trials`.
 *
 * That table, because a strategy's evidence is the trials counted beside it, because a laptop has it without a fund, and because nothing in it
 * expires (items of `operations` do) or is read by what trades. Families of trials have a `#` in their keys, and these keys have none.
 *
 * The state is only ever what the reducer makes of it (lifecycle.ts): `tell` reads it, applies events, and writes the new state with its history
 * in one transaction, on condition that nobody wrote meanwhile. Events that were told are never changed and never deleted. A version is the
 * number of events told; a document is canonical JSON in one attribute, so that numbers come back as they were written.
 *
 * Not covered: telling the bus. Whoever told the change publishes its effects after this (at most once: what dies in between is in the history).
 */
import * as z from 'zod';
import { StrategyEventText, StrategyStateText, StrategyWork } from '../contracts/strategy-life.ts';
import {
  applyStrategyEvent,
  type LifecycleRefusal,
  type StageChange,
  type StrategyEvent,
  type StrategyRules,
  type StrategyState,
} from '../domain/research/lifecycle.ts';
import type { GateOutcome } from '../domain/research/promotion-gates.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { ContractViolation, InvariantViolation } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import { cancellationCodes } from './aws-errors.ts';
import type { Item, Table } from './table.ts';

export interface StrategyRecord {
  readonly state: StrategyState;
  readonly work: StrategyWork;
  /** How many events were told. */
  readonly version: number;
}

/** An event with what a person said to it. */
export interface ToldEvent {
  readonly event: StrategyEvent;
  readonly actor: string;
  readonly reason: string;
}

export interface StrategyEntry extends ToldEvent {
  /** Of the record after it. */
  readonly version: number;
}

/** A change of stage with the version of the record that it left. */
export interface VersionedChange {
  readonly change: StageChange;
  readonly version: number;
}

export interface StrategyTold {
  readonly kind: 'told';
  readonly record: StrategyRecord;
  /** How many of the events were taken: those behind a change of stage are left out. */
  readonly taken: number;
  readonly changes: readonly VersionedChange[];
  /** Judged by the last event that judged any. */
  readonly gates: readonly GateOutcome[];
}

/** What one transaction takes beside the state. */
export const eventsPerTellMax = 90;
const heads = 'strategies';
const idPattern = /^[a-z0-9][a-z0-9-]{0,99}$/;

export class StrategyBook {
  readonly #table: Table;

  constructor(trialsTable: Table) {
    this.#table = trialsTable;
  }

  /** @throws InvariantViolation for an item that is not what this store writes. */
  async get(strategyId: string): Promise<StrategyRecord | undefined> {
    const item = await this.#table.get({ pk: heads, sk: strategyId });
    return item && recordOf(item);
  }

  /** By id. */
  async list(): Promise<StrategyRecord[]> {
    return (await this.#table.query(heads)).map(recordOf);
  }

  /** Oldest first. */
  async history(strategyId: string): Promise<StrategyEntry[]> {
    return (await this.#table.query(lifeOf(strategyId))).map(entryOf);
  }

  /**
   * Applies events and keeps them: all of them up to the first change of stage, or none where one is refused. `work` is kept with a strategy that is
   * registered, and is not looked at for one that is known. At most `eventsPerTellMax` events.
   */
  async tell(
    strategyId: string,
    events: readonly ToldEvent[],
    { rules, work }: { readonly rules: StrategyRules; readonly work?: StrategyWork },
  ): Promise<StrategyTold | Refusal<LifecycleRefusal | 'strategy-moved'>> {
    if (!idPattern.test(strategyId) || events.length === 0 || events.length > eventsPerTellMax)
      throw new ContractViolation('A strategy is told 1 to 90 events under an id of small letters, digits and hyphens', {
        strategyId,
        events: events.length,
      });
    const before = await this.get(strategyId);
    const applied = appliedTo(before, events, rules);
    if (applied.kind === 'refused') return applied;
    const kept = before?.work ?? work;
    if (kept === undefined) throw new ContractViolation('A strategy is registered together with what it consists of', { strategyId });
    const { state, entries, changes, gates } = applied;
    const record: StrategyRecord = { state, work: kept, version: entries.at(-1)!.version };
    return (await this.#keep(record, before?.version ?? 0, entries))
      ? { kind: 'told', record, taken: entries.length, changes, gates }
      : refuse('strategy-moved', { strategyId, basedOn: before?.version ?? 0 });
  }

  /** False where somebody else was faster. */
  async #keep({ state, work, version }: StrategyRecord, basedOn: number, entries: readonly StrategyEntry[]): Promise<boolean> {
    const { strategyId, stage, author, since } = state;
    const head = {
      ...{ pk: heads, sk: strategyId, version, stage, author, since },
      ...{ state: canonicalJson(state), work: canonicalJson(work) },
    };
    const unchanged = basedOn === 0 ? 'attribute_not_exists(pk)' : 'version = :basedOn';
    const items = entries.map(({ version: after, event, actor, reason }) =>
      this.#table.putting(
        { pk: lifeOf(strategyId), sk: String(after).padStart(8, '0'), version: after, actor, reason, event: canonicalJson(event) },
        'attribute_not_exists(pk)',
      ),
    );
    try {
      await this.#table.transact([this.#table.putting(head, unchanged, basedOn === 0 ? undefined : { ':basedOn': basedOn }), ...items]);
      return true;
    } catch (error) {
      if (cancellationCodes(error)?.includes('ConditionalCheckFailed')) return false;
      throw error;
    }
  }
}

interface AppliedAll {
  readonly kind: 'applied';
  readonly state: StrategyState;
  readonly entries: readonly StrategyEntry[];
  readonly changes: readonly VersionedChange[];
  readonly gates: readonly GateOutcome[];
}

function appliedTo(
  before: StrategyRecord | undefined,
  events: readonly ToldEvent[],
  rules: StrategyRules,
): AppliedAll | Refusal<LifecycleRefusal> {
  const entries: StrategyEntry[] = [];
  let [state, version, gates]: [StrategyState | null, number, readonly GateOutcome[]] = [before?.state ?? null, before?.version ?? 0, []];
  let changes: readonly VersionedChange[] = [];
  for (const told of events) {
    const after = applyStrategyEvent(state, told.event, rules);
    if (after.kind === 'refused') return after;
    version++;
    state = after.state;
    entries.push({ ...told, version });
    if (after.gates.length > 0) gates = after.gates;
    const at = version;
    changes = after.effects.map((change) => ({ change, version: at }));
    if (changes.length > 0) break;
  }
  return { kind: 'applied', state: state!, entries, changes, gates };
}

const lifeOf = (strategyId: string): string => `strategy-life/${strategyId}`;

const Head = z.object({ sk: z.string(), version: z.number().int().positive(), state: z.string(), work: z.string() });
const Entry = z.object({ version: z.number().int().positive(), actor: z.string(), reason: z.string(), event: z.string() });

function recordOf(item: Item): StrategyRecord {
  const { sk, version, state: stateText, work: workText } = parsed(Head, item, item);
  const [state, work] = [parsed(StrategyStateText, tryParseJson(stateText), item), parsed(StrategyWork, tryParseJson(workText), item)];
  if (state.strategyId !== sk) throw new InvariantViolation('a strategy is kept under its own id', { sk, strategyId: state.strategyId });
  return { state, work, version };
}

function entryOf(item: Item): StrategyEntry {
  const { event, ...told } = parsed(Entry, item, item);
  return { ...told, event: parsed(StrategyEventText, tryParseJson(event), item) };
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, { pk, sk }: Item): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success)
    throw new InvariantViolation('what is kept of a strategy is well formed', { pk, sk, issue: result.error.issues[0]?.message });
  return result.data;
}
