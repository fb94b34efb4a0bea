/** Executions of one machine, by name: starting one, and asking what became of one. The name makes it once only, for 90 days. */
import { DescribeExecutionCommand, type ExecutionStatus, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import { awsCall, isNamed } from './aws-errors.ts';

export class StateMachine {
  readonly #client: SFNClient;
  readonly #arn: string;

  constructor(client: SFNClient, arn: string) {
    this.#client = client;
    this.#arn = arn;
  }

  async start(name: string, input: object): Promise<{ readonly executionArn: string } | Refusal<'already-run'>> {
    try {
      const command = new StartExecutionCommand({ stateMachineArn: this.#arn, name, input: JSON.stringify(input) });
      const reply = await awsCall('Starting the state machine', () => this.#client.send(command));
      return { executionArn: reply.executionArn! };
    } catch (error) {
      if (isNamed(error, 'ExecutionAlreadyExists')) return refuse('already-run', { name });
      throw error;
    }
  }

  /** `not-found` for a name that was never started, or ended more than 90 days ago. */
  async statusOf(name: string): Promise<ExecutionStatus | Refusal<'not-found'>> {
    try {
      const command = new DescribeExecutionCommand({ executionArn: executionArnOf(this.#arn, name) });
      const { status } = await awsCall('Asking for an execution', () => this.#client.send(command));
      return status!;
    } catch (error) {
      if (isNamed(error, 'ExecutionDoesNotExist')) return refuse('not-found', { name });
      throw error;
    }
  }
}

/** Of a machine's ARN, or of an alias of it: executions are named under the machine. */
function executionArnOf(machineArn: string, name: string): string {
  const [arn, partition, service, region, account, , machine] = machineArn.split(':');
  return [arn, partition, service, region, account, 'execution', machine, name].join(':');
}
