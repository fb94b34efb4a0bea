/** A secret's values and the stages that point at them. At most one version holds a stage; a new current makes the old one previous. */
import { AwsError } from '../service.ts';
import type { Secret, SecretValue, SecretVersion } from './model.ts';

export const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/** The secret with one more version, or itself when this version is already there with this value. @throws AwsError ResourceExistsException */
export function withVersion(secret: Secret, version: Omit<SecretVersion, 'stages'>, stages: readonly string[]): Secret {
  const existing = secret.versions.find(({ versionId }) => versionId === version.versionId);
  if (existing) {
    if (existing.value.text === version.value.text && existing.value.binary === version.value.binary) return secret;
    throw new AwsError(
      'ResourceExistsException',
      "A resource with the ID you requested already exists: a version's value cannot be changed.",
    );
  }
  const formerCurrent = stages.includes(CURRENT) ? secret.versions.find((other) => other.stages.includes(CURRENT)) : undefined;
  const moved = formerCurrent ? [...stages, PREVIOUS] : stages;
  const versions = secret.versions
    .map((other) => ({
      ...other,
      stages: [...other.stages.filter((stage) => !moved.includes(stage)), ...(other === formerCurrent ? [PREVIOUS] : [])],
    }))
    // A version without a stage is deprecated, and AWS drops it in time.
    .filter((other) => other.stages.length > 0);
  return { ...secret, changedAt: version.createdAt, versions: [...versions, { ...version, stages }] };
}

/** @throws AwsError ResourceNotFoundException when no version has that id and stage */
export function versionOf(secret: Secret, versionId: string | undefined, stage: string | undefined): SecretVersion {
  const wantedStage = stage ?? (versionId === undefined ? CURRENT : undefined);
  const found = secret.versions.find(
    (version) =>
      (versionId === undefined || version.versionId === versionId) && (wantedStage === undefined || version.stages.includes(wantedStage)),
  );
  if (found) return found;
  const what = versionId === undefined ? `staging label: ${wantedStage}` : `VersionId: ${versionId}`;
  throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${what}`);
}

export const stagesByVersion = (secret: Secret): Record<string, string[]> =>
  Object.fromEntries(secret.versions.map(({ versionId, stages }) => [versionId, [...stages]]));

/** @throws AwsError InvalidParameterException unless there is exactly one of text and binary. */
export function readValue(input: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}): SecretValue {
  const { SecretString: text, SecretBinary: binary } = input;
  if ((text === undefined) === (binary === undefined)) {
    throw new AwsError('InvalidParameterException', 'You must provide either SecretString or SecretBinary, and not both.');
  }
  if ((text === undefined ? binary!.length : Buffer.byteLength(text)) > 65_536) {
    throw new AwsError(
      'ValidationException',
      "Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
    );
  }
  return text === undefined ? { binary: Buffer.from(binary!).toString('base64') } : { text };
}
