/** GET /v2/orders: which orders, in which order, how many; nested, legs stand only within their order. Orders of one instant keep their order of acceptance. */
import { type ApiRefusal, malformed } from './api-refusal.ts';
import type { PaperOrder } from './paper-order.ts';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 500;

export function ordersListed(
  orders: readonly PaperOrder[],
  open: ReadonlySet<PaperOrder>,
  query: URLSearchParams,
): readonly PaperOrder[] | ApiRefusal {
  const status = query.get('status') ?? 'open';
  if (!['open', 'closed', 'all'].includes(status)) return malformed('invalid status');
  const limit = Number(query.get('limit') ?? LIMIT_DEFAULT);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) return malformed('invalid limit');
  const after = instantOf(query.get('after'));
  const until = instantOf(query.get('until'));
  if (Number.isNaN(after) || Number.isNaN(until)) return malformed('invalid date format');

  const isNested = query.get('nested') === 'true';
  const symbols = query.get('symbols')?.split(',');
  const side = query.get('side');
  const sequenceOf = (id: string | null) => orders.find((order) => order.terms.id === id)?.sequence;
  const afterSequence = sequenceOf(query.get('after_order_id')) ?? -1;
  const beforeSequence = sequenceOf(query.get('before_order_id')) ?? Number.POSITIVE_INFINITY;

  const listed = orders.filter(
    (order) =>
      (status === 'all' || open.has(order) === (status === 'open')) &&
      (after === undefined || order.terms.submittedAt > after) &&
      (until === undefined || order.terms.submittedAt < until) &&
      (symbols === undefined || symbols.includes(order.terms.symbol)) &&
      !(isNested && isLeg(order)) &&
      (side === null || order.terms.side === side) &&
      order.sequence > afterSequence &&
      order.sequence < beforeSequence,
  );
  return (query.get('direction') === 'asc' ? listed : listed.reverse()).slice(0, limit);
}

const instantOf = (text: string | null): number | undefined => (text === null ? undefined : Date.parse(text));

const isLeg = ({ terms }: PaperOrder): boolean => terms.heldBy !== undefined || (terms.group !== undefined && terms.group !== terms.id);
