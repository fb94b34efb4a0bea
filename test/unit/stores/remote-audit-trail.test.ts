import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import type { AppendRequest, AuditEntry } from '../../../shared/contracts/audit.ts';
import { ContractViolation, InvariantViolation, TransientFailure } from '../../../shared/kernel/errors.ts';
import { RemoteAuditTrail } from '../../../shared/stores/remote-audit-trail.ts';

const lambda = mockClient(LambdaClient);
const trail = new RemoteAuditTrail(new LambdaClient({ region: 'us-east-1' }), 'writer');
const payload = (value: unknown) => {
  const text = JSON.stringify(value);
  return Object.assign(new Uint8Array(Buffer.from(text)), { transformToString: () => text });
};
const head = { sequence: 4, hash: 'a'.repeat(64) };
const entry = (text: string): AuditEntry => ({ type: 'cycle', record: { text } });
const requests = (): AppendRequest[] =>
  lambda
    .commandCalls(InvokeCommand)
    .map(({ args }) => JSON.parse(Buffer.from(args[0].input.Payload as Uint8Array).toString('utf8')) as AppendRequest);
const fails = (errorType: string, errorMessage: string): void => {
  lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled', Payload: payload({ errorType, errorMessage }) });
};

beforeEach(() => {
  lambda.reset();
  lambda.on(InvokeCommand).resolves({ Payload: payload(head) });
});

test('sends a part in one call, and gives the head that the writer gives', async () => {
  expect(await trail.append('cycle-1', 'decisions', [entry('a'), entry('b')])).toEqual(head);
  expect(requests()).toEqual([{ trailId: 'cycle-1', part: 'decisions', from: 0, total: 2, entries: [entry('a'), entry('b')] }]);
});

test('sends what is too much for one call in stretches, in order, none longer than Lambda takes', async () => {
  const entries = Array.from({ length: 40 }, (_, index) => entry(`${index} ${'é'.repeat(150_000)}`));
  await trail.append('cycle-1', 'decisions', entries);
  const sent = requests();
  expect(sent.length).toBeGreaterThan(1);
  expect(sent.flatMap((one) => one.entries)).toEqual(entries);
  expect(sent.map(({ from }) => from)).toEqual(
    sent.map((_, index) => sent.slice(0, index).reduce((sum, one) => sum + one.entries.length, 0)),
  );
  for (const request of sent) expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThan(6_000_000);
});

test.each([
  ['InvariantViolation', InvariantViolation, /^an audit record is written once$/],
  ['ContractViolation', ContractViolation, /an audit record is written once/],
  ['TransientFailure', TransientFailure, /an audit record is written once/],
  ['Sandbox.Timedout', TransientFailure, /an audit record is written once/],
  ['Runtime.ExitError', TransientFailure, /an audit record is written once/],
])('gives a writer that fails with %s the name that the state machines know', async (name, kind, message) => {
  fails(name, 'an audit record is written once');
  const failure = await trail.append('cycle-1', 'opened', [entry('a')]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(kind);
  expect((failure as Error).message).toMatch(message);
});

test('passes on what the writer may not do, under its own name', async () => {
  fails('AccessDeniedException', 'not authorized to perform dynamodb:PutItem');
  await expect(trail.append('cycle-1', 'opened', [entry('a')])).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('is a TransientFailure when the writer is throttled or out of reach, a ContractViolation when its answer is none', async () => {
  lambda.on(InvokeCommand).rejects(Object.assign(new Error('Rate exceeded'), { name: 'TooManyRequestsException' }));
  await expect(trail.append('cycle-1', 'opened', [entry('a')])).rejects.toThrow(TransientFailure);
  lambda.on(InvokeCommand).resolves({ Payload: payload({ sequence: 4 }) });
  await expect(trail.append('cycle-1', 'opened', [entry('a')])).rejects.toThrow(ContractViolation);
});

test('appends nothing that is nothing', async () => {
  await expect(trail.append('cycle-1', 'opened', [])).rejects.toThrow(InvariantViolation);
  expect(requests()).toEqual([]);
});
