/**
 * Looks every five minutes, from outside the cycle, for cycles that died, and has the machine "stop" cancel what they left working. On a
 * schedule of its own, so that whatever keeps a cycle from ending does not keep this from beginning.
 */
import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { env, physicalName } from '../../../shared/contracts/names/index.ts';
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
      .looksAtExecutionsOf(physicalName(stage.name, 'trading-cycle'))
      .publishesTo(events.bus)
      .dropsLateEvents();
    look.lambda.addEnvironment(env.stateMachine, stop.aliasArn);
    stop.grantStart(look.lambda);
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
}
