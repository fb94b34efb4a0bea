import { describe, expect, test } from 'vitest';
import { connectivityAfter, isWithoutMarketData, orderMessageMeaning } from '../../../../shared/brokers/ibkr/error-meaning.ts';

/** Codes and texts as in the TWS API documentation, "Message Codes"; those above 10000 as a gateway sends them. */
const told = [
  [100, 'Max rate of messages per second has been exceeded.', 'throttled'],
  [103, 'Duplicate order id', 'rejected'],
  [110, 'The price does not conform to the minimum price variation for this contract.', 'rejected'],
  [135, "Can't find order with ID =", 'not-found'],
  [161, 'Cancel attempted when order is not in a cancellable state. Order permId =', 'not-cancellable'],
  [200, 'No security definition has been found for the request.', 'rejected'],
  [201, 'Order rejected - Reason:', 'rejected'],
  [202, 'Order cancelled - Reason:', 'note'],
  [203, 'The security is not available or allowed for this account.', 'rejected'],
  [321, 'Server error when validating an API client request.', 'rejected'],
  [321, "Error validating request.-'bO' : cause - The API interface is currently in Read-Only mode.", 'not-authorised'],
  [399, 'Order message error', 'note'],
  [
    404,
    'Shares for this order are not immediately available for short sale. The order will be held while we attempt to locate the shares.',
    'note',
  ],
  [10147, 'OrderId 5 that needs to be cancelled is not found.', 'not-found'],
  [10148, 'OrderId 5 that needs to be cancelled can not be cancelled, state: Filled.', 'not-cancellable'],
  [2109, 'Order Event Warning: Attribute "Outside Regular Trading Hours" is ignored.', 'note'],
  [502, "Couldn't connect to TWS.", 'unclear'],
  [504, 'Not connected', 'unclear'],
  [1100, 'Connectivity between IB and TWS has been lost.', 'unclear'],
  [133, 'Submit new order failed. Reason:', 'unclear'],
  [424242, 'A code of tomorrow', 'unclear'],
] as const;

describe('what a message of TWS about an order means', () => {
  test.each(told)('%i %s', (code, message, meaning) => {
    expect(orderMessageMeaning(code, message)).toBe(meaning);
  });

  test('a code that nobody knows is a note only when it says that it warns', () => {
    expect(orderMessageMeaning(424242, 'Warning: your order will not be placed at the exchange until 09:30')).toBe('note');
    expect(orderMessageMeaning(424242, 'constructor')).toBe('unclear');
  });

  test('market data that is not subscribed, delayed or taken is no failure of the connection', () => {
    expect([354, 10089, 10168, 10197].every(isWithoutMarketData)).toBe(true);
    expect(isWithoutMarketData(504)).toBe(false);
  });

  test('TWS tells when it loses its servers and when it has them back', () => {
    expect([1100, 2110].map(connectivityAfter)).toEqual(['lost', 'lost']);
    expect([1101, 1102].map(connectivityAfter)).toEqual(['restored', 'restored']);
    expect([2104, 2106, 2158].map(connectivityAfter)).toEqual([undefined, undefined, undefined]);
  });
});
