/** The API operations that start, stop and answer executions. Those that only read are in queries.ts. */
import { AwsError, type CallContext, notEmulated } from '../service.ts';
import type { Json } from './asl.ts';
import { checkDefinition } from './definition.ts';
import { type Execution, statusOf } from './executions.ts';
import { PAYLOAD_LIMIT_BYTES } from './failure.ts';
import type { Engine } from './frame.ts';
import type { MachineRegistry, ResolvedMachine } from './machines.ts';

export type Input = Readonly<Record<string, unknown>>;
export type Operation = (input: Input, context: CallContext) => unknown;

/** A closed execution keeps its name for this long. */
const NAME_KEPT_MS = 90 * 86_400_000;

export function writeOperations(engine: Engine, machines: MachineRegistry): Readonly<Record<string, Operation>> {
  return {
    StartExecution: (input, context) => startExecution(engine, machines, input, context),
    StartSyncExecution: () => {
      throw notEmulated('Step Functions', 'StartSyncExecution: it is for EXPRESS state machines, and only STANDARD ones are emulated');
    },
    StopExecution(input, context) {
      const executionArn = requiredText(input, 'executionArn');
      context.authorize({ action: 'states:StopExecution', resource: executionArn });
      findExecution(engine, executionArn);
      engine.abort(executionArn, optionalText(input, 'error'), optionalText(input, 'cause'));
      return { stopDate: new Date(engine.store.find(executionArn)?.end?.stoppedAt ?? engine.host.clock.now()) };
    },
    SendTaskSuccess(input, context) {
      const token = authorizedToken(engine, 'SendTaskSuccess', input, context);
      engine.tokens.succeed(token, parsedOutput(requiredText(input, 'output')));
      return {};
    },
    SendTaskFailure(input, context) {
      const token = authorizedToken(engine, 'SendTaskFailure', input, context);
      engine.tokens.fail(token, optionalText(input, 'error'), optionalText(input, 'cause'));
      return {};
    },
    SendTaskHeartbeat(input, context) {
      engine.tokens.heartbeat(authorizedToken(engine, 'SendTaskHeartbeat', input, context));
      return {};
    },
    ValidateStateMachineDefinition(input, context) {
      context.authorize({ action: 'states:ValidateStateMachineDefinition', resource: '*' });
      const { problems } = checkDefinition(requiredText(input, 'definition'));
      const diagnostics = problems.map((message) => ({ severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message }));
      return { result: problems.length === 0 ? 'OK' : 'FAIL', diagnostics, truncated: false };
    },
    /** No operation of AWS: a map run asks here whether its role may start its children, watch them, and stop them when it is stopped. */
    AuthorizeMapRun(input, context) {
      const arn = requiredText(input, 'stateMachineArn');
      context.authorize({ action: 'states:StartExecution', resource: arn.split('/')[0]! });
      const children = `${arn.replace(':stateMachine:', ':execution:')}/${requiredText(input, 'label')}:any`;
      for (const action of ['states:DescribeExecution', 'states:StopExecution']) context.authorize({ action, resource: children });
      return {};
    },
  };
}

function startExecution(engine: Engine, machines: MachineRegistry, input: Input, context: CallContext): unknown {
  const { host, store } = engine;
  const resolved = machines.resolve(requiredText(input, 'stateMachineArn'));
  authorizeMachine(context, 'states:StartExecution', resolved);
  const { machine, versionArn, aliasArn } = resolved;
  const name = optionalText(input, 'name') ?? host.newId();
  checkName(name);
  const text = executionInput(optionalText(input, 'input') ?? '{}');
  const executionArn = `arn:aws:states:${host.region}:${host.accountId}:execution:${machine.name}:${name}`;

  const known = store.find(executionArn);
  if (known && isNameTaken(known, host.clock.now())) {
    if (statusOf(known) === 'RUNNING' && known.start.input === text) return { executionArn, startDate: new Date(known.start.startedAt) };
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
  }
  const startedAt = host.clock.now();
  // The engine hands the promise to the host's background; it never rejects.
  void engine.launch(
    {
      executionArn,
      name,
      stateMachineArn: machine.arn,
      stateMachineName: machine.name,
      roleArn: machine.roleArn,
      input: text,
      startedAt,
      ...(versionArn === undefined ? {} : { stateMachineVersionArn: versionArn }),
      ...(aliasArn === undefined ? {} : { stateMachineAliasArn: aliasArn }),
    },
    machine.definition,
  );
  return { executionArn, startDate: new Date(startedAt) };
}

const isNameTaken = ({ end }: Execution, now: number): boolean => end === undefined || now < end.stoppedAt + NAME_KEPT_MS;

/** AWS authorises a qualified ARN as the machine's own, and shows IAM the qualifier as a condition key. */
export function authorizeMachine(context: CallContext, action: string, { machine, qualifier }: ResolvedMachine): void {
  context.authorize({
    action,
    resource: machine.arn,
    ...(qualifier === undefined ? {} : { conditions: { 'states:StateMachineQualifier': qualifier } }),
  });
}

/** No white space, brackets, wildcards, special characters, control characters or halves of surrogate pairs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: AWS names the control characters a name may not have.
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/;

function checkName(name: string): void {
  if (name.length < 1 || name.length > 80 || FORBIDDEN_IN_NAMES.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

function executionInput(text: string): string {
  if (Buffer.byteLength(text) > PAYLOAD_LIMIT_BYTES) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${PAYLOAD_LIMIT_BYTES}`,
    );
  }
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
  return text;
}

function parsedOutput(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}

function authorizedToken(engine: Engine, operation: string, input: Input, context: CallContext): string {
  const token = requiredText(input, 'taskToken');
  context.authorize({ action: `states:${operation}`, resource: engine.tokens.stateMachineOf(token) });
  return token;
}

/** @throws AwsError ExecutionDoesNotExist */
export function findExecution(engine: Engine, executionArn: string): Execution {
  const execution = engine.store.find(executionArn);
  if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  return execution;
}

export function requiredText(input: Input, member: string): string {
  const value = input[member];
  if (typeof value !== 'string' || value === '') {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

export function optionalText(input: Input, member: string): string | undefined {
  const value = input[member];
  return value === undefined || value === null ? undefined : String(value);
}
