/** One way through a machine: what is set up, what is done, and what must come of it. Its events count towards coverage. */
import { expect } from 'vitest';
import type { CycleReport } from '../../../apps/cli/cycle-run.ts';
import { accountId, region } from '../../../apps/local-cloud/cloud.ts';
import type { Sns } from '../../../apps/local-cloud/sns/index.ts';
import type { ControlItem } from '../../../shared/contracts/control.ts';
import { bootFund, named, session, type TestFund, type TestFundOptions } from '../../support/boot-fund.ts';

export interface Scenario {
  readonly title: string;
  readonly options?: TestFundOptions;
  run(fund: TestFund): Promise<void>;
}

/** Of the control item that setting a fund up writes: the time of that. */
const firstEpoch = Date.UTC(2025, 0, 1);

/** The id of the cycle that `fund.cycle()` runs: 15:45 in New York in winter. */
export const cycleId = `cycle-${session}T20-45-00Z`;

/** Runs it in a fund of its own and gives everything the cloud told. */
export async function play({ options = {}, run }: Scenario): Promise<TestFund['events']> {
  await using fund = await bootFund(options);
  await run(fund);
  expect(fund.told('BackgroundFailed')).toEqual([]);
  return fund.events;
}

/** The states that executions of a machine came through, in order, tasks and ends only. */
export const pathOf = (fund: TestFund, machine = 'trading-cycle'): string[] =>
  fund.events
    .filter(({ service, details }) => service === 'states' && String(details.machine).includes(named(machine)))
    .filter(({ event }) => /^(Task|Succeed|Fail|Wait|Map)StateEntered$/.test(event))
    .map(({ details }) => String(details.state));

/** Control stands at HALTED, people know, it is on record, and nothing trades until somebody says so. */
export async function expectHalted(fund: TestFund, report: CycleReport, because: RegExp): Promise<void> {
  expect(report).toMatchObject({ outcome: 'halted', refusal: { reason: 'TradingHalted' } });
  expect(JSON.stringify(report.refusal)).toMatch(because);
  const control = await fund.fund.control.read();
  expect(control).toMatchObject({ state: 'HALTED', actor: `cycle/${report.cycleId}` });
  expect((control as ControlItem).epoch).toBeGreaterThan(firstEpoch);
  expect(await closingOf(fund, report)).toMatchObject({ outcome: 'halted' });
  expect(alertsOf(fund)).toContainEqual(expect.stringMatching(/^"Ballast TradingPaused: Trading is HALTED/));
  expect((await fund.cycle('2024-12-03')).refusal?.reason).toBe('trading-halted');
}

export async function expectFailed(fund: TestFund, report: CycleReport, error: string): Promise<void> {
  expect(report).toMatchObject({ outcome: 'failed', refusal: { reason: error } });
  expect(await fund.fund.control.read()).toMatchObject({ state: 'RUNNING', epoch: firstEpoch });
  expect(await closingOf(fund, report)).toMatchObject({ outcome: 'failed', reason: error });
  expect(alertsOf(fund)).toEqual([expect.stringMatching(/^"Ballast CycleFailed: /)]);
}

/** How the audit trail says the cycle ended. */
export async function closingOf(fund: TestFund, { cycleId: ofCycle }: CycleReport): Promise<unknown> {
  const records = await fund.fund.audit.recordsOf(ofCycle);
  return records.filter(({ record }) => record.type === 'cycle').at(-1)?.record.record;
}

/** What people were told, in order. */
export function alertsOf({ fund }: TestFund): string[] {
  return fund.cloud
    .service<Sns>('sns')
    .messagesOf(`arn:aws:sns:${region}:${accountId}:${named('alerts')}`)
    .map(({ bodies }) => bodies.default!);
}

export async function leaseHolder(fund: TestFund): Promise<string | undefined> {
  const { Item } = await fund.call<{ Item?: { holder: { S: string }; expiresAt: { N: string } } }>('dynamodb', 'GetItem', {
    TableName: named('leases'),
    Key: { pk: { S: 'trading-cycle' }, sk: { S: 'lease' } },
  });
  return Item && Number(Item.expiresAt.N) > fund.fund.clock.now() ? Item.holder.S : undefined;
}
