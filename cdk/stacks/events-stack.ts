/** What happened and who hears of it: the bus, its archive, the alert topic, and the queue of what could not be delivered. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Archive, EventBus, EventField, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { eventSource, physicalName } from '../../shared/contracts/names/index.ts';
import { acknowledge } from '../constructs/acknowledge.ts';
import { EventCatalogue, eventTypes } from '../constructs/events/event-catalogue.ts';
import { EventLog } from '../constructs/events/event-log.ts';
import { StopRequests } from '../constructs/orders/stop-requests.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import type { Stage } from '../stage.ts';
import type { DataStack } from './data-stack.ts';

export interface EventsStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

export class EventsStack extends Stack {
  readonly bus: EventBus;
  readonly alerts: Topic;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { stage, data }: EventsStackProps) {
    super(scope, id, { description: 'Ballast: event bus, archive, alerts, dead letters' });

    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: physicalName(stage.name, 'dead-letters'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetters, {
      id: 'AwsSolutions-SQS3',
      reason: 'This queue is the dead-letter queue of everything else. Owner: platform.',
    });

    this.alerts = new Topic(this, 'Alerts', { topicName: physicalName(stage.name, 'alerts'), masterKey: data.key, enforceSSL: true });
    for (const service of ['cloudwatch.amazonaws.com', 'events.amazonaws.com']) {
      this.alerts.grantPublish(new ServicePrincipal(service));
      data.key.grantEncryptDecrypt(new ServicePrincipal(service));
    }

    this.bus = new EventBus(this, 'Bus', { eventBusName: physicalName(stage.name, 'events'), deadLetterQueue: this.deadLetters });
    new Archive(this, 'BusArchive', {
      sourceEventBus: this.bus,
      eventPattern: { source: Match.exactString(eventSource) },
      retention: Duration.days(365),
    });
    new EventCatalogue(this, 'Catalogue', { stage });
    new EventLog(this, 'Log', { stage, bus: this.bus, deadLetters: this.deadLetters, keeps: eventTypes });
    this.#letDeadLettersIn();
    new StopRequests(this, 'StopRequests', { stage, data, bus: this.bus, deadLetters: this.deadLetters });
    const stopped = this.#alertOn('TradingStopped', physicalName(stage.name, 'trading-stopped'), ['TradingPaused']);
    this.#alertOn('TradingTroubled', physicalName(stage.name, 'trading-troubled'), [
      ...['RiskBreached', 'CycleFailed', 'CycleDied'],
      ...['OrderIncident', 'StrayOrdersFound', 'PositionsFlattened', 'ReconciliationFailed'],
    ]);

    new RunbookAlarm(this, 'DeadLettersWaiting', {
      says: 'An event, a schedule or an asynchronous call could not be delivered.',
      runbook: 'dead-letters-waiting',
      notifies: this.alerts,
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
    });
    new RunbookAlarm(this, 'TradingStoppedHeard', {
      says: 'Trading was paused, reduced or halted.',
      runbook: 'trading-stopped',
      notifies: this.alerts,
      metric: new Metric({
        namespace: 'AWS/Events',
        metricName: 'TriggeredRules',
        dimensionsMap: { EventBusName: this.bus.eventBusName, RuleName: stopped },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      threshold: 1,
    });
  }

  /** CDK allows the queue to a rule's target of this stack; the bus, and the rules of other stacks, need it said. */
  #letDeadLettersIn(): void {
    this.deadLetters.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetters.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': [this.bus.eventBusArn, this.#rulesOfTheBus] } },
      }),
    );
  }

  get #rulesOfTheBus(): string {
    return this.formatArn({ service: 'events', resource: 'rule', resourceName: `${this.bus.eventBusName}/*` });
  }

  /** Returns the rule's name as CloudWatch knows it; `Ref` of a rule puts the bus's name before it. */
  #alertOn(id: string, ruleName: string, detailTypes: readonly string[]): string {
    new Rule(this, id, {
      ruleName,
      eventBus: this.bus,
      description: `People hear of ${detailTypes.join(', ')}.`,
      eventPattern: { source: [eventSource], detailType: [...detailTypes] },
      targets: [
        new SnsTopic(this.alerts, {
          message: RuleTargetInput.fromText(`Ballast ${EventField.fromPath('$.detail-type')}: ${EventField.fromPath('$.detail.summary')}`),
          deadLetterQueue: this.deadLetters,
          retryAttempts: 10,
          maxEventAge: Duration.hours(1),
        }),
      ],
    });
    return ruleName;
  }
}
