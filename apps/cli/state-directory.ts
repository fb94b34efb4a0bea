/**
 * The folder that holds a fund's local state: `cloud/` (what the services keep), `exchange/` (the paper exchange) and `log/`.
 * It has one owner at a time, named in `owner.json`; a marker file says that it is ours, so that `--fresh` never empties
 * a folder that somebody named by mistake.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BadInput } from './outcome.ts';

const markerName = 'ballast-state.json';
const ownerName = 'owner.json';

export interface Owner {
  readonly pid: number;
  /** Set when the owner is a server that runs commands for others. */
  readonly url?: string;
}

export class StateDirectory {
  readonly path: string;
  /** Nothing was here before: the fund must be set up. */
  readonly isNew: boolean;

  private constructor(path: string, isNew: boolean) {
    this.path = path;
    this.isNew = isNew;
  }

  /** Takes the directory over, creating it if need be. @throws BadInput when it is not writable, not ours, or owned by a live process. */
  static acquire(directory: string, fresh: boolean): StateDirectory {
    const path = resolve(directory);
    try {
      mkdirSync(path, { recursive: true });
      const strangers = readdirSync(path).filter((entry) => entry !== ownerName);
      if (!existsSync(join(path, markerName)) && strangers.length > 0 && !strangers.includes('cloud')) {
        throw new BadInput(
          `${path} holds other files and no ${markerName}: it is not a Ballast state directory. Name another with --state.`,
        );
      }
      claim(path);
      if (fresh) for (const entry of readdirSync(path)) if (entry !== ownerName) rmSync(join(path, entry), { recursive: true });
      const isNew = !existsSync(join(path, markerName));
      if (isNew) for (const part of ['cloud', 'exchange', 'log']) rmSync(join(path, part), { recursive: true, force: true });
      return new StateDirectory(path, isNew);
    } catch (error) {
      if (error instanceof BadInput) throw error;
      throw new BadInput(`The state directory ${path} cannot be used: ${(error as Error).message}. Name another with --state.`, {
        cause: error,
      });
    }
  }

  /** From here on the directory counts as set up; a kill before this line sets it up again. */
  markReady(): void {
    writeFileSync(
      join(this.path, markerName),
      `${JSON.stringify({ about: 'Local state of a Ballast fund. Remove it with --fresh.', layout: 1 })}\n`,
    );
  }

  /** Tells other commands where to send their arguments. */
  announce(url: string): void {
    writeFileSync(join(this.path, ownerName), JSON.stringify({ pid: process.pid, url } satisfies Owner));
  }

  in(part: 'cloud' | 'exchange' | 'log'): string {
    return join(this.path, part);
  }

  release(): void {
    rmSync(join(this.path, ownerName), { force: true });
  }
}

/** Creates the owner file, or takes over a dead owner's; two commands that start at once cannot both succeed. */
function claim(path: string): void {
  const file = join(path, ownerName);
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid } satisfies Owner), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) throw error;
      const owner = ownerOf(path);
      if (owner)
        throw new BadInput(`${path} is in use by process ${owner.pid}. Wait for it to end, or name another directory with --state.`);
      rmSync(file, { force: true });
    }
  }
}

/** The live owner of a state directory, if any; a dead one's claim counts as none. */
export function ownerOf(directory: string): Owner | undefined {
  let owner: Owner;
  try {
    owner = JSON.parse(readFileSync(join(resolve(directory), ownerName), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
  return owner.pid !== process.pid && isAlive(owner.pid) ? owner : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
