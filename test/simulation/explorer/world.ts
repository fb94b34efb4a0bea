/**
 * Everything of one schedule: the real ledger, control, leases, order desk, sweep and reconciliation, over tables and a broker that can be
 * reached only through `Outside`. A variant puts one broken part in the place of a real one.
 */

import type { Broker, BrokerCapabilities } from '../../../shared/brokers/broker.ts';
import { RiskTicket } from '../../../shared/brokers/risk-ticket.ts';
import { wholeFund } from '../../../shared/contracts/control.ts';
import type { Permit, SignedPermit } from '../../../shared/domain/execution/permit.ts';
import { invariant } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import type { CycleId, EpochMs, Shares, Ticker, Usd } from '../../../shared/kernel/units.ts';
import { ControlStore } from '../../../shared/stores/control.ts';
import { EventPublisher } from '../../../shared/stores/events.ts';
import { LeaseStore } from '../../../shared/stores/leases.ts';
import { Ledger, type OrderIntent } from '../../../shared/stores/ledger/index.ts';
import { ReconciliationStore } from '../../../shared/stores/reconciliations.ts';
import { Table } from '../../../shared/stores/table.ts';
import { BrokerBook } from './broker-book.ts';
import { doubleBroker } from './double-broker.ts';
import { eventBus } from './event-bus.ts';
import type { OperatorAct, Plan } from './faults.ts';
import { History } from './history.ts';
import { Outside } from './outside.ts';
import {
  closesAfterMs,
  intentsOf,
  openingCashCents,
  openingHoldings,
  priceCents,
  type Scenario,
  startsAt,
  strategy,
  symbols,
} from './scenario.ts';
import { dynamodb, type Rewriting, Tables, tableNames } from './tables.ts';
import { VirtualTime } from './virtual-time.ts';

/** One broken part in the place of a real one. */
export interface Variant {
  readonly name: string;
  readonly ledger?: (real: Ledger) => Ledger;
  readonly broker?: (real: Broker, scenario: Scenario) => Broker;
  readonly tables?: Rewriting;
}

export const theRealThing: Variant = { name: 'the protocol as it stands' };

export interface WorldOptions {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly plan: Plan;
  readonly variant: Variant;
}

export class World {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly history: History;
  readonly outside: Outside;
  readonly book: BrokerBook;
  readonly broker: Broker;
  readonly ledger: Ledger;
  /** Past every variant: what the checker reads. */
  readonly trueLedger: Ledger;
  readonly control: ControlStore;
  readonly leases: LeaseStore;
  readonly reconciliations: ReconciliationStore;
  readonly events: EventPublisher;
  readonly tables: Tables;

  private constructor({ scenario, seed, variant }: WorldOptions, tables: Tables, parts: Pick<World, 'outside' | 'time' | 'history'>) {
    this.scenario = scenario;
    this.outside = parts.outside;
    this.time = parts.time;
    this.history = parts.history;
    this.tables = tables;
    this.book = new BrokerBook({
      ...{ seed, cashCents: openingCashCents, holdings: openingHoldings, priceCents },
      ...{ refusesDuplicateClientIds: scenario.refusesDuplicateClientIds, closesAt: startsAt + closesAfterMs },
      ...{ beganAt: startsAt, lives: scenario.lives, news: scenario.news },
    });
    const capabilities: BrokerCapabilities = {
      ...{ refusesDuplicateClientIds: scenario.refusesDuplicateClientIds, remembersOrders: 'always', fractionalShares: false },
      ...{ attachedOrders: [], timesInForce: ['DAY'] },
    };
    const broker = doubleBroker({
      ...{ book: this.book, outside: this.outside, history: this.history, time: this.time, capabilities },
      mishaps: new Map(intentsOf(0, 'double').map(({ orderId }, nth) => [orderId, scenario.mishaps[nth]])),
    });
    this.broker = variant.broker?.(broker, scenario) ?? broker;
    this.trueLedger = new Ledger(dynamodb, tableNames.ledger);
    this.ledger = variant.ledger?.(this.trueLedger) ?? this.trueLedger;
    this.control = new ControlStore(new Table(dynamodb, tableNames.policy));
    this.reconciliations = new ReconciliationStore(new Table(dynamodb, tableNames.ledger));
    this.events = new EventPublisher(eventBus, 'bus');
    this.leases = new LeaseStore(new Table(dynamodb, tableNames.leases));
  }

