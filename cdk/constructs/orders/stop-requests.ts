/**
 * Stopping by an event: whoever may put StopRequested on the bus stops trading, and cannot resume it. It lies in the stack of the bus,
 * because the rule, its function and the dead letters of both refer to each other.
 */
import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventSource, physicalName } from '../../../shared/contracts/names/index.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { Stage } from '../../stage.ts';
import { PlatformFunction } from '../platform-function.ts';

export interface StopRequestsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly bus: EventBus;
  readonly deadLetters: Queue;
}

export class StopRequests extends Construct {
  constructor(scope: Construct, id: string, { stage, data, bus, deadLetters }: StopRequestsProps) {
    super(scope, id);
    const request = new PlatformFunction(this, 'RequestStop', 'orders/request-stop', { stage, dataKey: data.key, deadLetters })
      .gets(data.policy)
      .writesControl(data.policy);
    new Rule(this, 'StopRequested', {
      ruleName: physicalName(stage.name, 'stop-requested'),
      eventBus: bus,
      description: 'Trading stops when an event asks for it.',
      eventPattern: { source: [eventSource], detailType: ['StopRequested'] },
      targets: [new LambdaFunction(request.lambda, { deadLetterQueue: deadLetters, retryAttempts: 10, maxEventAge: Duration.hours(1) })],
    });
  }
}
