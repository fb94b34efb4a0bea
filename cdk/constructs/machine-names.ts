/** State machines by name: for a role that the template must not let refer to the machine itself. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Executions are started through it, so that a running one keeps the definition it began with. */
export const aliasName = 'current';

export const namedMachineArn = (scope: Construct, machineName: string): string =>
  Stack.of(scope).formatArn({
    ...{ service: 'states', resource: 'stateMachine', resourceName: machineName },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Every execution of it: none has an ARN before it runs. */
export const namedExecutionsArn = (scope: Construct, machineName: string): string =>
  Stack.of(scope).formatArn({
    ...{ service: 'states', resource: 'execution', resourceName: `${machineName}:*` },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Through the alias, and nothing else. IAM sees the machine, and the alias as a condition. */
export const startStatement = (stateMachineArn: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['states:StartExecution'],
    resources: [stateMachineArn],
    conditions: { StringEquals: { 'states:StateMachineQualifier': aliasName } },
  });
