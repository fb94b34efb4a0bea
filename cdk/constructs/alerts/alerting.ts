/**
 * Who tells people: the function that hears events, the one that reminds, the one that brings alarms to the chats, the daily heartbeat, the
 * watch over scheduled cycles, and the one that tries the channels out.
 *
 * Mail has two ways, on purpose. Rules of the bus (EventsStack) put what stops or endangers trading on the topic as plain text, with no
 * code of ours between the event and the mail: a stop must be heard when our bundle is broken, our policy unreadable, or our function
 * throttled. Everything else, and every reminder, reaches the topic through `alerts/send-alert`, with severity, quiet hours and
 * de-duplication. The two are kept apart by type: what a rule carries, the function leaves out of the topic's first message
 * (`onTopicByRule`, which test/infra holds against the rules), so nobody has the same mail twice. The price is that those few types come
 * without de-duplication by mail; they come once for a cycle or an order. The chats are the function's alone.
 *
 * The function's failing has alarms that need no code of ours either: its errors, the dead letters, and the heartbeat's silence.
 */
import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { FilterOrPolicy, SubscriptionFilter } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { cycleWatch, physicalName } from '../../../shared/contracts/names/index.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { EventsStack } from '../../stacks/events-stack.ts';
import type { Stage } from '../../stage.ts';
import { EventConsumer } from '../event-consumer.ts';
import { MarketSchedule } from '../market-schedule.ts';
import { MissingAlarm } from '../missing-alarm.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';

export interface AlertingProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly events: EventsStack;
}

/** Those of the catalogue that people hear of; test/infra holds this list against `alertedTypes`. */
const alertedTypes = [
  ...['AuditBroken', 'CycleDied', 'CycleFailed', 'CycleMissed', 'CycleRefused', 'DataIngested', 'HealthStatusChanged', 'OrderIncident'],
  ...['PolicyProposed', 'PolicyUpdated', 'PositionsFlattened', 'ReconciliationFailed', 'ReportPublished', 'RiskBreached'],
  ...['StrategyDemoted', 'StrategyPromoted', 'StrategyRetired', 'StrayOrdersFound', 'TradingPaused', 'TradingResumed'],
];

export class Alerting extends Construct {
  constructor(scope: Construct, id: string, props: AlertingProps) {
    super(scope, id);
    const { stage, data, events } = props;
    const teller = (constructId: string, name: string): PlatformFunction =>
      new PlatformFunction(this, constructId, name, { stage, dataKey: data.key, deadLetters: events.deadLetters })
        .gets(data.policy)
        .tellsPeople(data.alertChannelsSecret, events.alerts);

    const send = teller('SendAlert', 'alerts/send-alert').gets(data.operations).queries(data.operations);
    send.puts(data.operations).updates(data.operations);
    new EventConsumer(this, 'Alerts', { stage, events, consumer: send, name: 'send-alerts', hears: alertedTypes });

    const escalate = teller('EscalateAlerts', 'alerts/escalate-alerts')
      .reads(data.operations)
      .puts(data.operations)
      .updates(data.operations);
    const schedule = { stage, deadLetters: events.deadLetters };
    const aroundTheClock = { everyMinutes: 5, ofHours: [0, 23] } as const;
    new MarketSchedule(this, 'Escalation', { ...schedule, name: 'escalate-alerts', starts: escalate, at: aroundTheClock, everyDay: true });

    // An alarm has put itself on the topic.
    const relay = new PlatformFunction(this, 'RelayAlarm', 'alerts/relay-alarm', {
      ...{ stage, dataKey: data.key, deadLetters: events.deadLetters },
    })
      .gets(data.policy)
      .tellsChats(data.alertChannelsSecret, events.alerts)
      .reads(data.operations)
      .puts(data.operations)
      .updates(data.operations);
    events.alerts.addSubscription(
      new LambdaSubscription(relay.lambda, {
        // Only CloudWatch's messages are JSON with this member; ours are text, so that what is told is not relayed in a circle.
        filterPolicyWithMessageBody: { AlarmName: FilterOrPolicy.filter(SubscriptionFilter.existsFilter()) },
        deadLetterQueue: events.deadLetters,
      }),
    );
    teller('TryChannels', 'alerts/try-channels');

    this.#heartbeat(props, teller('SendHeartbeat', 'alerts/send-heartbeat'));
    this.#watch(props);
    new RunbookAlarm(this, 'AlertsFailing', {
      says: 'Alerts could not be sent: the function that sends them failed three times within a quarter of an hour.',
      runbook: 'alerts-failing',
      notifies: events.alerts,
      metric: send.lambda.metricErrors({ period: Duration.minutes(15) }),
      threshold: 3,
    });
  }

  #heartbeat({ stage, data, events }: AlertingProps, heartbeat: PlatformFunction): void {
    heartbeat
      .gets(data.operations)
      .puts(data.operations)
      .updates(data.operations)
      .queries(data.policy)
      .reads(data.audit, data.ledger)
      .readsObjects(data.lake, 'cycles/')
      .mayFindNothing(data.lake)
      .dropsLateEvents();
    new MarketSchedule(this, 'Heartbeat', {
      stage,
      name: 'heartbeat-1645',
      starts: heartbeat,
      at: '16:45',
      deadLetters: events.deadLetters,
    });
    const beats = new MetricFilter(this, 'Heartbeats', {
      logGroup: heartbeat.lambda.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'heartbeat'),
      metricNamespace: 'Ballast',
      metricName: physicalName(stage.name, 'heartbeats'),
    });
    new MissingAlarm(this, 'HeartbeatMissing', {
      says: 'The fund did not say on a weekday that it is alive.',
      runbook: 'heartbeat-missing',
      notifies: events.alerts,
      accountedBy: { beats: beats.metric() },
    });
  }

  #watch({ stage, data, events }: AlertingProps): void {
    const watch = new PlatformFunction(this, 'WatchCycle', 'alerts/watch-cycle', {
      ...{ stage, dataKey: data.key, deadLetters: events.deadLetters },
    })
      .queries(data.audit)
      .looksAtExecutionsOf(physicalName(stage.name, 'trading-cycle'))
      .publishesTo(events.bus)
      .dropsLateEvents();
    const schedule = { stage, starts: watch, deadLetters: events.deadLetters };
    for (const cycleAt of stage.cycleTimes) {
      const at = afterwards(cycleAt);
      new MarketSchedule(this, `WatchAt${digits(at)}`, { ...schedule, name: `watch-${digits(at)}`, at });
    }
    const shortly = afterwards(stage.shortSessionCycleTime);
    new MarketSchedule(this, 'WatchShortSession', {
      ...schedule,
      name: `watch-${digits(shortly)}-short-sessions`,
      at: shortly,
      onlyOn: 'short-session',
    });
  }
}

const digits = (at: string): string => at.replace(':', '');

function afterwards(at: string): string {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const minutes = hour * 60 + minute + cycleWatch.afterMinutes;
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
