/** The operations on secrets. Each finds the secret, asks IAM (and KMS where a key is named), then acts. */
import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DeleteSecretRequest,
  DeleteSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  ListSecretsRequest,
  ListSecretsResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  RestoreSecretRequest,
  RestoreSecretResponse,
  UpdateSecretRequest,
  UpdateSecretResponse,
} from '@aws-sdk/client-secrets-manager';
import { sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import { AwsError, type CallContext, type CloudHost, notEmulated } from '../service.ts';
import type { Secret } from './model.ts';
import type { SecretStore } from './secret-store.ts';
import { CURRENT, readValue, stagesByVersion, versionOf, withVersion } from './versions.ts';

export interface SecretsManager {
  readonly host: CloudHost;
  readonly store: SecretStore;
}

const MS_PER_DAY = 86_400_000;

export function getSecretValue(
  { host, store }: SecretsManager,
  input: GetSecretValueRequest,
  context: CallContext,
): GetSecretValueResponse {
  const secret = store.find(input.SecretId);
  const stage = input.VersionStage ?? (input.VersionId === undefined ? CURRENT : undefined);
  authorize(context, 'GetSecretValue', secret, {
    ...(stage !== undefined && { 'secretsmanager:VersionStage': stage }),
    ...(input.VersionId !== undefined && { 'secretsmanager:VersionId': input.VersionId }),
  });
  authorizeKey(host, context, secret, 'kms:Decrypt');
  assertNotDeleted(secret);
  const { versionId, createdAt, value, stages } = versionOf(secret, input.VersionId, input.VersionStage);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: versionId,
    ...(value.text !== undefined && { SecretString: value.text }),
    ...(value.binary !== undefined && { SecretBinary: Buffer.from(value.binary, 'base64') }),
    VersionStages: [...stages],
    CreatedDate: new Date(createdAt),
  };
}

export function putSecretValue(manager: SecretsManager, input: PutSecretValueRequest, context: CallContext): PutSecretValueResponse {
  const { host, store } = manager;
  const secret = store.find(input.SecretId);
  authorize(context, 'PutSecretValue', secret);
  authorizeKey(host, context, secret, 'kms:GenerateDataKey');
  authorizeKey(host, context, secret, 'kms:Decrypt');
  assertNotDeleted(secret);
  if (input.RotationToken !== undefined) throw notEmulated('secretsmanager', 'rotation');
  const versionId = input.ClientRequestToken ?? unusedVersionId(host, secret);
  const stages = input.VersionStages ?? [CURRENT];
  const updated = withVersion(secret, { versionId, createdAt: host.clock.now(), value: readValue(input) }, stages);
  if (updated !== secret) store.save(updated);
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages: [...stages] };
}

export function createSecret(manager: SecretsManager, input: CreateSecretRequest, context: CallContext): CreateSecretResponse {
  const { host, store } = manager;
  const { Name: name = '', KmsKeyId: kmsKeyId, Description: description, ClientRequestToken: token } = input;
  if (!/^[\w/+=.@-]{1,512}$/.test(name))
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  if (input.AddReplicaRegions !== undefined) throw notEmulated('secretsmanager', 'replicas');
  const now = host.clock.now();
  const arn = arnOf(host, name, `${name} ${now}`);
  const existing = store.byName(name);
  const secret: Secret = {
    arn: existing?.arn ?? arn,
    name,
    createdAt: now,
    changedAt: now,
    versions: [],
    ...(description !== undefined && { description }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  };
  authorize(context, 'CreateSecret', secret, { 'secretsmanager:Name': name });
  authorizeKey(host, context, secret, 'kms:GenerateDataKey');
  authorizeKey(host, context, secret, 'kms:Decrypt');
  if (existing) {
    assertNotDeleted(existing);
    // The same request again is the first one's answer: the client may have missed it.
    const isRepeated =
      token !== undefined &&
      existing.versions.some(({ versionId }) => versionId === token) &&
      withVersion(existing, { versionId: token, createdAt: now, value: readValue(input) }, [CURRENT]) === existing;
    if (!isRepeated) throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    return { ARN: existing.arn, Name: name, VersionId: token };
  }
  if (input.SecretString === undefined && input.SecretBinary === undefined) {
    store.save(secret);
    return { ARN: arn, Name: name };
  }
  const versionId = token ?? unusedVersionId(host, secret);
  store.save(withVersion(secret, { versionId, createdAt: now, value: readValue(input) }, [CURRENT]));
  return { ARN: arn, Name: name, VersionId: versionId };
}

export function updateSecret(manager: SecretsManager, input: UpdateSecretRequest, context: CallContext): UpdateSecretResponse {
  const { host, store } = manager;
  const secret = store.find(input.SecretId);
  authorize(context, 'UpdateSecret', secret);
  const changed: Secret = {
    ...secret,
    changedAt: host.clock.now(),
    ...(input.Description !== undefined && { description: input.Description }),
    ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId }),
  };
  assertNotDeleted(secret);
  if (input.SecretString === undefined && input.SecretBinary === undefined) {
    store.save(changed);
    return { ARN: secret.arn, Name: secret.name };
  }
  authorizeKey(host, context, changed, 'kms:GenerateDataKey');
  authorizeKey(host, context, changed, 'kms:Decrypt');
  const versionId = input.ClientRequestToken ?? unusedVersionId(host, secret);
  store.save(withVersion(changed, { versionId, createdAt: host.clock.now(), value: readValue(input) }, [CURRENT]));
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
}

