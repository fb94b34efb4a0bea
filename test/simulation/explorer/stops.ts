/**
 * Stops, held against the order of commits: an order is reserved and begun only while the fund's control item lets it, under the epoch that its
 * cycle was let in with, and while nothing stops its symbol, strategy or broker. Also counts what a halt could not stop any more.
 */
import type { ControlState } from '../../../shared/contracts/control.ts';
import { isTerminal } from '../../../shared/domain/execution/order-lifecycle.ts';
import type { LedgerOrder } from '../../../shared/stores/ledger/index.ts';
import type { BrokerBook } from './broker-book.ts';
import type { Finding } from './checker.ts';
import type { Entry, StoredOrder } from './history.ts';

type Standing = ReadonlyMap<string, { readonly state: ControlState | null; readonly epoch: number | null }>;

const mayGo = (state: ControlState | null | undefined, reducing: boolean): boolean =>
  state === 'RUNNING' || (state === 'REDUCE_ONLY' && reducing);

export function stopFindings(entries: readonly Entry[]): Finding[] {
  const standing = new Map<string, { readonly state: ControlState | null; readonly epoch: number | null }>();
  const authorised = new Map<string, number>();
  const states = new Map<string, string>();
  const findings: Finding[] = [];
  for (const entry of entries) {
    if (entry.kind === 'control') standing.set(entry.item, entry);
    else if (entry.kind === 'authorised') authorised.set(entry.by, entry.epoch);
    else if (entry.kind === 'ledger-order') {
      const { orderId, state } = entry.order;
      const isStep = states.get(orderId) !== state && (state === 'PENDING' || state === 'SUBMITTED');
      states.set(orderId, state);
      const against = isStep ? stopAgainst(entry.order, standing, authorised.get(withoutAttempt(entry.by))) : undefined;
      if (against !== undefined)
        findings.push({
          invariant: 'nothing is reserved or begun against a stop',
          detail: `${orderId} became ${state} against ${against}`,
        });
    }
  }
  return findings;
}

function stopAgainst(
  { symbol, strategy, broker, reducing }: StoredOrder,
  standing: Standing,
  epoch: number | undefined,
): string | undefined {
  const fund = standing.get('trading');
  if (!mayGo(fund?.state, reducing)) return `control ${fund?.state}`;
  if (fund?.epoch !== epoch) return `control epoch ${fund?.epoch}, let in under ${epoch}`;
  for (const item of [`symbol#${symbol}`, `strategy#${strategy}`, `broker#${broker}`]) {
    const scoped = standing.get(item);
    if (scoped && !mayGo(scoped.state, reducing)) return `${item} ${scoped.state}`;
  }
  return undefined;
}

/** The orders that a halt found, by control item, and where in the history it committed. */
interface Halt {
  readonly committed: number;
  readonly ids: ReadonlySet<string>;
}

/**
 * Whatever was begun before a halt of the fund or of its symbol works no more once the sweep says so, nor when everything is at rest, and
 * none of it is taken by the broker after that. A halt that is lifted lets go of what its sweep has not reached yet.
 */
export function haltFindings(entries: readonly Entry[]): Finding[] {
  const findings: Finding[] = [];
  const ended = new Set<string>();
  const find = (detail: string): void => void findings.push({ invariant: 'what a halt found is not working when it is over', detail });
  walkHalts(entries, (entry, standing) => {
    if (entry.kind === 'at-rest') {
      for (const { ids } of standing.values()) for (const id of entry.working) if (ids.has(id)) find(id);
    } else if (entry.kind === 'swept') {
      const halt = standing.get(entry.item);
      // A halt that came after the pass had begun has a sweep of its own.
      if (halt === undefined || halt.committed >= entry.passBegan) return;
      for (const id of halt.ids) ended.add(id);
      for (const id of entry.working) if (halt.ids.has(id)) find(`${id} works after the sweep of ${entry.item}`);
    } else if (entry.kind === 'broker-read' && entry.accepted && ended.has(entry.clientOrderId))
      find(`${entry.clientOrderId} was taken after the sweep was over`);
  });
  return findings;
}

