/**
 * What a request says of itself: which service it is for, and who signed it.
 * Signatures are not verified: this cloud listens on loopback only, and the access key alone tells callers apart.
 */
import type { WireRequest } from '../service.ts';

export interface Address {
  readonly service: string;
  readonly accessKeyId: string | undefined;
}

/** `X-Amz-Target` prefixes of the JSON services, for requests without a signature. */
const targetPrefixes: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb',
  AWSStepFunctions: 'states',
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
  TrentService: 'kms',
  secretsmanager: 'secretsmanager',
  AmazonSSM: 'ssm',
};

/** The service the request is signed for; unsigned: the one its target names; else S3, whose objects may be fetched unsigned. */
export function addressOf({ headers, query }: Pick<WireRequest, 'headers' | 'query'>): Address {
  const credential = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? undefined;
  const [accessKeyId, , , signedFor] = credential?.split('/') ?? [];
  return { service: signedFor ?? targetPrefixes[headers['x-amz-target']?.split('.')[0] ?? ''] ?? 's3', accessKeyId };
}
