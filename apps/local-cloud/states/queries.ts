/** The API operations that only read: executions, histories, machines, versions, aliases and map runs. */
import { AwsError } from '../service.ts';
import { type Execution, type MapRun, statusOf } from './executions.ts';
import type { Engine } from './frame.ts';
import { historyEventOf } from './history.ts';
import type { MachineAlias, MachineRegistry, StateMachine } from './machines.ts';
import { authorizeMachine, findExecution, type Input, type Operation, optionalText, requiredText } from './operations.ts';

export function readOperations(engine: Engine, machines: MachineRegistry): Readonly<Record<string, Operation>> {
  return { ...executionQueries(engine, machines), ...machineQueries(machines), ...mapRunQueries(engine) };
}

function executionQueries(engine: Engine, machines: MachineRegistry): Readonly<Record<string, Operation>> {
  const authorized = (action: string, input: Input, context: Parameters<Operation>[1]): Execution => {
    const executionArn = requiredText(input, 'executionArn');
    context.authorize({ action: `states:${action}`, resource: executionArn });
    return findExecution(engine, executionArn);
  };
  return {
    DescribeExecution: (input, context) => describedExecution(authorized('DescribeExecution', input, context)),
    GetExecutionHistory(input, context) {
      const { events } = authorized('GetExecutionHistory', input, context);
      const ordered = input.reverseOrder === true ? [...events].reverse() : events;
      const { page, nextToken } = paged(ordered, input);
      return { events: page.map((event) => historyEventOf(event, input.includeExecutionData !== false)), ...nextToken };
    },
    ListExecutions(input, context) {
      const matches = executionFilter(engine, machines, input, context);
      const status = optionalText(input, 'statusFilter');
      const found = engine.store
        .newestFirst()
        .filter((execution) => matches(execution) && (status === undefined || statusOf(execution) === status));
      const { page, nextToken } = paged(found, input);
      return { executions: page.map(listedExecution), ...nextToken };
    },
    DescribeStateMachineForExecution(input, context) {
      const { start } = authorized('DescribeStateMachineForExecution', input, context);
      const { machine } = machines.resolve(start.stateMachineVersionArn ?? start.stateMachineArn.split('/')[0]!);
      const { stateMachineArn, name, definition, roleArn, revisionId } = describedMachine(machine);
      return {
        stateMachineArn,
        name,
        definition,
        roleArn,
        revisionId,
        updateDate: new Date(machine.createdAt),
        ...optional('mapRunArn', start.mapRunArn),
      };
    },
  };
}

function executionFilter(
  engine: Engine,
  machines: MachineRegistry,
  input: Input,
  context: Parameters<Operation>[1],
): (execution: Execution) => boolean {
  const mapRunArn = optionalText(input, 'mapRunArn');
  if (mapRunArn !== undefined) {
    context.authorize({ action: 'states:ListExecutions', resource: mapRunArn });
    if (!engine.store.findMapRun(mapRunArn)) throw resourceNotFound(mapRunArn);
    return ({ start }) => start.mapRunArn === mapRunArn;
  }
  const arn = requiredText(input, 'stateMachineArn');
  const resolved = machines.resolve(arn);
  authorizeMachine(context, 'states:ListExecutions', resolved);
  if (resolved.aliasArn !== undefined) return ({ start }) => start.stateMachineAliasArn === arn;
  if (resolved.versionArn !== undefined) return ({ start }) => start.stateMachineVersionArn === arn;
  return ({ start }) => start.stateMachineArn === arn;
}

function machineQueries(machines: MachineRegistry): Readonly<Record<string, Operation>> {
  const authorized = (action: string, input: Input, context: Parameters<Operation>[1]): StateMachine => {
    const resolved = machines.resolve(requiredText(input, 'stateMachineArn'));
    authorizeMachine(context, `states:${action}`, resolved);
    return resolved.machine;
  };
  return {
    DescribeStateMachine: (input, context) => describedMachine(authorized('DescribeStateMachine', input, context)),
    ListStateMachines(input, context) {
      context.authorize({ action: 'states:ListStateMachines', resource: '*' });
      const { page, nextToken } = paged(machines.list(), input);
      const stateMachines = page.map(({ arn, name, createdAt }) => ({
        stateMachineArn: arn,
        name,
        type: 'STANDARD',
        creationDate: new Date(createdAt),
      }));
      return { stateMachines, ...nextToken };
    },
    ListStateMachineVersions(input, context) {
      const { arn } = authorized('ListStateMachineVersions', input, context);
      const { page, nextToken } = paged(machines.versionsOf(arn), input);
      return {
        stateMachineVersions: page.map((version) => ({
          stateMachineVersionArn: version.arn,
          creationDate: new Date(version.machine.createdAt),
        })),
        ...nextToken,
      };
    },
    ListStateMachineAliases(input, context) {
      const machine = authorized('ListStateMachineAliases', input, context);
      const { page, nextToken } = paged(machines.aliasesOf(machine.arn), input);
      return {
        stateMachineAliases: page.map((alias) => ({ stateMachineAliasArn: alias.arn, creationDate: new Date(machine.createdAt) })),
        ...nextToken,
      };
    },
    DescribeStateMachineAlias(input, context) {
      const arn = requiredText(input, 'stateMachineAliasArn');
      const alias = machines.findAlias(arn);
      if (!alias) throw resourceNotFound(arn);
      authorizeMachine(context, 'states:DescribeStateMachineAlias', machines.resolve(arn));
      return describedAlias(alias, machines.resolve(alias.machineArn).machine);
    },
  };
}

