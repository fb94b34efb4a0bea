/**
 * What an error answer of Alpaca means, read from (status, code, message). One code stands for several things (40310000 is
 * "no money", "no shares" and "wash trade"; 40010001 is "duplicate id" and "qty or notional is required"), and the same
 * thing has come with different statuses, so no single field decides. The first row that fits wins.
 */
export type ErrorMeaning =
  /** Credentials or entitlement. */
  | 'not-authorised'
  /** An order of that client id exists. */
  | 'duplicate-client-order-id'
  /** Understood and refused. */
  | 'rejected'
  | 'not-found'
  | 'throttled'
  /** The broker failed, or something on the way to it did; what was done before that is not known. */
  | 'failed';

export interface AlpacaError {
  readonly status: number;
  /** As sent; absent from bodies that carry only a message. */
  readonly code: string | undefined;
  readonly message: string;
}

interface Row {
  readonly statusFrom: number;
  readonly statusTo: number;
  readonly code?: string | 'absent';
  readonly message?: RegExp;
  readonly meaning: ErrorMeaning;
}

const rows: readonly Row[] = [
  { statusFrom: 401, statusTo: 401, meaning: 'not-authorised' },
  { statusFrom: 403, statusTo: 403, code: '40110000', meaning: 'not-authorised' },
  { statusFrom: 403, statusTo: 403, code: 'absent', meaning: 'not-authorised' },
  { statusFrom: 403, statusTo: 403, message: /subscription does not permit/i, meaning: 'not-authorised' },
  { statusFrom: 404, statusTo: 404, meaning: 'not-found' },
  { statusFrom: 429, statusTo: 429, meaning: 'throttled' },
  { statusFrom: 400, statusTo: 499, message: /client[_ ]order[_ ]id must be unique/i, meaning: 'duplicate-client-order-id' },
  { statusFrom: 400, statusTo: 400, meaning: 'rejected' },
  { statusFrom: 403, statusTo: 403, meaning: 'rejected' },
  { statusFrom: 405, statusTo: 405, meaning: 'rejected' },
  { statusFrom: 422, statusTo: 422, meaning: 'rejected' },
];

/** Only a status that Alpaca is known to refuse with is a refusal; any other leaves open what happened before it was sent. */
export function meaningOf(error: AlpacaError): ErrorMeaning {
  for (const row of rows) {
    if (error.status < row.statusFrom || error.status > row.statusTo) continue;
    if (row.code !== undefined && row.code !== (error.code ?? 'absent')) continue;
    if (row.message && !row.message.test(error.message)) continue;
    return row.meaning;
  }
  return 'failed';
}
