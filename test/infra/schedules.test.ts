/** What starts by itself, and what its failing to start would look like. */
import { beforeAll, describe, expect, test } from 'vitest';
import { devAssembly, synthesized } from './support/assembly.ts';
import { isObject, type Resource, type Templates } from './support/templates.ts';

let templates: Templates;
let schedules: Resource[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  schedules = templates.all('AWS::Scheduler::Schedule');
});

/** Name, time, the function started, what it is handed. */
const read = (schedule: Resource): readonly unknown[] => [
  schedule.text('Name'),
  schedule.at('ScheduleExpression'),
  startedBy(schedule),
  JSON.parse(schedule.text('Target.Input')),
];
const startedBy = (schedule: Resource): string => schedule.text('Target.Arn').replace('.Arn', '');

const scheduledAt = '<aws.scheduler.scheduled-time>';

test('what starts by itself, when, and in whose hands: the cycle, what watches it, what steers, what reports, and the nightly ingest', () => {
  const functionNamed = (name: string): string =>
    templates.all('AWS::Lambda::Function').find((fn) => fn.text('FunctionName') === `ballast-dev-${name}`)!.name;
  expect(schedules.map(read).sort()).toEqual([
    ['ballast-dev-check-broker', 'cron(0/5 9-15 ? * MON-FRI *)', functionNamed('orders-check-broker'), { scheduledAt }],
    ['ballast-dev-checkpoint-1900', 'cron(0 19 ? * MON-FRI *)', functionNamed('audit-sign-checkpoint'), { scheduledAt }],
    [
      'ballast-dev-cycle-1245-short-sessions',
      'cron(45 12 ? * MON-FRI *)',
      functionNamed('trading-start-cycle'),
      { scheduledAt, onlyOn: 'short-session' },
    ],
    ['ballast-dev-cycle-1545', 'cron(45 15 ? * MON-FRI *)', functionNamed('trading-start-cycle'), { scheduledAt }],
    ['ballast-dev-dead-man', 'cron(0/5 9-15 ? * MON-FRI *)', functionNamed('orders-dead-man'), { scheduledAt }],
    ['ballast-dev-escalate-alerts', 'cron(0/5 0-23 ? * * *)', functionNamed('alerts-escalate-alerts'), { scheduledAt }],
    ['ballast-dev-heartbeat-1645', 'cron(45 16 ? * MON-FRI *)', functionNamed('alerts-send-heartbeat'), { scheduledAt }],
    ['ballast-dev-ingest-nightly', 'cron(30 18 ? * MON-FRI *)', functionNamed('market-data-start-ingest'), { scheduledAt }],
    ['ballast-dev-rank-hourly', 'cron(30 9-15 ? * MON-FRI *)', functionNamed('ranking-rank-opportunities'), { scheduledAt }],
    ['ballast-dev-reconcile-1615', 'cron(15 16 ? * MON-FRI *)', functionNamed('orders-start-reconciliation'), { scheduledAt }],
    ['ballast-dev-report-1630', 'cron(30 16 ? * MON-FRI *)', functionNamed('analytics-publish-report'), { scheduledAt }],
    ['ballast-dev-steer-fund', 'cron(0/5 9-15 ? * MON-FRI *)', functionNamed('steering-steer-fund'), { scheduledAt }],
    [
      'ballast-dev-watch-1305-short-sessions',
      'cron(5 13 ? * MON-FRI *)',
      functionNamed('alerts-watch-cycle'),
      { scheduledAt, onlyOn: 'short-session' },
    ],
    ['ballast-dev-watch-1605', 'cron(5 16 ? * MON-FRI *)', functionNamed('alerts-watch-cycle'), { scheduledAt }],
    ['ballast-dev-watch-health', 'cron(0/5 9-15 ? * MON-FRI *)', functionNamed('steering-watch-health'), { scheduledAt }],
  ]);
});

