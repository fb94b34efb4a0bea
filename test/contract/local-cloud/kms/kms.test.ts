import { constants, createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ReEncryptCommand,
  SignCommand,
  type SigningAlgorithmSpec,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKms, type KmsService } from '../../../../apps/local-cloud/kms/index.ts';
import { clientDefaults, sdkOverWire, TestCaller, testHost } from '../sdk-over-wire.ts';

let directory: string;
let kms: KmsService;
let caller: TestCaller;
let client: KMSClient;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kms-'));
  open();
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(seed = 1): void {
  kms = createKms(testHost({ directory, seed }));
  caller = new TestCaller();
  client = new KMSClient({ ...clientDefaults, requestHandler: sdkOverWire(kms, caller) });
}

const declare = (logicalId: string, properties: Record<string, unknown> = {}) =>
  kms.declare({ stack: 'data', logicalId, type: 'AWS::KMS::Key', properties, metadata: {} });

async function keyId(logicalId: string, properties: Record<string, unknown> = {}): Promise<string> {
  return (await declare(logicalId, properties)).ref;
}

const signingKey = (spec: string) => keyId(`Signer${spec}`, { KeySpec: spec, KeyUsage: 'SIGN_VERIFY' });

test('KMS-01 decrypts what it encrypted, only under the same encryption context', async () => {
  const KeyId = await keyId('Lake');
  const { CiphertextBlob } = await client.send(
    new EncryptCommand({ KeyId, Plaintext: Buffer.from('secret'), EncryptionContext: { b: '2', a: '1' } }),
  );
  const { Plaintext, KeyId: arn } = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: '1', b: '2' } }));
  expect(Buffer.from(Plaintext!).toString()).toBe('secret');
  expect(arn).toBe(`arn:aws:kms:us-east-1:111122223333:key/${KeyId}`);
  const refused = { name: 'InvalidCiphertextException' };
  await expect(client.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject(refused);
  await expect(client.send(new DecryptCommand({ CiphertextBlob: Buffer.from('nonsense') }))).rejects.toMatchObject(refused);
  const broken = Buffer.from(CiphertextBlob!);
  broken[broken.length - 1]! ^= 1;
  await expect(client.send(new DecryptCommand({ CiphertextBlob: broken, EncryptionContext: { a: '1', b: '2' } }))).rejects.toMatchObject(
    refused,
  );
});

test('KMS-02 refuses to decrypt under another key than the one named, and to encrypt more than 4096 bytes', async () => {
  const [KeyId, other] = [await keyId('One'), await keyId('Two')];
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4096) }));
  await expect(client.send(new DecryptCommand({ CiphertextBlob, KeyId: other }))).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  await expect(client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4097) }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('KMS-03 hands out data keys with and without their plaintext', async () => {
  const KeyId = await keyId('Lake');
  const { Plaintext, CiphertextBlob } = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
  expect(Plaintext).toHaveLength(32);
  expect((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(Plaintext);
  const bare = await client.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 16 }));
  expect((await client.send(new DecryptCommand({ CiphertextBlob: bare.CiphertextBlob }))).Plaintext).toHaveLength(16);
});

