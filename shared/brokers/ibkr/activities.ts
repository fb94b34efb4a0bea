/**
 * What moved cash or shares, as far as TWS tells it: the executions of the present day, and their commissions as fees. Dividends, splits,
 * interest and transfers are not in the TWS API (IB reports them in statements and Flex queries), so what they did to an account is seen here
 * as a difference that nothing explains.
 */
import { TransientFailure } from '../../kernel/errors.ts';
import type { EpochMs, Usd } from '../../kernel/units.ts';
import type { BrokerActivity } from '../broker.ts';
import { listExecutions } from './executions.ts';
import type { TwsSession } from './session.ts';

const MS_PER_SECOND = 1000;

/** @throws TransientFailure while TWS has not told the commission of an execution: a fee left out now would never be asked for again. */
export async function readActivities(session: TwsSession, account: string, since: EpochMs): Promise<readonly BrokerActivity[]> {
  const activities: BrokerActivity[] = [];
  // TWS tells whole seconds: what happened later in the second of `since` bears a time before it.
  const wholeSecond = (Math.floor(since / MS_PER_SECOND) * MS_PER_SECOND) as EpochMs;
  for (const execution of await listExecutions(session, account, wholeSecond)) {
    const { executionId, at, brokerOrderId, symbol, side, quantity, price, commissionUsd } = execution;
    if (at < wholeSecond) continue;
    if (commissionUsd === undefined) throw new TransientFailure('TWS has not told the commission of an execution yet', { executionId });
    activities.push({ kind: 'fill', id: executionId, at, brokerOrderId, symbol, side, quantity, price });
    if (commissionUsd !== 0) activities.push({ kind: 'fee', id: `${executionId}/commission`, at, amountUsd: -commissionUsd as Usd });
  }
  return activities;
}
