/** The ground every service stands on: ids, randomness, storage, and the work nobody awaits. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContractViolation } from '../../shared/kernel/errors.ts';
import { type Rng, seededRng } from '../../shared/kernel/rng.ts';

/** Ids of UUID shape, from a seeded stream. */
export function idsFrom(rng: Rng): () => string {
  const word = (): string =>
    Math.floor(rng.uniform() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return () => {
    const hex = word() + word() + word() + word();
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
}

/** The streams of one boot. A later boot on the same storage draws others, so that no id comes twice. */
export function randomnessOf(
  seed: number | string,
  boot: number,
): { readonly rng: Rng; readonly newId: () => string; readonly newRequestId: () => string } {
  const rng = seededRng(`${seed}/boot-${boot}`);
  return { rng: rng.fork('random'), newId: idsFrom(rng.fork('ids')), newRequestId: idsFrom(rng.fork('requests')) };
}

/** Work that services start and nobody awaits; a failure is told, never thrown into nowhere. */
export class Background {
  readonly #pending = new Set<Promise<unknown>>();
  readonly #onFailure: (error: unknown) => void;

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  add(work: Promise<unknown>): void {
    const watched = work.catch(this.#onFailure).finally(() => this.#pending.delete(watched));
    this.#pending.add(watched);
  }

  /** Until nothing is under way, what that work started included. */
  async settled(): Promise<void> {
    // A real clock's sleeps do not keep the process alive; waiting for them must.
    const alive = setInterval(() => {}, 60_000);
    try {
      while (this.#pending.size > 0) await Promise.all(this.#pending);
    } finally {
      clearInterval(alive);
    }
  }
}

/** Counts this boot and says how many there were before. @throws ContractViolation in one line when the directory cannot be written. */
export function countBoot(directory: string): number {
  const counter = join(directory, 'boots');
  try {
    mkdirSync(directory, { recursive: true });
    const earlier = Number(readIfThere(counter) ?? 0);
    writeFileSync(`${counter}.next`, String(earlier + 1));
    renameSync(`${counter}.next`, counter);
    return earlier;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ContractViolation(
      `cannot keep state in ${directory} (${code}): give a directory that can be written`,
      { directory },
      { cause },
    );
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
