/** Starting a cycle as EventBridge Scheduler does, and as two of them at once would. */

import type { Scheduler } from '../../apps/local-cloud/scheduler/index.ts';
import { newYorkInstant } from '../../shared/domain/market/calendar.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import type { EpochMs } from '../../shared/kernel/units.ts';
import { datasetId, named, type TestFund } from './boot-fund.ts';

export interface Started {
  readonly kind: string;
  readonly reason?: string;
  readonly executionArn?: string;
}

/** Brings time and market to that session and wall-clock time in New York. */
export const travel = (fund: TestFund, day: string, time = '15:45'): Promise<EpochMs> => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return fund.fund.travelTo(parseDay(day), datasetId, hour, minute);
};

export const at = (day: string, time: string): EpochMs => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return newYorkInstant(parseDay(day), hour, minute);
};

export async function invokeStarter(fund: TestFund, scheduledAt: EpochMs, more: object = {}): Promise<Started> {
  const { Payload } = await fund.call<{ Payload: Uint8Array }>('lambda', 'Invoke', {
    FunctionName: named('trading-start-cycle'),
    Payload: Buffer.from(JSON.stringify({ scheduledAt: new Date(scheduledAt).toISOString(), ...more })),
  });
  return JSON.parse(Buffer.from(Payload).toString('utf8')) as Started;
}

/** Delivers a schedule once, as if it were that time, and waits for all that comes of it. */
export async function fire(fund: TestFund, schedule: string, scheduledAt: EpochMs): Promise<void> {
  await fund.fund.cloud.service<Scheduler>('scheduler').fireOnce(named(schedule), scheduledAt);
  await fund.fund.cloud.settle();
}

/** Names of the executions of the trading machine, oldest first. */
export async function executions(fund: TestFund): Promise<string[]> {
  const stateMachineArn = fund.fund.cloud.stateMachineArn(named('trading-cycle'));
  const { executions: listed } = await fund.call<{ executions: { name: string }[] }>('states', 'ListExecutions', { stateMachineArn });
  return listed.map(({ name }) => name).reverse();
}