const SCHEMES: [spec: string, algorithm: SigningAlgorithmSpec, hash: string][] = [
  ['ECC_NIST_P256', 'ECDSA_SHA_256', 'sha256'],
  ['ECC_NIST_P384', 'ECDSA_SHA_384', 'sha384'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_256', 'sha256'],
  ['RSA_2048', 'RSASSA_PKCS1_V1_5_SHA_384', 'sha384'],
  ['RSA_2048', 'RSASSA_PSS_SHA_256', 'sha256'],
  ['RSA_2048', 'RSASSA_PSS_SHA_512', 'sha512'],
];

test.each(SCHEMES)(
  'KMS-04 %s %s: message and digest give signatures that verify either way, and by the public key alone',
  async (spec, SigningAlgorithm, hash) => {
    const KeyId = await signingKey(spec);
    const Message = Buffer.from('audit checkpoint 7');
    const digest = { Message: createHash(hash).update(Message).digest(), MessageType: 'DIGEST' } as const;
    const { Signature: ofMessage } = await client.send(new SignCommand({ KeyId, SigningAlgorithm, Message }));
    const { Signature: ofDigest } = await client.send(new SignCommand({ KeyId, SigningAlgorithm, ...digest }));
    for (const Signature of [ofMessage, ofDigest]) {
      expect((await client.send(new VerifyCommand({ KeyId, SigningAlgorithm, Message, Signature }))).SignatureValid).toBe(true);
      expect((await client.send(new VerifyCommand({ KeyId, SigningAlgorithm, ...digest, Signature }))).SignatureValid).toBe(true);
      const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
      const key = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
      const padding = SigningAlgorithm.includes('PSS')
        ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
        : {};
      expect(verify(hash, Message, { key, ...padding }, Signature!)).toBe(true);
    }
  },
);

test.each(SCHEMES)(
  'KMS-05 %s %s: refuses a signature of another message, by another key, or with one bit changed',
  async (spec, SigningAlgorithm, hash) => {
    const KeyId = await signingKey(spec);
    const Message = Buffer.from('audit checkpoint 7');
    const { Signature } = await client.send(new SignCommand({ KeyId, SigningAlgorithm, Message }));
    const changed = Buffer.from(Signature!);
    changed[changed.length - 1]! ^= 1;
    const refused = { name: 'KMSInvalidSignatureException' };
    const forged = Buffer.from('audit checkpoint 8');
    const digestOf = (message: Buffer) => ({ Message: createHash(hash).update(message).digest(), MessageType: 'DIGEST' }) as const;
    for (const [message, signature] of [
      [forged, Signature!],
      [Message, changed],
      [Message, Buffer.from('short')],
    ] as const) {
      await expect(
        client.send(new VerifyCommand({ KeyId, SigningAlgorithm, Message: message, Signature: signature })),
      ).rejects.toMatchObject(refused);
      await expect(
        client.send(new VerifyCommand({ KeyId, SigningAlgorithm, ...digestOf(message), Signature: signature })),
      ).rejects.toMatchObject(refused);
    }
  },
);

test('KMS-06 refuses a key that is not made for the operation, an algorithm it lacks, and a digest of the wrong length', async () => {
  const [lake, signer] = [await keyId('Lake'), await signingKey('ECC_NIST_P256')];
  const sign = (KeyId: string, SigningAlgorithm: SigningAlgorithmSpec, more: object = {}) =>
    client.send(new SignCommand({ KeyId, SigningAlgorithm, Message: Buffer.from('x'), ...more }));
  await expect(sign(lake, 'ECDSA_SHA_256')).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
  await expect(sign(signer, 'RSASSA_PSS_SHA_256')).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
  await expect(sign(signer, 'ECDSA_SHA_256', { MessageType: 'DIGEST' })).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(client.send(new EncryptCommand({ KeyId: signer, Plaintext: Buffer.from('x') }))).rejects.toMatchObject({
    name: 'InvalidKeyUsageException',
  });
});

test('KMS-07 makes and checks HMACs', async () => {
  const KeyId = await keyId('Mac', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const input = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from('x') } as const;
  const { Mac } = await client.send(new GenerateMacCommand(input));
  expect((await client.send(new VerifyMacCommand({ ...input, Mac }))).MacValid).toBe(true);
  await expect(client.send(new VerifyMacCommand({ ...input, Message: Buffer.from('y'), Mac }))).rejects.toMatchObject({
    name: 'KMSInvalidMacException',
  });
});

test('KMS-08 finds a key by id, ARN, alias and alias ARN, and says when there is none', async () => {
  const { ref, attributes } = await declare('Lake', { Description: 'the lake' });
  await kms.declare({
    stack: 'data',
    logicalId: 'LakeAlias',
    type: 'AWS::KMS::Alias',
    properties: { AliasName: 'alias/lake', TargetKeyId: attributes.Arn },
    metadata: {},
  });
  for (const KeyId of [ref, attributes.Arn, 'alias/lake', 'arn:aws:kms:us-east-1:111122223333:alias/lake']) {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({
      Arn: attributes.Arn,
      Description: 'the lake',
      KeyState: 'Enabled',
      CreationDate: new Date('2026-01-05T15:45:00Z'),
    });
  }
  for (const KeyId of ['alias/none', 'b1e3a520-0000-4000-a000-000000000000']) {
    await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: 'NotFoundException' });
  }
  expect((await client.send(new ListKeysCommand({}))).Keys).toEqual([{ KeyId: ref, KeyArn: attributes.Arn }]);
  expect((await client.send(new ListAliasesCommand({}))).Aliases).toMatchObject([{ AliasName: 'alias/lake', TargetKeyId: ref }]);
});

test('KMS-09 asks IAM with the key ARN and shows the key policy to the evaluator', async () => {
  const KeyPolicy = {
    Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }],
  };
  const { ref: KeyId, attributes } = await declare('Lake', { KeyPolicy });
  expect(kms.resourcePolicies()).toEqual(new Map([[attributes.Arn, KeyPolicy]]));
  caller.denies = ({ action }) => action === 'kms:Encrypt';
  await expect(client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(`kms:Encrypt on resource: ${attributes.Arn}`),
  });
  await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: { fund: 'one' } }));
  expect(caller.asked.at(-1)).toMatchObject({ action: 'kms:GenerateDataKey', conditions: { 'kms:EncryptionContext:fund': 'one' } });
});

test('KMS-10 refuses by name what it does not emulate, and a disabled key', async () => {
  await expect(client.send(new ReEncryptCommand({ CiphertextBlob: Buffer.from('x'), DestinationKeyId: 'y' }))).rejects.toMatchObject({
    name: 'NotEmulated',
  });
  expect(() => declare('Multi', { MultiRegion: true })).toThrow(/MultiRegion/);
  expect(() => declare('Sm2', { KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' })).toThrow(/SM2/);
  const KeyId = await keyId('Off', { Enabled: false });
  await expect(client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }))).rejects.toMatchObject({
    name: 'DisabledException',
  });
});

test('KMS-11 keeps keys across boots in files only their owner may read, under ids that no seed changes', async () => {
  const KeyId = await keyId('Lake');
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('kept') }));
  open(2);
  expect(await keyId('Lake')).toBe(KeyId);
  expect(Buffer.from((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext!).toString()).toBe('kept');
  const files = readdirSync(join(directory, 'kms', 'keys')).map((name) => join(directory, 'kms', 'keys', name));
  expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600]);
});

test('KMS-12 refuses a damaged key file, and a template that changes the kind of a kept key', async () => {
  await keyId('Lake');
  open();
  expect(() => declare('Lake', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })).toThrow(
    /KeySpec of data\/Lake was SYMMETRIC_DEFAULT/,
  );
  const [name] = readdirSync(join(directory, 'kms', 'keys'));
  const file = join(directory, 'kms', 'keys', name!);
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -10));
  expect(() => declare('Lake')).toThrow(expect.objectContaining({ name: 'DamagedState', path: file }));
});
