/** What every adapter asks of an order before it touches the network: is there a ticket for it, and can this broker do what it asks. */
import { ContractViolation, InvariantViolation } from '../kernel/errors.ts';
import type { OrderId } from '../kernel/units.ts';
import type { BrokerCapabilities, OrderToSubmit } from './broker.ts';
import { RiskTicket, type TicketedOrder } from './risk-ticket.ts';

/**
 * Asks the ticket by the method of its class and not by its own, so that an object that only looks like a ticket is none.
 * @throws InvariantViolation for an order that risk did not permit, and for what is no ticket.
 */
export function admit(ticket: RiskTicket, order: TicketedOrder, replaces?: OrderId): void {
  try {
    RiskTicket.prototype.admit.call(ticket, order, replaces);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { clientOrderId, symbol } = order;
    throw new InvariantViolation('an order goes out only with a ticket that risk issued', { clientOrderId, symbol }, { cause: error });
  }
}

/** @throws ContractViolation for an order that asks for more than the broker can do, or contradicts itself. */
export function assertWithinCapabilities(order: OrderToSubmit, capabilities: BrokerCapabilities): void {
  const { clientOrderId, quantity, timeInForce, attached, type } = order;
  const violates = (rule: string): never => {
    throw new ContractViolation(rule, { clientOrderId, quantity: String(quantity), timeInForce, type, attached: attached?.kind });
  };
  if (!/^[\x21-\x7e]{1,128}$/.test(clientOrderId)) violates('a client order id has 1 to 128 printable characters');
  if (!capabilities.timesInForce.includes(timeInForce)) violates('an order stands for as long as the broker knows how to');
  if (!capabilities.fractionalShares && !Number.isInteger(quantity)) violates('this broker trades whole shares');
  if (attached && !capabilities.attachedOrders.includes(attached.kind)) violates('orders are attached as the broker knows how to');
  if (attached?.kind === 'oco' && type !== 'LIMIT') violates('of one-cancels-other, this order is the limit');
}
