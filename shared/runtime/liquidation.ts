/**
 * Selling what the fund holds, once a halt has ended everything that worked: the only way out of the market that needs no cycle, no policy
 * and no data.
 *
 * 1. The permit says, per symbol, exactly what closes the holding of the ledger. A step that cannot send signs it.       liquidationPermit
 * 2. Each pass first learns what became of the orders before it, then sends what is still missing: market orders for the
 *    day, reducing only, never more than the broker itself shows.                                                       Liquidation.advance
 * 3. An order that ended short (turned away, rejected, cancelled) is followed by another of the next revision.
 *
 * Exactly once: an order's id is derived from the liquidation, the symbol and the revision, and the revision is how many of that symbol
 * lie in the ledger already and are over. Two passes at once derive the same id, and one reservation wins.
 *
 * Not covered: positions that the ledger does not know (reconciliation finds them), and parts of the fund that the ledger does not hold
 * apart: a strategy or one of several brokers cannot be sold alone.
 */
import type { Broker } from '../brokers/broker.ts';
import { controlItemKey, type StopScope } from '../contracts/control.ts';
import { clientOrderId } from '../domain/execution/order-intent.ts';
import { isTerminal } from '../domain/execution/order-lifecycle.ts';
import type { Permit, PermitLine } from '../domain/execution/permit.ts';
import { settlementOf } from '../domain/execution/settle-order.ts';
import { sha256Hex } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { TransientFailure } from '../kernel/errors.ts';
import { isRefusal, type Refusal } from '../kernel/refusal.ts';
import type { CycleId, EpochMs, Price, Shares, Ticker, Usd } from '../kernel/units.ts';
import type { Ledger, LedgerOrder, LedgerPosition, OrderIntent } from '../stores/ledger/index.ts';
import type { OrderDesk } from './order-desk.ts';

/** The id that its orders, its permit and its audit record lie under. */
export function liquidationId(scope: StopScope, epoch: number): CycleId {
  const readable = scope.kind === 'fund' ? 'fund' : `${scope.kind}-${scope.name.replaceAll(/[^A-Za-z0-9-]/g, '-')}`;
  return `flatten-${readable}-${epoch}-${sha256Hex(controlItemKey(scope).sk).slice(0, 8)}` as CycleId;
}

export interface LiquidationQuestion {
  readonly id: CycleId;
  readonly scope: StopScope;
  /** Of the fund's control item: a change of it ends the liquidation. */
  readonly controlEpoch: number;
  readonly positions: readonly LedgerPosition[];
  readonly validUntil: EpochMs;
}

/** No line, no permission: what is not held has none. */
export function liquidationPermit({ id, scope, controlEpoch, positions, validUntil }: LiquidationQuestion): Permit {
  const lines = positions
    .filter(({ symbol, quantity }) => quantity !== 0 && (scope.kind !== 'symbol' || symbol === scope.name))
    .map(
      ({ symbol, quantity }): PermitLine => ({
        symbol,
        buySharesMax: Math.max(0, -quantity) as Shares,
        sellSharesMax: Math.max(0, quantity) as Shares,
      }),
    );
  // It stands under no policy: one that was tampered with is a reason to sell, not a reason not to.
  return { schema: 'ballast.permit/1', issuedFor: id, controlEpoch, policySha256: 'none', validUntil, lines };
}

export interface LiquidationOptions {
  readonly id: CycleId;
  readonly fund: string;
  readonly lines: readonly PermitLine[];
  readonly broker: Pick<Broker, 'name' | 'capabilities' | 'orderByClientId' | 'positions' | 'latestPrices'>;
  readonly ledger: Ledger;
  /** Under a ticket of the permit, and a guard whose purpose is `liquidate`. */
  readonly desk: Pick<OrderDesk, 'place'>;
  readonly clock: Clock;
}

export interface LiquidationReport {
  /** Orders that may still fill, or whose fate is unknown. */
  readonly working: number;
  /** Symbols of which something is left and nothing works: refused too often, or not at the broker. */
  readonly stuck: readonly Ticker[];
}

/** After that many orders of one symbol that ended short, a person must look. */
const revisionsMax = 5;

export class Liquidation {
  readonly #options: LiquidationOptions;

  constructor(options: LiquidationOptions) {
    this.#options = options;
  }

