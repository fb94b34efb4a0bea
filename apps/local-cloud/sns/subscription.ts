/**
 * A subscription and its filter. Filter policies are written in the language of event patterns, over the message's
 * attributes or, by scope, over its body (SNS developer guide, "Amazon SNS subscription filter policies").
 */
import { type CompiledPattern, compilePattern, PatternError } from '../events/pattern.ts';
import { AwsError, notEmulated } from '../service.ts';
import { bodyFor, type PublishedAttribute, type PublishedMessage } from './notification.ts';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** By the names SetSubscriptionAttributes uses, as text. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Made by a template rather than through the API. */
  readonly declared: boolean;
}

/** Delivered here. */
const delivered = new Set(['sqs', 'lambda']);
/** Shown to the operator in place of being sent. */
const recorded = new Set(['email', 'email-json', 'http', 'https', 'sms']);

export type DeliveryKind = 'delivered' | 'recorded';

/** @throws AwsError NotEmulated for protocols that are neither delivered nor recorded. */
export function deliveryKind(protocol: string): DeliveryKind {
  if (delivered.has(protocol)) return 'delivered';
  if (recorded.has(protocol)) return 'recorded';
  throw notEmulated('sns', `subscriptions by ${protocol}`);
}

const honoured = new Set(['FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery', 'RedrivePolicy', 'DeliveryPolicy']);

/** @throws AwsError InvalidParameter for a filter policy that does not compile, NotEmulated for unknown attributes. */
export function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(attributes)) if (!honoured.has(name)) throw notEmulated('sns', `subscription attribute ${name}`);
  compileFilter(attributes);
}

export interface Filter {
  lets(message: PublishedMessage, protocol: string): boolean;
}

/** @throws AwsError InvalidParameter */
export function compileFilter({ FilterPolicy, FilterPolicyScope = 'MessageAttributes' }: Readonly<Record<string, string>>): Filter {
  if (FilterPolicy === undefined || FilterPolicy === '' || FilterPolicy === '{}') return { lets: () => true };
  const pattern = compiled(FilterPolicy);
  if (FilterPolicyScope === 'MessageBody') return { lets: (message, protocol) => pattern.matches(parsedBody(bodyFor(message, protocol))) };
  return { lets: ({ attributes }) => pattern.matches(valuesOf(attributes)) };
}

function compiled(policy: string): CompiledPattern {
  try {
    return compilePattern(policy);
  } catch (error) {
    if (error instanceof PatternError) throw new AwsError('InvalidParameter', `Invalid parameter: FilterPolicy: ${error.message}`);
    throw error;
  }
}

/** A body that is no JSON object passes no filter. */
function parsedBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function valuesOf(attributes: Readonly<Record<string, PublishedAttribute>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { Type, Value }] of Object.entries(attributes)) {
    if (Type.startsWith('Binary')) continue;
    if (Type === 'String.Array') values[name] = parsedBody(Value);
    else values[name] = Type.startsWith('Number') ? Number(Value) : Value;
  }
  return values;
}
