/**
 * Bundles that need not be made again. What a bundle is made from is known from the last time it was made: as long as none of those files
 * has changed, none of them imports another file than it did, and the bundle is the same. Packages change with the lock file.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Of each function: what it was before the last changes is asked for again when they are taken back. */
const keptMost = 3;

export class BundleCache {
  readonly #folder: string;
  readonly #projectRoot: string;
  readonly #common: string;

  /** `madeBy`: files that say how bundles are made. */
  constructor(folder: string, projectRoot: string, madeBy: readonly string[]) {
    this.#folder = join(folder, 'bundles');
    this.#projectRoot = projectRoot;
    this.#common = this.#hashOf(['package-lock.json', ...madeBy]);
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Whether the bundle was there; then it lies in `into` now. */
  restore(name: string, into: string): boolean {
    const inputs = this.#inputsOf(name);
    if (inputs === undefined) return false;
    const kept = this.#kept(name, inputs);
    if (!existsSync(kept)) return false;
    try {
      cpSync(kept, into, { recursive: true });
      return true;
    } catch {
      // Another process has just let go of it.
      rmSync(into, { recursive: true, force: true });
      return false;
    }
  }

  /** `inputs`: all that esbuild read for it, relative to the project. */
  keep(name: string, from: string, inputs: readonly string[]): void {
    const own = inputs.filter((path) => !path.includes('node_modules/') && existsSync(join(this.#projectRoot, path))).sort();
    const aside = mkdtempSync(join(this.#folder, 'aside-'));
    cpSync(from, join(aside, 'bundle'), { recursive: true });
    writeFileSync(join(aside, 'inputs.json'), JSON.stringify(own));
    try {
      renameSync(join(aside, 'bundle'), this.#kept(name, own));
    } catch {
      // Another process kept the same one first.
    }
    renameSync(join(aside, 'inputs.json'), this.#listOf(name));
    rmSync(aside, { recursive: true, force: true });
    this.#letGo(name);
  }

  #letGo(name: string): void {
    const prefix = `${name.replace('/', '-')}-`;
    const isKept = (entry: string): boolean => entry.startsWith(prefix) && /^[0-9a-f]{16}$/.test(entry.slice(prefix.length));
    const kept = readdirSync(this.#folder)
      .filter(isKept)
      .map((entry) => ({ path: join(this.#folder, entry), at: statSync(join(this.#folder, entry)).mtimeMs }));
    for (const { path } of kept.sort((a, b) => b.at - a.at).slice(keptMost)) rmSync(path, { recursive: true, force: true });
  }

  #inputsOf(name: string): readonly string[] | undefined {
    if (!existsSync(this.#listOf(name))) return undefined;
    const inputs = JSON.parse(readFileSync(this.#listOf(name), 'utf8')) as readonly string[];
    return inputs.every((path) => existsSync(join(this.#projectRoot, path))) ? inputs : undefined;
  }

  #listOf(name: string): string {
    return join(this.#folder, `${name.replace('/', '-')}.inputs.json`);
  }

  #kept(name: string, inputs: readonly string[]): string {
    const hash = createHash('sha256').update(this.#common).update(this.#hashOf(inputs)).digest('hex').slice(0, 16);
    return join(this.#folder, `${name.replace('/', '-')}-${hash}`);
  }

  #hashOf(paths: readonly string[]): string {
    const hash = createHash('sha256');
    for (const path of paths)
      hash
        .update(path)
        .update('\0')
        .update(readFileSync(join(this.#projectRoot, path)));
    return hash.digest('hex');
  }
}
