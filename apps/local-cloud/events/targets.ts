import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError, type Caller, type CloudHost, notEmulated } from '../service.ts';
import type { BusEvent } from './bus-event.ts';
import { defaultRetryPolicy, type RetryPolicy } from './delivery.ts';
import { callTemplatedTarget, putOnBus, type ServiceCall, serviceOf } from './templated-target.ts';

const supportedTargets = new Set(['lambda', 'sqs', 'sns', 'states', 'events', 'logs']);
const supportedMembers = new Set([
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'DeadLetterConfig',
  'RetryPolicy',
  'SqsParameters',
]);

/** @throws AwsError NotEmulated for a kind of target or a member of it that we do not honour. */
export function checkTarget(target: Target): void {
  if (!target.Arn || !target.Id) throw new AwsError('ValidationException', 'A target has an Id and an Arn.');
  const kind = serviceOf(target.Arn);
  if (!supportedTargets.has(kind)) throw notEmulated('events', `targets of service ${kind} (${target.Arn})`);
  for (const [member, value] of Object.entries(target)) {
    if (value !== undefined && !supportedMembers.has(member)) throw notEmulated('events', `target member ${member}`);
  }
  if (kind === 'states' && !target.RoleArn) throw new AwsError('ValidationException', `RoleArn is required for target ${target.Arn}.`);
  if ([target.Input, target.InputPath, target.InputTransformer].filter((member) => member !== undefined).length > 1) {
    throw new AwsError(
      'ValidationException',
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`,
    );
  }
}

export const callerOf = (target: Target, ruleArn: string): Caller =>
  target.RoleArn
    ? { kind: 'role', roleArn: target.RoleArn, session: 'events' }
    : { kind: 'service', service: 'events.amazonaws.com', sourceArn: ruleArn };

export function retryPolicyOf(target: Target): RetryPolicy {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.RetryPolicy ?? {};
  return {
    attemptsMax: MaximumRetryAttempts ?? defaultRetryPolicy.attemptsMax,
    ageMsMax: MaximumEventAgeInSeconds === undefined ? defaultRetryPolicy.ageMsMax : MaximumEventAgeInSeconds * 1000,
  };
}

export async function callTarget(host: CloudHost, target: Target, ruleArn: string, event: BusEvent, input: string): Promise<void> {
  const arn = target.Arn!;
  const call: ServiceCall = (service, operation, request) => host.call(callerOf(target, ruleArn), service, operation, request);
  if (await callTemplatedTarget(call, target, input)) return;
  if (serviceOf(arn) === 'events') await putOnBus(call, entryFor(arn, event));
  else host.observe({ at: host.clock.now(), service: 'logs', event: 'LogEvent', details: { logGroup: arn, message: input } });
}

/** AWS keeps the event's id on its way to another bus; here it gets a new one. */
const entryFor = (busArn: string, event: BusEvent): object => ({
  EventBusName: busArn,
  Source: event.source,
  DetailType: event['detail-type'],
  Detail: JSON.stringify(event.detail),
  Resources: event.resources,
  Time: new Date(event.time),
});
