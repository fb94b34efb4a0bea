/**
 * The optimized integrations this project uses, by `service:operation`. They are more than the plain API: a function's
 * error becomes the state's error, events carry the execution's ARN, JSON members are turned into text.
 *
 * Source: AWS Step Functions Developer Guide, "Integrating optimized services with Step Functions".
 */
import { isObject, type Json, type JsonObject } from '../asl.ts';
import { StateFailure } from '../failure.ts';
import type { CallShape } from './call-shape.ts';
import { toJson, withLowerNames, withMetadata, withUpperNames } from './sdk.ts';

const dynamodb = (operation: string): CallShape => ({
  service: 'dynamodb',
  operation,
  errorPrefix: 'DynamoDB',
  send: (argument) => argument,
  receive: (output) => withMetadata(toJson(output)),
});

/** Invokes and gives the whole reply; `Payload` is parsed. */
const lambdaInvoke: CallShape = {
  service: 'lambda',
  operation: 'Invoke',
  errorPrefix: 'Lambda',
  send: ({ Payload, ...rest }) => ({ InvocationType: 'RequestResponse', ...rest, Payload: Buffer.from(JSON.stringify(Payload ?? {})) }),
  receive(output) {
    const { StatusCode, ExecutedVersion, Payload, FunctionError } = output as InvokeOutput;
    const payload = payloadOf(Payload);
    if (FunctionError !== undefined) throw functionFailure(payload);
    return withMetadata({ ExecutedVersion: ExecutedVersion ?? '$LATEST', Payload: payload, StatusCode: StatusCode ?? 200 });
  },
};

interface InvokeOutput {
  readonly StatusCode?: number;
  readonly ExecutedVersion?: string;
  readonly Payload?: Uint8Array | string;
  readonly FunctionError?: string;
}

export const OPTIMIZED: Readonly<Record<string, CallShape>> = {
  'lambda:invoke': lambdaInvoke,
  /** A function's ARN as the Resource: the result is the payload alone. */
  'lambda:function': { ...lambdaInvoke, receive: (output, argument) => (lambdaInvoke.receive(output, argument) as JsonObject).Payload! },
  'events:putEvents': {
    service: 'events',
    operation: 'PutEvents',
    errorPrefix: 'EventBridge',
    send: (argument, run) => ({
      ...argument,
      Entries: entriesWithOrigin(argument.Entries, [run.start.executionArn, run.start.stateMachineArn]),
    }),
    receive(output) {
      const result = toJson(output) as JsonObject;
      if (Number(result.FailedEntryCount ?? 0) > 0) throw new StateFailure('EventBridge.FailedEntry', JSON.stringify(result));
      return withMetadata(result);
    },
  },
  'sns:publish': {
    service: 'sns',
    operation: 'Publish',
    errorPrefix: 'SNS',
    send: (argument) => ({ ...argument, Message: asText(argument.Message) }),
    receive: (output) => withMetadata(toJson(output)),
  },
  'sqs:sendMessage': {
    service: 'sqs',
    operation: 'SendMessage',
    errorPrefix: 'SQS',
    send: (argument) => ({ ...argument, MessageBody: asText(argument.MessageBody) }),
    receive: (output) => withMetadata(toJson(output)),
  },
  'dynamodb:getItem': dynamodb('GetItem'),
  'dynamodb:putItem': dynamodb('PutItem'),
  'dynamodb:updateItem': dynamodb('UpdateItem'),
  'dynamodb:deleteItem': dynamodb('DeleteItem'),
  'states:startExecution': {
    service: 'states',
    operation: 'StartExecution',
    errorPrefix: 'StepFunctions',
    send: (argument) => ({ ...withLowerNames(argument), input: asText(argument.Input ?? {}) }),
    receive: (output) => withUpperNames(toJson(output) as JsonObject),
  },
};

function payloadOf(payload: Uint8Array | string | undefined): Json {
  const text = payload === undefined ? '' : typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8');
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new StateFailure('Lambda.Unknown', `The function returned text that is no JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}

/** The function's errorType is the state's error, its whole payload the cause; without a type it is Lambda.Unknown. */
function functionFailure(payload: Json): StateFailure {
  const errorType = isObject(payload) ? payload.errorType : undefined;
  return new StateFailure(typeof errorType === 'string' && errorType !== '' ? errorType : 'Lambda.Unknown', JSON.stringify(payload));
}

/** AWS appends the execution and its machine to the Resources of every entry. */
function entriesWithOrigin(entries: Json | undefined, origin: readonly string[]): Json {
  if (!Array.isArray(entries)) return entries ?? [];
  return (entries as readonly Json[]).map((entry) => {
    if (!isObject(entry)) return entry;
    const resources = Array.isArray(entry.Resources) ? (entry.Resources as readonly Json[]) : [];
    return { ...entry, Detail: asText(entry.Detail), Resources: [...resources, ...origin] };
  });
}

const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
