/** Holds what the ledger says closed an order against what the broker knows of it. */
import { isTerminal } from '../../../shared/domain/execution/order-lifecycle.ts';
import type { LedgerOrder } from '../../../shared/stores/ledger/index.ts';
import type { BrokerBook } from './broker-book.ts';
import type { Finding } from './checker.ts';
import type { Entry } from './history.ts';

interface Witness {
  readonly sent: ReadonlySet<string>;
  readonly refused: ReadonlySet<string>;
  readonly turnedAway: ReadonlySet<string>;
}

export function evidenceFindings(book: BrokerBook, entries: readonly Entry[], orders: readonly LedgerOrder[]): Finding[] {
  const witness: Witness = {
    sent: idsOf(entries, (entry) => entry.kind === 'sending'),
    refused: idsOf(entries, (entry) => entry.kind === 'broker-read' && !entry.accepted),
    turnedAway: idsOf(entries, (entry) => entry.kind === 'broker-turned-away'),
  };
  const known = new Set(orders.map(({ orderId }) => orderId));
  return [
    ...orders.flatMap((order): Finding[] => {
      const wrong = contradiction(order, book, witness);
      return wrong === undefined
        ? []
        : [
            {
              invariant: 'every end of an order is what the broker says',
              detail: `${order.orderId} is ${order.state}, closed by ${order.closedBy}: ${wrong}`,
            },
          ];
    }),
    ...book.orders.flatMap(({ clientOrderId }): Finding[] =>
      known.has(clientOrderId)
        ? []
        : [{ invariant: 'an order is in the ledger before it is sent', detail: `${clientOrderId} is only at the broker` }],
    ),
  ];
}

/** Undefined when the order’s end is what truly became of it; open orders have none. */
function contradiction(order: LedgerOrder, book: BrokerBook, { sent, refused, turnedAway }: Witness): string | undefined {
  if (!isTerminal(order.state)) return undefined;
  const there = book.withClientId(order.orderId);
  if (order.closedBy === 'broker-report')
    return there?.state === order.state ? undefined : `the broker says ${there?.state ?? 'that it has none'}`;
  if (there) return `the broker has it, ${there.state}`;
  switch (order.closedBy) {
    case 'broker-refusal':
      return refused.has(order.orderId) ? undefined : 'the broker never refused it';
    case 'broker-throttle':
      return turnedAway.has(order.orderId) ? undefined : 'the broker never turned it away';
    case 'never-sent':
      return sent.has(order.orderId) ? 'it was sent' : undefined;
    case 'broker-has-none':
      return undefined;
    default:
      return 'nothing says why';
  }
}

function idsOf(entries: readonly Entry[], is: (entry: Entry) => boolean): ReadonlySet<string> {
  return new Set(entries.flatMap((entry) => ('clientOrderId' in entry && is(entry) ? [entry.clientOrderId] : [])));
}
