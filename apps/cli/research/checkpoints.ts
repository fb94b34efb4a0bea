/**
 * What is finished of a long job, so that Ctrl-C or a kill loses only what was under way: one file a piece, under `research/` in the state
 * directory, in a folder named by the hash of all that the job computes and of the sources that compute it. A file is written aside and renamed, so
 * one that is there is whole.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Membership, Panel } from '../../../shared/domain/research/panel.ts';
import { contentHash, sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import { sha256HexOfParts } from '../../../shared/kernel/content-hash.ts';
import { sourceHash } from '../assembly.ts';
import { researchRoom } from '../state-directory.ts';

export class Checkpoints {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static of(kind: 'sweeps' | 'evolutions', job: object, state: string): Checkpoints {
    const folder = join(researchRoom(state), kind, contentHash({ job, sources: sourceHash(), work: workHash() }).slice(0, 32));
    mkdirSync(folder, { recursive: true });
    return new Checkpoints(folder);
  }

  read(name: string): Uint8Array | undefined {
    const path = join(this.#folder, name);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  write(name: string, content: string | Uint8Array): void {
    const path = join(this.#folder, name);
    writeFileSync(`${path}.${process.pid}`, content);
    renameSync(`${path}.${process.pid}`, path);
  }
}

/** What a job may read besides bars: they are in the hash of the data, these are not. */
export const factsHash = ({ earnings, sectors }: Panel, membership: Membership | null): string =>
  sha256HexOfParts([
    JSON.stringify({ earnings, sectors: sectors ?? null }),
    ...(membership === null ? [] : [membership.mask, membership.listed]),
  ]);

/** The pieces themselves are cut here, beside the sources that a stack is made from. */
const workHash = (): string => sha256Hex(readFileSync(new URL('./research-work.ts', import.meta.url)));
