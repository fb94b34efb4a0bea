/**
 * What a message of TWS about an order means, by its code (TWS API, "Message Codes"; the codes above 10000 as TWS sends them, which that
 * page lists in part). TWS tells good news, warnings and refusals through the same door, so each code has to be known. A code that is not
 * in the table concludes nothing: the order may or may not be there, and is looked up.
 */
export type OrderMessageMeaning =
  /** TWS did not take the order, and will not. */
  | 'rejected'
  /** The session may not trade. */
  | 'not-authorised'
  /** Turned away unread. */
  | 'throttled'
  /** Nothing was decided by it: the order's own state follows. */
  | 'note'
  /** To a cancellation: TWS has no such working order. */
  | 'not-found'
  /** To a cancellation: the order is over, or not of a kind that can be cancelled. */
  | 'not-cancellable'
  | 'unclear';

const meanings: ReadonlyMap<number, OrderMessageMeaning> = new Map([
  ...codes('throttled', 100),
  // 103 duplicate order id · 105 does not match the original · 106, 107 cannot be transmitted · 109 outside the percentage setting ·
  // 110 off the tick · 111, 113 time in force and type do not go together · 114 to 118 wrong kind of order for the exchange.
  ...codes('rejected', 103, 105, 106, 107, 109, 110, 111, 113, 114, 115, 116, 117, 118),
  // 145 a field is invalid · 146 trigger · 200 no such security, or more than one · 201 rejected · 203 not allowed for this account.
  ...codes('rejected', 145, 146, 200, 201, 203),
  // 321 not valid · 382 to 384 size or price precaution · 387, 388 type or size not supported · 400 to 403 algorithm, length, conditions, stop.
  ...codes('rejected', 321, 382, 383, 384, 387, 388, 400, 401, 402, 403, 406),
  // 10006 no parent order · 10052 time in force · 10243 fractional size.
  ...codes('rejected', 10006, 10052, 10243),
  // 202 cancelled (its state follows) · 399 a message beside the order · 404 held while shares are located · 10349 time in force by preset.
  ...codes('note', 202, 399, 404, 10167, 10311, 10349),
  ...codes('not-found', 135, 10147),
  // 104 filled · 136, 161, 10148 not in a state to be cancelled.
  ...codes('not-cancellable', 104, 136, 161, 10148),
]);

export function orderMessageMeaning(code: number, message: string): OrderMessageMeaning {
  // A gateway that is set to read-only refuses every order with the code for invalid requests.
  if (code === 321 && /read-only/i.test(message)) return 'not-authorised';
  if (code >= 2100 && code < 2200) return 'note';
  if (/^(order message:|warning:)/i.test(message)) return 'note';
  return meanings.get(code) ?? 'unclear';
}

/** Codes by which TWS says that it has no market data for this request: not subscribed, delayed only, or taken by another session. */
export const isWithoutMarketData = (code: number): boolean => withoutMarketData.has(code);

const withoutMarketData = new Set([162, 200, 300, 354, 420, 10089, 10090, 10091, 10168, 10186, 10187, 10189, 10197]);

/** TWS has lost its own servers (1100, 2110): what it says of orders may be old, and what it does not say proves nothing. */
export const connectivityAfter = (code: number): 'lost' | 'restored' | undefined => {
  if (code === 1100 || code === 2110) return 'lost';
  return code === 1101 || code === 1102 ? 'restored' : undefined;
};

/** Another program holds this client id. */
export const CLIENT_ID_IN_USE = 326;

function codes(meaning: OrderMessageMeaning, ...listed: readonly number[]): [number, OrderMessageMeaning][] {
  return listed.map((code) => [code, meaning]);
}
