/**
 * State "Record Liquidation" of the machine "stop": what was sold, what was not and why, chained into the audit trail; then the event.
 * Also when nothing was sold, because the halt was lifted, the exchange closed, or nothing held: whoever asked for it reads that here.
 * Idempotent: the audit part is written once under the id of the liquidation; the event carries that id.
 */
import * as z from 'zod';
import { StopScopeShape, scopeText } from '../../shared/contracts/control.ts';
import { RefusalShape } from '../../shared/contracts/cycle.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { liquidationId } from '../../shared/runtime/liquidation.ts';
import { auditTrail, events, ledger } from '../../shared/runtime/needs.ts';
import type { LedgerOrder } from '../../shared/stores/ledger/index.ts';

const recordLiquidation = defineHandler({
  name: 'orders/record-liquidation',
  needs: { auditTrail, events, ledger },
  input: z.object({
    scope: StopScopeShape,
    epoch: z.number().int().positive(),
    at: z.iso.datetime({ offset: true }),
    refusal: RefusalShape.nullable(),
  }),
  output: z.object({ liquidationId: z.string(), orders: z.number().int(), left: z.number().int(), auditHead: z.string() }),

  async run({ scope, epoch, at, refusal }, needs) {
    const id = liquidationId(scope, epoch);
    const [orders, positions] = await Promise.all([needs.ledger.ordersOfCycle(id), needs.ledger.positions()]);
    const left = positions.filter(({ symbol, quantity }) => quantity !== 0 && (scope.kind !== 'symbol' || symbol === scope.name));
    const record = {
      ...{ liquidation_id: id, scope, control_epoch: epoch, at, refusal: refusal?.reason ?? null },
      orders: orders.map(orderRecord).sort((a, b) => (a.order_id < b.order_id ? -1 : 1)),
      left: left.map(({ symbol, quantity }) => ({ symbol, quantity })).sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    };
    const head = await needs.auditTrail.append(id, 'flatten', [{ type: 'flatten', record }]);

    const symbolsLeft = record.left.map(({ symbol }) => symbol);
    const outcome = symbolsLeft.length === 0 ? 'nothing is held any more' : `still held: ${symbolsLeft.slice(0, 20).join(', ')}`;
    const why = refusal === null ? '' : ` (${refusal.reason})`;
    const summary = `Selling ${scopeText(scope)} ended with ${orders.length} orders${why}; ${outcome}.`;
    const detail = { eventId: `${id}/flattened`, at, summary, scope, orders: orders.length, symbolsLeft };
    await needs.events.publish([{ type: 'PositionsFlattened', detail }]);
    return { liquidationId: id, orders: orders.length, left: symbolsLeft.length, auditHead: head.hash };
  },
});

export const handler = onAws(recordLiquidation);

const orderRecord = ({ orderId, symbol, side, quantity, cumulativeQuantity, averagePrice, state, closedBy, note }: LedgerOrder) => ({
  order_id: orderId,
  ...{ symbol, side, quantity, state },
  filled: cumulativeQuantity,
  average_price: averagePrice ?? null,
  closed_by: closedBy ?? null,
  note: note ?? null,
});
