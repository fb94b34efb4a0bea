/**
 * What auditors ask the audit trail with: an Athena workgroup that bounds what a question may read and encrypts its answer, the named
 * queries of shared/audit-queries in it, and a policy that lets whoever holds it ask there and change nothing.
 *
 * The policy is attached to nobody: who audits is for the account to say (a permission set, a role of the auditor's own). Answers lie in
 * a bucket of their own for a month; the write-once bucket holds only what was recorded.
 */
import { Duration, Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { auditLake } from '../../../shared/contracts/names/audit-lake.ts';
import { readAuditQueries } from '../../../shared/contracts/names/audit-queries.ts';
import { physicalName } from '../../../shared/contracts/names/index.ts';
import type { DataStack } from '../../stacks/data-stack.ts';
import type { Stage } from '../../stage.ts';
import { acknowledge } from '../acknowledge.ts';
import { type AuditLake, glueArns } from './audit-lake.ts';

export interface AuditQueriesProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly lake: AuditLake;
}

/** What one question may read: about three years of a fund with 30 symbols, and 5 cents at Athena's price. */
const scannedBytesMax = 10 * 1024 ** 3;
const answersKept = Duration.days(30);

export class AuditQueries extends Construct {
  constructor(scope: Construct, id: string, { stage, data, lake }: AuditQueriesProps) {
    super(scope, id);
    const answers = this.#answersBucket(stage, data);
    const workGroup = new CfnWorkGroup(this, 'WorkGroup', {
      name: physicalName(stage.name, 'audit'),
      description: 'Questions to the audit trail',
      recursiveDeleteOption: !stage.deletionProtection,
      workGroupConfiguration: {
        // A client's own settings count for nothing: neither where the answer goes nor how much is read.
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: scannedBytesMax,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: answers.s3UrlForObject('answers/'),
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: data.key.keyArn },
        },
      },
    });
    for (const { name, description, sql } of readAuditQueries()) {
      new CfnNamedQuery(this, `Query-${name}`, {
        name,
        description,
        database: lake.database.ref,
        workGroup: workGroup.ref,
        queryString: sql,
      });
    }
    this.#auditorPolicy(stage, data, lake, workGroup, answers);
  }

  #answersBucket(stage: Stage, data: DataStack): Bucket {
    const bucket = new Bucket(this, 'Answers', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.KMS,
      encryptionKey: data.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [
        { expiration: answersKept, noncurrentVersionExpiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: stage.statefulRemoval,
    });
    acknowledge(bucket, {
      id: 'AwsSolutions-S1',
      reason:
        'Answers can be asked for again, and Athena and CloudTrail keep who asked what; a log of reading them adds nothing. Owner: platform.',
    });
    return bucket;
  }

  #auditorPolicy(stage: Stage, data: DataStack, lake: AuditLake, workGroup: CfnWorkGroup, answers: Bucket): void {
    const { bucket } = data.auditArchive;
    const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>): PolicyStatement =>
      new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });
    const read = [auditLake.recordsPrefix, auditLake.errorsPrefix, auditLake.checkpointsPrefix, 'records/'];
    const policy = new ManagedPolicy(this, 'Auditor', {
      managedPolicyName: physicalName(stage.name, 'auditor'),
      description: 'Asks the audit trail in its Athena workgroup and reads its archive; changes nothing',
      statements: [
        allow(
          [
            'athena:GetWorkGroup',
            'athena:ListNamedQueries',
            'athena:GetNamedQuery',
            'athena:BatchGetNamedQuery',
            'athena:StartQueryExecution',
            'athena:StopQueryExecution',
            'athena:GetQueryExecution',
            'athena:BatchGetQueryExecution',
            'athena:ListQueryExecutions',
            'athena:GetQueryResults',
            'athena:GetQueryResultsStream',
          ],
          [Stack.of(this).formatArn({ service: 'athena', resource: 'workgroup', resourceName: workGroup.ref })],
        ),
        allow(['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartitions'], glueArns(this, lake.database, lake.tables)),
        allow(['s3:GetObject'], [...read.map((prefix) => bucket.arnForObjects(`${prefix}*`)), answers.arnForObjects('answers/*')]),
        allow(['s3:ListBucket', 's3:GetBucketLocation'], [bucket.bucketArn, answers.bucketArn]),
        allow(['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], [answers.arnForObjects('answers/*')]),
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], [data.key.keyArn]),
      ],
    });
    const { 'Fn::ImportValue': exported } = bucket.stack.resolve(bucket.stack.exportValue(bucket.bucketArn)) as {
      'Fn::ImportValue': string;
    };
    const answersName = Stack.of(this).getLogicalId(answers.node.defaultChild as never);
    acknowledge(
      policy,
      ...read.map((prefix) => ({
        id: `AwsSolutions-IAM5[Resource::${exported}/${prefix}*]`,
        reason: 'An auditor may read every record there is; the prefixes leave out everything else. Owner: platform.',
      })),
      {
        id: `AwsSolutions-IAM5[Resource::<${answersName}.Arn>/answers/*]`,
        reason: 'Athena names the file of an answer itself, after the query. Owner: platform.',
      },
    );
  }
}
