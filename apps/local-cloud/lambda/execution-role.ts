/**
 * What AWS asks of a function's role before it takes the function: that it may send to the function's dead-letter target
 * and trace; and before it takes an event source mapping: that it may read the source. A role that may not write logs is
 * taken, and its function runs without any; that is told, not refused.
 */
import type { DescribeTableOutput } from '@aws-sdk/client-dynamodb';
import { type AuthorizationRequest, AwsError, type Caller, type CloudHost } from '../service.ts';
import type { FunctionDefinition } from './definition.ts';
import { callerOf, type MappingDefinition } from './mapping.ts';
import { queueActions } from './queue-mapping.ts';
import { streamActions } from './stream-mapping.ts';

type Authorize = (caller: Caller, request: AuthorizationRequest) => void;

/** @throws AwsError InvalidParameterValueException, as CreateFunction does, with what IAM says of the action. */
export function assertExecutionRole(host: CloudHost, authorize: Authorize, definition: FunctionDefinition): void {
  const { name, deadLetterArn, isTraced } = definition;
  const ask = (action: string, resource: string): void => authorize(callerOf(definition), { action, resource });
  if (isTraced) {
    required('PutTraceSegments on XRAY', name, () => {
      ask('xray:PutTraceSegments', '*');
      ask('xray:PutTelemetryRecords', '*');
    });
  }
  if (deadLetterArn !== undefined) {
    const [call, action] = deadLetterArn.startsWith('arn:aws:sns:')
      ? ['Publish on SNS', 'sns:Publish']
      : ['SendMessage on SQS', 'sqs:SendMessage'];
    required(call, name, () => ask(action, deadLetterArn));
  }
  try {
    const stream = `arn:aws:logs:${host.region}:${host.accountId}:log-group:${definition.logGroupName}:log-stream:local`;
    ask('logs:CreateLogStream', stream);
    ask('logs:PutLogEvents', stream);
  } catch (error) {
    const details = { functionName: name, because: (error as Error).message };
    host.observe({ at: host.clock.now(), service: 'lambda', event: 'LogsRefused', details });
  }
}

/** What Lambda needs of the function's role to read the source, to decrypt a table's stream, and to tell of batches it gave up. */
export async function assertMappingRole(
  host: CloudHost,
  authorize: Authorize,
  definition: FunctionDefinition,
  { sourceArn, onFailureArn }: MappingDefinition,
): Promise<void> {
  const ask = (action: string, resource: string): void => authorize(callerOf(definition), { action, resource });
  const isStream = sourceArn.startsWith('arn:aws:dynamodb:');
  for (const action of isStream ? streamActions : queueActions) ask(action, sourceArn);
  if (isStream) {
    const TableName = sourceArn.split('/')[1]!;
    const { Table } = (await host.call({ kind: 'operator' }, 'dynamodb', 'DescribeTable', { TableName })) as DescribeTableOutput;
    if (Table?.SSEDescription?.KMSMasterKeyArn) ask('kms:Decrypt', Table.SSEDescription.KMSMasterKeyArn);
  }
  if (onFailureArn?.startsWith('arn:aws:sqs:')) ask('sqs:SendMessage', onFailureArn);
}

function required(call: string, functionName: string, ask: () => void): void {
  try {
    ask();
  } catch (error) {
    const said = `The provided execution role does not have permissions to call ${call} (function ${functionName})`;
    throw new AwsError('InvalidParameterValueException', `${said}: ${(error as Error).message}`);
  }
}
