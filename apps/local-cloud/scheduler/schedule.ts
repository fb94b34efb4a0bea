/** A schedule as it is kept, checked on its way in, and shown as the API shows it. */
import type { CreateScheduleInput, FlexibleTimeWindow, GetScheduleOutput, Target } from '@aws-sdk/client-scheduler';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError, notEmulated } from '../service.ts';
import { parseScheduleExpression, type ScheduleExpression } from './schedule-expression.ts';
import { checkTarget } from './target.ts';

export interface Schedule {
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly startsAt?: EpochMs;
  readonly endsAt?: EpochMs;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly flexibleWindow: FlexibleTimeWindow;
  readonly target: Target;
  readonly afterCompletion: 'NONE' | 'DELETE';
  readonly description?: string;
  readonly kmsKeyArn?: string;
  readonly createdAt: EpochMs;
  readonly modifiedAt: EpochMs;
  /** Hash of the template's properties; absent for a schedule made through the API. */
  readonly declaredAs?: string;
}

export const DEFAULT_GROUP = 'default';

/** As operators name it: the group is left out where it is the default one. */
export const scheduleKey = (group: string, name: string): string => (group === DEFAULT_GROUP ? name : `${group}/${name}`);

export interface ScheduleIdentity {
  readonly arn: string;
  readonly createdAt: EpochMs;
  readonly modifiedAt: EpochMs;
  readonly declaredAs?: string;
}

/** @throws AwsError ValidationException for what Scheduler refuses, NotEmulated for what we do. */
export function toSchedule(input: CreateScheduleInput, identity: ScheduleIdentity): Schedule {
  const { Name, ScheduleExpression, Target, FlexibleTimeWindow } = input;
  if (!Name || !/^[\w.-]{1,64}$/.test(Name)) throw invalid(`Name "${Name}" is not valid.`);
  if (!ScheduleExpression || !Target || !FlexibleTimeWindow)
    throw invalid('ScheduleExpression, Target and FlexibleTimeWindow are required.');
  checkWindow(FlexibleTimeWindow);
  checkTarget(Target);
  const schedule: Schedule = {
    name: Name,
    group: input.GroupName ?? DEFAULT_GROUP,
    expression: ScheduleExpression,
    timeZone: input.ScheduleExpressionTimezone ?? 'UTC',
    state: input.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
    flexibleWindow: FlexibleTimeWindow,
    target: Target,
    afterCompletion: input.ActionAfterCompletion === 'DELETE' ? 'DELETE' : 'NONE',
    ...(input.StartDate === undefined ? {} : { startsAt: instantOf(input.StartDate, 'StartDate') }),
    ...(input.EndDate === undefined ? {} : { endsAt: instantOf(input.EndDate, 'EndDate') }),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.KmsKeyArn === undefined ? {} : { kmsKeyArn: input.KmsKeyArn }),
    ...identity,
  };
  expressionOf(schedule);
  return schedule;
}

/** A rate without a start date counts from when the schedule was made. */
export function expressionOf({ expression, timeZone, startsAt, createdAt }: Schedule): ScheduleExpression {
  return parseScheduleExpression(expression, timeZone, { startsAt: startsAt ?? createdAt });
}

/** The first firing strictly after that instant, within the schedule's dates. */
export function nextFiring(schedule: Schedule, expression: ScheduleExpression, after: EpochMs): EpochMs | undefined {
  const from = schedule.startsAt === undefined ? after : (Math.max(after, schedule.startsAt - 1) as EpochMs);
  const next = expression.next(from);
  return next !== undefined && (schedule.endsAt === undefined || next <= schedule.endsAt) ? next : undefined;
}

export function shown(schedule: Schedule): GetScheduleOutput {
  return {
    Arn: schedule.arn,
    GroupName: schedule.group,
    Name: schedule.name,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timeZone,
    State: schedule.state,
    CreationDate: new Date(schedule.createdAt),
    LastModificationDate: new Date(schedule.modifiedAt),
    Target: schedule.target,
    FlexibleTimeWindow: schedule.flexibleWindow,
    ActionAfterCompletion: schedule.afterCompletion,
    ...(schedule.startsAt === undefined ? {} : { StartDate: new Date(schedule.startsAt) }),
    ...(schedule.endsAt === undefined ? {} : { EndDate: new Date(schedule.endsAt) }),
    ...(schedule.description === undefined ? {} : { Description: schedule.description }),
    ...(schedule.kmsKeyArn === undefined ? {} : { KmsKeyArn: schedule.kmsKeyArn }),
  };
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

function checkWindow({ Mode, MaximumWindowInMinutes: minutes }: FlexibleTimeWindow): void {
  if (Mode === 'OFF') {
    if (minutes !== undefined) throw invalid('MaximumWindowInMinutes is not allowed when the flexible time window is OFF.');
    return;
  }
  if (Mode !== 'FLEXIBLE') throw notEmulated('scheduler', `FlexibleTimeWindow mode ${Mode}`);
  if (minutes === undefined || minutes < 1 || minutes > 1440) throw invalid('MaximumWindowInMinutes must be between 1 and 1440.');
}

/** Templates write dates as text, the API sends them as dates. */
function instantOf(date: Date | string, name: string): EpochMs {
  const instant = typeof date === 'string' ? Date.parse(date) : date.getTime();
  if (Number.isNaN(instant)) throw invalid(`${name} "${String(date)}" is no date.`);
  return instant as EpochMs;
}
