/**
 * EventBridge Scheduler. A schedule fires by the cloud's clock once the scheduler is armed, or by hand as often as one
 * likes: twice for the same time is what AWS's at-least-once delivery may do to a target.
 */
import { join } from 'node:path';
import type {
  CreateScheduleGroupInput,
  CreateScheduleInput,
  GetScheduleInput,
  ListScheduleGroupsInput,
  ListSchedulesInput,
} from '@aws-sdk/client-scheduler';
import { contentHash } from '../../../shared/kernel/canonical-json.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { deliver } from '../events/delivery.ts';
import { backgroundOf } from '../events/detached.ts';
import { KeptMap } from '../events/kept-map.ts';
import {
  AwsError,
  type AwsService,
  type CallContext,
  type CloudHost,
  type DeclaredResource,
  notEmulated,
  operationNamed,
  type ResourceHandle,
} from '../service.ts';
import { Alarm } from './alarm.ts';
import { DEFAULT_GROUP, expressionOf, nextFiring, type Schedule, scheduleKey, shown, toSchedule } from './schedule.ts';
import type { ScheduleExpression } from './schedule-expression.ts';
import { deliveryOf } from './target.ts';
import { schedulerWire } from './wire.ts';

export interface DueSchedule {
  readonly scheduleName: string;
  readonly scheduledTime: EpochMs;
}

/** Nothing fires by itself until `arm()`. A schedule outside the default group is named `group/name`. */
export interface SchedulerControls {
  arm(): void;
  disarm(): void;
  /** Fires once as if it were that time, without the flexible window; resolves when the target took it or it was given up. */
  fireOnce(scheduleName: string, scheduledTime: EpochMs): Promise<void>;
  /** Firings of enabled schedules from `from` up to but not at `to`, in order of time. */
  dueBetween(from: EpochMs, to: EpochMs): DueSchedule[];
}

export interface Scheduler extends AwsService, SchedulerControls {}

export function createScheduler(host: CloudHost): Scheduler {
  return new LocalScheduler(host);
}

interface Group {
  readonly name: string;
  readonly createdAt: EpochMs;
}

const honoured = new Set([
  ...['Name', 'GroupName', 'Description', 'KmsKeyArn', 'State', 'Target', 'FlexibleTimeWindow', 'ActionAfterCompletion'],
  ...['ScheduleExpression', 'ScheduleExpressionTimezone', 'StartDate', 'EndDate'],
]);

type Operation = (input: never, context: CallContext) => unknown;

class LocalScheduler implements Scheduler {
  readonly name = 'scheduler';
  readonly wire = schedulerWire;
  readonly resourceTypes = ['AWS::Scheduler::Schedule', 'AWS::Scheduler::ScheduleGroup'];
  readonly #host: CloudHost;
  readonly #schedules: KeptMap<Schedule>;
  readonly #expressions = new Map<string, ScheduleExpression>();
  readonly #groups: KeptMap<Group>;
  readonly #declared = new Set<string>();
  readonly #background: (work: () => Promise<unknown>) => void;
  readonly #alarm: Alarm;
  readonly #closing = new AbortController();

  constructor(host: CloudHost) {
    this.#host = host;
    const directory = host.storage('scheduler');
    const file = (name: string): string | undefined => (directory === undefined ? undefined : join(directory, name));
    this.#schedules = new KeptMap(file('schedules.journal'));
    for (const [key, schedule] of this.#schedules.entries()) this.#expressions.set(key, expressionOf(schedule));
    this.#groups = new KeptMap(file('groups.journal'));
    if (!this.#groups.has(DEFAULT_GROUP)) this.#groups.set(DEFAULT_GROUP, { name: DEFAULT_GROUP, createdAt: host.clock.now() });
    this.#background = backgroundOf(host);
    this.#alarm = new Alarm(host, {
      nextAfter: (after) => this.#dueAfter(after),
      fire: ({ key, at }) => this.#background(() => this.#fireInWindow(key, at)),
    });
  }

