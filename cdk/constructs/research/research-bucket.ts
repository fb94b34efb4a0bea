/**
 * What research works on and leaves: panels, plans, parts and results. Apart from the lake, which trading reads: nothing that researches can touch a
 * data set that is traded on, and everything here can be computed again. So it forgets: parts of a sweep after a month, everything after a year.
 */
import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { bucketName } from '../../../shared/contracts/names/index.ts';
import type { Stage } from '../../stage.ts';

export interface ResearchBucketProps {
  readonly stage: Stage;
  readonly encryptionKey: IKey;
  readonly accessLogs: Bucket;
  readonly account: string;
  readonly region: string;
}

/** A sweep that was not completed within a month begins anew. */
const partsKept = Duration.days(30);
const resultsKept = Duration.days(365);

export class ResearchBucket extends Bucket {
  constructor(scope: Construct, id: string, { stage, encryptionKey, accessLogs, account, region }: ResearchBucketProps) {
    super(scope, id, {
      bucketName: bucketName(stage.name, 'research', account, region),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      enforceSSL: true,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'research/',
      lifecycleRules: [
        ...['chunks/', 'runs/'].map((prefix) => ({ id: prefix.slice(0, -1), prefix, expiration: partsKept })),
        {
          id: 'everything',
          expiration: resultsKept,
          noncurrentVersionExpiration: Duration.days(7),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy: stage.statefulRemoval,
    });
  }
}
