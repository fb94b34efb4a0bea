/**
 * Orders as the ledger has them: how far each came, what it cost against the price it was decided at, and why some went nowhere. Slices of a
 * parent order are shown together below, as the one order that was decided.
 */
import { fillsTogether, implementationShortfall } from '../../../shared/domain/execution/implementation-shortfall.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { LedgerOrder } from '../../../shared/stores/ledger/index.ts';
import type { Io } from '../io.ts';
import { signed } from './explain/layout.ts';
import { formatUsd, renderTable } from './table.ts';

export function ordersTable(orders: readonly LedgerOrder[], { colors }: Io): string {
  const table = renderTable<LedgerOrder>(
    [
      { title: 'order', text: ({ orderId }) => orderId },
      { title: 'side', text: ({ side }) => side },
      { title: 'symbol', text: ({ symbol }) => symbol },
      { title: 'quantity', align: 'right', text: ({ quantity }) => quantity.toFixed(4) },
      { title: 'filled', align: 'right', text: ({ cumulativeQuantity }) => cumulativeQuantity.toFixed(4) },
      { title: 'price', align: 'right', text: ({ averagePrice }) => averagePrice?.toFixed(4) ?? '' },
      { title: 'cost', align: 'right', text: (order) => inBps(costOf([order])) },
      {
        title: 'state',
        text: ({ state, note }) => (note ? `${state} (${note})` : state),
        dress: (cell, { state }) => (state === 'FILLED' ? colors.green(cell) : colors.yellow(cell)),
      },
    ],
    orders,
    colors.dim,
  );
  return [table, ...parentLines(orders), ...totalLine(orders)].join('\n');
}

interface Cost {
  readonly usd: number;
  readonly bps: number;
  readonly valueUsd: number;
}

/** Of what is filled, against the price of the decision; positive is a cost. Null where nothing is, or a price is not known. */
function costOf(orders: readonly LedgerOrder[]): Cost | null {
  const { filledQuantity, averagePriceUsd } = fillsTogether(
    orders.map(({ cumulativeQuantity, averagePrice }) => ({ quantity: cumulativeQuantity, priceUsd: averagePrice ?? Number.NaN })),
  );
  const { side, decisionPriceUsd } = orders[0]!;
  const shortfall = implementationShortfall({
    ...{ side, quantity: filledQuantity, filledQuantity, averagePriceUsd, decisionPriceUsd },
    ...{ arrivalPriceUsd: null, closePriceUsd: null, feesUsd: 0 },
  });
  if (isRefusal(shortfall) || shortfall.totalUsd === null || shortfall.totalBps === null) return null;
  return { usd: shortfall.totalUsd, bps: shortfall.totalBps, valueUsd: decisionPriceUsd * filledQuantity };
}

const inBps = (cost: Cost | null): string => (cost === null ? '' : `${signed(cost.bps, 1)} bps`);

function parentLines(orders: readonly LedgerOrder[]): string[] {
  const byParent = Map.groupBy(orders, ({ parentId }) => parentId);
  return [...byParent].flatMap(([parentId, slices]) => {
    if (parentId === undefined) return [];
    const filled = fillsTogether(slices.map(({ cumulativeQuantity }) => ({ quantity: cumulativeQuantity, priceUsd: 1 }))).filledQuantity;
    const { side, symbol } = slices[0]!;
    const cost = costOf(slices);
    return [
      `${parentId}: ${side} ${symbol} in ${slices.length} slices, ${filled.toFixed(4)} filled${cost === null ? '' : `, cost ${inBps(cost)}`}`,
    ];
  });
}

function totalLine(orders: readonly LedgerOrder[]): string[] {
  const costs = orders.map((order) => costOf([order])).filter((cost) => cost !== null);
  if (costs.length === 0) return [];
  const usd = costs.reduce((sum, cost) => sum + cost.usd, 0);
  const valueUsd = costs.reduce((sum, cost) => sum + cost.valueUsd, 0);
  const bps = signed((usd / valueUsd) * 10_000, 1);
  return [`What filled cost ${formatUsd(usd)} against the prices it was decided at, ${bps} bps of ${formatUsd(valueUsd)}.`];
}
