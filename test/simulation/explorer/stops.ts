/**
 * Stops, held against the order of commits: an order is reserved and begun only while the fund's control item lets it, under the epoch that its
 * cycle was let in with, and while nothing stops its symbol, strategy or broker. Also counts what a halt could not stop any more.
 */
import type { ControlState } from '../../../shared/contracts/control.ts';
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

/**
 * Whatever was begun before a halt of the fund or of its symbol works no more once the sweep is done. A halt that is lifted lets go of what its
 * sweep has not reached yet: whoever resumes means that.
 */
export function haltFindings(entries: readonly Entry[]): Finding[] {
  const begun = new Map<string, StoredOrder>();
  const foundBy = new Map<string, Set<string>>();
  const findings: Finding[] = [];
  for (const entry of entries) {
    if (entry.kind === 'ledger-order') begun.set(entry.order.orderId, entry.order);
    else if (entry.kind === 'control') {
      const inScope = [...begun.values()].filter(({ symbol }) => entry.item === 'trading' || entry.item === `symbol#${symbol}`);
      foundBy.set(entry.item, new Set(entry.state === 'HALTED' ? inScope.map(({ orderId }) => orderId) : []));
    } else if (entry.kind === 'at-rest') {
      const found = new Set([...foundBy.values()].flatMap((ids) => [...ids]));
      for (const id of entry.working)
        if (found.has(id)) findings.push({ invariant: 'what a halt found is not working when it is over', detail: id });
    }
  }
  return findings;
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
}

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
  return { halts, inFlightMax, lateArrivals };
}
