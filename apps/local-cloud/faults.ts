/**
 * What goes wrong on purpose. A plan is a list of rules; each call is held against them in order, and the first that
 * matches decides. `nth` counts the calls that match the rest of the rule, so that "the second PutItem of the orders
 * function" can be said; without it and without a probability, every matching call fails.
 */
import type { Caller } from './service.ts';

export type FaultKind =
  /** The request never arrives: the caller sees a broken connection, and nothing was done. */
  | 'drop-request'
  /** The request is carried out; its reply is lost: the caller sees the same broken connection. */
  | 'drop-reply'
  /** The request arrives `delayMs` later. */
  | 'delay'
  /** The request arrives twice; the caller sees the first answer. */
  | 'duplicate'
  /** The service answers that it is too busy. */
  | 'throttle'
  /** The function that makes the call dies before it is sent; for `lambda` `Invoke`, the invoked function dies before its handler runs. */
  | 'crash-before'
  /** As above, after the call was carried out (for `Invoke`: after the handler ran). */
  | 'crash-after';

export interface FaultRule {
  /** Endpoint prefix, e.g. `dynamodb`. */
  readonly service?: string;
  readonly operation?: string;
  /** Role name, session name (for a function: its name), service name, or `operator`. */
  readonly caller?: string;
  /** The resource called, as its name is given in the input: a function, table, bucket, machine or queue. */
  readonly target?: string;
  /** Counts matching calls from 1. */
  readonly nth?: number;
  /** In [0, 1]; drawn from the cloud's seed. */
  readonly probability?: number;
  readonly fault: FaultKind;
  /** For `delay`. */
  readonly delayMs?: number;
}

export interface PlannedCall {
  readonly service: string;
  readonly operation: string;
  readonly caller: Caller;
  readonly input: unknown;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly delayMs: number;
}

export class FaultPlan {
  #rules: { readonly rule: FaultRule; matches: number }[] = [];

  constructor(rules: readonly FaultRule[] = []) {
    this.replace(rules);
  }

  /** Another plan from now on; counts start over. */
  replace(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, matches: 0 }));
  }

  /** What befalls this call, if anything, among the kinds in question. Counts it, and draws from `random` where a rule has a probability. */
  strike(call: PlannedCall, random: () => number, inQuestion: (kind: FaultKind) => boolean = () => true): Fault | undefined {
    let struck: Fault | undefined;
    for (const entry of this.#rules) {
      if (!inQuestion(entry.rule.fault) || !isAbout(entry.rule, call)) continue;
      entry.matches++;
      const { nth, probability, fault, delayMs = 0 } = entry.rule;
      if (struck || (nth !== undefined && entry.matches !== nth)) continue;
      if (probability === undefined || random() < probability) struck = { kind: fault, delayMs };
    }
    return struck;
  }
}

function isAbout(rule: FaultRule, { service, operation, caller, input }: PlannedCall): boolean {
  if (rule.service !== undefined && rule.service !== service) return false;
  if (rule.operation !== undefined && rule.operation !== operation) return false;
  if (rule.caller !== undefined && !namesOf(caller).includes(rule.caller)) return false;
  return rule.target === undefined || targetsOf(input).some((target) => target === rule.target || lastPart(target) === rule.target);
}

function namesOf(caller: Caller): string[] {
  if (caller.kind === 'operator') return ['operator'];
  if (caller.kind === 'service') return [caller.service];
  return [lastPart(caller.roleArn), caller.session];
}

const TARGET_MEMBERS = [
  'FunctionName',
  'TableName',
  'Bucket',
  'stateMachineArn',
  'executionArn',
  'QueueUrl',
  'TopicArn',
  'SecretId',
  'KeyId',
  'Name',
];

function targetsOf(input: unknown): string[] {
  const members = (input ?? {}) as Record<string, unknown>;
  return TARGET_MEMBERS.map((member) => members[member]).filter((value) => typeof value === 'string');
}

/** The name at the end of an ARN or URL. */
const lastPart = (text: string): string => text.split(/[:/]/).at(-1)!;
