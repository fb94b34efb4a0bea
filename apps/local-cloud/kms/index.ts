/**
 * KMS, as far as the project uses it: symmetric encryption, signatures, MACs, over keys that templates declare.
 * Keys are never rotated, scheduled for deletion or replicated here; grants and custom key stores are refused by name.
 */
import type {
  DescribeKeyRequest,
  DescribeKeyResponse,
  KeyMetadata,
  ListAliasesRequest,
  ListAliasesResponse,
  ListKeysResponse,
} from '@aws-sdk/client-kms';
import { type AwsService, type CallContext, type CloudHost, notEmulated, type ResourceHandle } from '../service.ts';
import { jsonProtocol } from '../wire/json.ts';
import { authorize, findKey, type Kms } from './access.ts';
import { decrypt, encrypt, generateDataKey, generateDataKeyWithoutPlaintext } from './encryption.ts';
import { KEY_SPECS } from './key-specs.ts';
import { type Key, openKeyStore } from './key-store.ts';
import { generateMac, getPublicKey, signMessage, verifyMac, verifySignature } from './signatures.ts';

export interface KmsService extends AwsService {
  /** Key policies by key ARN. */
  resourcePolicies(): ReadonlyMap<string, unknown>;
}

const operations = {
  Encrypt: encrypt,
  Decrypt: decrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  Sign: signMessage,
  Verify: verifySignature,
  GetPublicKey: getPublicKey,
  GenerateMac: generateMac,
  VerifyMac: verifyMac,
  DescribeKey: describeKey,
  ListKeys: listKeys,
  ListAliases: listAliases,
} as const satisfies Record<string, (kms: Kms, input: never, context: CallContext) => unknown>;

export function createKms(host: CloudHost): KmsService {
  const store = openKeyStore(host);
  const kms: Kms = { host, store };
  return {
    name: 'kms',
    wire: jsonProtocol({
      version: '1.1',
      targetPrefix: 'TrentService',
      blobs: ['Plaintext', 'CiphertextBlob', 'Message', 'Signature', 'PublicKey', 'Mac'],
      timestamps: ['CreationDate'],
    }),
    resourceTypes: ['AWS::KMS::Key', 'AWS::KMS::Alias'],
    declare(resource): ResourceHandle {
      if (resource.type === 'AWS::KMS::Alias') {
        const name = String(resource.properties.AliasName);
        store.declareAlias(name, String(resource.properties.TargetKeyId));
        return { ref: name, attributes: {} };
      }
      const key = store.declareKey(resource);
      return { ref: key.keyId, attributes: { Arn: key.arn, KeyId: key.keyId } };
    },
    execute(operation, input, context) {
      if (!Object.hasOwn(operations, operation)) throw notEmulated('kms', operation);
      const run = operations[operation as keyof typeof operations] as (kms: Kms, input: never, context: CallContext) => unknown;
      return run(kms, input, context);
    },
    resourcePolicies: () =>
      new Map([...store.keys.values()].filter(({ policy }) => policy !== undefined).map(({ arn, policy }) => [arn, policy])),
    close: () => {},
  };
}

function describeKey(kms: Kms, input: DescribeKeyRequest, context: CallContext): DescribeKeyResponse {
  const key = findKey(kms, input.KeyId);
  authorize(context, 'kms:DescribeKey', key);
  return { KeyMetadata: metadataOf(kms.host, key) };
}

function metadataOf({ accountId }: CloudHost, key: Key): KeyMetadata {
  const { usage, algorithms } = KEY_SPECS[key.spec]!;
  const list = { ENCRYPT_DECRYPT: 'EncryptionAlgorithms', SIGN_VERIFY: 'SigningAlgorithms', GENERATE_VERIFY_MAC: 'MacAlgorithms' }[usage];
  return {
    AWSAccountId: accountId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.isEnabled,
    Description: key.description,
    KeyUsage: usage,
    KeyState: key.isEnabled ? 'Enabled' : 'Disabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    KeySpec: key.spec as NonNullable<KeyMetadata['KeySpec']>,
    CustomerMasterKeySpec: key.spec as NonNullable<KeyMetadata['CustomerMasterKeySpec']>,
    MultiRegion: false,
    [list]: [...algorithms],
  };
}

function listKeys({ store }: Kms, _input: object, context: CallContext): ListKeysResponse {
  context.authorize({ action: 'kms:ListKeys', resource: '*' });
  return { Keys: [...store.keys.values()].map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })), Truncated: false };
}

function listAliases(kms: Kms, input: ListAliasesRequest, context: CallContext): ListAliasesResponse {
  context.authorize({ action: 'kms:ListAliases', resource: '*' });
  const wanted = input.KeyId === undefined ? undefined : findKey(kms, input.KeyId).keyId;
  const aliases = [...kms.store.aliases].filter(([, keyId]) => wanted === undefined || keyId === wanted);
  const prefix = `arn:aws:kms:${kms.host.region}:${kms.host.accountId}:`;
  return { Aliases: aliases.map(([name, keyId]) => ({ AliasName: name, AliasArn: prefix + name, TargetKeyId: keyId })), Truncated: false };
}
