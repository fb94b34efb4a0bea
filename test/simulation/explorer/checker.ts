/**
 * What must hold of every schedule, read from what truly happened: the tables as each write left them, the broker's book, and the ledger at
 * the end. The code under test is asked for nothing but its final state.
 */
import { isTerminal, type OrderState } from '../../../shared/domain/execution/order-lifecycle.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { LedgerOrder } from '../../../shared/stores/ledger/index.ts';
import { evidenceFindings } from './evidence.ts';
import type { Entry } from './history.ts';
import { limitFindings } from './limits.ts';
import { reconciliationFindings } from './reconciled.ts';
import { reconciliationIds } from './recovery.ts';
import { cycleIdOf, intentsOf } from './scenario.ts';
import { haltFindings, liftedFindings, stopFindings, windowFindings } from './stops.ts';
import type { World } from './world.ts';

export const invariants = [
  'only what was decided is at the broker',
  'one order per intent',
  'an order is in the ledger before it is sent',
  'nothing is reserved or begun against a stop',
  'what a halt found is not working when it is over',
  'a halt that is lifted leaves no orphan',
  'a halt leaves one call in flight for each sender',
  'open orders, exposure and message rate stay within their limits',
  'every end of an order is what the broker says',
  'an end is final',
  'no fill is lost or counted twice',
  'the ledger is the broker’s account, to the cent',
  'a reconciliation explains everything, and books what it tells',
  'nothing is left open or reserved',
  'no rule of our own is broken',
  'every schedule comes to rest',
] as const;
export type Invariant = (typeof invariants)[number];

export interface Finding {
  readonly invariant: Invariant;
  readonly detail: string;
}

export interface FinalBooks {
  readonly orders: readonly LedgerOrder[];
  readonly cashUsd: number;
  readonly positions: ReadonlyMap<string, { readonly quantity: number; readonly openOrders: number; readonly reservedUsd: number }>;
  readonly openPointers: number;
  /** Ids of the broker's activities that are booked. */
  readonly adjusted: ReadonlySet<string>;
  /** Reconciliations whose reports on record say that they booked it. */
  readonly onRecord: ReadonlyMap<string, readonly string[]>;
  /** Symbols that are stopped. */
  readonly stopped: ReadonlySet<string>;
}

export async function check(world: World): Promise<readonly Finding[]> {
  const books = await world.outside.atOnce('checker', () => finalBooks(world));
  const { entries } = world.history;
  return [
    ...identityFindings(world),
    ...orderFindings(entries),
    ...stopFindings(entries),
    ...haltFindings(entries),
    ...liftedFindings(entries, books.orders, world.book),
    ...windowFindings(entries),
    ...limitFindings(world.scenario, entries),
    ...evidenceFindings(world.book, entries, books.orders),
    ...bookFindings(world, books),
    ...entries.flatMap((entry): Finding[] =>
      entry.kind === 'own-rule-broken' ? [{ invariant: 'no rule of our own is broken', detail: entry.text }] : [],
    ),
    ...reconciliationFindings(world, books),
  ];
}

async function finalBooks(world: World): Promise<FinalBooks> {
  const { trueLedger: ledger, scenario } = world;
  const orders = await Promise.all(scenario.cyclesAfterMs.map((_, nth) => ledger.ordersOfCycle(cycleIdOf(nth))));
  const [account, positions, open] = await Promise.all([ledger.account(), ledger.positions(), ledger.openOrders()]);
  const [adjusted, stops] = await Promise.all([world.reconciliations.booked(), world.control.stops()]);
  return {
    orders: orders.flat(),
    cashUsd: isRefusal(account) ? Number.NaN : account.cashUsd,
    positions: new Map(positions.map((position) => [position.symbol, position])),
    openPointers: open.length,
    adjusted,
    onRecord: await reportsOf(world),
    stopped: new Set(stops.flatMap(({ scope }) => (scope.kind === 'symbol' ? [scope.name] : []))),
  };
}

async function reportsOf({ reconciliations, scenario }: World): Promise<FinalBooks['onRecord']> {
  const onRecord = new Map<string, string[]>();
  for (const id of reconciliationIds(scenario)) {
    const report = await reconciliations.report(id);
    for (const { activityId } of isRefusal(report) ? [] : report.booked)
      onRecord.set(activityId, [...(onRecord.get(activityId) ?? []), id]);
  }
  return onRecord;
}

function identityFindings({ book, scenario, broker }: World): Finding[] {
  const decided = new Set(scenario.cyclesAfterMs.flatMap((_, nth) => intentsOf(nth, broker.name).map(({ orderId }) => orderId)));
  const seen = new Set<string>();
  return book.orders.flatMap(({ clientOrderId }): Finding[] => {
    if (!decided.has(clientOrderId)) return [{ invariant: 'only what was decided is at the broker', detail: clientOrderId }];
    if (seen.has(clientOrderId)) return [{ invariant: 'one order per intent', detail: clientOrderId }];
    seen.add(clientOrderId);
    return [];
  });
}

/** Written before sent, and final once final. */
function orderFindings(entries: readonly Entry[]): Finding[] {
  const states = new Map<string, string>();
  const findings: Finding[] = [];
  for (const entry of entries) {
    if (entry.kind === 'ledger-order') {
      const { orderId, state } = entry.order;
      const before = states.get(orderId);
      if (before !== undefined && isTerminal(before as OrderState) && before !== state)
        findings.push({ invariant: 'an end is final', detail: `${orderId} was ${before} and became ${state}` });
      states.set(orderId, state);
    } else if (entry.kind === 'sending' || entry.kind === 'broker-read') {
      const standing = states.get(entry.clientOrderId);
      if (standing === undefined || standing === 'PENDING')
        findings.push({
          invariant: 'an order is in the ledger before it is sent',
          detail: `${entry.clientOrderId}: ${standing ?? 'absent'}`,
        });
    }
  }
  return findings;
}

function bookFindings({ book, scenario }: World, { orders, cashUsd, positions, openPointers }: FinalBooks): Finding[] {
  const findings: Finding[] = [];
  const find = (invariant: Invariant, detail: string): void => void findings.push({ invariant, detail });
  for (const order of orders) {
    const filled = book.orders
      .filter(({ clientOrderId }) => clientOrderId === order.orderId)
      .reduce((sum, { cumulative }) => sum + cumulative, 0);
    if (filled !== order.cumulativeQuantity)
      find('no fill is lost or counted twice', `${order.orderId}: ledger ${order.cumulativeQuantity}, broker ${filled}`);
    if (!isTerminal(order.state)) find('nothing is left open or reserved', `${order.orderId} is ${order.state} in “${scenario.name}”`);
  }
  if (openPointers > 0) find('nothing is left open or reserved', `${openPointers} orders are listed as open`);
  for (const symbol of new Set([...book.holdings.keys(), ...positions.keys()])) {
    const known = positions.get(symbol);
    const held = book.holdings.get(symbol as never) ?? 0;
    if ((known?.quantity ?? 0) !== held)
      find('the ledger is the broker’s account, to the cent', `${symbol}: ledger ${known?.quantity ?? 0}, broker ${held}`);
    if (known && (known.openOrders !== 0 || known.reservedUsd !== 0))
      find('nothing is left open or reserved', `${symbol}: ${known.openOrders} open orders, ${known.reservedUsd} USD reserved`);
  }
  if (Math.round(cashUsd * 100) !== book.cashCents)
    find(
      'the ledger is the broker’s account, to the cent',
      `cash: ledger ${cashUsd.toFixed(2)}, broker ${(book.cashCents / 100).toFixed(2)}`,
    );
  return findings;
}
