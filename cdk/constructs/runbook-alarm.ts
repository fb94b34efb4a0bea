/** An alarm that says where its cure is written: every alarm names a section of docs/runbook.md. */
import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface RunbookAlarmProps
  extends Omit<AlarmProps, 'alarmDescription' | 'evaluationPeriods' | 'comparisonOperator' | 'treatMissingData'> {
  /** What happened, as the person woken by it reads it. */
  readonly says: string;
  /** The anchor of its section, e.g. `cycle-failed`. */
  readonly runbook: string;
  readonly notifies: ITopic;
  readonly evaluationPeriods?: number;
  /** Which side of the threshold is the alarming one; silence counts as zero. */
  readonly comparison?: 'atLeast' | 'below';
}

export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, { says, runbook, notifies, comparison = 'atLeast', ...alarm }: RunbookAlarmProps) {
    super(scope, id, {
      evaluationPeriods: 1,
      ...alarm,
      comparisonOperator:
        comparison === 'atLeast' ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: comparison === 'atLeast' ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
      alarmDescription: `${says} Runbook: docs/runbook.md#${runbook}`,
    });
    const action = new SnsAction(notifies);
    this.addAlarmAction(action);
    this.addOkAction(action);
  }
}
