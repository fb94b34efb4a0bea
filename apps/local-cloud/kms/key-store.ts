/**
 * The keys the templates declare, and their material. Each key is one file, mode 0600, made at its first declaration and
 * kept: what was encrypted or signed in one run is read and verified in the next. A key's id is derived from where it is
 * declared, so that it is the same at every boot.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import { DamagedState } from '../journal.ts';
import { AwsError, type CloudHost, type DeclaredResource, notEmulated } from '../service.ts';
import { KEY_SPECS } from './key-specs.ts';
import { writePrivateFile } from './sealing.ts';

export interface Key {
  readonly keyId: string;
  readonly arn: string;
  readonly spec: string;
  readonly createdAt: number;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly policy: unknown;
  /** Base64, as `KeySpec.generate` gives it. */
  readonly material: string;
}

interface KeyFile {
  readonly keyId: string;
  readonly spec: string;
  readonly createdAt: number;
  readonly material: string;
}

export interface KeyStore {
  readonly keys: ReadonlyMap<string, Key>;
  /** Alias name to key id. */
  readonly aliases: ReadonlyMap<string, string>;
  declareKey(resource: DeclaredResource): Key;
  declareAlias(name: string, target: string): void;
}

const PROPERTIES = new Set([
  'Description',
  'Enabled',
  'EnableKeyRotation',
  'KeyPolicy',
  'KeySpec',
  'KeyUsage',
  'MultiRegion',
  'Origin',
  'BypassPolicyLockoutSafetyCheck',
  'PendingWindowInDays',
  'RotationPeriodInDays',
  'Tags',
]);

export function openKeyStore(host: CloudHost): KeyStore {
  const directory = host.storage('kms');
  const keys = new Map<string, Key>();
  const aliases = new Map<string, string>();
  const inMemory = new Map<string, KeyFile>();

  const materialOf = (keyId: string, spec: string): KeyFile => {
    const path = directory && join(directory, 'keys', `${keyId}.key`);
    const kept = path === undefined ? inMemory.get(keyId) : readKeyFile(path);
    if (kept) return kept;
    const made = { keyId, spec, createdAt: host.clock.now(), material: KEY_SPECS[spec]!.generate() };
    if (path === undefined) inMemory.set(keyId, made);
    else writePrivateFile(path, textOfKeyFile(made));
    return made;
  };

  return {
    keys,
    aliases,
    declareKey(resource) {
      const spec = specOf(resource);
      const keyId = derivedId(host, resource);
      const kept = materialOf(keyId, spec);
      if (kept.spec !== spec) {
        const where = `${resource.stack}/${resource.logicalId}`;
        throw new AwsError(
          'ValidationException',
          `KeySpec of ${where} was ${kept.spec} and is now ${spec}. AWS would make another key; give it another logical id here.`,
        );
      }
      const { Description = '', Enabled = true, KeyPolicy } = resource.properties;
      const key: Key = {
        keyId,
        arn: `arn:aws:kms:${host.region}:${host.accountId}:key/${keyId}`,
        spec,
        createdAt: kept.createdAt,
        description: String(Description),
        isEnabled: String(Enabled) === 'true',
        policy: KeyPolicy,
        material: kept.material,
      };
      keys.set(keyId, key);
      return key;
    },
    declareAlias(name, target) {
      if (!name.startsWith('alias/') || name.startsWith('alias/aws/'))
        throw new AwsError('InvalidAliasNameException', `"${name}" is no alias name of ours`);
      aliases.set(name, target.split('/').at(-1)!);
    },
  };
}

function specOf({ properties, stack, logicalId }: DeclaredResource): string {
  const where = `(${stack}/${logicalId})`;
  for (const property of Object.keys(properties))
    if (!PROPERTIES.has(property)) throw notEmulated('kms', `key property ${property} ${where}`);
  const {
    KeySpec: spec = 'SYMMETRIC_DEFAULT',
    KeyUsage: usage = 'ENCRYPT_DECRYPT',
    MultiRegion: isMultiRegion = false,
    Origin: origin = 'AWS_KMS',
  } = properties;
  if (String(isMultiRegion) === 'true') throw notEmulated('kms', `MultiRegion keys ${where}`);
  if (origin !== 'AWS_KMS') throw notEmulated('kms', `key material of Origin ${String(origin)} ${where}`);
  const known = KEY_SPECS[String(spec)];
  if (!known) throw notEmulated('kms', `KeySpec ${String(spec)} ${where}`);
  if (known.usage !== usage) throw notEmulated('kms', `KeyUsage ${String(usage)} of a ${String(spec)} key ${where}`);
  return String(spec);
}

function derivedId({ accountId, region }: CloudHost, { stack, logicalId }: DeclaredResource): string {
  const hex = createHash('sha256').update(`kms ${accountId} ${region} ${stack} ${logicalId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const textOfKeyFile = (file: KeyFile): string => {
  const text = canonicalJson(file);
  return `${sha256Hex(text)} ${text}\n`;
};

function readKeyFile(path: string): KeyFile | undefined {
  if (!existsSync(path)) return undefined;
  const content = readFileSync(path, 'utf8');
  const text = content.slice(65).trimEnd();
  if (content.slice(0, 64) !== sha256Hex(text)) {
    throw new DamagedState(
      path,
      `${path} is not what was written (checksum differs). Restore it from a copy, or use "--fresh" to start over; what it encrypted is lost without it.`,
    );
  }
  return JSON.parse(text) as KeyFile;
}
