/** Tickets for tests: a permit for whatever a test trades, signed by a key that this file holds. */
import { createHmac } from 'node:crypto';
import { type PermitSigner, type PermitVerifier, RiskTicket, signPermit } from '../../shared/brokers/risk-ticket.ts';
import type { Permit, PermitLine } from '../../shared/domain/execution/permit.ts';
import { type Clock, fixedClock } from '../../shared/kernel/clock.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { EpochMs, Shares, Ticker } from '../../shared/kernel/units.ts';

const MANY = 1_000_000_000 as Shares;

export const testPermitKey: PermitSigner & PermitVerifier = {
  sign: async (bytes) => createHmac('sha256', 'tests').update(bytes).digest('base64'),
  verify: async (bytes, signature) => createHmac('sha256', 'tests').update(bytes).digest('base64') === signature,
};

export const permitOf = (lines: readonly PermitLine[], members: Partial<Permit> = {}): Permit => ({
  schema: 'ballast.permit/1',
  issuedFor: 'a-test',
  controlEpoch: 1,
  policySha256: '0'.repeat(64),
  validUntil: Number.MAX_SAFE_INTEGER as EpochMs,
  lines,
  ...members,
});

/** As many shares as one likes, of these symbols. */
export const anyQuantityOf = (...symbols: readonly string[]): readonly PermitLine[] =>
  symbols.map((symbol) => ({ symbol: symbol as Ticker, buySharesMax: MANY, sellSharesMax: MANY }));

export async function ticketOf(
  lines: readonly PermitLine[],
  members: Partial<Permit> = {},
  clock: Clock = fixedClock(0 as EpochMs),
): Promise<RiskTicket> {
  const ticket = await RiskTicket.verified(await signPermit(permitOf(lines, members), testPermitKey), testPermitKey, clock);
  if (isRefusal(ticket)) throw new Error('a permit signed by the tests is genuine');
  return ticket;
}
