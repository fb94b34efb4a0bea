/**
 * What a schedule calls: a templated target (Lambda, Step Functions, SQS, SNS, an event bus), or any operation by the
 * universal target `arn:aws:scheduler:::aws-sdk:service:operation`. It always calls as the target's role.
 */
import { Buffer } from 'node:buffer';
import type { Target } from '@aws-sdk/client-scheduler';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { eventTime } from '../events/bus-event.ts';
import { type Delivery, type DeliveryFailure, defaultRetryPolicy } from '../events/delivery.ts';
import { callTemplatedTarget, putOnBus, type ServiceCall, serviceOf } from '../events/templated-target.ts';
import { AwsError, type Caller, type CloudHost, notEmulated } from '../service.ts';

export interface Firing {
  readonly schedule: { readonly name: string; readonly arn: string; readonly target: Target };
  readonly scheduledAt: EpochMs;
  readonly executionId: string;
  /** Counts from 1. */
  readonly attempt: number;
}

const templated = new Set(['lambda', 'states', 'sqs', 'sns', 'events']);
const members = new Set(['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig', 'SqsParameters', 'EventBridgeParameters']);
const universalArn = /^arn:aws:scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z]+)$/;
/** SDK names that differ from the name a service signs with. */
const serviceBySdkName: Readonly<Record<string, string>> = { sfn: 'states', eventbridge: 'events' };

/** @throws AwsError ValidationException for what Scheduler refuses, NotEmulated for what we do. */
export function checkTarget(target: Target): void {
  if (!target.Arn || !target.RoleArn) throw new AwsError('ValidationException', 'A target has an Arn and a RoleArn.');
  for (const [member, value] of Object.entries(target)) {
    if (value !== undefined && !members.has(member)) throw notEmulated('scheduler', `target member ${member}`);
  }
  const universal = universalArn.exec(target.Arn);
  if (universal) {
    if (/^(get|list|describe|batchGet|query|scan|search|select|receive)/i.test(universal[2]!)) {
      throw new AwsError('ValidationException', `${target.Arn} is not supported: a schedule cannot call read-only operations.`);
    }
    parseObject(target.Input ?? '{}', target.Arn);
    return;
  }
  const service = serviceOf(target.Arn);
  if (!templated.has(service)) throw notEmulated('scheduler', `targets of service ${service} (${target.Arn})`);
  const { DetailType, Source } = target.EventBridgeParameters ?? {};
  if (service === 'events' && (!DetailType || !Source)) {
    throw new AwsError('ValidationException', `EventBridgeParameters is required for target ${target.Arn}.`);
  }
}

/** One firing as a delivery: its retries, and what its dead letter says (Scheduler user guide, "Configuring a schedule's dead-letter queue"). */
export function deliveryOf(host: CloudHost, firing: Omit<Firing, 'attempt'>): Delivery {
  const { schedule, scheduledAt, executionId } = firing;
  const { Arn: targetArn = '', RoleArn: roleArn = '', RetryPolicy, DeadLetterConfig } = schedule.target;
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = RetryPolicy ?? {};
  const delivery: Delivery = {
    service: 'scheduler',
    subject: { schedule: schedule.name, target: targetArn, scheduledTime: eventTime(scheduledAt) },
    retry: {
      attemptsMax: MaximumRetryAttempts ?? defaultRetryPolicy.attemptsMax,
      ageMsMax: MaximumEventAgeInSeconds === undefined ? defaultRetryPolicy.ageMsMax : MaximumEventAgeInSeconds * 1000,
    },
    attempt: (attempt) => callTarget(host, { ...firing, attempt }),
  };
  if (DeadLetterConfig?.Arn === undefined) return delivery;
  const attributesOf = ({ targetCode, message, retries, exhausted }: DeliveryFailure): Record<string, string> => ({
    ERROR_CODE: targetCode,
    ERROR_MESSAGE: message,
    EXECUTION_ID: executionId,
    ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: String(retries),
    SCHEDULED_TIME: eventTime(scheduledAt),
    SCHEDULE_ARN: schedule.arn,
    TARGET_ARN: targetArn,
  });
  const body = filledInput(host, { ...firing, attempt: 1 });
  const caller: Caller = { kind: 'role', roleArn, session: 'scheduler' };
  return { ...delivery, deadLetter: { queueArn: DeadLetterConfig.Arn, caller, body, attributesOf } };
}

async function callTarget(host: CloudHost, firing: Firing): Promise<void> {
  const { target } = firing.schedule;
  const arn = target.Arn!;
  const input = filledInput(host, firing);
  const call: ServiceCall = (service, operation, request) =>
    host.call({ kind: 'role', roleArn: target.RoleArn!, session: 'scheduler' }, service, operation, request);
  const universal = universalArn.exec(arn);
  if (universal) {
    const [, sdkName = '', operation = ''] = universal;
    const request = parseObject(input, arn);
    await call(serviceBySdkName[sdkName] ?? sdkName, operation[0]!.toUpperCase() + operation.slice(1), withBlobs(sdkName, request));
    return;
  }
  if (await callTemplatedTarget(call, target, input)) return;
  const { DetailType, Source } = target.EventBridgeParameters!;
  await putOnBus(call, { EventBusName: arn, DetailType, Source, Detail: input });
}

/** The schedule's input with the context attributes filled in, or the event Scheduler sends when there is no input. */
function filledInput(host: CloudHost, { schedule, scheduledAt, executionId, attempt }: Firing): string {
  const time = eventTime(scheduledAt);
  const { Input } = schedule.target;
  if (Input === undefined) {
    return JSON.stringify({
      version: '0',
      id: executionId,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: host.accountId,
      time,
      region: host.region,
      resources: [schedule.arn],
      detail: '{}',
    });
  }
  return Input.replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
    .replaceAll('<aws.scheduler.scheduled-time>', time)
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt));
}

function parseObject(text: string, arn: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the refusal below, which says what is wrong.
  }
  throw new AwsError('ValidationException', `Invalid Input for target ${arn}: it is no JSON object.`);
}

/** JSON has no bytes: a function's payload is written as text. */
function withBlobs(sdkName: string, request: Record<string, unknown>): Record<string, unknown> {
  if (sdkName !== 'lambda' || typeof request.Payload !== 'string') return request;
  return { ...request, Payload: new Uint8Array(Buffer.from(request.Payload)) };
}
