/**
 * How far a broker's clock is from ours: its time less the midpoint between asking and hearing (Cristian 1989), so the error is at most
 * half the round trip, plus what the broker rounds away (Alpaca's clock may tell whole seconds).
 */
import { ContractViolation } from '../kernel/errors.ts';
import type { EpochMs } from '../kernel/units.ts';
import type { BrokerClock } from './broker.ts';

/** Positive when the broker is ahead of us. @throws ContractViolation when the reply came before the question, or an instant is none. */
export function clockSkewMs(brokerClock: Pick<BrokerClock, 'now'>, sentAt: EpochMs, receivedAt: EpochMs): number {
  const skewMs = brokerClock.now - (sentAt + receivedAt) / 2;
  if (!(receivedAt >= sentAt) || !Number.isFinite(skewMs))
    throw new ContractViolation('a reply is received after it was asked for', { sentAt, receivedAt, brokerNow: brokerClock.now });
  return skewMs;
}
