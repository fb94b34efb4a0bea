/** What a liquidation sold, what it did not, and what it came to. */
import type { Liquidated } from '../commands/flatten.ts';
import type { Io } from '../io.ts';
import { formatUsd, renderTable } from './table.ts';

type Order = Liquidated['orders'][number];

export function liquidationReport({ liquidation_id, refusal, orders, left }: Liquidated, { colors }: Io): string {
  const proceeds = orders.reduce((sum, order) => sum + paid(order) * (order.side === 'SELL' ? 1 : -1), 0);
  const lines = [`Trading is HALTED. Nothing trades until "ballast resume --after-halt".`];
  if (orders.length > 0) lines.push('', ordersTable(orders, colors.dim), '', `${orders.length} orders, ${formatUsd(proceeds)} net.`);
  if (refusal !== null) lines.push(colors.yellow(sentences[refusal] ?? `Not sold: ${refusal}.`));
  if (left.length > 0) lines.push(colors.red(`Still held: ${left.map(({ symbol, quantity }) => `${symbol} ${quantity}`).join(', ')}.`));
  else if (refusal === null) lines.push(colors.green('Nothing is held any more.'));
  lines.push(colors.dim(`On record as ${liquidation_id}.`));
  return lines.join('\n');
}

const sentences: Readonly<Record<string, string>> = {
  'market-closed': 'Not sold: the exchange is closed. In the session, "ballast halt --flatten" again.',
  'halt-lifted': 'Not sold: the halt was lifted or changed before the sale began.',
  'nothing-held': 'There was nothing to sell.',
};

const paid = ({ filled, average_price }: Order): number => filled * (average_price ?? 0);

const ordersTable = (orders: readonly Order[], heading: (text: string) => string): string =>
  renderTable<Order>(
    [
      { title: 'side', text: ({ side }) => side },
      { title: 'symbol', text: ({ symbol }) => symbol },
      { title: 'quantity', align: 'right', text: ({ quantity }) => quantity.toFixed(4) },
      { title: 'filled', align: 'right', text: ({ filled }) => filled.toFixed(4) },
      { title: 'price', align: 'right', text: ({ average_price }) => average_price?.toFixed(4) ?? '' },
      { title: 'value', align: 'right', text: (order) => formatUsd(paid(order)) },
      { title: 'state', text: ({ state, note }) => (note ? `${state} (${note})` : state) },
    ],
    orders,
    heading,
  );
