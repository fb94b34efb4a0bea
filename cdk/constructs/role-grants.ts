/** What roles are made of, apart from any one function: who may assume them, and what bounds a statement to part of a table or bucket. */
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** Items of one partition. A condition over all of no values holds, so that the key must be named at all is said beside it. */
export const inPartition = (partition: string) => ({
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [partition] },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

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
