/** What steers, ranks, reports and signs between cycles, in small pieces that together need every permission they have. */
import { marshall } from '@aws-sdk/util-dynamodb';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { named, session, type TestFund } from '../../support/boot-fund.ts';
import { publishApproved } from '../../support/publish-policy.ts';
import { workedPolicy } from '../../support/small-fund.ts';
import { fire, at as instantAt, travel } from '../../support/starter.ts';
import { putItem } from '../../support/tampering.ts';
import type { Probe } from './probe.ts';

export const controlProbes: readonly Probe[] = [
  {
    what: 'a policy that two people put in force',
    data: false,
    async run(fund) {
      await publishApproved(fund.fund.policies, workedPolicy, fund.fund.clock.now());
      await fund.fund.cloud.settle();
      return (await fund.fund.audit.all()).some(({ record }) => record.type === 'policy' && record.record.approvedBy === 'test/second');
    },
  },
  {
    what: 'a person in the role of the operator who looks at what stops trading and pauses it',
    data: false,
    async run(fund) {
      const { cloud } = fund.fund;
      const caller = { kind: 'role', roleArn: cloud.iam.roleArn(named('operator')), session: 'ada' } as const;
      const [TableName, Key] = [named('policy'), marshall({ pk: 'control', sk: 'trading' })];
      const { Item } = (await cloud.call(caller, 'dynamodb', 'GetItem', { TableName, Key })) as { Item: object };
      const ExpressionAttributeValues = marshall({ ':pk': 'control' });
      await cloud.call(caller, 'dynamodb', 'Query', { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues });
      await cloud.call(caller, 'dynamodb', 'PutItem', { TableName, Item: { ...Item, state: { S: 'PAUSED' } } });
      return (await fund.fund.control.isHalted({ kind: 'fund' })) === false;
    },
  },
  {
    what: 'the report of a day with a cycle, by its schedule',
    data: true,
    async run(fund) {
      await fund.cycle();
      await fund.fund.cloud.settle();
      for (const _delivery of ['first', 'again']) await fire(fund, 'report-1630', await travel(fund, session, '16:30'));
      const reports = await fund.fund.lake.keysUnder(`reports/${session}/`);
      return reports.length === 6 && (await fund.fund.lake.keysUnder('analytics/daily/')).length === 1;
    },
  },
  {
    what: 'a session of checks and looks, and an audit trail that is found broken',
    data: true,
    run: steeredSession,
  },
  {
    what: 'a check, a look and a ranking before the first ingest',
    data: false,
    async run(fund) {
      const now = instantAt(session, '09:30');
      fund.fund.clock.travelTo(now);
      for (const schedule of ['watch-health', 'steer-fund', 'rank-hourly']) await fire(fund, schedule, now);
      const { document } = await fund.fund.health.read('data');
      return document?.state.reasons[0] === 'no-data-set' && fund.told('DeadLettered').length === 0;
    },
  },
  {
    what: 'a look at parts that nobody has checked',
    data: false,
    async run(fund) {
      const now = instantAt(session, '09:30');
      fund.fund.clock.travelTo(now);
      await fire(fund, 'steer-fund', now);
      const inForce = await fund.fund.policies.inForce();
      return !isRefusal(inForce) && inForce.policy.steering.mode === 'DEFENSIVE';
    },
  },
  {
    what: 'a ranking by its schedule of which every call arrives twice',
    data: true,
    async run(fund) {
      await publishApproved(fund.fund.policies, defaultPolicy, fund.fund.clock.now());
      const at = await travel(fund, session, '15:30');
      fund.failing({ fault: 'duplicate' });
      await fire(fund, 'rank-hourly', at);
      const list = await fund.fund.opportunities.current();
      return !isRefusal(list) && (await fund.fund.lake.keysUnder('opportunities/')).length === 1;
    },
  },
  {
    what: "the evening's checkpoint, and the next over an audit trail whose head somebody changed",
    data: false,
    async run(fund) {
      await publishApproved(fund.fund.policies, workedPolicy, fund.fund.clock.now());
      await fund.fund.cloud.settle();
      await fire(fund, 'checkpoint-1900', fund.fund.clock.now());
      const { sequence } = (await fund.fund.audit.head())!;
      await putItem(fund, 'audit', { pk: 'chain', sk: 'head', sequence, hash: 'f'.repeat(64) });
      await fire(fund, 'checkpoint-1900', fund.fund.clock.now());
      return (await fund.fund.health.read('audit')).document?.state.status === 'down';
    },
  },
];

/** Checks and looks in calm, then a broken audit trail: its part goes down, and the mode is tightened by the event alone. */
async function steeredSession(fund: TestFund): Promise<boolean> {
  for (const time of ['09:30', '09:35']) {
    const now = await travel(fund, session, time);
    for (const schedule of ['watch-health', 'check-broker', 'steer-fund']) await fire(fund, schedule, now);
  }
  const checked = await fund.fund.health.all();
  const isWatched = Object.values(checked).every(({ document }) => document?.state.status === 'healthy');
  const at = new Date(fund.fund.clock.now()).toISOString();
  const broken = { eventId: 'probe/broken', at, summary: 'A probe.', fault: 'probe', sequence: 0, finding: 'a probe' };
  await fund.fund.events.publish([{ type: 'AuditBroken', detail: broken }]);
  await fund.fund.cloud.settle();
  const inForce = await fund.fund.policies.inForce();
  return (
    isWatched && (await fund.fund.steering.read()).state !== null && !isRefusal(inForce) && inForce.policy.steering.mode === 'DEFENSIVE'
  );
}
