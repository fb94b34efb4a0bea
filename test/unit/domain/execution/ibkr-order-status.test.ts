import { describe, expect, test } from 'vitest';
import { completedStateFromIbkr, ibkrOrderStatuses, orderStateFromIbkr } from '../../../../shared/domain/execution/ibkr-order-status.ts';

/** TWS API documentation, "Placing Orders", section "Possible Order States", each with what is said of the order there. */
const published = [
  // "The order has not yet been sent to the IB server, e.g. there is a delay in receiving the security definition."
  ['ApiPending', 'SUBMITTED'],
  // "You have transmitted the order, but have not yet received confirmation that it has been accepted by the order destination."
  ['PendingSubmit', 'SUBMITTED'],
  // "You may still receive an execution while your cancellation request is pending."
  ['PendingCancel', 'ACKNOWLEDGED'],
  // "A simulated order type has been accepted by the IB system and this order has yet to be elected."
  ['PreSubmitted', 'ACKNOWLEDGED'],
  ['Submitted', 'ACKNOWLEDGED'],
  // "After an order has been submitted and before it has been acknowledged, an API client can request its cancelation."
  ['ApiCancelled', 'UNKNOWN'],
  ['Cancelled', 'CANCELLED'],
  ['Filled', 'FILLED'],
  // "Possible reasons include: ... the order is to short shares but the order is being held while shares are being located; ..."
  ['Inactive', 'UNKNOWN'],
] as const;

describe('TWS order states', () => {
  test.each(published)('%s is our %s', (status, state) => {
    expect(orderStateFromIbkr(status)).toBe(state);
  });

  test('are mapped in full, and nothing else is', () => {
    expect([...ibkrOrderStatuses].sort()).toEqual(published.map(([status]) => status).sort());
  });

  test.each([
    ['Filled', 'FILLED'],
    ['Cancelled', 'CANCELLED'],
    ['ApiCancelled', 'CANCELLED'],
    ['Inactive', 'REJECTED'],
    ['Submitted', 'UNKNOWN'],
  ])('of a completed order, %s is our %s', (status, state) => {
    expect(completedStateFromIbkr(status)).toBe(state);
  });

  test('a state nobody published is unknown, also one that names a property of every object', () => {
    for (const stateOf of [orderStateFromIbkr, completedStateFromIbkr]) {
      expect(stateOf('Teleported')).toBe('UNKNOWN');
      expect(stateOf('constructor')).toBe('UNKNOWN');
    }
  });
});
