/**
 * Service integrations: which service and operation a Task's Resource names, what is sent, and what comes back.
 * Every call goes through the host as the machine's role, so that IAM and faults apply to it.
 */
import { AwsError } from '../service.ts';
import { isObject, type Json, type JsonObject } from './asl.ts';
import { BranchAborted, StateFailure } from './failure.ts';
import type { Run } from './frame.ts';
import type { CallShape } from './integrations/call-shape.ts';
import { OPTIMIZED } from './integrations/optimized.ts';
import { sdkIntegration } from './integrations/sdk.ts';
import { serviceFailure } from './integrations/service-errors.ts';
import type { IssuedToken } from './task-tokens.ts';
import { unlessAborted } from './waiting.ts';

type TaskPattern = 'requestResponse' | 'waitForTaskToken' | 'sync';

interface Integration extends CallShape {
  /** As history names it: `lambda` and `invoke.waitForTaskToken`. */
  readonly resourceType: string;
  readonly resource: string;
  readonly pattern: TaskPattern;
  /** `.sync:2` gives parsed input and output, `.sync` gives text. */
  readonly parsesOutput?: boolean;
}

export interface TaskCall {
  readonly integration: Integration;
  readonly argument: Json;
}

interface TaskRuntime {
  readonly signal: AbortSignal;
  readonly token: IssuedToken | undefined;
  submitted(output: Json): void;
}

const OPTIMIZED_ARN =
  /^arn:aws[\w-]*:states:[\w-]*:\d*:(lambda|events|sns|sqs|dynamodb|states):(\w+)(?:\.(waitForTaskToken|sync:2|sync))?$/;
const SDK_ARN = /^arn:aws[\w-]*:states:[\w-]*:\d*:aws-sdk:(\w+):(\w+)(?:\.(waitForTaskToken))?$/;
const FUNCTION_ARN = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/;

/** The integration a Resource names, or a sentence that says why there is none. */
export function findIntegration(resource: string): Integration | string {
  if (FUNCTION_ARN.test(resource))
    return { ...OPTIMIZED['lambda:function']!, resourceType: 'lambda', resource, pattern: 'requestResponse' };
  const sdk = SDK_ARN.exec(resource);
  if (sdk) {
    const shape = sdkIntegration(sdk[1]!, sdk[2]!);
    if (typeof shape === 'string') return shape;
    return {
      ...shape,
      resourceType: `aws-sdk:${sdk[1]}`,
      resource: resource.slice(resource.lastIndexOf(':') + 1),
      pattern: sdk[3] ? 'waitForTaskToken' : 'requestResponse',
    };
  }
  const optimized = OPTIMIZED_ARN.exec(resource);
  if (!optimized) return `the local cloud does not emulate the resource "${resource}"`;
  const [, service, operation, suffix] = optimized;
  const shape = OPTIMIZED[`${service}:${operation}`];
  if (!shape) return `the local cloud does not emulate the integration "${service}:${operation}"`;
  const startsExecution = service === 'states';
  if (suffix?.startsWith('sync') && !startsExecution) return `"${service}:${operation}" has no .sync`;
  if (suffix === 'waitForTaskToken' && service === 'dynamodb') return `"${service}:${operation}" has no .waitForTaskToken`;
  const pattern = suffix === undefined ? 'requestResponse' : suffix === 'waitForTaskToken' ? suffix : 'sync';
  const name = suffix === undefined ? operation! : `${operation}.${suffix}`;
  return { ...shape, resourceType: service!, resource: name, pattern, parsesOutput: suffix === 'sync:2' };
}

/** As `findIntegration`, for resources that were validated with their definition. */
export function integrationOf(resource: string): Integration {
  const integration = findIntegration(resource);
  if (typeof integration === 'string') throw new StateFailure('States.Runtime', integration);
  return integration;
}

/** Makes the call and gives the task's result. @throws StateFailure with the error name AWS would give it. */
export async function perform(run: Run, { integration, argument }: TaskCall, { signal, token, submitted }: TaskRuntime): Promise<Json> {
  const members = asMembers(integration, argument);
  const output = await callService(run, integration, integration.send(members, run));
  const reply = integration.receive(output, members);
  if (integration.pattern === 'requestResponse') return reply;
  submitted(reply);
  if (token) return unlessAborted(token.answer, signal);
  return nestedExecution(run, integration, reply, signal);
}

/** A direct function ARN takes any payload; every other call takes named members. */
function asMembers({ resource, resourceType }: Integration, argument: Json): JsonObject {
  if (FUNCTION_ARN.test(resource)) return { FunctionName: resource, Payload: argument };
  if (isObject(argument)) return argument;
  throw new StateFailure('States.Runtime', `The arguments of ${resourceType}:${resource} must be a JSON object.`);
}

export async function callService(
  run: Run,
  shape: Pick<CallShape, 'service' | 'operation' | 'errorPrefix'>,
  input: object,
): Promise<unknown> {
  try {
    return await run.engine.host.call(run.role, shape.service, shape.operation, input);
  } catch (error) {
    if (error instanceof StateFailure) throw error;
    throw serviceFailure(error, shape);
  }
}

/** `.sync`: the child's end is the task's end; aborting the task aborts the child. */
async function nestedExecution(run: Run, integration: Integration, reply: Json, signal: AbortSignal): Promise<Json> {
  const executionArn = (reply as JsonObject).ExecutionArn as string;
  const describe = { service: 'states', operation: 'DescribeExecution', errorPrefix: 'StepFunctions' };
  try {
    await unlessAborted(run.engine.closed(executionArn), signal);
  } catch (error) {
    if (signal.aborted || error instanceof BranchAborted) {
      await run.engine.host.call(run.role, 'states', 'StopExecution', { executionArn }).catch(ignoreRefusedStop);
    }
    throw error;
  }
  const described = (await callService(run, describe, { executionArn })) as Record<string, unknown>;
  const shown = describedExecution(described, integration.parsesOutput === true);
  if (described.status === 'SUCCEEDED') return shown;
  throw new StateFailure('States.TaskFailed', JSON.stringify(shown));
}

/** A role without states:StopExecution cannot stop the child; AWS lets the task end all the same. */
function ignoreRefusedStop(error: unknown): void {
  if (!(error instanceof AwsError)) throw error;
}

function describedExecution(described: Record<string, unknown>, parses: boolean): JsonObject {
  const text = (value: unknown): Json => (parses && typeof value === 'string' ? (JSON.parse(value) as Json) : ((value ?? null) as Json));
  const shown: Record<string, Json> = {};
  for (const [key, value] of Object.entries(described)) {
    if (value === undefined) continue;
    const name = key[0]!.toUpperCase() + key.slice(1);
    if (value instanceof Date) shown[name] = value.getTime();
    else shown[name] = key === 'input' || key === 'output' ? text(value) : (value as Json);
  }
  return shown;
}
