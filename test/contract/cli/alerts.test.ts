/** `ballast alerts` and its subcommands, on a fund in memory that was halted once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertChannels, severities } from '../../../shared/domain/policy/alert-rules.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { bootFund, type TestFund } from '../../support/boot-fund.ts';
import { ballast, oneLine } from './support/cli.ts';
import { onFund } from './support/in-memory.ts';

let fund: TestFund;
beforeAll(async () => {
  fund = await bootFund({ data: false });
  // A minute after trading was resumed for the first time: what was resumed in the same moment counts as over.
  fund.fund.clock.travelTo((fund.fund.clock.now() + 60_000) as EpochMs);
  await onFund(fund, 'halt', '--reason', 'a drill');
  await fund.fund.cloud.settle();
});
afterAll(() => fund[Symbol.asyncDispose]());

const alerts = (...argv: string[]) => onFund(fund, 'alerts', ...argv);
interface Listed {
  readonly alert: { readonly alertId: string; readonly severity: string; readonly title: string };
}
const listed = async (...argv: string[]): Promise<readonly Listed[]> =>
  (JSON.parse((await alerts(...argv, '--json')).stdout) as { alerts: Listed[] }).alerts;

describe('the list', () => {
  test('has one line for each alert, and says how to acknowledge the one that waits for somebody', async () => {
    const { code, stdout } = await alerts();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^at \(UTC\) +severity +category +times +standing +heard on +id +what\n/);
    expect(stdout).toMatch(/ CRITICAL +\w+ +1 +open, .* C-\d{8}-\d{6}-[0-9a-f]{8} +Trading is HALTED by operator\/\S+: a drill$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 CRITICAL not acknowledged: "ballast alerts ack <id>"');
  });

  test('with --open is only what waits, and --json may stand before or after', async () => {
    expect((await listed('--open')).map(({ alert }) => alert.severity)).toEqual(['CRITICAL']);
    expect((await listed()).length).toBeGreaterThan(1);
  });
});

describe('an acknowledgement', () => {
  test('is refused of what there is not, and of what nobody is reminded of', async () => {
    expect(await alerts('ack', 'C-20240101-000000-00000000')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(/There is no alert C-20240101-000000-00000000\. "ballast alerts --open" lists/)) as string,
    });
    const quiet = (await listed()).find(({ alert }) => alert.severity !== 'CRITICAL')!.alert;
    expect(await alerts('ack', quiet.alertId)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(oneLine(new RegExp(`is ${quiet.severity}: only CRITICAL alerts`))) as string,
    });
    expect(await alerts('ack')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(oneLine(/missing required argument 'id'/)) as string,
    });
  });

  test('ends the reminders, once; the list then says by whom', async () => {
    const [{ alert }] = (await listed('--open')) as [Listed];
    expect(await alerts('ack', alert.alertId)).toEqual({
      code: 0,
      stdout: `Acknowledged: ${alert.title}. There will be no more reminders of it.\n`,
      stderr: '',
    });
    expect(await listed('--open')).toEqual([]);
    expect((await alerts()).stdout).toMatch(new RegExp(`acknowledged by operator/\\S+ .*${alert.alertId}`));
    expect(await alerts('ack', alert.alertId)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(oneLine(/was acknowledged before, by operator\//)) as string,
    });
  });
});

describe('a test message', () => {
  test('ends with 1 and says of each channel why it was not heard, where none is set up', async () => {
    const { code, stdout } = await alerts('test', '--severity', 'HIGH', '--channel', 'slack');
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'slack     not configured: its part of the secret alert-channels is missing\n' });
    expect(JSON.parse((await alerts('test', '--channel', 'slack', '--json')).stdout)).toEqual({ channels: { slack: 'not-configured' } });
  });

  test('goes to channels and severities that there are', async () => {
    expect((await alerts('test', '--channel', 'sms')).stderr).toMatch(oneLine(/'sms' is invalid\. Allowed choices are .*telegram/));
    expect((await alerts('test', '--severity', 'URGENT')).stderr).toMatch(oneLine(/'URGENT' is invalid\. Allowed choices are .*CRITICAL/));
  });
});

describe('a preview', () => {
  test('needs no fund, and shows each severity on each channel', async () => {
    const { code, stdout } = await ballast('alerts', 'preview');
    expect(code).toBe(0);
    for (const severity of severities) for (const channel of alertChannels) expect(stdout).toContain(`${channel}, ${severity}`);
    const { length } = JSON.parse((await ballast('alerts', 'preview', '--json')).stdout) as unknown[];
    expect(length).toBe(severities.length * alertChannels.length);
  });

  test('is narrowed to one of them', async () => {
    const shown = JSON.parse(
      (await ballast('alerts', 'preview', '--json', '--channel', 'discord', '--severity', 'LOW')).stdout,
    ) as object[];
    expect(shown).toMatchObject([{ channel: 'discord', severity: 'LOW', body: expect.any(Object) as object }]);
  });
});
