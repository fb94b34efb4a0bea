/**
 * Every event of the fund as a line of one log group: to follow it as it happens (`aws logs tail`), and to search it with Logs Insights
 * beyond what the archive shows, which can only be replayed.
 */
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { type EventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventSource, physicalName } from '../../../shared/contracts/names/index.ts';
import type { Stage } from '../../stage.ts';

export interface EventLogProps {
  readonly stage: Stage;
  readonly bus: EventBus;
  readonly deadLetters: Queue;
  /** Detail types. */
  readonly keeps: readonly string[];
}

export class EventLog extends Construct {
  constructor(scope: Construct, id: string, { stage, bus, deadLetters, keeps }: EventLogProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Lines', {
      // EventBridge writes to log groups of this prefix only.
      logGroupName: `/aws/events/${physicalName(stage.name, 'events')}`,
      retention: stage.logRetention,
      removalPolicy: stage.statefulRemoval,
    });
    const rule = new Rule(this, 'Rule', {
      ruleName: physicalName(stage.name, 'event-log'),
      eventBus: bus,
      description: 'Every event, as a line of the log.',
      eventPattern: { source: [eventSource], detailType: [...keeps] },
    });
    logGroup.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com'), new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    rule.addTarget(this.#linesIn(logGroup.logGroupName, deadLetters));
  }

  /** CDK's own target would bring a function of its own to write the policy above. */
  #linesIn(logGroupName: string, deadLetters: Queue): IRuleTarget {
    const logGroup = { service: 'logs', resource: 'log-group', resourceName: logGroupName, arnFormat: ArnFormat.COLON_RESOURCE_NAME };
    const arn = Stack.of(this).formatArn(logGroup);
    return {
      bind: () => ({
        arn,
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: Duration.hours(1).toSeconds() },
      }),
    };
  }
}
