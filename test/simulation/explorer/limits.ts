/** Limits, counted from what was written and what the broker took: an order of unknown fate counts with all that it may come to. */
import { isTerminal, type OrderState } from '../../../shared/domain/execution/order-lifecycle.ts';
import type { Finding } from './checker.ts';
import type { Entry, StoredOrder } from './history.ts';
import type { Scenario } from './scenario.ts';

const invariant = 'open orders, exposure and message rate stay within their limits';

export function limitFindings(
  { openOrdersPerSymbolMax, exposureUsdMax, messagesPerMinuteMax }: Scenario,
  entries: readonly Entry[],
): Finding[] {
  const findings: Finding[] = [];
  const orders = new Map<string, StoredOrder>();
  const minutes = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === 'broker-read' && entry.working > openOrdersPerSymbolMax)
      findings.push({ invariant, detail: `${entry.working} orders in ${entry.symbol} work at the broker` });
    if (entry.kind !== 'ledger-order') continue;
    const isNew = !orders.has(entry.order.orderId);
    orders.set(entry.order.orderId, entry.order);
    if (!isNew) continue;
    const open = [...orders.values()].filter(
      ({ symbol, state }) => symbol === entry.order.symbol && !isTerminal(state as OrderState),
    ).length;
    if (open > openOrdersPerSymbolMax)
      findings.push({ invariant, detail: `${open} orders in ${entry.order.symbol} are open in the ledger` });
    const minute = `${entry.order.cycleId}, minute ${Math.floor(entry.order.reservedAt / 60_000)}`;
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  for (const [minute, count] of minutes)
    if (count > messagesPerMinuteMax) findings.push({ invariant, detail: `${count} reservations in ${minute}` });
  return [...findings, ...exposureFindings(exposureUsdMax, [...orders.values()], entries)];
}

/** Per cycle: what entries may have come to, whatever became of them, of those that were begun. */
function exposureFindings(exposureUsdMax: number, orders: readonly StoredOrder[], entries: readonly Entry[]): Finding[] {
  const begun = new Set(
    entries.flatMap((entry) => (entry.kind === 'ledger-order' && entry.order.state === 'SUBMITTED' ? [entry.order.orderId] : [])),
  );
  const committed = new Map<string, number>();
  for (const { orderId, cycleId, reducing, worstCaseUsd } of orders) {
    if (!reducing && begun.has(orderId)) committed.set(cycleId, (committed.get(cycleId) ?? 0) + worstCaseUsd);
  }
  return [...committed].flatMap(([cycleId, usd]) =>
    usd > exposureUsdMax ? [{ invariant, detail: `${cycleId} began entries for ${usd.toFixed(2)} USD of ${exposureUsdMax}` } as const] : [],
  );
}
