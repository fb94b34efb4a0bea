/** What the functions that tell people do, in small pieces that together need every permission they have. */

import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { named, session, type TestFund } from '../../support/boot-fund.ts';
import { publishApproved } from '../../support/publish-policy.ts';
import { fire, at as instantAt, travel } from '../../support/starter.ts';
import { loosenStoredPolicy, setControlState } from '../../support/tampering.ts';
import type { Probe } from './probe.ts';

const minuteMs = 60_000;

/** Low alerts by mail, so that no chat is needed to see one told. */
const lowByMail = {
  ...defaultPolicy,
  alerts: { ...defaultPolicy.alerts, channels: { ...defaultPolicy.alerts.channels, LOW: ['sns'] as const } },
};

async function onTopic(fund: TestFund, state: 'ALARM' | 'OK', at: EpochMs): Promise<void> {
  const { region, accountId } = fund.fund.cloud;
  const alarm = { AlarmName: 'probe', NewStateValue: state, NewStateReason: 'a probe', StateChangeTime: new Date(at).toISOString() };
  await fund.call('sns', 'Publish', { TopicArn: `arn:aws:sns:${region}:${accountId}:${named('alerts')}`, Message: JSON.stringify(alarm) });
  await fund.fund.cloud.settle();
}

export const alertProbes: readonly Probe[] = [
  {
    what: 'a missed cycle that nobody acknowledges, until trading is resumed',
    data: true,
    async run(fund) {
      const at = await travel(fund, session, '16:05');
      await fire(fund, 'watch-1605', at);
      fund.fund.clock.travelTo((at + 15 * minuteMs) as EpochMs);
      await fire(fund, 'escalate-alerts', fund.fund.clock.now());
      await fund.fund.control.change({ kind: 'fund' }, { state: 'RUNNING', reason: 'a probe', actor: 'test', at: fund.fund.clock.now() });
      await fund.fund.cloud.settle();
      const [missed] = await fund.fund.alerts.ofSeverity('CRITICAL');
      return missed?.escalation?.kind === 'open' && missed.escalation.roundsTold === 1;
    },
  },
  {
    what: 'the watch over a cycle that was halted, which has said so',
    data: true,
    expectedTrouble: /golden SHA-256|TradingHalted/,
    async run(fund) {
      await loosenStoredPolicy(fund);
      await fund.cycle();
      await fire(fund, 'watch-1605', await travel(fund, session, '16:05'));
      return !fund.told('LogEvent').some(({ details }) => String(details.message).includes('CycleMissed'));
    },
  },
  {
    what: 'an alert that waits through the night',
    data: true,
    async run(fund) {
      await publishApproved(fund.fund.policies, lowByMail, fund.fund.clock.now());
      await travel(fund, session, '23:00');
      const at = new Date(fund.fund.clock.now()).toISOString();
      const report = { eventId: 'report/probe', at, summary: 'A report.', day: session, key: 'reports/probe' };
      await fund.fund.events.publish([{ type: 'ReportPublished', detail: report }]);
      await fund.fund.cloud.settle();
      await fire(fund, 'escalate-alerts', await travel(fund, '2024-12-03', '06:00'));
      return (await fund.fund.alerts.ofSeverity('LOW')).some(({ digest }) => digest !== null);
    },
  },
  {
    what: 'a half day without a cycle',
    data: false,
    async run(fund) {
      fund.fund.clock.travelTo(instantAt('2024-11-29', '13:05'));
      await fire(fund, 'watch-1305-short-sessions', fund.fund.clock.now());
      return (await fund.fund.alerts.ofSeverity('CRITICAL')).length === 1;
    },
  },
  {
    what: 'a heartbeat after a cycle that was refused before it looked',
    data: true,
    async run(fund) {
      await setControlState(fund, 'PAUSED');
      await fund.cycle();
      await fire(fund, 'heartbeat-1645', await travel(fund, session, '16:45'));
      return (await fund.fund.alerts.ofSeverity('LOW')).some(({ alert }) => alert.facts.some(({ value }) => value.endsWith(' refused')));
    },
  },
  {
    what: 'a heartbeat by its schedule, after a cycle',
    data: true,
    async run(fund) {
      await publishApproved(fund.fund.policies, lowByMail, fund.fund.clock.now());
      await fund.cycle();
      await fire(fund, 'heartbeat-1645', await travel(fund, session, '16:45'));
      return (await fund.fund.alerts.ofSeverity('LOW')).some(({ deliveries }) => deliveries['0:sns'] !== undefined);
    },
  },
  {
    what: 'an alarm that is raised and is over, and a trial of the channels',
    data: false,
    async run(fund) {
      const at = fund.fund.clock.now();
      await onTopic(fund, 'ALARM', at);
      await onTopic(fund, 'OK', (at + minuteMs) as EpochMs);
      const Payload = Buffer.from(JSON.stringify({ severity: 'HIGH', channel: 'sns', actor: 'test' }));
      const reply = await fund.call<{ Payload: Uint8Array }>('lambda', 'Invoke', { FunctionName: named('alerts-try-channels'), Payload });
      const told = (await fund.fund.alerts.ofSeverity('HIGH')).length === 1;
      return told && Buffer.from(reply.Payload).toString('utf8').includes('delivered');
    },
  },
];