  declare(resource: DeclaredResource): ResourceHandle {
    if (resource.type === 'AWS::Scheduler::ScheduleGroup') {
      const name = String(resource.properties.Name ?? `${resource.stack}-${resource.logicalId}`.slice(0, 64));
      if (!this.#groups.has(name)) this.#groups.set(name, { name, createdAt: this.#host.clock.now() });
      return { ref: name, attributes: { Arn: this.#groupArn(name), State: 'ACTIVE' } };
    }
    for (const property of Object.keys(resource.properties)) {
      if (!honoured.has(property)) throw notEmulated('scheduler', `schedule property ${property} (${resource.logicalId})`);
    }
    const input = { Name: `${resource.stack}-${resource.logicalId}`.slice(0, 64), ...resource.properties } as CreateScheduleInput;
    const declaredAs = contentHash(resource.properties);
    const key = scheduleKey(input.GroupName ?? DEFAULT_GROUP, input.Name!);
    const existing = this.#schedules.get(key);
    this.#declared.add(key);
    if (existing?.declaredAs !== declaredAs) this.#put(input, { createdAt: existing?.createdAt ?? this.#host.clock.now(), declaredAs });
    return { ref: input.Name!, attributes: { Arn: this.#schedules.get(key)!.arn } };
  }

  /**
   * Schedules whose declaration went away with a template are gone, as after a deploy. Templates name groups without
   * depending on them, so only now can a missing one be told. @throws AwsError ResourceNotFoundException
   */
  start(): void {
    for (const [key, { declaredAs }] of [...this.#schedules.entries()]) {
      if (declaredAs !== undefined && !this.#declared.has(key)) this.#remove(key);
    }
    for (const { group } of this.#schedules.values()) this.#group(group);
  }

  execute(operation: string, input: never, context: CallContext): unknown {
    return operationNamed('scheduler', this.#operations, operation)(input, context);
  }

  close(): void {
    this.#alarm.disarm();
    this.#closing.abort();
    this.#schedules.close();
    this.#groups.close();
  }

  arm(): void {
    this.#alarm.arm();
  }

  disarm(): void {
    this.#alarm.disarm();
  }

  async fireOnce(scheduleName: string, scheduledTime: EpochMs): Promise<void> {
    await this.#fire(this.#find(scheduleName), scheduledTime);
  }

  dueBetween(from: EpochMs, to: EpochMs): DueSchedule[] {
    const due: DueSchedule[] = [];
    for (const [scheduleName, schedule] of this.#schedules.entries()) {
      let next = this.#next(scheduleName, schedule, (from - 1) as EpochMs);
      for (; next !== undefined && next < to; next = this.#next(scheduleName, schedule, next))
        due.push({ scheduleName, scheduledTime: next });
    }
    return due.sort((a, b) => a.scheduledTime - b.scheduledTime);
  }

  readonly #operations: Readonly<Record<string, Operation>> = {
    CreateSchedule: (input: CreateScheduleInput, context) => {
      const key = this.#authorized('scheduler:CreateSchedule', input, context);
      this.#mayPass(input, context);
      this.#group(input.GroupName ?? DEFAULT_GROUP);
      if (this.#schedules.has(key)) throw new AwsError('ConflictException', `Schedule ${input.Name} already exists.`, 409);
      return { ScheduleArn: this.#put(input, { createdAt: this.#host.clock.now() }).arn };
    },
    UpdateSchedule: (input: CreateScheduleInput, context) => {
      const key = this.#authorized('scheduler:UpdateSchedule', input, context);
      this.#mayPass(input, context);
      this.#group(input.GroupName ?? DEFAULT_GROUP);
      const { createdAt, declaredAs } = this.#find(key);
      return { ScheduleArn: this.#put(input, { createdAt, ...(declaredAs === undefined ? {} : { declaredAs }) }).arn };
    },
    GetSchedule: (input: GetScheduleInput, context) => shown(this.#find(this.#authorized('scheduler:GetSchedule', input, context))),
    DeleteSchedule: (input: GetScheduleInput, context) => {
      const key = this.#authorized('scheduler:DeleteSchedule', input, context);
      this.#find(key);
      this.#remove(key);
      return {};
    },
    ListSchedules: ({ GroupName, NamePrefix = '', State }: ListSchedulesInput, context) => {
      context.authorize({ action: 'scheduler:ListSchedules', resource: '*' });
      const schedules = [...this.#schedules.values()].filter(
        ({ group, name, state }) => (GroupName ?? group) === group && name.startsWith(NamePrefix) && (State ?? state) === state,
      );
      return {
        Schedules: schedules
          .map(shown)
          .map(({ Arn, Name, GroupName: group, State: state, CreationDate, LastModificationDate, Target }) => ({
            ...{ Arn, Name, GroupName: group, State: state, CreationDate, LastModificationDate },
            Target: { Arn: Target!.Arn },
          })),
      };
    },
    CreateScheduleGroup: ({ Name = '' }: CreateScheduleGroupInput, context) => {
      context.authorize({ action: 'scheduler:CreateScheduleGroup', resource: this.#groupArn(Name) });
      if (this.#groups.has(Name)) throw new AwsError('ConflictException', `Schedule group ${Name} already exists.`, 409);
      this.#groups.set(Name, { name: Name, createdAt: this.#host.clock.now() });
      return { ScheduleGroupArn: this.#groupArn(Name) };
    },
    GetScheduleGroup: ({ Name = '' }: CreateScheduleGroupInput, context) => {
      context.authorize({ action: 'scheduler:GetScheduleGroup', resource: this.#groupArn(Name) });
      return this.#shownGroup(this.#group(Name));
    },
    DeleteScheduleGroup: ({ Name = '' }: CreateScheduleGroupInput, context) => {
      context.authorize({ action: 'scheduler:DeleteScheduleGroup', resource: this.#groupArn(Name) });
      if (Name === DEFAULT_GROUP) throw new AwsError('ValidationException', 'The default schedule group cannot be deleted.');
      this.#group(Name);
      for (const [key, { group }] of [...this.#schedules.entries()]) if (group === Name) this.#remove(key);
      this.#groups.delete(Name);
      return {};
    },
    ListScheduleGroups: ({ NamePrefix = '' }: ListScheduleGroupsInput, context) => {
      context.authorize({ action: 'scheduler:ListScheduleGroups', resource: '*' });
      const groups = [...this.#groups.values()].filter(({ name }) => name.startsWith(NamePrefix));
      return { ScheduleGroups: groups.map((group) => this.#shownGroup(group)) };
    },
  };

  /** @throws AwsError AccessDeniedException; gives the schedule's key. */
  #authorized(action: string, { Name = '', GroupName = DEFAULT_GROUP }: GetScheduleInput, context: CallContext): string {
    context.authorize({ action, resource: this.#scheduleArn(GroupName, Name) });
    return scheduleKey(GroupName, Name);
  }

  #mayPass({ Target }: CreateScheduleInput, context: CallContext): void {
    if (Target?.RoleArn) context.authorize({ action: 'iam:PassRole', resource: Target.RoleArn });
  }

  #put(input: CreateScheduleInput, kept: { readonly createdAt: EpochMs; readonly declaredAs?: string }): Schedule {
    const group = input.GroupName ?? DEFAULT_GROUP;
    const schedule = toSchedule(input, { ...kept, arn: this.#scheduleArn(group, input.Name ?? ''), modifiedAt: this.#host.clock.now() });
    const key = scheduleKey(group, schedule.name);
    this.#expressions.set(key, expressionOf(schedule));
    this.#schedules.set(key, schedule);
    this.#alarm.changed();
    return schedule;
  }

  #remove(key: string): void {
    this.#schedules.delete(key);
    this.#expressions.delete(key);
    this.#alarm.changed();
  }

  #find(key: string): Schedule {
    const schedule = this.#schedules.get(key);
    if (!schedule) throw new AwsError('ResourceNotFoundException', `Schedule ${key} does not exist.`, 404);
    return schedule;
  }

  #group(name: string): Group {
    const group = this.#groups.get(name);
    if (!group) throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
    return group;
  }

  #next(key: string, schedule: Schedule, after: EpochMs): EpochMs | undefined {
    return schedule.state === 'ENABLED' ? nextFiring(schedule, this.#expressions.get(key)!, after) : undefined;
  }

  *#dueAfter(after: EpochMs) {
    for (const [key, schedule] of this.#schedules.entries()) {
      const at = this.#next(key, schedule, after);
      if (at !== undefined) yield { key, at };
    }
  }

  async #fireInWindow(key: string, scheduledAt: EpochMs): Promise<void> {
    const schedule = this.#schedules.get(key);
    if (!schedule) return;
    const { Mode, MaximumWindowInMinutes = 0 } = schedule.flexibleWindow;
    if (Mode === 'FLEXIBLE') {
      const waited = this.#host.clock.sleep(Math.floor(this.#host.random() * MaximumWindowInMinutes * 60_000), this.#closing.signal);
      if (!(await waited.then(() => true).catch(() => false))) return;
    }
    await this.#fire(schedule, scheduledAt);
    if (schedule.afterCompletion === 'DELETE' && this.#next(key, schedule, scheduledAt) === undefined) this.#remove(key);
  }

  async #fire(schedule: Schedule, scheduledAt: EpochMs): Promise<void> {
    const firing = { schedule, scheduledAt, executionId: this.#host.newId() };
    await deliver(this.#host, deliveryOf(this.#host, firing), this.#closing.signal);
  }

  #shownGroup({ name, createdAt }: Group) {
    const created = new Date(createdAt);
    return { Arn: this.#groupArn(name), Name: name, State: 'ACTIVE', CreationDate: created, LastModificationDate: created };
  }

  #groupArn(name: string): string {
    return `arn:aws:scheduler:${this.#host.region}:${this.#host.accountId}:schedule-group/${name}`;
  }

  #scheduleArn(group: string, name: string): string {
    return `arn:aws:scheduler:${this.#host.region}:${this.#host.accountId}:schedule/${group}/${name}`;
  }
}
