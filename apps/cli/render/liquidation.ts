/** What a liquidation sold, what it did not, and what it came to. */
import { type StopScope, scopeText } from '../../../shared/contracts/control.ts';
import type { Io } from '../io.ts';
import type { Liquidated } from '../liquidated.ts';
import { formatUsd, renderTable } from './table.ts';

type Order = Liquidated['orders'][number];

export function liquidationReport({ liquidation_id, refusal, orders, left }: Liquidated, scope: StopScope, { colors }: Io): string {
  const proceeds = orders.reduce((sum, order) => sum + paid(order) * (order.side === 'SELL' ? 1 : -1), 0);
  const part = scope.kind === 'fund' ? '' : `--${scope.kind} ${scope.name} `;
  const trading = scope.kind === 'fund' ? 'Trading' : `Trading of ${scopeText(scope)}`;
  const lines = [`${trading} is HALTED. Nothing goes out until "ballast resume ${part}--after-halt".`];
  if (orders.length > 0) lines.push('', ordersTable(orders, colors.dim), '', `${orders.length} orders, ${formatUsd(proceeds)} net.`);
  if (refusal !== null) lines.push(colors.yellow(left.length === 0 ? sentences['nothing-held']! : sentenceOf(refusal, part)));
  if (left.length > 0) lines.push(colors.red(`Still held: ${left.map(({ symbol, quantity }) => `${symbol} ${quantity}`).join(', ')}.`));
  else if (refusal === null) lines.push(colors.green(`${scope.kind === 'fund' ? 'Nothing' : `No ${scope.name}`} is held any more.`));
  lines.push(colors.dim(`On record as ${liquidation_id}.`));
  return lines.join('\n');
}

const sentenceOf = (refusal: string, part: string): string => (sentences[refusal] ?? `Not sold: ${refusal}.`).replace('…', part);

const sentences: Readonly<Record<string, string>> = {
  'market-closed': 'Not sold: the exchange is closed. In the session, "ballast halt …--flatten" again.',
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
