/** Starts executions of the one machine a function may start. The execution name makes it once only, for 90 days. */
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
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
}
