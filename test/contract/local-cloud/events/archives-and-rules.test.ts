/** Contract cards of archives, of rules on a schedule, and of rules as a template declares them. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EpochMs } from '../../../../shared/kernel/units.ts';
import { cloudWithRule, entry, FUNCTION, put } from './orders-rule.ts';
import { ruleArn, SmallCloud, textOf } from './small-cloud.ts';

describe('archives, schedules and rules', () => {
  const archive = { ArchiveName: 'all', SourceArn: 'arn:aws:events:us-east-1:111122223333:event-bus/default', RetentionDays: 1 };

  test('EVB-80 an archive keeps what its pattern lets in, over a restart, for its days', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ballast-events-'));
    const open = () => {
      const cloud = new SmallCloud({ directory });
      cloud.declare('AWS::Events::Archive', 'archive', { ...archive, EventPattern: { 'detail-type': ['OrderFilled'] } });
      return cloud;
    };
    const before = open();
    await put(before, entry, { ...entry, DetailType: 'Other' });
    await before.close();
    const after = open();
    expect(after.events.archivedEvents('all').map((event) => event['detail-type'])).toEqual(['OrderFilled']);
    after.host.clock.travelTo((after.host.clock.now() + 86_400_001) as EpochMs);
    expect(after.events.archivedEvents('all')).toEqual([]);
    await after.close();
  });

  test('EVB-81 a replay puts the archived events of a span on the bus again, marked, and archives none twice', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION });
    cloud.declare('AWS::Events::Archive', 'archive', archive);
    await put(cloud, entry);
    const now = cloud.host.clock.now();
    await cloud.run('events', 'StartReplay', {
      ReplayName: 'again',
      EventSourceArn: 'arn:aws:events:us-east-1:111122223333:archive/all',
      EventStartTime: new Date(now - 1000),
      EventEndTime: new Date(now + 1000),
      Destination: { Arn: archive.SourceArn },
    });
    await cloud.settle();
    expect(JSON.parse(textOf(cloud.outside[1]!.input.Payload))).toMatchObject({ 'replay-name': 'again', detail: { symbol: 'TRUE' } });
    expect(cloud.events.archivedEvents('all')).toHaveLength(1);
    expect(await cloud.run('events', 'DescribeReplay', { ReplayName: 'again' })).toMatchObject({ State: 'COMPLETED' });
  });

  test('EVB-82 a rule on a schedule fires by hand, or by the clock once armed', async () => {
    const cloud = cloudWithRule({ Arn: FUNCTION }, { EventPattern: undefined, ScheduleExpression: 'rate(1 hour)' });
    await cloud.events.fireRule('orders', Date.UTC(2026, 0, 5, 16) as EpochMs);
    const event = JSON.parse(textOf(cloud.outside[0]!.input.Payload));
    expect(event).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      time: '2026-01-05T16:00:00Z',
      resources: [ruleArn('orders')],
    });
    cloud.events.arm();
    await cloud.host.clock.sleep(3 * 3_600_000 + 1);
    cloud.events.disarm();
    await cloud.settle();
    expect(cloud.outside).toHaveLength(4);
  });

  test('EVB-83 what an operator switched off stays off over a restart, until the template changes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ballast-rules-'));
    const open = (pattern: object) => {
      const cloud = new SmallCloud({ directory });
      cloud.declare('AWS::Events::Rule', 'orders', { Name: 'orders', EventPattern: pattern });
      cloud.start();
      return cloud;
    };
    const first = open({ source: ['ballast'] });
    await first.run('events', 'DisableRule', { Name: 'orders' });
    await first.close();
    const second = open({ source: ['ballast'] });
    expect(await second.run('events', 'DescribeRule', { Name: 'orders' })).toMatchObject({ State: 'DISABLED' });
    await second.close();
    const third = open({ source: ['ballast', 'other'] });
    expect(await third.run('events', 'DescribeRule', { Name: 'orders' })).toMatchObject({ State: 'ENABLED' });
    await third.close();
  });

  test('EVB-84 rules and targets are put, listed and removed through the API', async () => {
    const cloud = new SmallCloud();
    await expect(cloud.run('events', 'PutRule', { Name: 'r', EventPattern: '{"a":1}' })).rejects.toMatchObject({
      code: 'InvalidEventPatternException',
    });
    await cloud.run('events', 'PutRule', { Name: 'r', EventPattern: '{"source":["ballast"]}' });
    await cloud.run('events', 'PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: FUNCTION }] });
    await put(cloud, entry);
    expect(cloud.outside).toHaveLength(1);
    await expect(cloud.run('events', 'DeleteRule', { Name: 'r' })).rejects.toThrow('has targets');
    await cloud.run('events', 'RemoveTargets', { Rule: 'r', Ids: ['1'] });
    await cloud.run('events', 'DeleteRule', { Name: 'r' });
    expect(await cloud.run('events', 'ListRules')).toEqual({ Rules: [] });
    await expect(cloud.run('events', 'CreateApiDestination')).rejects.toThrow('does not emulate events CreateApiDestination');
  });

  test('EVB-85 bus policies are shown as one document', () => {
    const cloud = new SmallCloud();
    cloud.declare('AWS::Events::EventBusPolicy', 'p', {
      StatementId: 'others',
      Statement: { Effect: 'Allow', Action: 'events:PutEvents' },
    });
    const [[arn, document]] = [...cloud.events.resourcePolicies()] as [[string, string]];
    expect(arn).toBe('arn:aws:events:us-east-1:111122223333:event-bus/default');
    expect(JSON.parse(document).Statement).toEqual([{ Sid: 'others', Effect: 'Allow', Action: 'events:PutEvents' }]);
  });
});
