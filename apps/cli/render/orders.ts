/** Orders as the ledger has them, with the reason of those that went nowhere. */
import type { LedgerOrder } from '../../../shared/stores/ledger/index.ts';
import type { Io } from '../io.ts';
import { renderTable } from './table.ts';

export const ordersTable = (orders: readonly LedgerOrder[], { colors }: Io): string =>
  renderTable<LedgerOrder>(
    [
      { title: 'order', text: ({ orderId }) => orderId },
      { title: 'side', text: ({ side }) => side },
      { title: 'symbol', text: ({ symbol }) => symbol },
      { title: 'quantity', align: 'right', text: ({ quantity }) => quantity.toFixed(4) },
      { title: 'filled', align: 'right', text: ({ cumulativeQuantity }) => cumulativeQuantity.toFixed(4) },
      { title: 'price', align: 'right', text: ({ averagePrice }) => averagePrice?.toFixed(4) ?? '' },
      {
        title: 'state',
        text: ({ state, note }) => (note ? `${state} (${note})` : state),
        dress: (cell, { state }) => (state === 'FILLED' ? colors.green(cell) : colors.yellow(cell)),
      },
    ],
    orders,
    colors.dim,
  );
