/** A rule as it is kept, and how its name, bus and ARN hang together. */
import type { Target } from '@aws-sdk/client-eventbridge';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { parseScheduleExpression, type ScheduleExpression } from '../scheduler/schedule-expression.ts';
import { AwsError } from '../service.ts';
import { type CompiledPattern, compilePattern, PatternError } from './pattern.ts';

export interface Rule {
  readonly name: string;
  readonly bus: string;
  readonly arn: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly description?: string;
  /** The pattern's JSON text, as it was given. */
  readonly eventPattern?: string;
  readonly scheduleExpression?: string;
  readonly roleArn?: string;
  readonly createdAt: EpochMs;
  readonly targets: readonly Target[];
  /** Hash of the template's properties; absent for a rule made through the API. */
  readonly declaredAs?: string;
}

/** What a rule compiles to once, for all its events. */
export interface CompiledRule {
  readonly pattern?: CompiledPattern;
  readonly schedule?: ScheduleExpression;
}

export const DEFAULT_BUS = 'default';

/** Rules of the default bus do not name it. */
export const rulePath = (bus: string, name: string): string => (bus === DEFAULT_BUS ? name : `${bus}/${name}`);

/** @throws AwsError InvalidEventPatternException or ValidationException. */
export function compileRule(rule: Pick<Rule, 'eventPattern' | 'scheduleExpression' | 'bus' | 'createdAt'>): CompiledRule {
  const { eventPattern, scheduleExpression, bus, createdAt } = rule;
  if (eventPattern === undefined && scheduleExpression === undefined) {
    throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (scheduleExpression !== undefined && bus !== DEFAULT_BUS) {
    throw new AwsError('ValidationException', 'ScheduleExpression is supported only on the default event bus.');
  }
  if (scheduleExpression?.startsWith('at(')) throw new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.');
  return {
    ...(eventPattern === undefined ? {} : { pattern: compileEventPattern(eventPattern) }),
    ...(scheduleExpression === undefined
      ? {}
      : { schedule: parseScheduleExpression(scheduleExpression, 'UTC', { startsAt: createdAt, strictUnits: true }) }),
  };
}

/** @throws AwsError InvalidEventPatternException with the reason. */
export function compileEventPattern(pattern: unknown): CompiledPattern {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError)
      throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${error.message}`);
    throw error;
  }
}
