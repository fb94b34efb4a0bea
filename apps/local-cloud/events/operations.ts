/** The operations of EventBridge other than PutEvents: rules, targets, buses, replays, and trying a pattern out. */
import { Buffer } from 'node:buffer';
import type {
  DescribeReplayRequest,
  DescribeRuleRequest,
  ListArchivesRequest,
  ListEventBusesRequest,
  ListRulesRequest,
  ListTargetsByRuleRequest,
  PutRuleRequest,
  PutTargetsRequest,
  RemoveTargetsRequest,
  StartReplayRequest,
  TestEventPatternRequest,
} from '@aws-sdk/client-eventbridge';
import { AwsError, type CallContext } from '../service.ts';
import type { Archive } from './archives.ts';
import { compileEventPattern, type Rule, rulePath } from './rule.ts';
import type { Bus, EventBridgeState } from './state.ts';
import { checkTarget } from './targets.ts';

type Operation = (state: EventBridgeState, input: never, context: CallContext) => unknown;

export const eventsOperations: Readonly<Record<string, Operation>> = {
  TestEventPattern(_state, { EventPattern, Event }: TestEventPatternRequest, context) {
    context.authorize({ action: 'events:TestEventPattern', resource: '*' });
    return { Result: compileEventPattern(EventPattern).matches(parseEvent(Event)) };
  },
  PutRule: putRule,
  DeleteRule(state, { Name, EventBusName }: DescribeRuleRequest, context) {
    context.authorize({ action: 'events:DeleteRule', resource: ruleArn(state, Name, EventBusName) });
    const rule = state.rules.find(ruleArn(state, Name, EventBusName));
    if (!rule) return {};
    if (rule.targets.length > 0) throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
    state.rules.delete(rule.arn);
    state.alarm.changed();
    return {};
  },
  EnableRule: (state, input: DescribeRuleRequest, context) => switchRule(state, input, context, 'ENABLED'),
  DisableRule: (state, input: DescribeRuleRequest, context) => switchRule(state, input, context, 'DISABLED'),
  DescribeRule(state, { Name, EventBusName }: DescribeRuleRequest, context) {
    context.authorize({ action: 'events:DescribeRule', resource: ruleArn(state, Name, EventBusName) });
    return described(state.rule(Name, EventBusName));
  },
  ListRules(state, { EventBusName, NamePrefix = '' }: ListRulesRequest, context) {
    const bus = state.bus(EventBusName);
    context.authorize({ action: 'events:ListRules', resource: state.arn('rule/*') });
    return {
      Rules: state.rules
        .ofBus(bus.name)
        .filter(({ name }) => name.startsWith(NamePrefix))
        .map(described),
    };
  },
  ListTargetsByRule(state, { Rule: name, EventBusName }: ListTargetsByRuleRequest, context) {
    context.authorize({ action: 'events:ListTargetsByRule', resource: ruleArn(state, name, EventBusName) });
    return { Targets: state.rule(name, EventBusName).targets };
  },
  PutTargets: putTargets,
  RemoveTargets(state, { Rule: name, EventBusName, Ids = [] }: RemoveTargetsRequest, context) {
    context.authorize({ action: 'events:RemoveTargets', resource: ruleArn(state, name, EventBusName) });
    const rule = state.rule(name, EventBusName);
    state.rules.put({ ...rule, targets: rule.targets.filter(({ Id }) => !Ids.includes(Id!)) });
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
  DescribeEventBus(state, { Name }: { Name?: string }, context) {
    const bus = state.bus(Name);
    context.authorize({ action: 'events:DescribeEventBus', resource: bus.arn });
    return describedBus(bus);
  },
  ListEventBuses(state, { NamePrefix = '' }: ListEventBusesRequest, context) {
    context.authorize({ action: 'events:ListEventBuses', resource: '*' });
    return { EventBuses: [...state.buses.values()].filter(({ name }) => name.startsWith(NamePrefix)).map(describedBus) };
  },
  ListArchives(state, { EventSourceArn, NamePrefix = '' }: ListArchivesRequest, context) {
    context.authorize({ action: 'events:ListArchives', resource: '*' });
    const archives = state.archives.all(EventSourceArn).filter(({ name }) => name.startsWith(NamePrefix));
    return { Archives: archives.map((archive) => describedArchive(state, archive)) };
  },
  StartReplay: startReplay,
  DescribeReplay(state, { ReplayName }: DescribeReplayRequest, context) {
    context.authorize({ action: 'events:DescribeReplay', resource: state.arn(`replay/${ReplayName}`) });
    const { name, arn, request, startedAt, endedAt, lastReplayedAt, state: replayState } = state.archives.replay(ReplayName!);
    return {
      ...request,
      ReplayName: name,
      ReplayArn: arn,
      State: replayState,
      ReplayStartTime: new Date(startedAt),
      ...(endedAt === undefined ? {} : { ReplayEndTime: new Date(endedAt) }),
      ...(lastReplayedAt === undefined ? {} : { EventLastReplayedTime: new Date(lastReplayedAt) }),
    };
  },
};

function parseEvent(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new AwsError('ValidationException', 'Parameter Event is not valid JSON.');
  }
}

