/**
 * The only thing that opens a broker adapter to an order: a permit of the risk step whose signature held. There is no other way to make
 * one (its constructor is private, its permit cannot be read or changed from outside), and every adapter asks it before it sends.
 *
 * One ticket counts what went out under it in this process; what other processes sent is counted by the ledger.
 */

import type { OrderTerms } from '../domain/execution/order-terms.ts';
import { type Permit, permitBytes, permitRefusal, type SignedPermit } from '../domain/execution/permit.ts';
import type { Clock } from '../kernel/clock.ts';
import { invariant } from '../kernel/errors.ts';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import type { OrderId, Shares } from '../kernel/units.ts';

/** Signs for risk; only the risk step and the liquidation step may. */
export interface PermitSigner {
  sign(bytes: Uint8Array): Promise<string>;
}

/** Says whether risk signed it. */
export interface PermitVerifier {
  verify(bytes: Uint8Array, signature: string): Promise<boolean>;
}

export async function signPermit(permit: Permit, signer: PermitSigner): Promise<SignedPermit> {
  return { permit, signature: await signer.sign(permitBytes(permit)) };
}

/** What a ticket must know of an order. */
export type TicketedOrder = Pick<OrderTerms, 'symbol' | 'side' | 'quantity'> & { readonly clientOrderId: OrderId };

export class RiskTicket {
  readonly #permit: Permit;
  readonly #clock: Clock;
  readonly #taken = new Map<OrderId, TicketedOrder>();

  private constructor(permit: Permit, clock: Clock) {
    this.#permit = permit;
    this.#clock = clock;
  }

  /** Refused when the signature is not risk's. */
  static async verified(
    { permit, signature }: SignedPermit,
    verifier: PermitVerifier,
    clock: Clock,
  ): Promise<RiskTicket | Refusal<'permit-not-genuine'>> {
    const genuine = await verifier.verify(permitBytes(permit), signature);
    return genuine ? new RiskTicket(permit, clock) : refuse('permit-not-genuine', { issuedFor: permit.issuedFor });
  }

  /**
   * Lets an order through, or stops the cycle: an order that risk did not permit is a defect of ours, not a market condition. The same
   * order again takes nothing more. Of an order and what is to replace it only one can trade, and which one is not known yet: the larger of
   * the two counts.
   * @throws InvariantViolation
   */
  admit(order: TicketedOrder, replaces?: OrderId): void {
    let before = 0;
    for (const [id, { symbol, side, quantity }] of this.#taken) {
      if (id !== order.clientOrderId && id !== replaces && symbol === order.symbol && side === order.side) before += quantity;
    }
    const refusal = permitRefusal(this.#permit, order, before, this.#clock.now());
    const { symbol, side, clientOrderId } = order;
    invariant(refusal === null, 'an order goes out only as risk permitted it', {
      refusal,
      clientOrderId,
      symbol,
      side,
      quantity: order.quantity,
    });
    const replaced = replaces === undefined ? undefined : this.#taken.get(replaces);
    if (replaces !== undefined) this.#taken.delete(replaces);
    const quantity = Math.max(order.quantity, replaced?.quantity ?? 0) as Shares;
    this.#taken.set(clientOrderId, { symbol, side, quantity, clientOrderId });
  }
}