test('every schedule runs on New York time, to the minute', () => {
  for (const schedule of schedules) {
    expect(schedule.at('ScheduleExpressionTimezone'), schedule.name).toBe('America/New_York');
    expect(schedule.at('FlexibleTimeWindow'), schedule.name).toEqual({ Mode: 'OFF' });
    expect(schedule.at('State'), schedule.name).toBe('ENABLED');
  }
});

test('a delivery that is five minutes late is a dead letter, not a late cycle', () => {
  for (const schedule of schedules) {
    const age = Number(schedule.at('Target.RetryPolicy.MaximumEventAgeInSeconds'));
    expect(age, schedule.name).toBeGreaterThan(0);
    expect(age, schedule.name).toBeLessThanOrEqual(300);
    expect(templates.named(schedule.text('Target.DeadLetterConfig.Arn')).type, schedule.name).toBe('AWS::SQS::Queue');
  }
});

test('other times can be given by context, each with a schedule of its own and one for the watch twenty minutes later', () => {
  const context = { cycleTimes: '11:00,15:30', shortSessionCycleTime: '12:30', ingestTime: '20:00' };
  const timesIn = (one: Templates): string[] =>
    one.all('AWS::Scheduler::Schedule').map((schedule) => `${schedule.text('Name')} ${schedule.text('ScheduleExpression')}`);
  const given = synthesized(context, (assembly) => timesIn(assembly.templates));
  const standing = timesIn(templates);
  expect(given.filter((one) => !standing.includes(one)).sort()).toEqual([
    'ballast-dev-cycle-1100 cron(0 11 ? * MON-FRI *)',
    'ballast-dev-cycle-1230-short-sessions cron(30 12 ? * MON-FRI *)',
    'ballast-dev-cycle-1530 cron(30 15 ? * MON-FRI *)',
    'ballast-dev-ingest-nightly cron(0 20 ? * MON-FRI *)',
    'ballast-dev-watch-1120 cron(20 11 ? * MON-FRI *)',
    'ballast-dev-watch-1250-short-sessions cron(50 12 ? * MON-FRI *)',
    'ballast-dev-watch-1550 cron(50 15 ? * MON-FRI *)',
  ]);
  // The default times are gone: cycle, short sessions, ingest and the two watches.
  expect(standing.filter((one) => !given.includes(one))).toHaveLength(5);
});

describe('every target of a rule', () => {
  test('gives up within the hour and leaves what it could not deliver in the dead-letter queue', () => {
    const targets = templates.all('AWS::Events::Rule').flatMap((rule) => rule.list('Targets').map((target) => ({ rule, target })));
    expect(targets.length).toBeGreaterThan(0);
    for (const { rule, target } of targets) {
      if (!isObject(target) || !isObject(target.DeadLetterConfig) || !isObject(target.RetryPolicy))
        throw new Error(`${rule.name} has a target without dead letters or retry policy.`);
      expect(templates.named(rule.resolve(target.DeadLetterConfig.Arn!)).type).toBe('AWS::SQS::Queue');
      expect(Number(target.RetryPolicy.MaximumEventAgeInSeconds)).toBeLessThanOrEqual(3600);
    }
  });

  test('hears only events of ours', () => {
    for (const rule of templates.all('AWS::Events::Rule'))
      expect(rule.at('EventPattern'), rule.name).toMatchObject({ source: ['ballast'] });
  });
});

test('people are told when trading stops, risk speaks, a cycle fails or dies, or the books and orders are not as they should be', () => {
  const topics = templates.all('AWS::SNS::Topic').map(({ name }) => name);
  const heard = templates
    .all('AWS::Events::Rule')
    .filter((rule) => rule.list('Targets').some((target) => isObject(target) && topics.includes(rule.resolve(target.Arn!))))
    .flatMap((rule) => rule.list('EventPattern.detail-type'));
  expect(heard.sort()).toEqual([
    'CycleDied',
    'CycleFailed',
    'OrderIncident',
    'PositionsFlattened',
    'ReconciliationFailed',
    'RiskBreached',
    'StrayOrdersFound',
    'TradingPaused',
  ]);
});
