/** What must never be lost: tables, the lake, the write-once audit archive, the key, the secrets. Nothing here runs. */
import { Duration, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption, type TableProps } from 'aws-cdk-lib/aws-dynamodb';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { bucketName, physicalName, type TableRole } from '../../shared/contracts/names/index.ts';
import { acknowledge } from '../constructs/acknowledge.ts';
import type { RoledBucket, RoledTable } from '../constructs/platform-function.ts';
import { ResearchBucket } from '../constructs/research/research-bucket.ts';
import type { Stage } from '../stage.ts';

export interface DataStackProps {
  readonly stage: Stage;
}

export class DataStack extends Stack {
  readonly key: Key;
  /** Risk signs with it what may be traded; whoever sends an order verifies with it. Asymmetric, so that the two stay apart. */
  readonly permitKey: Key;
  /** Checkpoints of the audit trail are signed with it; its public half is all that an auditor needs. */
  readonly checkpointKey: Key;
  readonly policy: RoledTable;
  readonly leases: RoledTable;
  readonly symbols: RoledTable;
  readonly ledger: RoledTable;
  readonly risk: RoledTable;
  readonly audit: RoledTable;
  /** What the control plane remembers: events heard, alerts sent, health, opportunities. Items expire. */
  readonly operations: RoledTable;
  /** Every backtest that was looked at. */
  readonly trials: RoledTable;
  readonly lake: RoledBucket;
  readonly auditArchive: RoledBucket;
  readonly research: RoledBucket;
  readonly brokerSecret: Secret;
  readonly newsModelSecret: Secret;
  readonly alertChannelsSecret: Secret;

  constructor(scope: Construct, id: string, { stage }: DataStackProps) {
    super(scope, id, { description: 'Ballast: tables, lake, audit archive, key', terminationProtection: stage.deletionProtection });

    this.key = new Key(this, 'Key', {
      alias: physicalName(stage.name, 'data'),
      enableKeyRotation: true,
      removalPolicy: stage.statefulRemoval,
    });
    this.permitKey = this.#signingKey(stage, 'PermitKey', 'permits');
    this.checkpointKey = this.#signingKey(stage, 'CheckpointKey', 'checkpoints');
    this.policy = this.#table(stage, 'policy', { stream: StreamViewType.NEW_IMAGE });
    this.leases = this.#table(stage, 'leases');
    this.symbols = this.#table(stage, 'symbols');
    this.ledger = this.#table(stage, 'ledger');
    this.risk = this.#table(stage, 'risk');
    this.audit = this.#table(stage, 'audit', { stream: StreamViewType.NEW_IMAGE });
    this.operations = this.#table(stage, 'operations', { timeToLiveAttribute: 'expiresAt' });
    this.trials = this.#table(stage, 'trials');

    const accessLogs = this.#accessLogs(stage);
    this.lake = { role: 'lake', bucket: this.#lake(stage, accessLogs) };
    this.auditArchive = { role: 'auditArchive', bucket: this.#auditArchive(stage, accessLogs) };
    const { key: encryptionKey, account, region } = this;
    const research = new ResearchBucket(this, 'Research', { stage, encryptionKey, accessLogs, account, region });
    this.research = { role: 'research', bucket: research };
    this.brokerSecret = this.#brokerSecret(stage);
    this.newsModelSecret = this.#newsModelSecret(stage);
    this.alertChannelsSecret = this.#alertChannelsSecret(stage);
  }

  #signingKey(stage: Stage, id: string, part: string): Key {
    return new Key(this, id, {
      alias: physicalName(stage.name, part),
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: stage.statefulRemoval,
    });
  }

  #table(stage: Stage, role: TableRole, more: Pick<TableProps, 'stream' | 'timeToLiveAttribute'> = {}): RoledTable {
    const table = new Table(this, `${role[0]!.toUpperCase()}${role.slice(1)}Table`, {
      tableName: physicalName(stage.name, role),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.statefulRemoval,
      ...more,
    });
    return { role, table };
  }

  #accessLogs(stage: Stage): Bucket {
    const bucket = new Bucket(this, 'AccessLogs', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(30) }],
      removalPolicy: stage.statefulRemoval,
    });
    acknowledge(bucket, {
      id: 'AwsSolutions-S1',
      reason: 'This bucket holds the access logs; logging it to itself would never end. Owner: platform.',
    });
    return bucket;
  }

  #lake(stage: Stage, accessLogs: Bucket): Bucket {
    return new Bucket(this, 'Lake', {
      bucketName: bucketName(stage.name, 'lake', this.account, this.region),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'lake/',
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy: stage.statefulRemoval,
    });
  }

  /** Write once, read many: in compliance mode not even the account root can delete before the retention ends. */
  #auditArchive(stage: Stage, accessLogs: Bucket): Bucket {
    return new Bucket(this, 'AuditArchive', {
      bucketName: bucketName(stage.name, 'auditArchive', this.account, this.region),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.compliance(stage.auditRetention),
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'audit-archive/',
      removalPolicy: stage.statefulRemoval,
    });
  }

  /** Created with random keys that open nothing; the operator puts the broker's own in, by console or CLI. */
  #brokerSecret(stage: Stage): Secret {
    const secret = new Secret(this, 'BrokerSecret', {
      secretName: physicalName(stage.name, 'broker'),
      description: 'Alpaca: {"keyId", "secretKey", "baseUrl", "dataUrl"}',
      encryptionKey: this.key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ keyId: 'not-set', baseUrl: brokerUrl(stage), dataUrl: 'https://data.alpaca.markets' }),
        generateStringKey: 'secretKey',
        excludePunctuation: true,
      },
      removalPolicy: stage.statefulRemoval,
    });
    acknowledge(secret, {
      id: 'AwsSolutions-SMG4',
      reason: "Alpaca's keys are rotated in its dashboard; it offers no API for a rotation Lambda to call. Owner: platform.",
    });
    return secret;
  }

  /** Created leading nowhere; only a fund whose policy asks for a language model needs more. */
  #newsModelSecret(stage: Stage): Secret {
    const secret = new Secret(this, 'NewsModelSecret', {
      secretName: physicalName(stage.name, 'news-model'),
      description: 'Language model that reads news: {"baseUrl", "model", "apiKey", "enforcesSchema"}',
      encryptionKey: this.key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ baseUrl: 'not-set', model: 'not-set', enforcesSchema: false }),
        generateStringKey: 'apiKey',
        excludePunctuation: true,
      },
      removalPolicy: stage.statefulRemoval,
    });
    acknowledge(secret, {
      id: 'AwsSolutions-SMG4',
      reason: "The model may be anyone's; there is no one API for a rotation Lambda to call. Owner: platform.",
    });
    return secret;
  }

  /** Every channel is off until its part of this secret is filled in. */
  #alertChannelsSecret(stage: Stage): Secret {
    const secret = new Secret(this, 'AlertChannelsSecret', {
      secretName: physicalName(stage.name, 'alert-channels'),
      description: 'Alerts: {"telegram": {"botToken", "chatId"}, "slack": {"webhookUrl"}, "discord": {"webhookUrl"}}; each may be left out',
      encryptionKey: this.key,
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'unused' },
      removalPolicy: stage.statefulRemoval,
    });
    acknowledge(secret, {
      id: 'AwsSolutions-SMG4',
      reason:
        'Webhooks and bot tokens are renewed in the chat services, which offer no API for a rotation Lambda to call. Owner: platform.',
    });
    return secret;
  }
}

const brokerUrl = (stage: Stage): string => (stage.name === 'live' ? 'https://api.alpaca.markets' : 'https://paper-api.alpaca.markets');
