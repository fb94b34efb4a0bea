/** Asks the broker every five minutes, from half an hour before the open, whether it answers. In the order role, which alone may ask it. */
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { MarketSchedule } from '../market-schedule.ts';
import type { OrderParts } from '../orders/order-parts.ts';
import { PlatformFunction } from '../platform-function.ts';
import { RunbookAlarm } from '../runbook-alarm.ts';

export class BrokerCheck extends Construct {
  constructor(scope: Construct, id: string, { stage, data, events, orderRole }: Omit<OrderParts, 'audit'>) {
    super(scope, id);
    const check = new PlatformFunction(this, 'CheckBroker', 'orders/check-broker', {
      ...{ stage, dataKey: data.key, deadLetters: events.deadLetters, role: orderRole },
      timeout: Duration.minutes(1),
    })
      .gets(data.policy, data.operations)
      .puts(data.operations)
      .publishesTo(events.bus)
      .mayPlaceOrders(data.brokerSecret)
      .dropsLateEvents();
    new MarketSchedule(this, 'Schedule', {
      ...{ stage, name: 'check-broker', starts: check, deadLetters: events.deadLetters },
      at: { everyMinutes: 5, ofHours: [9, 15] },
    });
    new RunbookAlarm(this, 'BrokerCheckFailing', {
      says: 'The check of the broker failed twice within a quarter of an hour: nobody knows whether it answers.',
      runbook: 'broker-check-failing',
      notifies: events.alerts,
      metric: check.lambda.metricErrors({ period: Duration.minutes(15) }),
      threshold: 2,
    });
  }
}
