/**
 * What risk permits one cycle to trade: per symbol, the most shares that may be bought and sold, until when, under which control
 * epoch and policy. The risk step signs it; whoever sends an order must show it. A symbol that is not in it may not be traded.
 */
import { canonicalJson } from '../../kernel/canonical-json.ts';
import type { EpochMs, Shares, Ticker } from '../../kernel/units.ts';
import type { Side } from './order-terms.ts';

export interface PermitLine {
  readonly symbol: Ticker;
  readonly buySharesMax: Shares;
  readonly sellSharesMax: Shares;
}

export interface Permit {
  readonly schema: 'ballast.permit/1';
  /** What it was issued for: a cycle id, or the id of a liquidation. */
  readonly issuedFor: string;
  readonly controlEpoch: number;
  readonly policySha256: string;
  readonly validUntil: EpochMs;
  readonly lines: readonly PermitLine[];
}

export interface SignedPermit {
  readonly permit: Permit;
  /** Base64, over `permitBytes`. */
  readonly signature: string;
}

export type PermitRefusal = 'permit-expired' | 'symbol-not-permitted' | 'quantity-not-permitted';

/** What is signed: one text for one permit, whatever order its members came in. */
export const permitBytes = (permit: Permit): Uint8Array => new TextEncoder().encode(canonicalJson(permit));

/**
 * Null when the permit covers it. `sharesBefore`: what other orders of that symbol and side have taken of it already. A quantity that
 * is no positive number is not covered.
 */
export function permitRefusal(
  permit: Permit,
  order: { readonly symbol: Ticker; readonly side: Side; readonly quantity: number },
  sharesBefore: number,
  now: EpochMs,
): PermitRefusal | null {
  if (!(now <= permit.validUntil)) return 'permit-expired';
  const line = permit.lines.find(({ symbol }) => symbol === order.symbol);
  if (line === undefined) return 'symbol-not-permitted';
  const most = order.side === 'BUY' ? line.buySharesMax : line.sellSharesMax;
  return order.quantity > 0 && sharesBefore + order.quantity <= most + TOLERANCE ? null : 'quantity-not-permitted';
}

/** Sums of quantities to four decimals miss by less than this. */
const TOLERANCE = 1e-6;
