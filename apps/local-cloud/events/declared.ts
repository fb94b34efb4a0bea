/** The CloudFormation resources of EventBridge, brought up from their resolved properties. */
import type { Target } from '@aws-sdk/client-eventbridge';
import { contentHash } from '../../../shared/kernel/canonical-json.ts';
import { type DeclaredResource, notEmulated, type ResourceHandle } from '../service.ts';
import { compileEventPattern, rulePath } from './rule.ts';
import type { EventBridgeState } from './state.ts';
import { checkTarget } from './targets.ts';

export const eventsResourceTypes = ['AWS::Events::EventBus', 'AWS::Events::Rule', 'AWS::Events::Archive', 'AWS::Events::EventBusPolicy'];

/** Properties each type may have; any other is refused by name. */
const honoured: Readonly<Record<string, readonly string[]>> = {
  'AWS::Events::EventBus': ['Name', 'Description', 'KmsKeyIdentifier', 'DeadLetterConfig', 'Policy', 'Tags', 'LogConfig'],
  'AWS::Events::Rule': ['Name', 'Description', 'EventBusName', 'EventPattern', 'ScheduleExpression', 'State', 'RoleArn', 'Targets', 'Tags'],
  'AWS::Events::Archive': ['ArchiveName', 'SourceArn', 'Description', 'EventPattern', 'RetentionDays', 'KmsKeyIdentifier'],
  'AWS::Events::EventBusPolicy': ['EventBusName', 'StatementId', 'Statement', 'Action', 'Principal', 'Condition'],
};

/** @throws AwsError for a property we do not honour, or a rule that does not compile. */
export function declareEventsResource(state: EventBridgeState, resource: DeclaredResource): ResourceHandle {
  const known = honoured[resource.type];
  for (const name of Object.keys(resource.properties)) {
    if (!known?.includes(name)) throw notEmulated('events', `${resource.type} property ${name} (${resource.logicalId})`);
  }
  switch (resource.type) {
    case 'AWS::Events::EventBus':
      return declareBus(state, resource);
    case 'AWS::Events::Rule':
      return declareRule(state, resource);
    case 'AWS::Events::Archive':
      return declareArchive(state, resource);
    default:
      return declareBusPolicy(state, resource);
  }
}

/** CloudFormation adds random letters to a name it makes up; ours must be the same at every boot. */
const madeUpName = ({ stack, logicalId }: DeclaredResource, lengthMax: number): string => `${stack}-${logicalId}`.slice(0, lengthMax);

function declareBus(state: EventBridgeState, { properties }: DeclaredResource): ResourceHandle {
  const { Name, Description, Policy } = properties as { Name: string; Description?: string; Policy?: { Statement?: object[] } };
  const bus = state.addBus(Name, Description);
  for (const [index, statement] of (Policy?.Statement ?? []).entries()) bus.statements.set(`policy-${index}`, statement);
  return { ref: Name, attributes: { Arn: bus.arn, Name } };
}

interface RuleProperties {
  readonly Name?: string;
  readonly Description?: string;
  readonly EventBusName?: string;
  readonly EventPattern?: object | string;
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly RoleArn?: string;
  readonly Targets?: readonly Target[];
}

function declareRule(state: EventBridgeState, resource: DeclaredResource): ResourceHandle {
  const properties: RuleProperties = resource.properties;
  const { Description, EventPattern, ScheduleExpression, RoleArn, Targets = [] } = properties;
  const bus = state.addBus(properties.EventBusName?.split('/').at(-1) ?? 'default').name;
  const name = properties.Name ?? madeUpName(resource, 64);
  const arn = state.arn(`rule/${rulePath(bus, name)}`);
  for (const target of Targets) checkTarget(target);
  state.rules.declare({
    name,
    bus,
    arn,
    state: properties.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
    createdAt: state.rules.find(arn)?.createdAt ?? state.host.clock.now(),
    targets: Targets,
    declaredAs: contentHash(resource.properties),
    ...(Description === undefined ? {} : { description: Description }),
    ...(EventPattern === undefined ? {} : { eventPattern: typeof EventPattern === 'string' ? EventPattern : JSON.stringify(EventPattern) }),
    ...(ScheduleExpression === undefined ? {} : { scheduleExpression: ScheduleExpression }),
    ...(RoleArn === undefined ? {} : { roleArn: RoleArn }),
  });
  return { ref: bus === 'default' ? name : `${bus}|${name}`, attributes: { Arn: arn } };
}

interface ArchiveProperties {
  readonly ArchiveName?: string;
  readonly SourceArn: string;
  readonly EventPattern?: object | string;
  readonly RetentionDays?: number;
}

function declareArchive(state: EventBridgeState, resource: DeclaredResource): ResourceHandle {
  const properties = resource.properties as Partial<ArchiveProperties> as ArchiveProperties;
  const name = properties.ArchiveName ?? madeUpName(resource, 48);
  const arn = state.arn(`archive/${name}`);
  state.archives.add({
    name,
    arn,
    busArn: properties.SourceArn,
    retentionDays: Number(properties.RetentionDays ?? 0),
    ...(properties.EventPattern === undefined ? {} : { pattern: compileEventPattern(properties.EventPattern) }),
  });
  return { ref: name, attributes: { Arn: arn, ArchiveName: name } };
}

interface BusPolicyProperties {
  readonly EventBusName?: string;
  readonly StatementId: string;
  readonly Statement?: object;
  readonly Action?: string;
  readonly Principal?: string;
  readonly Condition?: { readonly Type: string; readonly Key: string; readonly Value: string };
}

function declareBusPolicy(state: EventBridgeState, resource: DeclaredResource): ResourceHandle {
  const { EventBusName, StatementId, Statement, Action, Principal, Condition } =
    resource.properties as Partial<BusPolicyProperties> as BusPolicyProperties;
  const bus = state.addBus(EventBusName ?? 'default');
  const older = {
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
    Action,
    Resource: bus.arn,
    ...(Condition ? { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } } : {}),
  };
  bus.statements.set(StatementId, { Sid: StatementId, ...(Statement ?? older) });
  return { ref: `${bus.name}|${StatementId}`, attributes: {} };
}
