import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../apps/local-cloud/clock.ts';
import { type PermitVerifier, RiskTicket, signPermit } from '../../../shared/brokers/risk-ticket.ts';
import type { Permit } from '../../../shared/domain/execution/permit.ts';
import { InvariantViolation } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs, OrderId, Shares, Ticker } from '../../../shared/kernel/units.ts';

const now = Date.UTC(2024, 11, 2, 20, 45) as EpochMs;
const permit: Permit = {
  schema: 'ballast.permit/1',
  issuedFor: 'cycle-1',
  controlEpoch: 7,
  policySha256: 'a'.repeat(64),
  validUntil: (now + 60_000) as EpochMs,
  lines: [{ symbol: 'GOOD' as Ticker, buySharesMax: 100 as Shares, sellSharesMax: 30 as Shares }],
};

/** A signature that is the text backwards: enough to tell one permit from another. */
const backwards = (bytes: Uint8Array): string => Buffer.from(bytes).reverse().toString('base64');
const signer = { sign: async (bytes: Uint8Array) => backwards(bytes) };
const verifier: PermitVerifier = { verify: async (bytes, signature) => signature === backwards(bytes) };

async function ticket(clock = new VirtualClock(now)): Promise<RiskTicket> {
  const verified = await RiskTicket.verified(await signPermit(permit, signer), verifier, clock);
  if (isRefusal(verified)) throw new Error(verified.reason);
  return verified;
}

const order = (id: string, quantity: number, side: 'BUY' | 'SELL' = 'BUY', symbol = 'GOOD') => ({
  ...{ clientOrderId: id as OrderId, quantity: quantity as Shares, side, symbol: symbol as Ticker },
});

describe('a risk ticket', () => {
  test('is not given for a permit that was changed after it was signed', async () => {
    const signed = await signPermit(permit, signer);
    const raised = { ...signed, permit: { ...permit, lines: [{ ...permit.lines[0]!, buySharesMax: 101 as Shares }] } };
    expect(await RiskTicket.verified(raised, verifier, new VirtualClock(now))).toMatchObject({ reason: 'permit-not-genuine' });
  });

  test('lets through what is permitted, in several orders, and not one share more', async () => {
    const given = await ticket();
    given.admit(order('a', 60));
    given.admit(order('b', 40));
    expect(() => given.admit(order('c', 0.0001))).toThrow(InvariantViolation);
    given.admit(order('d', 30, 'SELL'));
  });

  test('takes an order that is shown again for the one it is', async () => {
    const given = await ticket();
    given.admit(order('a', 60));
    given.admit(order('a', 60));
    given.admit(order('b', 40));
  });

  test('an order that replaces another takes its place', async () => {
    const given = await ticket();
    given.admit(order('a', 60));
    given.admit(order('a2', 100), 'a' as OrderId);
    expect(() => given.admit(order('b', 1))).toThrow('an order goes out only as risk permitted it');
  });

  test('counts the larger of an order and what is to replace it: the broker may refuse to', async () => {
    const given = await ticket();
    given.admit(order('a', 60));
    given.admit(order('a2', 10), 'a' as OrderId);
    given.admit(order('b', 40));
    expect(() => given.admit(order('c', 1))).toThrow(InvariantViolation);
  });

  test('an order that was stopped has taken nothing', async () => {
    const given = await ticket();
    expect(() => given.admit(order('a', 101))).toThrow(InvariantViolation);
    given.admit(order('b', 100));
  });

  test('says why it stops an order', async () => {
    const given = await ticket();
    expect(() => given.admit(order('a', 1, 'BUY', 'OTHER'))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ refusal: 'symbol-not-permitted', clientOrderId: 'a' }) }),
    );
  });

  test('ends with its permit', async () => {
    const clock = new VirtualClock(now);
    const given = await ticket(clock);
    clock.travelTo((now + 60_001) as EpochMs);
    expect(() => given.admit(order('a', 1))).toThrow(InvariantViolation);
  });

  test('cannot be forged: what only looks like one has no permit in it', () => {
    const forged = Object.create(RiskTicket.prototype) as RiskTicket;
    expect(() => forged.admit(order('a', 1))).toThrow(TypeError);
  });
});