/** What a lifted halt lets go of works on. All that it had found is in the ledger all the same, and ends as the broker says. */
export function liftedFindings(entries: readonly Entry[], orders: readonly LedgerOrder[], book: BrokerBook): Finding[] {
  const known = new Map<string, LedgerOrder>(orders.map((order) => [order.orderId, order]));
  return [...liftedHalts(entries).found].flatMap((id): Finding[] => {
    const order = known.get(id);
    const filled = book.withClientId(id)?.cumulative ?? 0;
    const isSettled = order !== undefined && isTerminal(order.state) && order.cumulativeQuantity === filled;
    if (isSettled) return [];
    const standing = order ? `${order.state} ${order.cumulativeQuantity}` : 'not in the ledger';
    return [{ invariant: 'a halt that is lifted leaves no orphan', detail: `${id} is ${standing}, the broker filled ${filled}` }];
  });
}

/** What halts found that were lifted later, and how many of those orders still worked when all was at rest. */
function liftedHalts(entries: readonly Entry[]): { readonly found: ReadonlySet<string>; readonly lifted: number; readonly letGo: number } {
  const found = new Set<string>();
  let [lifted, letGo] = [0, 0];
  walkHalts(entries, (entry, standing) => {
    const halt = entry.kind === 'control' && entry.state !== 'HALTED' ? standing.get(entry.item) : undefined;
    if (halt) {
      lifted++;
      for (const id of halt.ids) found.add(id);
    } else if (entry.kind === 'at-rest') letGo = entry.working.filter((id) => found.has(id)).length;
  });
  return { found, lifted, letGo };
}

/** Shows each entry with the halts that stood when it happened. */
function walkHalts(entries: readonly Entry[], see: (entry: Entry, standing: ReadonlyMap<string, Halt>) => void): void {
  const orders = new Map<string, StoredOrder>();
  const standing = new Map<string, Halt>();
  for (const [nth, entry] of entries.entries()) {
    see(entry, standing);
    if (entry.kind === 'ledger-order') orders.set(entry.order.orderId, entry.order);
    else if (entry.kind === 'control' && entry.state !== 'HALTED') standing.delete(entry.item);
    else if (entry.kind === 'control') {
      const inScope = [...orders.values()].filter(({ symbol }) => entry.item === 'trading' || entry.item === `symbol#${symbol}`);
      standing.set(entry.item, { committed: nth, ids: new Set(inScope.map(({ orderId }) => orderId)) });
    }
  }
}

const withoutAttempt = (name: string): string => name.replace(/~\d+$/, '');

export const windowFindings = (entries: readonly Entry[]): Finding[] => {
  const { inFlightMax } = haltWindow(entries);
  return inFlightMax > 1
    ? [{ invariant: 'a halt leaves one call in flight for each sender', detail: `${inFlightMax} orders of one sender` }]
    : [];
};

/** Orders that the broker took after the fund was halted; all of them had been begun before. */
export interface HaltWindow {
  readonly halts: number;
  /** The most of one sender after one halt whose caller still waited for the reply. */
  readonly inFlightMax: number;
  /** Requests whose caller had given up long before the halt, and that arrived after it. */
  readonly lateArrivals: number;
  /** Halts, of the fund or of a part, that were lifted again. */
  readonly lifted: number;
  /** Orders that such a halt had found and that worked on. */
  readonly letGo: number;
}

export const noWindow: HaltWindow = { halts: 0, inFlightMax: 0, lateArrivals: 0, lifted: 0, letGo: 0 };

export const bothWindows = (one: HaltWindow, other: HaltWindow): HaltWindow => ({
  halts: one.halts + other.halts,
  inFlightMax: Math.max(one.inFlightMax, other.inFlightMax),
  lateArrivals: one.lateArrivals + other.lateArrivals,
  lifted: one.lifted + other.lifted,
  letGo: one.letGo + other.letGo,
});

export function haltWindow(entries: readonly Entry[]): HaltWindow {
  let halts = 0;
  let inFlightMax = 0;
  let lateArrivals = 0;
  let perSender: Map<string, Set<string>> | undefined;
  for (const entry of entries) {
    if (entry.kind === 'control' && entry.item === 'trading') {
      // A later cycle, let in under a later epoch, is not what this halt was about.
      perSender = entry.state === 'HALTED' ? new Map() : undefined;
      if (entry.state === 'HALTED') halts++;
    } else if (entry.kind === 'broker-read' && entry.accepted && perSender) {
      if (entry.late) lateArrivals++;
      else {
        const ids = perSender.get(entry.by) ?? new Set();
        perSender.set(entry.by, ids.add(entry.clientOrderId));
        inFlightMax = Math.max(inFlightMax, ids.size);
      }
    }
  }
  const { lifted, letGo } = liftedHalts(entries);
  return { halts, inFlightMax, lateArrivals, lifted, letGo };
}
