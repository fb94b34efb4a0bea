/**
 * What a running state works with: the execution it belongs to, the scope of variables it sees, its line of history
 * events, and the signal that tells it to stop.
 */
import type { Caller, CloudHost } from '../service.ts';
import type { Aftermath, Json, JsonObject, Machine, State, StateBlock } from './asl.ts';
import type { Execution, ExecutionStart, ExecutionStore } from './executions.ts';
import type { Expressions } from './expressions.ts';
import { EvaluationFailure, payloadText, StateFailure } from './failure.ts';
import { type History, NOT_TRUNCATED, type Thread } from './history.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What states share beyond their own execution. */
export interface Engine {
  readonly host: CloudHost;
  readonly expressions: Expressions;
  readonly tokens: TaskTokens;
  readonly store: ExecutionStore;
  /** Runs a block to its end, in the frame given. */
  runBlock(frame: Frame, input: Json): Promise<Json>;
  /** Starts an execution of `machine`; the promise gives it closed and never rejects. */
  launch(start: ExecutionStart, machine: Machine): Promise<Execution>;
  /** Closes a running execution as ABORTED. */
  abort(executionArn: string, error?: string, cause?: string): void;
  /** Gives the execution once it is closed. */
  closed(executionArn: string): Promise<Execution>;
}

export interface Run {
  readonly engine: Engine;
  readonly start: ExecutionStart;
  readonly input: Json;
  readonly history: History;
  /** The machine's role: every call a task makes is authorised as it. */
  readonly role: Caller;
}

export interface Frame {
  readonly run: Run;
  readonly block: StateBlock;
  readonly variables: Variables;
  readonly thread: Thread;
  readonly signal: AbortSignal;
  /** `$states.context.Map` of the iteration this frame runs. */
  readonly map?: JsonObject;
}

/** One state being visited. */
export interface Visit<Kind extends State = State> {
  readonly frame: Frame;
  readonly name: string;
  readonly state: Kind;
  readonly input: Json;
  readonly enteredEventId: number;
  readonly enteredAt: number;
}

/** Where a state leads: `next` is absent at the end of the block. */
export interface Step {
  readonly output: Json;
  readonly next: string | undefined;
}

/** Variables of one scope. Inner scopes read outer ones; an assignment stays in its own. */
export class Variables {
  readonly #own: Record<string, Json> = {};
  readonly #outer: Variables | undefined;

  constructor(outer?: Variables) {
    this.#outer = outer;
  }

  visible(): Readonly<Record<string, Json>> {
    return this.#outer ? { ...this.#outer.visible(), ...this.#own } : this.#own;
  }

