/**
 * Step Functions as this project uses it: Standard machines in JSONata, run from the synthesized templates, every task a
 * call of the machine's own role. The subset and its differences from AWS are listed in README.md.
 */
import { type AwsService, type CloudHost, notEmulated } from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';
import { createEngine } from './engine.ts';
import { type Execution, ExecutionStore } from './executions.ts';
import { type Authorize, assertMachineRole } from './machine-role.ts';
import { MachineRegistry } from './machines.ts';
import { writeOperations } from './operations.ts';
import { readOperations } from './queries.ts';

/** Of an execution that was RUNNING when the process ended. AWS would carry on; here nobody is left to. */
const STOPPED_CAUSE = 'the local cloud stopped while this execution ran';

/** @throws DamagedState when the executions on disk are not what was written. */
export function createStepFunctions(host: CloudHost, authorize: Authorize = () => {}): AwsService {
  const store = new ExecutionStore(host.storage('states'));
  const machines = new MachineRegistry(host);
  const engine = createEngine(host, store);
  const operations = { ...writeOperations(engine, machines), ...readOperations(engine, machines) };
  const interrupted = store.newestFirst().filter(({ end }) => end === undefined);

  return {
    name: 'states',
    wire: jsonProtocol({
      version: '1.0',
      targetPrefix: 'AWSStepFunctions',
      timestamps: ['timestamp', 'startDate', 'stopDate', 'creationDate', 'updateDate', 'redriveDate'],
    }),
    resourceTypes: ['AWS::StepFunctions::StateMachine', 'AWS::StepFunctions::StateMachineVersion', 'AWS::StepFunctions::StateMachineAlias'],
    declare: (resource) => machines.declare(resource),
    start() {
      for (const machine of machines.list()) assertMachineRole(host, authorize, machine);
      for (const execution of interrupted.splice(0)) abortInterrupted(host, store, execution);
    },
    execute(operation, input, context) {
      const run = operations[operation];
      if (!run) throw notEmulated('Step Functions', operation);
      return run(input, context);
    },
    close: () => store.close(),
  };
}

function abortInterrupted(host: CloudHost, store: ExecutionStore, { start, events }: Execution): void {
  const at = host.clock.now();
  const last = events.at(-1)?.id ?? 0;
  store.addEvent(start.executionArn, {
    id: last + 1,
    previousEventId: last,
    at,
    type: 'ExecutionAborted',
    details: { executionAbortedEventDetails: { cause: STOPPED_CAUSE } },
  });
  store.end(start.executionArn, { status: 'ABORTED', stoppedAt: at, cause: STOPPED_CAUSE });
  host.observe({
    at,
    service: 'states',
    event: 'ExecutionAborted',
    details: {
      executionArn: start.executionArn,
      executionName: start.name,
      machine: start.stateMachineName,
      status: 'ABORTED',
      cause: STOPPED_CAUSE,
    },
  });
}