function mapRunQueries(engine: Engine): Readonly<Record<string, Operation>> {
  return {
    DescribeMapRun(input, context) {
      const arn = requiredText(input, 'mapRunArn');
      context.authorize({ action: 'states:DescribeMapRun', resource: arn });
      const mapRun = engine.store.findMapRun(arn);
      if (!mapRun) throw resourceNotFound(arn);
      const { startedAt: _startedAt, stoppedAt: _stoppedAt, stateMachineArn: _stateMachineArn, ...shown } = mapRun;
      return { ...shown, ...mapRunDates(mapRun), redriveCount: 0 };
    },
    ListMapRuns(input, context) {
      const executionArn = requiredText(input, 'executionArn');
      context.authorize({ action: 'states:ListMapRuns', resource: executionArn });
      findExecution(engine, executionArn);
      const { page, nextToken } = paged(engine.store.mapRunsOf(executionArn), input);
      const mapRuns = page.map((mapRun) => ({
        executionArn,
        mapRunArn: mapRun.mapRunArn,
        stateMachineArn: mapRun.stateMachineArn,
        ...mapRunDates(mapRun),
      }));
      return { mapRuns, ...nextToken };
    },
  };
}

const mapRunDates = ({ startedAt, stoppedAt }: MapRun): object => ({
  startDate: new Date(startedAt),
  ...(stoppedAt === undefined ? {} : { stopDate: new Date(stoppedAt) }),
});

const resourceNotFound = (arn: string): AwsError => new AwsError('ResourceNotFound', `Resource not found: '${arn}'`);

const optional = (member: string, value: unknown): object => (value === undefined ? {} : { [member]: value });

function executionIdentity({ start, end }: Execution): Record<string, unknown> {
  return {
    executionArn: start.executionArn,
    stateMachineArn: start.stateMachineArn,
    name: start.name,
    startDate: new Date(start.startedAt),
    ...(end ? { stopDate: new Date(end.stoppedAt) } : {}),
    ...optional('mapRunArn', start.mapRunArn),
    ...optional('stateMachineVersionArn', start.stateMachineVersionArn),
    ...optional('stateMachineAliasArn', start.stateMachineAliasArn),
  };
}

const listedExecution = (execution: Execution): object => ({
  ...executionIdentity(execution),
  status: statusOf(execution),
  ...optional('itemCount', execution.start.itemCount),
  redriveCount: 0,
});

function describedExecution(execution: Execution): object {
  const { start, end } = execution;
  const status = statusOf(execution);
  return {
    ...executionIdentity(execution),
    status,
    input: start.input,
    inputDetails: { included: true },
    ...(end?.output === undefined ? {} : { output: end.output, outputDetails: { included: true } }),
    ...optional('error', end?.error),
    ...optional('cause', end?.cause),
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: `Execution is ${status} and cannot be redriven`,
  };
}

const describedMachine = (machine: StateMachine) => ({
  stateMachineArn: machine.arn,
  name: machine.name,
  status: 'ACTIVE',
  definition: machine.definitionText,
  roleArn: machine.roleArn,
  type: 'STANDARD',
  creationDate: new Date(machine.createdAt),
  revisionId: machine.revisionId,
  ...optional('loggingConfiguration', machine.loggingConfiguration),
  ...optional('tracingConfiguration', machine.tracingConfiguration),
});

const describedAlias = ({ arn, name, routes }: MachineAlias, machine: StateMachine): object => ({
  stateMachineAliasArn: arn,
  name,
  routingConfiguration: routes.map(({ versionArn, weight }) => ({ stateMachineVersionArn: versionArn, weight })),
  creationDate: new Date(machine.createdAt),
  updateDate: new Date(machine.createdAt),
});

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;

/** `nextToken` is the place to go on from; a token that is none of ours is refused. */
function paged<T>(items: readonly T[], input: Input): { page: readonly T[]; nextToken: { nextToken?: string } } {
  const size = Number(input.maxResults ?? 0) || PAGE_DEFAULT;
  if (!Number.isInteger(size) || size < 0 || size > PAGE_MAX) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must be between 0 and ${PAGE_MAX}`,
    );
  }
  const token = optionalText(input, 'nextToken');
  const from = token === undefined ? 0 : Number(/^after-(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8'))?.[1]);
  if (Number.isNaN(from)) throw new AwsError('InvalidToken', "Invalid Token: 'nextToken'");
  const to = from + size;
  return { page: items.slice(from, to), nextToken: to < items.length ? { nextToken: Buffer.from(`after-${to}`).toString('base64') } : {} };
}
