/** A function that hears events of some types: the rule, and where an event goes that it could not take. */
import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventSource, physicalName } from '../../shared/contracts/names/index.ts';
import type { EventsStack } from '../stacks/events-stack.ts';
import type { Stage } from '../stage.ts';
import type { PlatformFunction } from './platform-function.ts';

export interface EventConsumerProps {
  readonly stage: Stage;
  readonly events: EventsStack;
  readonly consumer: PlatformFunction;
  /** The rule's name without the stage, e.g. `measure-cycles`. */
  readonly name: string;
  readonly hears: readonly string[];
}

export class EventConsumer extends Construct {
  constructor(scope: Construct, id: string, { stage, events, consumer, name, hears }: EventConsumerProps) {
    super(scope, id);
    // By its ARN: CDK would write this rule into the queue's own policy, and the stack of the bus would depend on every stack that hears it.
    const deadLetterQueue = Queue.fromQueueArn(this, 'DeadLetters', events.deadLetters.queueArn);
    new Rule(this, 'Rule', {
      ruleName: physicalName(stage.name, name),
      eventBus: events.bus,
      description: `Heard by a function: ${hears.join(', ')}.`,
      eventPattern: { source: [eventSource], detailType: [...hears] },
      targets: [new LambdaFunction(consumer.lambda, { deadLetterQueue, retryAttempts: 10, maxEventAge: Duration.hours(1) })],
    });
  }
}
