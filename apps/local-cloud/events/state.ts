/** What EventBridge keeps and does, as its declarations and operations see it: buses, rules, archives, deliveries. */
import { join } from 'node:path';
import type { Target } from '@aws-sdk/client-eventbridge';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { Alarm } from '../scheduler/alarm.ts';
import { AwsError, type CloudHost } from '../service.ts';
import { Archives } from './archives.ts';
import { type BusEvent, eventTime } from './bus-event.ts';
import { deliver } from './delivery.ts';
import { backgroundOf } from './detached.ts';
import { DEFAULT_BUS, type Rule, rulePath } from './rule.ts';
import { RuleBook } from './rule-book.ts';
import { targetInput } from './target-input.ts';
import { callerOf, callTarget, retryPolicyOf } from './targets.ts';

export interface Bus {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  /** Policy statements by their id. */
  readonly statements: Map<string, object>;
}

export class EventBridgeState {
  readonly host: CloudHost;
  readonly buses = new Map<string, Bus>();
  readonly rules: RuleBook;
  readonly archives: Archives;
  readonly background: (work: () => Promise<unknown>) => void;
  readonly alarm: Alarm;
  readonly #closing = new AbortController();

  constructor(host: CloudHost) {
    this.host = host;
    const directory = host.storage('events');
    const file = (name: string): string | undefined => (directory === undefined ? undefined : join(directory, name));
    this.rules = new RuleBook(file('rules.journal'));
    this.archives = new Archives(host, file('archives.journal'));
    this.background = backgroundOf(host);
    this.alarm = new Alarm(host, {
      nextAfter: (after) => this.#dueAfter(after),
      fire: ({ key, at }) => this.background(() => this.fireScheduled(this.rules.find(key)!, at)),
    });
    this.addBus(DEFAULT_BUS);
  }

  arn(resource: string): string {
    return `arn:aws:events:${this.host.region}:${this.host.accountId}:${resource}`;
  }

  addBus(name: string, description?: string): Bus {
    const existing = this.buses.get(name);
    if (existing) return existing;
    const bus: Bus = {
      name,
      arn: this.arn(`event-bus/${name}`),
      statements: new Map(),
      ...(description === undefined ? {} : { description }),
    };
    this.buses.set(name, bus);
    return bus;
  }

  /** By name or ARN; the default bus when neither is given. @throws AwsError ResourceNotFoundException */
  bus(nameOrArn: string | undefined): Bus {
    const bus = this.buses.get(busName(nameOrArn));
    if (!bus) throw new AwsError('ResourceNotFoundException', `Event bus ${busName(nameOrArn)} does not exist.`);
    return bus;
  }

  /** @throws AwsError ResourceNotFoundException */
  rule(name: string | undefined, busNameOrArn: string | undefined): Rule {
    const bus = this.bus(busNameOrArn);
    const rule = this.rules.find(this.arn(`rule/${rulePath(bus.name, name ?? '')}`));
    if (!rule) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus.name}.`);
    return rule;
  }

  /** Keeps the event and hands it to every enabled rule that matches; `onlyRules` narrows a replay. */
  publish(bus: Bus, event: BusEvent, onlyRules?: readonly string[]): void {
    this.archives.keep(bus.arn, event);
    for (const rule of this.rules.all()) {
      if (rule.bus !== bus.name || rule.state !== 'ENABLED') continue;
      if (onlyRules && onlyRules.length > 0 && !onlyRules.includes(rule.arn)) continue;
      if (!this.rules.compiled(rule).pattern?.matches(event)) continue;
      for (const target of rule.targets) this.background(() => this.#deliverTo(target, rule, event));
    }
  }

  async fireScheduled(rule: Rule, at: EpochMs): Promise<void> {
    const event: BusEvent = {
      version: '0',
      id: this.host.newId(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: this.host.accountId,
      time: eventTime(at),
      region: this.host.region,
      resources: [rule.arn],
      detail: {},
    };
    await Promise.all(rule.targets.map((target) => this.#deliverTo(target, rule, event)));
  }

  close(): void {
    this.alarm.disarm();
    this.#closing.abort();
    this.rules.close();
    this.archives.close();
  }

  *#dueAfter(after: EpochMs) {
    for (const rule of this.rules.all()) {
      const at = rule.state === 'ENABLED' ? this.rules.compiled(rule).schedule?.next(after) : undefined;
      if (at !== undefined) yield { key: rule.arn, at };
    }
  }

  #deliverTo(target: Target, rule: Rule, event: BusEvent): Promise<void> {
    const input = targetInput(target, event, rule, eventTime(this.host.clock.now()));
    const queueArn = target.DeadLetterConfig?.Arn;
    return deliver(
      this.host,
      {
        service: 'events',
        subject: { rule: rule.name, target: target.Arn!, event: event.id },
        retry: retryPolicyOf(target),
        attempt: () => callTarget(this.host, target, rule.arn, event, input),
        ...(queueArn === undefined ? {} : { deadLetter: this.#deadLetter(queueArn, target, rule, event) }),
      },
      this.#closing.signal,
    );
  }

  #deadLetter(queueArn: string, target: Target, rule: Rule, event: BusEvent) {
    return {
      queueArn,
      caller: callerOf({ Id: target.Id, Arn: target.Arn }, rule.arn),
      body: JSON.stringify(event),
      attributesOf: ({ code, message, exhausted, retries }: { code: string; message: string; exhausted?: string; retries: number }) => ({
        RULE_ARN: rule.arn,
        TARGET_ARN: target.Arn!,
        ERROR_CODE: code,
        ERROR_MESSAGE: message,
        RETRY_ATTEMPTS: String(retries),
        ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
      }),
    };
  }
}

export const busName = (nameOrArn: string | undefined): string =>
  nameOrArn?.startsWith('arn:') ? nameOrArn.split('/')[1]! : (nameOrArn ?? DEFAULT_BUS);
