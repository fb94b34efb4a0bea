/**
 * An alarm for what did not happen: a weekday went by and nothing was counted.
 *
 * Hours are counted, and 28 silent ones in a row raise it. That spans the night from one evening to the next and the step
 * from a 12:45 cycle to a 15:45 one, and still rings before the next session. Nothing is due from Saturday 06:00 UTC, when
 * Friday's evening is over in New York, until Monday. Silence is written as zero by FILL: an alarm on missing data
 * alone would wait for several more periods.
 */
import { Duration } from 'aws-cdk-lib';
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface MissingAlarmProps {
  /** What did not happen, as the person woken by it reads it. */
  readonly says: string;
  readonly runbook: string;
  readonly notifies: ITopic;
  /** Each counts what accounts for a weekday, e.g. completed executions; one count in one of them is enough. */
  readonly accountedBy: Readonly<Record<string, Metric>>;
}

export class MissingAlarm extends RunbookAlarm {
  constructor(scope: Construct, id: string, { accountedBy, ...alarm }: MissingAlarmProps) {
    const names = Object.keys(accountedBy);
    const period = Duration.hours(1);
    super(scope, id, {
      ...alarm,
      metric: new MathExpression({
        expression: `IF(DAY(${names[0]}) == 7 OR (DAY(${names[0]}) == 6 AND HOUR(${names[0]}) >= 6), 1, ${names.map((name) => `FILL(${name}, 0)`).join(' + ')})`,
        label: 'Accounted for, or the weekend',
        usingMetrics: Object.fromEntries(
          Object.entries(accountedBy).map(([name, metric]) => [name, metric.with({ period, statistic: 'Sum' })]),
        ),
        period,
      }),
      threshold: 1,
      comparison: 'below',
      evaluationPeriods: 28,
    });
  }
}
