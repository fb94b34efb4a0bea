/**
 * Starts a function at a New York time of day, Monday to Friday. Holidays and half days are the function's to judge:
 * it holds the exchange's calendar. Scheduler's own default retries for 24 hours, which for trading is worse than
 * not at all, so a delivery that is minutes late is dropped to the dead-letter queue.
 */
import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { market, physicalName } from '../../shared/contracts/names/index.ts';
import type { Stage } from '../stage.ts';
import { acknowledge } from './acknowledge.ts';
import type { PlatformFunction } from './platform-function.ts';

export interface MarketScheduleProps {
  readonly stage: Stage;
  /** Physical name without the stage, e.g. `cycle-1545`. */
  readonly name: string;
  readonly starts: PlatformFunction;
  /** HH:MM, New York; or every so many minutes of the hours from the first to the last, or at one minute of each of them. */
  readonly at:
    | string
    | { readonly everyMinutes: number; readonly ofHours: readonly [number, number] }
    | { readonly atMinute: number; readonly ofHours: readonly [number, number] };
  /** Handed to the function, which starts nothing on other days. */
  readonly onlyOn?: 'short-session';
  /** Saturdays and Sundays too; Monday to Friday without it. */
  readonly everyDay?: boolean;
  readonly deadLetters: IQueue;
}

export class MarketSchedule extends Construct {
  constructor(scope: Construct, id: string, { stage, name, starts, at, onlyOn, everyDay = false, deadLetters }: MarketScheduleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const target = new LambdaInvoke(starts.lambda, {
      role,
      input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime, ...(onlyOn ? { onlyOn } : {}) }),
      deadLetterQueue: deadLetters,
      maxEventAge: Duration.minutes(5),
      retryAttempts: 3,
    });
    new Schedule(this, 'Schedule', {
      scheduleName: physicalName(stage.name, name),
      description: `${spoken(at)} New York, ${everyDay ? 'every day' : 'Monday to Friday'}${onlyOn ? ', for days that close at 13:00' : ''}`,
      schedule: ScheduleExpression.cron({
        ...timeFields(at),
        weekDay: everyDay ? '*' : 'MON-FRI',
        timeZone: TimeZone.of(market.timeZone),
      }),
      target,
    });
    acknowledge(role, {
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(starts.lambda.node.defaultChild as CfnFunction)}.Arn>:*]`,
      reason: 'The target grants the one function with its versions; there is no narrower verb. Owner: platform.',
    });
  }
}

function timeFields(at: MarketScheduleProps['at']): { readonly minute: string; readonly hour: string } {
  if (typeof at !== 'string')
    return { minute: 'atMinute' in at ? String(at.atMinute) : `0/${at.everyMinutes}`, hour: at.ofHours.join('-') };
  const [hour, minute] = at.split(':').map(Number);
  return { minute: String(minute), hour: String(hour) };
}

function spoken(at: MarketScheduleProps['at']): string {
  if (typeof at === 'string') return at;
  const [first, last] = at.ofHours;
  if ('atMinute' in at) return `${at.atMinute} minutes past each hour from ${first} to ${last} o'clock,`;
  return `Every ${at.everyMinutes} minutes from ${first} to ${last + 1} o'clock,`;
}