const ruleArn = (state: EventBridgeState, name: string | undefined, bus: string | undefined): string =>
  state.arn(`rule/${rulePath(state.bus(bus).name, name ?? '')}`);

function putRule(state: EventBridgeState, input: PutRuleRequest, context: CallContext) {
  const bus = state.bus(input.EventBusName);
  if (!input.Name || !/^[\w.-]{1,64}$/.test(input.Name)) throw new AwsError('ValidationException', 'Parameter Name is not valid.');
  const arn = ruleArn(state, input.Name, bus.name);
  context.authorize({ action: 'events:PutRule', resource: arn });
  const existing = state.rules.find(arn);
  state.rules.put({
    name: input.Name,
    bus: bus.name,
    arn,
    state: input.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
    createdAt: existing?.createdAt ?? state.host.clock.now(),
    targets: existing?.targets ?? [],
    ...(existing?.declaredAs === undefined ? {} : { declaredAs: existing.declaredAs }),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.EventPattern === undefined ? {} : { eventPattern: input.EventPattern }),
    ...(input.ScheduleExpression === undefined ? {} : { scheduleExpression: input.ScheduleExpression }),
    ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
  });
  state.alarm.changed();
  return { RuleArn: arn };
}

function switchRule(state: EventBridgeState, { Name, EventBusName }: DescribeRuleRequest, context: CallContext, to: Rule['state']) {
  const action = to === 'ENABLED' ? 'events:EnableRule' : 'events:DisableRule';
  context.authorize({ action, resource: ruleArn(state, Name, EventBusName) });
  state.rules.put({ ...state.rule(Name, EventBusName), state: to });
  state.alarm.changed();
  return {};
}

function putTargets(state: EventBridgeState, { Rule: name, EventBusName, Targets = [] }: PutTargetsRequest, context: CallContext) {
  context.authorize({ action: 'events:PutTargets', resource: ruleArn(state, name, EventBusName) });
  const rule = state.rule(name, EventBusName);
  for (const target of Targets) {
    checkTarget(target);
    if (target.RoleArn) context.authorize({ action: 'iam:PassRole', resource: target.RoleArn });
  }
  state.rules.putTargets(rule, Targets);
  return { FailedEntryCount: 0, FailedEntries: [] };
}

function startReplay(state: EventBridgeState, request: StartReplayRequest, context: CallContext) {
  context.authorize({ action: 'events:StartReplay', resource: state.arn(`replay/${request.ReplayName}`) });
  const { replay, events } = state.archives.startReplay(request);
  const bus = state.bus(request.Destination!.Arn);
  state.background(async () => {
    for (const event of events) {
      state.publish(bus, event, request.Destination!.FilterArns);
      replay.lastReplayedAt = state.host.clock.now();
    }
    replay.state = 'COMPLETED';
    replay.endedAt = state.host.clock.now();
  });
  return { ReplayArn: replay.arn, State: 'STARTING', ReplayStartTime: new Date(replay.startedAt) };
}

const described = ({ name, arn, bus, state, description, eventPattern, scheduleExpression, roleArn }: Rule) => ({
  Name: name,
  Arn: arn,
  EventBusName: bus,
  State: state,
  ...(description === undefined ? {} : { Description: description }),
  ...(eventPattern === undefined ? {} : { EventPattern: eventPattern }),
  ...(scheduleExpression === undefined ? {} : { ScheduleExpression: scheduleExpression }),
  ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
});

function describedArchive(state: EventBridgeState, { name, busArn, retentionDays }: Archive) {
  const events = state.archives.eventsOf(name);
  const SizeBytes = events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
  return {
    ArchiveName: name,
    EventSourceArn: busArn,
    State: 'ENABLED',
    RetentionDays: retentionDays,
    EventCount: events.length,
    SizeBytes,
  };
}

const describedBus = ({ name, arn, description, statements }: Bus) => ({
  Name: name,
  Arn: arn,
  ...(description === undefined ? {} : { Description: description }),
  ...(statements.size === 0 ? {} : { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [...statements.values()] }) }),
});