  static async open(options: WorldOptions): Promise<World> {
    const time = new VirtualTime(startsAt);
    const history = new History(() => time.now());
    const outside = new Outside(time, history, seededRng(`${options.seed}/latency`), options.plan);
    const tables = await Tables.open(outside, history, options.variant.tables);
    const world = new World(options, tables, { time, history, outside });
    await tables.serve(() => outside.atOnce('setup', () => world.#setUp()));
    outside.operate = (act) => outside.atOnce('operator', () => world.operate(act));
    return world;
  }

  close(): void {
    this.tables.close();
  }

  async #setUp(): Promise<void> {
    const at = this.time.now();
    await this.ledger.openAccount((openingCashCents / 100) as Usd, at);
    for (const [symbol, shares] of openingHoldings) {
      await this.ledger.recordAdjustment({
        kind: 'manual-trade',
        symbol,
        shares: shares as Shares,
        cashUsd: 0 as Usd,
        activityId: `opening-${symbol}`,
        at,
      });
    }
    await this.#set('RUNNING', wholeFund);
  }

  async operate(act: OperatorAct): Promise<void> {
    switch (act) {
      case 'halt':
        return this.#set('HALTED', wholeFund);
      case 'pause':
        return this.#set('PAUSED', wholeFund);
      case 'reduce-only':
        return this.#set('REDUCE_ONLY', wholeFund);
      case 'resume':
        return this.#set('RUNNING', wholeFund);
      case 'symbol-halt':
        return this.#set('HALTED', { kind: 'symbol', name: 'ACME' });
      case 'strategy-pause':
        return this.#set('PAUSED', { kind: 'strategy', name: strategy });
      case 'broker-pause':
        return this.#set('PAUSED', { kind: 'broker', name: this.broker.name });
      case 'halt-and-resume':
        await this.#set('HALTED', wholeFund);
        return this.#set('RUNNING', wholeFund);
    }
  }

  async #set(state: 'RUNNING' | 'PAUSED' | 'REDUCE_ONLY' | 'HALTED', scope: Parameters<ControlStore['change']>[0]): Promise<void> {
    await this.control.change(scope, { state, reason: 'the schedule says so', actor: 'operator', at: this.time.now() });
  }

  /** What risk permits a cycle: exactly its plan. */
  async ticket(intents: readonly OrderIntent[], cycleId: CycleId, controlEpoch: number): Promise<RiskTicket> {
    const sum = (symbol: Ticker, side: 'BUY' | 'SELL'): Shares =>
      intents.filter((one) => one.symbol === symbol && one.side === side).reduce((shares, { quantity }) => shares + quantity, 0) as Shares;
    const permit: Permit = {
      ...{ schema: 'ballast.permit/1', issuedFor: cycleId, controlEpoch, policySha256: '0'.repeat(64) },
      validUntil: (startsAt + closesAfterMs) as EpochMs,
      lines: symbols.map((symbol) => ({ symbol, buySharesMax: sum(symbol, 'BUY'), sellSharesMax: sum(symbol, 'SELL') })),
    };
    const signed: SignedPermit = { permit, signature: 'genuine' };
    const ticket = await RiskTicket.verified(signed, { verify: async (_bytes, signature) => signature === 'genuine' }, this.time);
    invariant(!isRefusal(ticket), 'a permit that risk signed opens the desk');
    return ticket;
  }
}
