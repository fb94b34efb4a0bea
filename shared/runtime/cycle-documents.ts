/**
 * What one phase leaves for the next: one JSON document each under `cycles/<cycleId>/`, written once. A second delivery of
 * a phase finds its own document and must have made the same one.
 */

import * as z from 'zod';
import type { CycleState } from '../contracts/cycle.ts';
import { instantOf, sessionOf } from '../contracts/cycle.ts';
import type {
  AllocationOutput,
  CycleContext,
  PlanQuotes,
  PortfolioInput,
  RiskOutput,
  SignalsOutput,
  SymbolInput,
  UniverseSymbol,
} from '../domain/cycle/step-types.ts';
import type { SignedPermit } from '../domain/execution/permit.ts';
import type { OrderPlan } from '../domain/execution/plan-orders.ts';
import type { DailyBars } from '../domain/market/bars.ts';
import { noFacts, type SymbolFacts } from '../domain/market/facts.ts';
import type { MarketHistory } from '../domain/market/market-history.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { underMode } from '../domain/policy/risk-mode.ts';
import type { RiskState } from '../domain/risk/risk-state.ts';
import { contentHash } from '../kernel/canonical-json.ts';
import { invariant } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { CycleId, OrderId, Ticker } from '../kernel/units.ts';
import type { LakeDocuments } from '../stores/lake/documents.ts';
import { lakeKeys } from '../stores/lake/keys.ts';
import type { Lake } from '../stores/lake/lake.ts';
import type { StoredMarket } from '../stores/lake/stored-market.ts';
import type { Fate } from './order-desk.ts';
import { type NewsReadings, withReadings } from './read-headlines.ts';

export interface CycleDocumentTypes {
  readonly policy: Policy;
  readonly universe: readonly UniverseSymbol[];
  readonly portfolio: PortfolioInput;
  /** What the ranker lets in; null where the policy asks for no list. */
  readonly opportunities: Opportunities | null;
  /** Of the symbols whose bars were loaded, known before the session. */
  readonly facts: readonly SymbolFacts[];
  readonly market: StoredMarket;
  /** Where the policy asks for a language model. */
  readonly readings: NewsReadings;
  readonly signals: SignalsOutput;
  readonly allocation: AllocationOutput;
  /** What the risk engine remembered when it was asked. */
  readonly remembered: RiskState;
  readonly risk: RiskOutput;
  /** Where risk lets orders go. */
  readonly permit: SignedPermit;
  /** With the quotes it was made from, so that it can be made again. */
  readonly plan: OrderPlan & { readonly quotes: PlanQuotes };
  readonly placement: Placement;
}

/** The list that the cycle began with. */
export interface Opportunities {
  /** Null when there was none that is fresh enough: then nothing is let in. */
  readonly listId: string | null;
  readonly symbols: readonly Ticker[];
  /** Why there was none, kebab-case. */
  readonly refusal?: string;
}

/** What became of each planned order when it was to be sent. */
export type Placement = ReadonlyArray<{ readonly clientOrderId: OrderId } & (Fate | { readonly kind: 'worked' })>;

export class CycleDocuments {
  readonly #lake: LakeDocuments;
  readonly #cycleId: CycleId;

  constructor(lake: LakeDocuments, cycleId: CycleId) {
    this.#lake = lake;
    this.#cycleId = cycleId;
  }

  async write<Name extends keyof CycleDocumentTypes>(name: Name, document: CycleDocumentTypes[Name]): Promise<void> {
    await this.#lake.putJsonOnce(lakeKeys.cycle(this.#cycleId, name), document);
  }

  /** For what does not come out the same twice. Gives the document that stands: this one, or another delivery's that came first. */
  async settle<Name extends keyof CycleDocumentTypes>(name: Name, document: CycleDocumentTypes[Name]): Promise<CycleDocumentTypes[Name]> {
    const isOurs = await this.#lake.putJsonIfAbsent(lakeKeys.cycle(this.#cycleId, name), document);
    return isOurs ? document : this.read(name);
  }

  /** @throws InvariantViolation when an earlier phase did not leave it: the machine's order is broken. */
  async read<Name extends keyof CycleDocumentTypes>(name: Name): Promise<CycleDocumentTypes[Name]> {
    const document = await this.find(name);
    invariant(document !== undefined, `an earlier phase left ${name}.json`, { cycleId: this.#cycleId });
    return document;
  }

  /** `undefined` when the cycle did not get that far. */
  async find<Name extends keyof CycleDocumentTypes>(name: Name): Promise<CycleDocumentTypes[Name] | undefined> {
    const document = await this.#lake.getJson(lakeKeys.cycle(this.#cycleId, name), z.unknown());
    return isRefusal(document) ? undefined : (document as CycleDocumentTypes[Name]);
  }

  /** @throws InvariantViolation when the policy the cycle began with is not the one in its state. */
  async context(cycle: Pick<CycleState, 'cycleId' | 'session' | 'scheduledAt' | 'policySha256'>): Promise<CycleContext> {
    const [policy, opportunities] = await Promise.all([this.read('policy'), this.read('opportunities')]);
    invariant(contentHash(policy) === cycle.policySha256, 'every phase of a cycle decides under the policy it began with', {
      cycleId: cycle.cycleId,
    });
    return {
      cycleId: cycle.cycleId,
      fund: 'ballast',
      strategy: 'ensemble',
      asOf: sessionOf(cycle.session),
      scheduledAt: instantOf(cycle.scheduledAt),
      policy: underMode(policy),
      opportunities: opportunities?.symbols ?? null,
    };
  }

  /**
   * The universe with the bars of the snapshot and the facts beside it; a symbol that was not loaded has neither. Headlines carry what a
   * language model read in them where the policy asks for one, and only there.
   */
  async symbols(lake: Lake, snapshotKey: string): Promise<SymbolInput[]> {
    const [universe, knownFacts, snapshot] = await Promise.all([this.read('universe'), this.#facts(), lake.readSnapshot(snapshotKey)]);
    invariant(!isRefusal(snapshot), 'the snapshot of a cycle stays in the lake', { snapshotKey });
    const bars = new Map<string, DailyBars>(snapshot.map((one) => [one.symbol, one]));
    const facts = new Map<string, SymbolFacts>(knownFacts.map((one) => [one.symbol, one]));
    return universe.map((symbol) => ({
      ...symbol,
      bars: bars.get(symbol.symbol) ?? null,
      facts: facts.get(symbol.symbol) ?? noFacts(symbol.symbol),
    }));
  }

  /** The market up to the session before this one. */
  async market(): Promise<MarketHistory> {
    const { name, day, simpleReturn } = await this.read('market');
    return { name, day: Int32Array.from(day), simpleReturn: Float64Array.from(simpleReturn) };
  }

  async #facts(): Promise<readonly SymbolFacts[]> {
    const [{ sentiment }, facts] = await Promise.all([this.read('policy'), this.read('facts')]);
    return sentiment.reader === 'llm' ? withReadings(facts, await this.read('readings')) : facts;
  }
}