export function describeSecret({ store }: SecretsManager, input: DescribeSecretRequest, context: CallContext): DescribeSecretResponse {
  const secret = store.find(input.SecretId);
  authorize(context, 'DescribeSecret', secret);
  return { ...summaryOf(secret), VersionIdsToStages: stagesByVersion(secret) };
}

export function listSecrets({ store }: SecretsManager, input: ListSecretsRequest, context: CallContext): ListSecretsResponse {
  context.authorize({ action: 'secretsmanager:ListSecrets', resource: '*' });
  const { Filters: filters = [], MaxResults: limit = 100, NextToken: token = '0' } = input;
  const unknown = filters.find(({ Key }) => Key !== 'name');
  if (unknown) throw notEmulated('secretsmanager', `ListSecrets by ${unknown.Key}`);
  if (!/^\d+$/.test(token)) throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
  const listed = store
    .all()
    .filter(({ deletedAt }) => deletedAt === undefined || input.IncludePlannedDeletion === true)
    .filter(({ name }) => filters.every(({ Values = [] }) => Values.some((prefix) => name.startsWith(prefix))));
  const end = Number(token) + limit;
  return {
    SecretList: listed
      .slice(Number(token), end)
      .map((secret) => ({ ...summaryOf(secret), SecretVersionsToStages: stagesByVersion(secret) })),
    ...(end < listed.length && { NextToken: String(end) }),
  };
}

export function deleteSecret({ host, store }: SecretsManager, input: DeleteSecretRequest, context: CallContext): DeleteSecretResponse {
  const secret = store.find(input.SecretId);
  const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced = false } = input;
  authorize(context, 'DeleteSecret', secret, { 'secretsmanager:ForceDeleteWithoutRecovery': String(isForced) });
  if (isForced && days !== undefined)
    throw new AwsError('InvalidParameterException', "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  if (days !== undefined && (days < 7 || days > 30))
    throw new AwsError('InvalidParameterException', 'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  const now = host.clock.now();
  const deletesAt = isForced ? now : now + (days ?? 30) * MS_PER_DAY;
  if (isForced) {
    store.remove(secret.arn);
  } else {
    assertNotDeleted(secret);
    store.save({ ...secret, deletedAt: now, deletesAt });
  }
  return { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(deletesAt) };
}

export function restoreSecret({ store }: SecretsManager, input: RestoreSecretRequest, context: CallContext): RestoreSecretResponse {
  const secret = store.find(input.SecretId);
  authorize(context, 'RestoreSecret', secret);
  const { deletedAt: _deletedAt, deletesAt: _deletesAt, ...restored } = secret;
  store.save(restored);
  return { ARN: secret.arn, Name: secret.name };
}

/** The six letters behind the name, which let a recreated secret be told from its predecessor. */
export function arnOf({ region, accountId }: CloudHost, name: string, identity: string): string {
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${sha256Hex(`secret ${accountId} ${region} ${identity}`).slice(0, 6)}`;
}

/** The seeded id stream starts anew at every boot, so an id may have been used by this secret before. */
export function unusedVersionId(host: CloudHost, secret: Secret): string {
  for (;;) {
    const versionId = host.newId();
    if (!secret.versions.some((version) => version.versionId === versionId)) return versionId;
  }
}

function summaryOf(secret: Secret) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description !== undefined && { Description: secret.description }),
    ...(secret.kmsKeyId !== undefined && { KmsKeyId: secret.kmsKeyId }),
    ...(secret.deletedAt !== undefined && { DeletedDate: new Date(secret.deletedAt) }),
    CreatedDate: new Date(secret.createdAt),
    LastChangedDate: new Date(secret.changedAt),
  };
}

const authorize = (context: CallContext, operation: string, secret: Secret, conditions: Record<string, string> = {}): void =>
  context.authorize({
    action: `secretsmanager:${operation}`,
    resource: secret.arn,
    conditions: { ...conditions, 'secretsmanager:SecretId': secret.arn },
  });

function authorizeKey(
  host: CloudHost,
  context: CallContext,
  { kmsKeyId, arn }: Secret,
  action: 'kms:Decrypt' | 'kms:GenerateDataKey',
): void {
  if (kmsKeyId === undefined || kmsKeyId === 'alias/aws/secretsmanager') return;
  const local = kmsKeyId.startsWith('alias/') ? kmsKeyId : `key/${kmsKeyId}`;
  context.authorize({
    action,
    resource: kmsKeyId.startsWith('arn:') ? kmsKeyId : `arn:aws:kms:${host.region}:${host.accountId}:${local}`,
    conditions: { 'kms:ViaService': `secretsmanager.${host.region}.amazonaws.com`, 'kms:EncryptionContext:SecretARN': arn },
  });
}

function assertNotDeleted({ deletedAt }: Secret): void {
  if (deletedAt !== undefined) {
    throw new AwsError('InvalidRequestException', "You can't perform this operation on the secret because it was marked for deletion.");
  }
}
