/** `aws-sdk:<service>:<operation>`: any operation of an emulated service, in the service's own shapes. */
import { isObject, type Json, type JsonObject } from '../asl.ts';
import type { CallShape } from './call-shape.ts';

/** Step Functions' name of a service, the local cloud's, and what precedes its error codes. */
const SERVICES: Readonly<Record<string, { readonly service: string; readonly errorPrefix: string }>> = {
  dynamodb: { service: 'dynamodb', errorPrefix: 'DynamoDb' },
  eventbridge: { service: 'events', errorPrefix: 'EventBridge' },
  kms: { service: 'kms', errorPrefix: 'Kms' },
  lambda: { service: 'lambda', errorPrefix: 'Lambda' },
  s3: { service: 's3', errorPrefix: 'S3' },
  scheduler: { service: 'scheduler', errorPrefix: 'Scheduler' },
  secretsmanager: { service: 'secretsmanager', errorPrefix: 'SecretsManager' },
  sfn: { service: 'states', errorPrefix: 'Sfn' },
  sns: { service: 'sns', errorPrefix: 'Sns' },
  sqs: { service: 'sqs', errorPrefix: 'Sqs' },
  ssm: { service: 'ssm', errorPrefix: 'Ssm' },
};

/** The call, or a sentence that says why there is none. */
export function sdkIntegration(name: string, action: string): CallShape | string {
  const known = SERVICES[name];
  if (!known) return `the local cloud does not emulate "aws-sdk:${name}"`;
  if (name === 'lambda' && action === 'invoke') return 'use arn:aws:states:::lambda:invoke instead of aws-sdk:lambda:invoke';
  const lowerNames = known.service === 'states';
  return {
    ...known,
    operation: action[0]!.toUpperCase() + action.slice(1),
    send: (argument) => (lowerNames ? withLowerNames(argument) : argument),
    receive: (output) => {
      const result = toJson(output);
      return lowerNames && isObject(result) ? withUpperNames(result) : result;
    },
  };
}

/** Service output as ASL sees it: bytes become text, dates ISO 8601, absent members go. */
export function toJson(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object') return value as Json;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, toJson(member)]));
}

/** Step Functions' own API writes its members in camelCase, ASL writes them in PascalCase. */
export const withLowerNames = (members: JsonObject): JsonObject => renamed(members, (first) => first.toLowerCase());
export const withUpperNames = (members: JsonObject): JsonObject => renamed(members, (first) => first.toUpperCase());

const renamed = (members: JsonObject, change: (first: string) => string): JsonObject =>
  Object.fromEntries(Object.entries(members).map(([key, value]) => [change(key[0] ?? '') + key.slice(1), value]));

/** Optimized integrations add what the HTTP reply said; of that, only the status means anything here. */
export const withMetadata = (result: Json): Json => (isObject(result) ? { ...result, SdkHttpMetadata: { HttpStatusCode: 200 } } : result);
