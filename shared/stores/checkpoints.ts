/** The signed checkpoints in the archive: each under the number of the record that it covers, written once. */
import { CheckpointShape } from '../contracts/audit.ts';
import { type Checkpoint, checkpointKey, type NamedCheckpoint } from '../domain/audit/checkpoint.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { ContractViolation } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { ObjectArchive } from './object-archive.ts';

export const checkpointPrefix = 'checkpoints/';

export class CheckpointStore {
  readonly #archive: ObjectArchive;

  constructor(archive: ObjectArchive) {
    this.#archive = archive;
  }

  /** Null before the first. @throws ContractViolation for an object that is no checkpoint. */
  async last(): Promise<Checkpoint | null> {
    const key = (await this.#archive.list(checkpointPrefix)).at(-1)?.key;
    return key === undefined ? null : checkpointOf(key, await this.#archive.read(key));
  }

  /** One line, so that a query engine reads the object as one row. */
  put(checkpoint: Checkpoint): Promise<void> {
    return this.#archive.putOnce(checkpointKey(checkpoint.sequence), `${canonicalJson(checkpoint)}\n`);
  }
}

/** @throws ContractViolation naming the object. */
export function namedCheckpoint(key: string, text: string): NamedCheckpoint {
  return { key, checkpoint: checkpointOf(key, text) };
}

function checkpointOf(key: string, text: string): Checkpoint {
  const parsed = CheckpointShape.safeParse(tryParseJson(text));
  if (!parsed.success)
    throw new ContractViolation(`${key} of the audit archive is a checkpoint`, { issues: parsed.error.issues.slice(0, 3) });
  return parsed.data;
}
