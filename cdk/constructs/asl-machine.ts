/**
 * A Standard state machine from state-machines/<definition>.asl.json. `${name}` in the file stands for the version of the
 * function given under that name, and `${nameBucket}` for a bucket. The role may invoke every version of a function:
 * a deploy publishes a new one while executions that began on the old one still run.
 */
import { resolve } from 'node:path';
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  type CfnStateMachine,
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { physicalName } from '../../shared/contracts/names/index.ts';
import type { Stage } from '../stage.ts';
import { acknowledge } from './acknowledge.ts';
import { aliasName, startStatement } from './machine-names.ts';
import type { PlatformFunction, RoledBucket } from './platform-function.ts';
import { mayOnObjects } from './role-grants.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface AslMachineProps {
  readonly stage: Stage;
  /** File name in state-machines/, without `.asl.json`; also the machine's name. */
  readonly definition: string;
  readonly functions: Readonly<Record<string, PlatformFunction>>;
  readonly alerts: ITopic;
}

export class AslMachine extends Construct {
  readonly machine: StateMachine;
  readonly role: Role;
  /** Executions are started through this alias, so that a running one keeps the definition it began with. */
  readonly aliasArn: string;

  constructor(scope: Construct, id: string, { stage, definition, functions, alerts }: AslMachineProps) {
    super(scope, id);
    const name = physicalName(stage.name, definition);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(resolve(import.meta.dirname, '../../state-machines', `${definition}.asl.json`)),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(functions).map(([key, fn]) => [key, fn.lambda.currentVersion.functionArn]),
      ),
      role: this.role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: stage.logRetention,
          removalPolicy: stage.statefulRemoval,
        }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    for (const fn of Object.values(functions)) this.#mayInvoke(fn);
    this.#acknowledgeServiceWildcards();
    this.aliasArn = this.#alias();

    new RunbookAlarm(this, 'Failed', {
      says: `An execution of ${definition} failed, timed out or was aborted.`,
      runbook: `${definition}-failed`,
      notifies: alerts,
      metric: this.#endedBadly(),
      threshold: 1,
    });
  }

  /** The caller may start executions through the alias, and nothing else. */
  grantStart(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(startStatement(this.machine.stateMachineArn));
  }

  /** What a Distributed Map needs: the machine starts its own children, watches them, and stops them when it is stopped. */
  mayRunChildren(): this {
    const stateMachineName = (this.machine.node.defaultChild as CfnStateMachine).stateMachineName!;
    const arn = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    // A child's ARN carries the label of its map run after the machine's name.
    const children = [arn('execution', `${stateMachineName}:*`), arn('execution', `${stateMachineName}/*`)];
    this.role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [arn('stateMachine', stateMachineName)] }),
    );
    this.role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution'], resources: children }),
    );
    for (const suffix of [':*', '/*']) {
      acknowledge(this.role, {
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${stateMachineName}${suffix}]`,
        reason: 'AWS names the executions of a Distributed Map itself; the machine is the tightest bound there is. Owner: platform.',
      });
    }
    return this;
  }

  /** For a Distributed Map whose item list lies in a bucket. */
  mayReadObjects({ bucket }: RoledBucket, key: IKey, prefix: string): this {
    mayOnObjects(this.role, bucket, [prefix], 's3:GetObject');
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }));
    return this;
  }

  /** For a Distributed Map whose results are written to a bucket. */
  mayWriteObjects({ bucket }: RoledBucket, key: IKey, prefix: string): this {
    mayOnObjects(this.role, bucket, [prefix], 's3:PutObject');
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [key.keyArn] }));
    return this;
  }

  /** AWS counts the three bad ends apart. */
  #endedBadly(): MathExpression {
    return new MathExpression({
      expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)',
      label: 'Executions that failed, timed out or were aborted',
      usingMetrics: { failed: this.machine.metricFailed(), timedOut: this.machine.metricTimedOut(), aborted: this.machine.metricAborted() },
    });
  }

  #mayInvoke(fn: PlatformFunction): void {
    const versions = `${fn.lambda.functionArn}:*`;
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [versions] }));
    const logicalId = Stack.of(this).getLogicalId(fn.lambda.node.defaultChild as never);
    acknowledge(this.role, {
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
      reason: 'A deploy must not break executions under way on an older version of the function. Owner: trading.',
    });
  }

  #alias(): string {
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      stateMachineRevisionId: (this.machine.node.defaultChild as CfnStateMachine).attrStateMachineRevisionId,
    });
    // An execution under way runs on its version; AWS deletes them all with the machine.
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const alias = new CfnStateMachineAlias(this, 'Alias', {
      name: aliasName,
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
    return alias.attrArn;
  }

  #acknowledgeServiceWildcards(): void {
    acknowledge(this.role, {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray and CloudWatch Logs delivery offer no resource-level permissions for what a state machine calls. Owner: platform.',
    });
  }
}
