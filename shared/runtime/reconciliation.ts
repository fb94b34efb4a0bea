/**
 * One reconciliation: the ledger held against the broker's account, at the start of every cycle, after the close and on demand.
 *
 *  1. Settle what the ledger has as open; ask about orders of ours of which the broker lists more fills than are booked; read account,
 *     positions, activities and working orders, all within a picture that stands still (`account-picture.ts`).
 *  2. The ledger's own counters must equal what its entries alone add up to. If they do not, nothing it says can be trusted: halt.
 *  3. Explain every difference by the broker's activities (`domain/execution/reconciliation`).
 *  4. Stop trading in the symbols that are not explained, were traded by hand, or have an order that nobody decided. A person resumes them.
 *  5. Write the report, tell people, book, move the cursor. In that order: a run that dies leaves the difference there for the next
 *     attempt to find until it is on record and everybody has been told. All of it may be done twice.
 *
 * Cash that is unexplained, and not the price of unexplained shares, can be laid at no symbol's door: the outcome is `refused`.
 *
 * Activities are looked through from a week before the last reconciliation, because a broker may date what it posts late; each is
 * booked once by its id. What was there before the first reconciliation, while the books agreed without it, is in the opening cash.
 *
 * Not covered: an activity posted more than a week late (`since` looks further back); a broker's own legs of a bracket order, whose
 * fills read as trades by hand; and, read so too, a late fill of an order whose cycle had no other execution in that time.
 */
import type { Broker, BrokerActivity } from '../brokers/broker.ts';
import { instantOf } from '../contracts/cycle.ts';
import type { ReconcileInput, ReconciliationReport } from '../contracts/reconciliation.ts';
import { isTerminal } from '../domain/execution/order-lifecycle.ts';
import { ordersToAskAbout, strayOrders } from '../domain/execution/reconciliation/compare-orders.ts';
import { type Reconciled, reconcile } from '../domain/execution/reconciliation/reconcile.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { invariant } from '../kernel/errors.ts';
import { isRefusal, type Refusal, refuse } from '../kernel/refusal.ts';
import type { EpochMs, OrderId } from '../kernel/units.ts';
import type { ControlStore } from '../stores/control.ts';
import type { EventPublisher } from '../stores/events.ts';
import { inParallel } from '../stores/lake/in-parallel.ts';
import type { Ledger, LedgerAccount, LedgerOrder, RebuiltBook, RebuiltPosition } from '../stores/ledger/index.ts';
import type { ReconciliationCursor, ReconciliationStore } from '../stores/reconciliations.ts';
import { answered, type LedgerSide, stillPicture } from './account-picture.ts';
import { eventOf, merged, reportOf } from './reconciliation-report.ts';
import { settleOpenOrders } from './settle-open-orders.ts';

/** Longer than any broker takes to post what it dates back, weekends and holidays included. */
const lookBackMs = 7 * 24 * 3_600_000;
/** Far more than the broker's clock and ours ever differ: an execution of ours must not pass for somebody else's. */
const skewMsMax = 24 * 3_600_000;
const cyclesAtOnce = 8;

/** All of a broker that comparing needs: nothing here can send an order. */
export type ReconciledBroker = Pick<Broker, 'capabilities' | 'account' | 'positions' | 'openOrders' | 'activities' | 'orderByClientId'>;

export interface ReconciliationParts {
  readonly broker: ReconciledBroker;
  readonly ledger: Ledger;
  readonly control: Pick<ControlStore, 'tighten'>;
  readonly reconciliations: ReconciliationStore;
  readonly events: Pick<EventPublisher, 'publish'>;
  readonly clock: Clock;
  /** What this fund's client order ids begin with. */
  readonly fund: string;
}

/** What one look or several brought to light: the last one's view, and what any of them settled. */
class Findings {
  readonly settled = new Map<OrderId, LedgerOrder>();
  readonly vanished = new Map<OrderId, LedgerOrder>();
  /** As they were before more of them was booked. */
  readonly lateFills = new Map<OrderId, LedgerOrder>();
  stillOpen: readonly LedgerOrder[] = [];
  activities: readonly BrokerActivity[] = [];
  brokerOrderIds: ReadonlySet<string> = new Set();
}

export class Reconciliation {
  readonly #parts: ReconciliationParts;

  constructor(parts: ReconciliationParts) {
    this.#parts = parts;
  }

  /** A refusal when the fund has no cash account. @throws TransientFailure, InvariantViolation */
  async run(input: ReconcileInput): Promise<ReconciliationReport | Refusal<'not-found'>> {
    const { reconciliations, clock, fund } = this.#parts;
    const [openedAt, cursor] = await Promise.all([reconciliations.openedAt(), reconciliations.cursor()]);
    if (openedAt === null) return refuse('not-found', { item: 'account' });
    const startedAt = Math.floor(clock.now()) as EpochMs;
    // A fund on a laptop is set up at no time of its market's, and may trade sessions of years before: what lies ahead says nothing.
    const beganAt = (openedAt > startedAt ? 0 : openedAt) as EpochMs;
    const agreedAt = cursor && cursor.through <= startedAt ? cursor.through : beganAt;
    const since = Math.max(beganAt, input.since ? instantOf(input.since) : agreedAt - lookBackMs) as EpochMs;

    const findings = new Findings();
    const picture = await stillPicture(
      this.#parts.broker,
      () => this.#ledgerSide(),
      () => this.#look(since, findings),
    );
    const { activities, brokerOrderIds } = findings;
    const compare = (seen: readonly string[]): Reconciled => {
      const ours = { ...picture.ledger, booked: new Set([...picture.ledger.booked, ...seen]), brokerOrderIds };
      return reconcile(ours, { ...picture.broker, activities }, agreedAt);
    };
    const seen = cursor?.seen ?? inOpeningCash(activities, compare);
    const found = compare(seen);

    const known = new Set<OrderId>([...findings.settled.keys(), ...findings.stillOpen.map(({ orderId }) => orderId)]);
    const strays = strayOrders(picture.broker.working, known, fund);
    const now = reportOf({ input, since, startedAt, found, findings, strays });
    const earlier = await reconciliations.report(input.reconciliationId);
    const report = isRefusal(earlier) ? now : merged(earlier, now);
    await this.#act(report, found, { through: startedAt, seen: [...seen, ...found.notUnderstood.map(({ id }) => id)] });
    return report;
  }

