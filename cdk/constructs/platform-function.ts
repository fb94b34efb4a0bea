/**
 * A Lambda as every Lambda here is: arm64, Node 24, one bundle, its own role and log group, traced, with a dead-letter
 * queue. The verbs give a permission and the environment variable that goes with it, so that code cannot name
 * what it may not touch.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  FilterCriteria,
  FilterRule,
  Function as LambdaFunction,
  Runtime,
  StartingPosition,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type BucketRole, env, physicalName, type TableRole } from '../../shared/contracts/names/index.ts';
import type { Stage } from '../stage.ts';
import { acknowledge } from './acknowledge.ts';
import { functionBundle } from './function-bundles.ts';
import { aliasName, namedMachineArn, startStatement } from './machine-names.ts';

export interface PlatformFunctionProps {
  readonly stage: Stage;
  readonly dataKey: IKey;
  readonly deadLetters: IQueue;
  readonly timeout?: Duration;
  readonly memoryMb?: number;
  /** A role shared with another function; only the order role is. */
  readonly role?: Role;
}

export interface RoledTable {
  readonly role: TableRole;
  readonly table: ITable;
}

export interface RoledBucket {
  readonly role: BucketRole;
  readonly bucket: Bucket;
}

export class PlatformFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly #role: Role;
  readonly #dataKey: IKey;
  #mayUseDataKey: 'no' | 'decrypt' | 'encrypt' = 'no';

  /** `name` is the inventory's: `trading/preflight` is `functions/trading/preflight.lambda.ts`. */
  constructor(scope: Construct, id: string, name: string, props: PlatformFunctionProps) {
    super(scope, id);
    const functionName = physicalName(props.stage.name, name.replace('/', '-'));
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: props.stage.logRetention,
      removalPolicy: props.stage.statefulRemoval,
    });
    this.#dataKey = props.dataKey;
    this.#role = props.role ?? lambdaRole(this, 'Role');
    logGroup.grantWrite(this.#role);

    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(functionBundle(name)),
      handler: 'index.handler',
      role: this.#role,
      timeout: props.timeout ?? Duration.seconds(60),
      memorySize: props.memoryMb ?? 1024,
      tracing: Tracing.ACTIVE,
      logGroup,
      deadLetterQueue: props.deadLetters,
      environment: {
        [env.stage]: props.stage.name,
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
      // A machine's execution under way invokes the version it began with; AWS deletes them all with the function.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    acknowledge(this.#role, {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray offers no resource-level permissions for PutTraceSegments and PutTelemetryRecords. Owner: platform.',
    });
  }

  /** Single items, by key. */
  gets(...tables: readonly RoledTable[]): this {
    return this.#onTables(tables, 'GetItem');
  }

  /** All items of a partition. */
  queries(...tables: readonly RoledTable[]): this {
    return this.#onTables(tables, 'Query');
  }

  reads(...tables: readonly RoledTable[]): this {
    return this.#onTables(tables, 'GetItem', 'Query');
  }

  puts(...tables: readonly RoledTable[]): this {
    return this.#onTables(tables, 'PutItem');
  }

  updates(...tables: readonly RoledTable[]): this {
    return this.#onTables(tables, 'UpdateItem');
  }

  /** May add items and read them, never update or delete one; what is put over an old item is for the writer's condition to say. */
  appends(...tables: readonly RoledTable[]): this {
    return this.#onTables(tables, 'GetItem', 'Query', 'PutItem');
  }

  /** Everything that changes items, and reading them. */
  writes(...tables: readonly RoledTable[]): this {
    return this.#onTables(tables, 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem');
  }

  /** May hold a write to another table against an item of this one, and no more. */
  checks(...tables: readonly RoledTable[]): this {
    return this.#onTables(tables, 'ConditionCheckItem');
  }

  /**
   * Is called with what is written to a table, or to one partition of it, in order; a batch that keeps failing is halved, and what is left
   * goes to the dead letters.
   */
  follows({ role, table }: RoledTable, partition?: string): this {
    const eventSourceArn = table.tableStreamArn!;
    this.#may(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [eventSourceArn]);
    this.#may(['dynamodb:ListStreams'], ['*']);
    this.lambda.addEventSourceMapping(`${role}Stream`, {
      eventSourceArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      retryAttempts: 10,
      ...(partition !== undefined && {
        filters: [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: FilterRule.isEqual(partition) } } } })],
      }),
      // The role may send there already: it is the function's own dead-letter queue.
      onFailure: { bind: () => ({ destination: this.lambda.deadLetterQueue!.queueArn }) },
    });
    return this.#decrypts();
  }

  /** Objects under these prefixes, and whether they are there. */
  readsObjects({ role, bucket }: RoledBucket, ...prefixes: readonly string[]): this {
    this.#mayOnObjects(bucket, prefixes, 's3:GetObject');
    this.#environment(env.bucket(role), bucket.bucketName);
    return this.#decrypts();
  }

  /** S3 says "no such key" only to who may list the bucket; to others a missing object reads as forbidden. */
  mayFindNothing({ bucket }: RoledBucket): this {
    this.#may(['s3:ListBucket'], [bucket.bucketArn]);
    return this;
  }

  writesObjects({ role, bucket }: RoledBucket, ...prefixes: readonly string[]): this {
    this.#mayOnObjects(bucket, prefixes, 's3:PutObject');
    this.#environment(env.bucket(role), bucket.bucketName);
    return this.#encrypts();
  }

  /** For what a schedule calls: Lambda's own queue would still deliver hours later, and a late start is refused anyway. */
  dropsLateEvents(): this {
    this.lambda.configureAsyncInvoke({ maxEventAge: Duration.minutes(5), retryAttempts: 2 });
    return this;
  }

  publishesTo(bus: IEventBus): this {
    this.#may(['events:PutEvents'], [bus.eventBusArn]);
    this.#environment(env.eventBus, bus.eventBusName);
    return this;
  }

  /** The one permission that moves money: the broker's keys. */
  mayPlaceOrders(brokerSecret: ISecret): this {
    return this.#readsSecret(env.brokerSecret, brokerSecret);
  }

  /** Says, for all to check, what may be traded. Never given with `mayPlaceOrders`. */
  signsPermits(permitKey: IKey): this {
    return this.#withPermitKey(permitKey, 'kms:Sign');
  }

  verifiesPermits(permitKey: IKey): this {
    return this.#withPermitKey(permitKey, 'kms:Verify');
  }

  /**
   * Executions of a machine that itself calls a function of this role: the template could not be ordered if the role referred to the machine,
   * so it is named.
   */
  startsByName(machineName: string): this {
    const arn = namedMachineArn(this, machineName);
    this.#role.addToPrincipalPolicy(startStatement(arn));
    this.#environment(env.stateMachine, `${arn}:${aliasName}`);
    return this;
  }

  /** The address and the key of a language model that reads news. */
  mayAskForReadings(newsModelSecret: ISecret): this {
    return this.#readsSecret(env.newsModelSecret, newsModelSecret);
  }

  #withPermitKey(permitKey: IKey, action: string): this {
    this.#may([action], [permitKey.keyArn]);
    this.#environment(env.permitKey, permitKey.keyArn);
    return this;
  }

  #readsSecret(name: string, secret: ISecret): this {
    this.#may(['secretsmanager:GetSecretValue'], [secret.secretArn]);
    this.#environment(name, secret.secretArn);
    return this.#decrypts();
  }

  #environment(name: string, value: string): void {
    this.lambda.addEnvironment(name, value);
  }

  /** To use a table under the data key, whatever the call, a role must be able to decrypt the table's own key. */
  #onTables(tables: readonly RoledTable[], ...calls: string[]): this {
    for (const { role, table } of tables) {
      this.#may(
        calls.map((call) => `dynamodb:${call}`),
        [table.tableArn],
      );
      this.#environment(env.table(role), table.tableName);
    }
    return this.#decrypts();
  }

  #mayOnObjects(bucket: Bucket, prefixes: readonly string[], action: string): void {
    mayOnObjects(this.#role, bucket, prefixes, action);
  }

  #may(actions: string[], resources: string[]): void {
    this.#role.addToPrincipalPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions, resources }));
  }

  #decrypts(): this {
    if (this.#mayUseDataKey === 'no') {
      this.#may(['kms:Decrypt'], [this.#dataKey.keyArn]);
      this.#mayUseDataKey = 'decrypt';
    }
    return this;
  }

  #encrypts(): this {
    this.#decrypts();
    if (this.#mayUseDataKey === 'decrypt') {
      this.#may(['kms:GenerateDataKey'], [this.#dataKey.keyArn]);
      this.#mayUseDataKey = 'encrypt';
    }
    return this;
  }
}

export const lambdaRole = (scope: Construct, id: string): Role =>
  new Role(scope, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

/** One action on the objects under some prefixes of a bucket that another stack owns. */
export function mayOnObjects(role: Role, bucket: Bucket, prefixes: readonly string[], action: string): void {
  for (const prefix of prefixes) {
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [bucket.arnForObjects(`${prefix}*`)] }));
    acknowledge(role, {
      id: `AwsSolutions-IAM5[Resource::${exportedArnName(bucket)}/${prefix}*]`,
      reason: 'Object keys carry the cycle id or a content hash; the prefix is the tightest bound there is. Owner: platform.',
    });
  }
}

/** cdk-nag names the ARN of another stack's bucket by its export; this is that text. */
function exportedArnName(bucket: Bucket): string {
  const imported = bucket.stack.resolve(bucket.stack.exportValue(bucket.bucketArn)) as { 'Fn::ImportValue': string };
  return imported['Fn::ImportValue'];
}