  assign(values: JsonObject): void {
    Object.assign(this.#own, values);
  }
}

/** Members of `$states` that exist only at some points of a state. */
interface StatesExtras {
  readonly result?: Json;
  readonly errorOutput?: Json;
  readonly retryCount?: number;
  readonly taskToken?: string;
  readonly map?: JsonObject;
}

/** Evaluates one field of the visited state. @throws StateFailure States.QueryEvaluationError */
export async function evaluate(visit: Visit, template: Json, field: string, extras: StatesExtras = {}): Promise<Json> {
  const { frame } = visit;
  try {
    return await frame.run.engine.expressions.evaluate(template, field, {
      states: statesOf(visit, extras),
      variables: frame.variables.visible(),
    });
  } catch (error) {
    if (error instanceof EvaluationFailure) throw evaluationFailed(visit, error);
    throw error;
  }
}

/** Evaluates a field that must come out as a number within bounds. */
export async function evaluateNumber(
  visit: Visit,
  template: number | string,
  field: string,
  bounds: { atLeast: number; whole?: boolean },
): Promise<number> {
  const value = await evaluate(visit, template, field);
  if (typeof value !== 'number') throw wrongType(visit, template, field, 'number', value);
  if (value < bounds.atLeast || (bounds.whole && !Number.isInteger(value))) {
    const kind = bounds.whole ? 'a whole number' : 'a number';
    throw evaluationFailed(
      visit,
      new EvaluationFailure(
        field,
        `The value ${value} of the field '${field}' is out of range: it takes ${kind} of at least ${bounds.atLeast}.`,
      ),
    );
  }
  return value;
}

/** States.QueryEvaluationError for a value of another type than the field takes. */
export function wrongType(visit: Visit, template: Json, field: string, expected: string, value: Json): StateFailure {
  const found = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const text = typeof template === 'string' ? template.replace(/^\{%\s*|\s*%\}$/g, '') : JSON.stringify(template);
  return evaluationFailed(
    visit,
    new EvaluationFailure(
      field,
      `The JSONata expression '${text}' specified for the field '${field}' returned an unexpected result type. Expected '${expected}', but was '${found}' for value: ${JSON.stringify(value)}`,
    ),
  );
}

function evaluationFailed(visit: Visit, failure: EvaluationFailure): StateFailure {
  const { frame, name } = visit;
  frame.run.history.record(frame.thread, 'EvaluationFailed', {
    evaluationFailedEventDetails: { error: 'States.QueryEvaluationError', cause: failure.message, location: failure.field, state: name },
  });
  const where = `An error occurred while executing the state '${name}' (entered at the event id #${visit.enteredEventId}). `;
  return new StateFailure('States.QueryEvaluationError', where + failure.message, { cause: failure });
}

/** What a state leaves behind, evaluated: Assign and Output both see the values from before the assignment. */
interface Evaluated {
  readonly assigned: JsonObject;
  readonly output: Json;
}

export async function evaluateAftermath(
  visit: Visit,
  fields: Aftermath,
  defaultOutput: Json,
  extras: StatesExtras,
  prefix = '',
): Promise<Evaluated> {
  const assigned = fields.Assign === undefined ? {} : ((await evaluate(visit, fields.Assign, `${prefix}Assign`, extras)) as JsonObject);
  const output = fields.Output === undefined ? defaultOutput : await evaluate(visit, fields.Output, `${prefix}Output`, extras);
  if (fields.Assign !== undefined) payloadText(assigned, `The variables assigned by the state '${visit.name}'`);
  payloadText(output, `The output of the state '${visit.name}'`);
  return { assigned, output };
}

/** Records that the state was left, and only then sets its variables. */
export function leave(visit: Visit, { assigned, output }: Evaluated, next: string | undefined, follows?: number): Step {
  const { frame, name, state } = visit;
  const names = Object.keys(assigned);
  const variables = Object.fromEntries(names.map((variable) => [variable, JSON.stringify(assigned[variable])]));
  const stateExitedEventDetails = {
    name,
    output: JSON.stringify(output),
    outputDetails: NOT_TRUNCATED,
    ...(names.length > 0 ? { assignedVariables: variables, assignedVariablesDetails: NOT_TRUNCATED } : {}),
  };
  frame.run.history.record(frame.thread, `${state.Type}StateExited`, { stateExitedEventDetails }, follows === undefined ? {} : { follows });
  frame.variables.assign(assigned);
  observe(frame.run, `${state.Type}StateExited`, { state: name, ...(next === undefined ? {} : { next }) });
  return { output, next };
}

/** One line for the operator, as it happens. */
export function observe({ engine, start }: Run, event: string, details: Readonly<Record<string, unknown>>): void {
  const { executionArn, name, stateMachineName } = start;
  engine.host.observe({
    at: engine.host.clock.now(),
    service: 'states',
    event,
    details: { executionArn, executionName: name, machine: stateMachineName, ...details },
  });
}

function statesOf(visit: Visit, extras: StatesExtras): JsonObject {
  const { frame, name, input, enteredAt } = visit;
  const { start } = frame.run;
  const map = extras.map ?? frame.map;
  const context: JsonObject = {
    Execution: {
      Id: start.executionArn,
      Input: frame.run.input,
      Name: start.name,
      RoleArn: start.roleArn,
      StartTime: new Date(start.startedAt).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: start.stateMachineArn, Name: start.stateMachineName },
    State: { Name: name, EnteredTime: new Date(enteredAt).toISOString(), RetryCount: extras.retryCount ?? 0 },
    ...(map === undefined ? {} : { Map: map }),
    ...(extras.taskToken === undefined ? {} : { Task: { Token: extras.taskToken } }),
  };
  return {
    input,
    context,
    ...(extras.result === undefined ? {} : { result: extras.result }),
    ...(extras.errorOutput === undefined ? {} : { errorOutput: extras.errorOutput }),
  };
}
