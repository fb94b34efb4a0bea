/**
 * A Lambda as every Lambda here is: arm64, Node 24, one bundle, its own role and log group, traced, with a dead-letter
 * queue. The verbs give a permission and the environment variable that goes with it, so that code cannot name
 * what it may not touch.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
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
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type BucketRole, env, physicalName, type TableRole } from '../../shared/contracts/names/index.ts';
import type { Stage } from '../stage.ts';
import { acknowledge } from './acknowledge.ts';
import { functionBundle } from './function-bundles.ts';
import { aliasName, namedExecutionsArn, namedMachineArn, startStatement } from './machine-names.ts';
import { inPartition, lambdaRole, mayOnObjects } from './role-grants.ts';

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

  /** Control items of the policy table: to stop and resume trading, and not to change what a policy allows. */
  writesControl(policy: RoledTable): this {
    return this.#putsInto(policy, 'control');
  }

  /** Versions of the policy, and which is in force. */
  publishesPolicy(policy: RoledTable): this {
    return this.#putsInto(policy, 'policy');
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

  /** The names of the objects under one prefix, and nothing of what is in them. */
  listsObjects({ role, bucket }: RoledBucket, prefix: string): this {
    const conditions = { StringEquals: { 's3:prefix': prefix } };
    this.#role.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions }));
    this.#environment(env.bucket(role), bucket.bucketName);
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

  /** Leaves records in the audit trail, by calling the one function that may write it. */
  appendsTo(writer: PlatformFunction): this {
    this.#may(['lambda:InvokeFunction'], [writer.lambda.functionArn]);
    this.#environment(env.auditWriter, writer.lambda.functionName);
    return this;
  }

  /** Vouches for what the audit trail was; whoever writes the trail must not. */
  signsCheckpoints(checkpointKey: IKey): this {
    this.#may(['kms:Sign', 'kms:GetPublicKey'], [checkpointKey.keyArn]);
    this.#environment(env.checkpointKey, checkpointKey.keyArn);
    return this;
  }

  /** Sends records to a Firehose stream. */
  streamsTo(stream: CfnDeliveryStream): this {
    this.#may(['firehose:PutRecordBatch'], [stream.attrArn]);
    this.#environment(env.auditStream, stream.ref);
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

  /** The webhooks and tokens of the chats; and which topic mail subscribes to, without leave to publish there. */
  tellsChats(alertChannelsSecret: ISecret, topic: ITopic): this {
    this.#environment(env.alertTopic, topic.topicArn);
    return this.#readsSecret(env.alertChannelsSecret, alertChannelsSecret);
  }

  /** The chats, and mail by the topic, which is encrypted under the data key. */
  tellsPeople(alertChannelsSecret: ISecret, topic: ITopic): this {
    this.#may(['sns:Publish'], [topic.topicArn]);
    return this.tellsChats(alertChannelsSecret, topic).#encrypts();
  }

  /** To ask what became of an execution of that machine, by name. */
  looksAtExecutionsOf(machineName: string): this {
    this.#may(['states:DescribeExecution'], [namedExecutionsArn(this, machineName)]);
    this.#environment(env.tradingCycle, namedMachineArn(this, machineName));
    acknowledge(this.#role, {
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${machineName}:*]`,
      reason: 'An execution has no ARN before it runs; the machine is the tightest bound there is. Owner: platform.',
    });
    return this;
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

  #putsInto({ role, table }: RoledTable, partition: string): this {
    const [actions, resources] = [['dynamodb:PutItem'], [table.tableArn]];
    this.#role.addToPrincipalPolicy(new PolicyStatement({ actions, resources, conditions: inPartition(partition) }));
    this.#environment(env.table(role), table.tableName);
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
