/**
 * Secrets Manager, as far as the project uses it: secrets with versions and stages, declared by templates or created by
 * calls, kept sealed on disk. Rotation, replicas and BatchGetSecretValue are refused by name.
 */
import { canonicalJson, contentHash } from '../../../shared/kernel/canonical-json.ts';
import { type AwsService, type CallContext, type CloudHost, type DeclaredResource, notEmulated } from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';
import { generateSecretString } from './generated-secret.ts';
import type { Secret } from './model.ts';
import {
  arnOf,
  createSecret,
  deleteSecret,
  describeSecret,
  getSecretValue,
  listSecrets,
  putSecretValue,
  restoreSecret,
  type SecretsManager,
  unusedVersionId,
  updateSecret,
} from './operations.ts';
import { SecretStore } from './secret-store.ts';
import { CURRENT, withVersion } from './versions.ts';

export interface SecretsManagerService extends AwsService {
  /** Policy documents of secret resource policies, by the secret's ARN. */
  resourcePolicies(): ReadonlyMap<string, unknown>;
}

const operations = {
  GetSecretValue: getSecretValue,
  PutSecretValue: putSecretValue,
  CreateSecret: createSecret,
  UpdateSecret: updateSecret,
  DescribeSecret: describeSecret,
  ListSecrets: listSecrets,
  DeleteSecret: deleteSecret,
  RestoreSecret: restoreSecret,
} as const satisfies Record<string, (manager: SecretsManager, input: never, context: CallContext) => unknown>;

export function createSecretsManager(host: CloudHost): SecretsManagerService {
  const store = new SecretStore(host);
  const manager: SecretsManager = { host, store };
  const policies = new Map<string, unknown>();
  return {
    name: 'secretsmanager',
    wire: jsonProtocol({ version: '1.1', targetPrefix: 'secretsmanager', blobs: ['SecretBinary'] }),
    resourceTypes: ['AWS::SecretsManager::Secret', 'AWS::SecretsManager::ResourcePolicy'],
    declare(resource) {
      if (resource.type === 'AWS::SecretsManager::ResourcePolicy') {
        const { arn } = store.find(String(resource.properties.SecretId));
        policies.set(arn, resource.properties.ResourcePolicy);
        return { ref: arn, attributes: { Id: arn } };
      }
      const { arn } = declareSecret(manager, resource);
      return { ref: arn, attributes: { Id: arn } };
    },
    execute(operation, input, context) {
      if (!Object.hasOwn(operations, operation)) throw notEmulated('secretsmanager', operation);
      const run = operations[operation as keyof typeof operations] as (
        manager: SecretsManager,
        input: never,
        context: CallContext,
      ) => unknown;
      return run(manager, input, context);
    },
    resourcePolicies: () => policies,
    close: () => store.close(),
  };
}

const PROPERTIES = new Set(['Name', 'Description', 'KmsKeyId', 'GenerateSecretString', 'SecretString', 'Tags', 'Type']);

/** Made once. A later boot keeps the value, also one that was put since, unless the template itself says another. */
function declareSecret({ host, store }: SecretsManager, resource: DeclaredResource): Secret {
  const { stack, logicalId, properties } = resource;
  for (const property of Object.keys(properties))
    if (!PROPERTIES.has(property)) throw notEmulated('secretsmanager', `secret property ${property} (${stack}/${logicalId})`);
  const { Name, Description, KmsKeyId, GenerateSecretString: generate, SecretString } = properties;
  const identity = `${stack} ${logicalId}`;
  const name = Name === undefined ? `${logicalId}-${contentHash(identity).slice(0, 12)}` : String(Name);
  const now = host.clock.now();
  // Only a hash leaves memory; the journal line it is part of is sealed as a whole.
  const declaredAs = contentHash(canonicalJson({ generate: generate ?? null, text: SecretString ?? null }));
  const kept = store.byName(name);
  const base: Secret = {
    arn: arnOf(host, name, identity),
    name,
    createdAt: now,
    changedAt: now,
    versions: [],
    ...kept,
    declaredAs,
    ...(Description !== undefined && { description: String(Description) }),
    ...(KmsKeyId !== undefined && { kmsKeyId: String(KmsKeyId) }),
  };
  if (kept?.declaredAs === declaredAs) {
    if (kept.description !== base.description || kept.kmsKeyId !== base.kmsKeyId) store.save(base);
    return base;
  }
  const text = SecretString === undefined ? generate && generateSecretString(generate) : String(SecretString);
  const declared =
    text === undefined
      ? base
      : withVersion(base, { versionId: unusedVersionId(host, base), createdAt: now, value: { text: String(text) } }, [CURRENT]);
  store.save(declared);
  return declared;
}
