/** What a template says of a bucket, as far as this S3 acts on it; what it would silently ignore is refused by name. */
import { AwsError, type DeclaredResource, notEmulated } from '../service.ts';
import type { Encryption } from './model.ts';

export interface DefaultRetention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days?: number;
  readonly years?: number;
}

export interface BucketConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly isVersioned: boolean;
  readonly hasObjectLock: boolean;
  readonly defaultRetention?: DefaultRetention;
  readonly encryption: Encryption;
}

/** Properties that change nothing a caller of this S3 can see: access is IAM's, and nothing here ages, is logged or priced. */
const WITHOUT_EFFECT = new Set([
  'AbacStatus',
  'AccelerateConfiguration',
  'AccessControl',
  'AnalyticsConfigurations',
  'CorsConfiguration',
  'IntelligentTieringConfigurations',
  'InventoryConfigurations',
  'LifecycleConfiguration',
  'LoggingConfiguration',
  'MetricsConfigurations',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'Tags',
]);

const ACTED_ON = new Set(['BucketName', 'VersioningConfiguration', 'ObjectLockEnabled', 'ObjectLockConfiguration', 'BucketEncryption']);

interface BucketProperties {
  readonly BucketName?: string;
  readonly VersioningConfiguration?: { readonly Status?: string };
  readonly ObjectLockEnabled?: boolean | string;
  readonly ObjectLockConfiguration?: {
    readonly Rule?: {
      readonly DefaultRetention?: { readonly Mode?: string; readonly Days?: number | string; readonly Years?: number | string };
    };
  };
  readonly BucketEncryption?: {
    readonly ServerSideEncryptionConfiguration?: readonly {
      readonly ServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string };
    }[];
  };
}

export function readBucketConfiguration(resource: DeclaredResource, keyArnOf: (keyId: string) => string): BucketConfiguration {
  for (const property of Object.keys(resource.properties)) {
    if (!ACTED_ON.has(property) && !WITHOUT_EFFECT.has(property)) {
      throw notEmulated('s3', `bucket property ${property} (${resource.stack}/${resource.logicalId})`);
    }
  }
  const properties = resource.properties as BucketProperties;
  const versioning = properties.VersioningConfiguration?.Status;
  if (versioning !== undefined && versioning !== 'Enabled') throw notEmulated('s3', `VersioningConfiguration.Status ${versioning}`);
  const hasObjectLock = String(properties.ObjectLockEnabled ?? 'false') === 'true';
  const name = properties.BucketName ?? derivedName(resource);
  assertLegalName(name);
  const defaultRetention = readDefaultRetention(properties, hasObjectLock);
  return {
    name,
    arn: `arn:aws:s3:::${name}`,
    isVersioned: versioning === 'Enabled' || hasObjectLock,
    hasObjectLock,
    ...(defaultRetention && { defaultRetention }),
    encryption: readEncryption(properties, keyArnOf),
  };
}

function readDefaultRetention(properties: BucketProperties, hasObjectLock: boolean): DefaultRetention | undefined {
  const rule = properties.ObjectLockConfiguration?.Rule?.DefaultRetention;
  if (!rule) return undefined;
  if (!hasObjectLock) throw new AwsError('InvalidRequest', 'ObjectLockConfiguration needs ObjectLockEnabled: true');
  if (rule.Mode !== 'GOVERNANCE' && rule.Mode !== 'COMPLIANCE') {
    throw new AwsError('MalformedXML', `DefaultRetention.Mode is GOVERNANCE or COMPLIANCE, not ${rule.Mode}`);
  }
  if ((rule.Days === undefined) === (rule.Years === undefined))
    throw new AwsError('MalformedXML', 'DefaultRetention has either Days or Years');
  return { mode: rule.Mode, ...(rule.Days === undefined ? { years: Number(rule.Years) } : { days: Number(rule.Days) }) };
}

function readEncryption(properties: BucketProperties, keyArnOf: (keyId: string) => string): Encryption {
  const rule = properties.BucketEncryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault;
  const algorithm = rule?.SSEAlgorithm ?? 'AES256';
  switch (algorithm) {
    case 'AES256':
      return { algorithm: 'AES256' };
    case 'aws:kms':
      return { algorithm: 'aws:kms', ...(rule?.KMSMasterKeyID !== undefined && { keyArn: keyArnOf(rule.KMSMasterKeyID) }) };
    default:
      throw notEmulated('s3', `SSEAlgorithm ${algorithm}`);
  }
}

/** CloudFormation adds random letters; here the name must be the same at every boot. */
function derivedName({ stack, logicalId }: DeclaredResource): string {
  const legal = (text: string): string => text.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  const id = legal(logicalId).slice(-40);
  return `${legal(stack).slice(0, 62 - id.length)}-${id}`.replace(/^-+|-+$/g, '');
}

function assertLegalName(name: string): void {
  if (!/^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){1,61}[a-z0-9]$/.test(name)) {
    throw new AwsError('InvalidBucketName', `The specified bucket is not valid: "${name}" (3 to 63 of a-z, 0-9, "." and "-")`);
  }
}