  async #look(since: EpochMs, findings: Findings): Promise<void> {
    const { broker, ledger, reconciliations, clock } = this.#parts;
    const { orders, stillOpen, vanished } = await settleOpenOrders(broker, ledger, clock);
    for (const order of orders) findings.settled.set(order.orderId, order);
    for (const order of vanished) findings.vanished.set(order.orderId, order);
    findings.stillOpen = stillOpen;
    findings.activities = answered(await broker.activities(since));
    const fills = findings.activities.filter((activity) => activity.kind === 'fill');
    const traded = await reconciliations.cyclesTradedSince((since - skewMsMax) as EpochMs);
    const cycles = [...new Set([...traded, ...orders.map(({ cycleId }) => cycleId)])];
    const ours = (await inParallel(cycles, cyclesAtOnce, (cycleId) => ledger.ordersOfCycle(cycleId))).flat();
    for (const order of await this.#bookMore(ordersToAskAbout(ours, fills))) findings.lateFills.set(order.orderId, order);
    findings.brokerOrderIds = new Set(ours.flatMap(({ brokerOrderId }) => brokerOrderId ?? []));
  }

  /** Those that were final when the broker told of more than was booked. Their symbol is stopped first: once booked, nothing shows it. */
  async #bookMore(orders: readonly LedgerOrder[]): Promise<LedgerOrder[]> {
    const { broker, ledger, clock } = this.#parts;
    const late: LedgerOrder[] = [];
    for (const order of orders) {
      const answer = await broker.orderByClientId(order.orderId);
      if (isRefusal(answer) || answer.cumulativeQuantity <= order.cumulativeQuantity) continue;
      if (isTerminal(order.state)) {
        late.push(order);
        await this.#stop(order.symbol, 'late-fill', `order/${order.orderId}`);
      }
      await ledger.recordEvidence(order, answer, clock.now());
    }
    return late;
  }

  /** @throws InvariantViolation when the counters stand still and are not what the entries add up to. */
  async #ledgerSide(): Promise<LedgerSide> {
    const { ledger, reconciliations } = this.#parts;
    const counted = await this.#counted();
    const rebuilt = await ledger.rebuiltFromEntries();
    const again = await this.#counted();
    const still = canonicalJson(counted) === canonicalJson(again);
    const same = !isRefusal(rebuilt) && canonicalJson(counted) === canonicalJson(bookOf(rebuilt.account, rebuilt.positions));
    invariant(!still || same, 'the ledger’s counters are what its entries add up to', { counted, rebuilt });
    return { cashUsd: counted.account.cashUsd, positions: counted.positions, booked: await reconciliations.booked() };
  }

  async #counted(): Promise<RebuiltBook> {
    const [account, positions] = await Promise.all([this.#parts.ledger.account(), this.#parts.ledger.positions()]);
    invariant(!isRefusal(account), 'the cash account stays');
    return bookOf(account, positions);
  }

  async #act(report: ReconciliationReport, found: Reconciled, cursor: ReconciliationCursor): Promise<void> {
    const { events, ledger, reconciliations } = this.#parts;
    for (const { symbol, causes } of report.stopped)
      await this.#stop(symbol, causes.join(', '), `reconciliation/${report.reconciliationId}`);
    await reconciliations.write(report);
    await events.publish([eventOf(report)]);
    for (const adjustment of found.adjustments) await ledger.recordAdjustment(adjustment);
    await reconciliations.advance(cursor);
  }

  /** What is stopped as strictly already stays as it is. */
  async #stop(symbol: string, reason: string, actor: string): Promise<void> {
    const { control, clock } = this.#parts;
    await control.tighten({ kind: 'symbol', name: symbol }, { state: 'PAUSED', reason, actor, at: clock.now() });
  }
}

/** Before the first reconciliation: what need not be booked for the books to agree was in the opening cash. */
function inOpeningCash(activities: readonly BrokerActivity[], compare: (seen: readonly string[]) => Reconciled): readonly string[] {
  const all = activities.filter(({ kind }) => kind !== 'fill' && kind !== 'other').map(({ id }) => id);
  return compare(all).differences.length === 0 ? all : [];
}

/** What two books must have in common; a symbol that was only ever ordered has no entry. */
const bookOf = ({ cashUsd, realisedUsd }: LedgerAccount, positions: readonly RebuiltPosition[]): RebuiltBook => ({
  account: { cashUsd, realisedUsd },
  positions: positions
    .filter(({ quantity, costUsd, realisedUsd: gained }) => quantity !== 0 || costUsd !== 0 || gained !== 0)
    .map(({ symbol, quantity, costUsd, realisedUsd: gained }) => ({ symbol, quantity, costUsd, realisedUsd: gained })),
});
