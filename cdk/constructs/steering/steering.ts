/**
 * The meta strategy controller and what it goes by. Every five minutes from half an hour before the open, the health of the parts is
 * checked, and the market read ahead; every five minutes of the session the controller looks at everything and sets the risk mode. Between
 * two looks a part that goes down tightens it at once.
 *
 * The controller's functions hold no key of the broker and no permit: what they can do is write the next version of the policy, and the
 * store lets them touch the mode and the block list alone.
 */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';
import { EventConsumer } from '../event-consumer.ts';
import { MarketSchedule } from '../market-schedule.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';

export interface SteeringProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

export class Steering extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events }: SteeringProps) {
    super(scope, id);
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };
    const schedule = { stage, at: { everyMinutes: 5, ofHours: [9, 15] }, deadLetters: events.deadLetters } as const;

    const watch = new PlatformFunction(this, 'WatchHealth', 'steering/watch-health', common)
      .gets(data.policy, data.audit, data.operations)
      .puts(data.operations)
      .readsObjects(data.lake, 'datasets/', 'quality/')
      .mayFindNothing(data.lake)
      .listsObjects(data.auditArchive, 'checkpoints/')
      .publishesTo(events.bus)
      .dropsLateEvents();
    new MarketSchedule(this, 'HealthSchedule', { ...schedule, name: 'watch-health', starts: watch });

    const watchCycles = new PlatformFunction(this, 'WatchCycles', 'steering/watch-cycles', common)
      .gets(data.policy, data.operations)
      .puts(data.operations)
      .listsObjects(data.auditArchive, 'checkpoints/')
      .publishesTo(events.bus);
    new EventConsumer(this, 'CycleEndings', {
      ...{ stage, events, consumer: watchCycles, name: 'watch-cycles' },
      hears: ['CycleCompleted', 'CycleFailed', 'CycleDied', 'CycleMissed', 'AuditBroken'],
    });

    const steer = new PlatformFunction(this, 'SteerFund', 'steering/steer-fund', common)
      .gets(data.policy, data.risk, data.operations)
      .queries(data.operations)
      .puts(data.operations)
      .publishesPolicy(data.policy)
      .readsObjects(data.lake, 'datasets/')
      .mayFindNothing(data.lake)
      .dropsLateEvents();
    new MarketSchedule(this, 'SteeringSchedule', { ...schedule, name: 'steer-fund', starts: steer });

    const tighten = new PlatformFunction(this, 'TightenAtOnce', 'steering/tighten-at-once', common)
      .gets(data.policy, data.operations)
      .puts(data.operations)
      .publishesPolicy(data.policy);
    new EventConsumer(this, 'HealthChanges', {
      ...{ stage, events, consumer: tighten, name: 'tighten-at-once', hears: ['HealthStatusChanged'] },
    });

    new RunbookAlarm(this, 'SteeringFailing', {
      says: 'The meta strategy controller failed twice within a quarter of an hour: the risk mode stays as it is.',
      runbook: 'steering-failing',
      notifies: events.alerts,
      metric: steer.lambda.metricErrors({ period: Duration.minutes(15) }),
      threshold: 2,
    });
    new RunbookAlarm(this, 'HealthUnwatched', {
      says: 'The health checks failed twice within a quarter of an hour: soon the parts count as unknown, and the fund is DEFENSIVE.',
      runbook: 'health-unwatched',
      notifies: events.alerts,
      metric: watch.lambda.metricErrors({ period: Duration.minutes(15) }),
      threshold: 2,
    });
  }
}
