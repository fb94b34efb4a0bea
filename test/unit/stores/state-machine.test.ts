import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { TransientFailure } from '../../../shared/kernel/errors.ts';
import { StateMachine } from '../../../shared/stores/state-machine.ts';

const steps = mockClient(SFNClient);
const machine = new StateMachine(new SFNClient({ region: 'us-east-1' }), 'arn:machine');
const failure = (name: string): Error => Object.assign(new Error(name), { name });

beforeEach(() => {
  steps.reset();
});

test('starts the one machine under the name given', async () => {
  steps.on(StartExecutionCommand).resolves({ executionArn: 'arn:execution', startDate: new Date(0) });
  expect(await machine.start('cycle-1', { scheduledAt: 'then' })).toEqual({ executionArn: 'arn:execution' });
  expect(steps.commandCalls(StartExecutionCommand)[0]!.args[0].input).toEqual({
    stateMachineArn: 'arn:machine',
    name: 'cycle-1',
    input: '{"scheduledAt":"then"}',
  });
});

test('refuses a name that has run', async () => {
  steps.on(StartExecutionCommand).rejects(failure('ExecutionAlreadyExists'));
  expect(await machine.start('cycle-1', {})).toEqual({ kind: 'refused', reason: 'already-run', details: { name: 'cycle-1' } });
});

test('is a TransientFailure when Step Functions is throttled, and AWS’s own error when it denies', async () => {
  steps.on(StartExecutionCommand).rejects(failure('ThrottlingException'));
  await expect(machine.start('cycle-1', {})).rejects.toThrow(TransientFailure);
  steps.on(StartExecutionCommand).rejects(failure('AccessDeniedException'));
  await expect(machine.start('cycle-1', {})).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
