/** Runs one execution of a state machine to its end and says how it ended. */
import { operator } from '../local-cloud/cloud.ts';
import type { Fund } from './fund.ts';

export interface ExecutionEnd {
  readonly executionArn: string;
  readonly status: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

export async function runExecution(
  fund: Fund,
  input: { readonly stateMachineArn: string; readonly input: string; readonly name?: string },
): Promise<ExecutionEnd> {
  const { executionArn } = (await fund.cloud.call(operator, 'states', 'StartExecution', input)) as { executionArn: string };
  return executionEnd(fund, executionArn);
}

/** Waits until nothing is under way in the cloud any more. */
export async function executionEnd(fund: Fund, executionArn: string): Promise<ExecutionEnd> {
  await fund.cloud.settle();
  return (await fund.cloud.call(operator, 'states', 'DescribeExecution', { executionArn })) as ExecutionEnd;
}