  /** One pass. @throws TransientFailure when the broker cannot be asked. */
  async advance(): Promise<LiquidationReport> {
    const { ledger, id, lines, desk, broker } = this.#options;
    for (const order of await ledger.ordersOfCycle(id)) if (!isTerminal(order.state)) await this.#learn(order);
    const [orders, positions, atBroker, prices] = await Promise.all([
      ledger.ordersOfCycle(id),
      ledger.positions(),
      broker.positions(),
      broker.latestPrices(lines.map(({ symbol }) => symbol)),
    ]);
    if (isRefusal(atBroker)) throw unanswered(atBroker);
    const held = {
      inLedger: new Map(positions.map(({ symbol, quantity }) => [symbol, quantity])),
      atBroker: new Map(atBroker.map(({ symbol, quantity }) => [symbol, quantity])),
      priceOf: new Map(isRefusal(prices) ? [] : prices.map(({ symbol, priceUsd }) => [symbol, priceUsd])),
    };
    const intents = lines.flatMap((line) => this.#next(line, ordersOf(orders, line.symbol), held));
    await desk.place(intents);
    return this.#report(await ledger.ordersOfCycle(id));
  }

  /** What the broker says of an order that is not over. One that was surely never sent is for the desk to go on with. */
  async #learn(order: LedgerOrder): Promise<void> {
    const { broker, ledger, clock } = this.#options;
    const settlement = settlementOf(order, await broker.orderByClientId(order.orderId), clock.now(), broker.capabilities.remembersOrders);
    if (settlement.kind === 'evidence') await ledger.recordEvidence(order, settlement.evidence, clock.now());
    if (settlement.kind === 'never-arrived') await ledger.recordNeverArrived(order, clock.now());
    if (settlement.kind === 'unanswered') throw new TransientFailure('The broker does not answer for what is being sold', settlement);
  }

  #next(line: PermitLine, orders: readonly LedgerOrder[], held: Held): OrderIntent[] {
    const { id: cycleId, fund, broker } = this.#options;
    const { symbol } = line;
    const working = orders.find(({ state }) => !isTerminal(state));
    if (working) return working.state === 'PENDING' ? [working] : [];
    if (orders.length >= revisionsMax) return [];
    const side = line.sellSharesMax > 0 ? 'SELL' : 'BUY';
    const executed = orders.reduce((sum, { cumulativeQuantity }) => sum + cumulativeQuantity, 0);
    const permitted = Math.max(line.sellSharesMax, line.buySharesMax) - executed;
    const closing = (quantity = 0): number => Math.max(0, side === 'SELL' ? quantity : -quantity);
    const quantity = toFourDecimals(Math.min(permitted, closing(held.inLedger.get(symbol)), closing(held.atBroker.get(symbol))));
    if (!(quantity > 0)) return [];
    const identity = { fund, cycleId, symbol, side: side === 'SELL' ? 'sell' : 'buy', leg: 1, revision: orders.length } as const;
    const priceUsd = held.priceOf.get(symbol) ?? 0;
    return [
      {
        ...{ cycleId, orderId: clientOrderId(identity), symbol, side, broker: broker.name, strategy: 'liquidation' },
        ...{ type: 'MARKET', timeInForce: 'DAY', quantity: quantity as Shares, reducing: true },
        ...{ decisionPriceUsd: priceUsd as Price, worstCaseUsd: (quantity * priceUsd) as Usd },
      },
    ];
  }

  async #report(orders: readonly LedgerOrder[]): Promise<LiquidationReport> {
    const { ledger, lines } = this.#options;
    const working = orders.filter(({ state }) => !isTerminal(state));
    const isWorking = new Set(working.map(({ symbol }) => symbol));
    const left = new Set((await ledger.positions()).filter(({ quantity }) => quantity !== 0).map(({ symbol }) => symbol));
    const stuck = lines.map(({ symbol }) => symbol).filter((symbol) => left.has(symbol) && !isWorking.has(symbol));
    return { working: working.length, stuck };
  }
}

interface Held {
  readonly inLedger: ReadonlyMap<Ticker, number>;
  readonly atBroker: ReadonlyMap<Ticker, number>;
  readonly priceOf: ReadonlyMap<Ticker, number>;
}

const ordersOf = (orders: readonly LedgerOrder[], symbol: Ticker): readonly LedgerOrder[] =>
  orders.filter((order) => order.symbol === symbol);

/** Down, so that a sum of floats never sells a ten-thousandth of a share that is not there. */
const toFourDecimals = (quantity: number): number => Math.floor(quantity * 1e4 + 1e-6) / 1e4;

const unanswered = ({ reason }: Refusal): TransientFailure => new TransientFailure('The broker does not say what it holds', { reason });
