/** Broken: every call goes out under a client id of its own, so that the broker cannot tell a repeat from a new order. */
import type { OrderId } from '../../../../shared/kernel/units.ts';
import type { Variant } from '../world.ts';

export const uuidPerCall: Variant = {
  name: 'uuid per call',
  broker: (real) => {
    let calls = 0;
    const sentAs = new Map<OrderId, OrderId>();
    const ownId = (id: OrderId): OrderId => sentAs.get(id) ?? id;
    return {
      ...real,
      submit: async (order, ticket) => {
        const clientOrderId = `call-${++calls}` as OrderId;
        sentAs.set(order.clientOrderId, clientOrderId);
        const outcome = await real.submit({ ...order, clientOrderId }, ticket);
        return outcome.kind === 'acknowledged' ? { ...outcome, order: { ...outcome.order, clientOrderId: order.clientOrderId } } : outcome;
      },
      orderByClientId: (id) => real.orderByClientId(ownId(id)),
    };
  },
};
