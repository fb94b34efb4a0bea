/** `ballast status`: the risk mode, since when and why, and the health of each part, as somebody sees it who has to decide whether to act. */
import { expect, test } from 'vitest';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import { applyCheck } from '../../../shared/domain/steering/health.ts';
import type { HealthPart, HealthStatus } from '../../../shared/domain/steering/health-parts.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { look } from '../../../shared/runtime/steer.ts';
import { bootFund, session, type TestFund } from '../../support/boot-fund.ts';
import { onFund } from './support/in-memory.ts';

const at = newYorkInstant(parseDay(session), 10, 5);

async function checked({ fund }: TestFund, part: HealthPart, finding: HealthStatus, reasons: readonly string[] = []): Promise<void> {
  const { state } = applyCheck(part, null, { id: 'check', at, finding, reasons }, { checksToWorsen: 1, checksToRecover: 1 });
  const memory = part === 'broker' ? { equityUsd: 1e6 } : {};
  await fund.health.write({ state, memory, unannounced: null }, await fund.health.read(part));
}

/** One look of the controller at the fund's own stores. */
async function looked({ fund }: TestFund): Promise<void> {
  const steered = await look(fund, { id: 'tick', at: (at + 60_000) as EpochMs, session: parseDay(session) });
  if (isRefusal(steered)) throw new Error(steered.reason);
}

test('says of a fund that was never looked at that it was not, and never that it is well', async () => {
  await using fund = await bootFund({ data: false });
  const { stdout } = await onFund(fund, 'status');
  expect(stdout).toMatch(/^mode +NORMAL as the policy has it; the controller has not looked since$/m);
  expect(stdout).toMatch(/^health +data not-checked, broker not-checked, audit not-checked, cycle not-checked$/m);
});

test('says which part is down, since when and why, and what the controller made of it', async () => {
  await using fund = await bootFund({ data: false });
  await checked(fund, 'data', 'healthy');
  await checked(fund, 'broker', 'down', ['broker-silent: no-answer']);
  await checked(fund, 'audit', 'degraded', ['audit-unsigned (unsignedMinutes 1560, degradedFrom 1500)']);
  await looked(fund);
  const { stdout } = await onFund(fund, 'status');
  expect(stdout).toMatch(/^mode +DEFENSIVE since 2024-12-02 15:06 UTC: .*broker-down: broker-silent: no-answer/m);
  expect(stdout).toMatch(
    /^health +data healthy, broker down since 2024-12-02 15:05 UTC \(broker-silent: no-answer\), audit degraded since 2024-12-02 15:05 UTC \(audit-unsigned .*\), cycle not-checked$/m,
  );
  expect(JSON.parse((await onFund(fund, 'status', '--json')).stdout)).toMatchObject({
    mode: {
      mode: 'DEFENSIVE',
      since: '2024-12-02T15:06:00.000Z',
      reasons: expect.arrayContaining(['broker-down: broker-silent: no-answer']),
    },
    health: [
      { part: 'data', status: 'healthy' },
      { part: 'broker', status: 'down', since: '2024-12-02T15:05:00.000Z', reasons: ['broker-silent: no-answer'] },
      { part: 'audit', status: 'degraded' },
      { part: 'cycle', status: 'not-checked', since: null },
    ],
  });
});
