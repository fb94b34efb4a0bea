/** From the permit that the risk step left in the lake to a ticket that the broker adapters take. */
import { type PermitVerifier, RiskTicket } from '../brokers/risk-ticket.ts';
import type { Permit, SignedPermit } from '../domain/execution/permit.ts';
import type { Clock } from '../kernel/clock.ts';
import { invariant } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';

/**
 * @throws InvariantViolation, which halts trading, for a permit that risk did not sign, or signed for something else: somebody wrote into
 * the lake.
 */
export async function genuineTicket(
  signed: SignedPermit,
  expected: Partial<Permit>,
  { permitVerifier, clock }: { readonly permitVerifier: PermitVerifier; readonly clock: Clock },
): Promise<RiskTicket> {
  const { issuedFor, controlEpoch } = signed.permit;
  const isExpected = (Object.keys(expected) as (keyof Permit)[]).every((member) => signed.permit[member] === expected[member]);
  const ticket = await RiskTicket.verified(signed, permitVerifier, clock);
  invariant(isExpected && !isRefusal(ticket), 'orders go out under the permit that risk signed for them', { issuedFor, controlEpoch });
  return ticket;
}
