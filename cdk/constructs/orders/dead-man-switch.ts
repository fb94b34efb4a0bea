/**
 * Looks every five minutes, from outside the cycle, for cycles that died, and has the machine "stop" cancel what they left working. On a
 * schedule of its own, so that whatever keeps a cycle from ending does not keep this from beginning.
 */
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { env, physicalName } from '../../../shared/contracts/names/index.ts';
import { acknowledge } from '../acknowledge.ts';
import type { AslMachine } from '../asl-machine.ts';
import { MarketSchedule } from '../market-schedule.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';
import type { OrderParts } from './order-parts.ts';

export interface DeadManSwitchProps extends Omit<OrderParts, 'orderRole'> {
  /** The machine "stop". */
  readonly stop: AslMachine;
}

export class DeadManSwitch extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events, stop }: DeadManSwitchProps) {
    super(scope, id);
    const look = new PlatformFunction(this, 'DeadMan', 'orders/dead-man', { stage, dataKey: data.key, deadLetters: events.deadLetters })
      .queries(data.ledger)
      .gets(data.leases)
      .updates(data.leases)
      .publishesTo(events.bus)
      .dropsLateEvents();
    look.lambda.addEnvironment(env.stateMachine, stop.aliasArn);
    stop.grantStart(look.lambda);
    this.#mayLookAtCycles(look, physicalName(stage.name, 'trading-cycle'));
    new MarketSchedule(this, 'Watch', {
      stage,
      name: 'dead-man',
      starts: look,
      at: { everyMinutes: 5, ofHours: [9, 15] },
      deadLetters: events.deadLetters,
    });

    const died = new MetricFilter(this, 'CyclesDied', {
      logGroup: look.lambda.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'cycle-died'),
      metricNamespace: 'Ballast',
      metricName: physicalName(stage.name, 'cycles-died'),
    });
    new RunbookAlarm(this, 'CycleDied', {
      says: 'A trading cycle died and left orders or its lease behind; its orders are being cancelled.',
      runbook: 'cycle-died',
      notifies: events.alerts,
      metric: died.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
    });
    new RunbookAlarm(this, 'DeadManFailing', {
      says: 'The dead-man check failed twice within a quarter of an hour: nobody looks after a cycle that dies.',
      runbook: 'dead-man-failing',
      notifies: events.alerts,
      metric: look.lambda.metricErrors({ period: Duration.minutes(15) }),
      threshold: 2,
    });
  }

  /** Executions have no ARN before they run; their machine's name is the tightest bound there is. */
  #mayLookAtCycles(look: PlatformFunction, machineName: string): void {
    const arn = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    look.lambda.addEnvironment(env.tradingCycle, arn('stateMachine', machineName));
    look.lambda.addToRolePolicy(
      new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [arn('execution', `${machineName}:*`)] }),
    );
    acknowledge(look.lambda.role!, {
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${machineName}:*]`,
      reason: 'An execution has no ARN before it runs; the machine is the tightest bound there is. Owner: trading.',
    });
  }
}
