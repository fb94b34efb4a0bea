/**
 * An order as we mean it, before any broker knows of it. Its client order id is derived from the decision, so deciding the same thing twice
 * gives the same id, and the broker itself refuses the second one.
 */
import { canonicalJson, sha256Hex } from '../../kernel/canonical-json.ts';
import { ContractViolation } from '../../kernel/errors.ts';
import type { CycleId, OrderId, Ticker } from '../../kernel/units.ts';
import type { OrderType, TimeInForce } from './order-terms.ts';

export type OrderSide = 'buy' | 'sell';

export interface OrderIntent {
  readonly clientOrderId: OrderId;
  readonly cycleId: CycleId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  /** Shares, positive, at most 4 decimals. */
  readonly quantity: number;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPriceUsd: number | null;
  /** The price it was decided at: the last close the cycle knew. The collar holds the market's fresh price against it. */
  readonly referencePriceUsd: number;
  /** Large orders are cut into legs, counted from 1. */
  readonly leg: number;
  /** 0, and one more each time the order is replaced. */
  readonly revision: number;
}

export interface OrderIdentity {
  readonly fund: string;
  readonly cycleId: CycleId;
  readonly symbol: Ticker;
  readonly side: OrderSide;
  readonly leg: number;
  readonly revision: number;
}

/** With the parts before it, an id has at most 47 characters; Alpaca takes 128, other brokers fewer. */
const HASH_LENGTH = 20;

/**
 * Readable head, then a hash of the whole identity: `ballast-AAPL-b-3f2a…`. Letters, digits, dot and hyphen only.
 * @throws ContractViolation for a fund that is not 1 to 12 lower-case letters and digits, or a leg or revision that is no count.
 */
export function clientOrderId(identity: OrderIdentity): OrderId {
  const { fund, symbol, side, leg, revision } = identity;
  if (!/^[a-z0-9]{1,12}$/.test(fund)) throw new ContractViolation('a fund is named by 1 to 12 lower-case letters and digits', { fund });
  if (!Number.isInteger(leg) || leg < 1 || !Number.isInteger(revision) || revision < 0) {
    throw new ContractViolation('legs count from 1, revisions from 0', { leg, revision });
  }
  const readableSymbol = symbol.replaceAll(/[^A-Za-z0-9.]/g, '').slice(0, 11);
  const { cycleId } = identity;
  const hash = sha256Hex(canonicalJson({ fund, cycleId, symbol, side, leg, revision })).slice(0, HASH_LENGTH);
  return `${fund}-${readableSymbol}-${side === 'buy' ? 'b' : 's'}-${hash}` as OrderId;
}
