/**
 * The folder that holds a fund's local state: `cloud/` (what the services keep), `exchange/` (the paper exchange) and `log/`.
 * It has one owner at a time, by a lock; `owner.json` says who that is, for people and for commands that look for a server. A marker
 * file, written before anything else, says that the folder is ours and how the fund began: `--fresh` empties no other folder.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { DirectoryLock } from './directory-lock.ts';
import { BadInput } from './outcome.ts';

const markerName = 'ballast-state.json';
const ownerName = 'owner.json';
const lockName = 'owner.lock';
/** What research keeps beside the fund: it has a lock of its own, and outlives --fresh, since trials that were made stay made. */
const researchName = 'research';
const parts = ['cloud', 'exchange', 'log'] as const;
/** Raised whenever a journal or an item in there is written in a way that the version before cannot read, or the other way round. */
const layout = 3;

const Marker = z.object({
  about: z.string(),
  layout: z.number().int(),
  /** False until the fund is set up; a kill before that sets it up again. */
  ready: z.boolean(),
  seed: z.number().int(),
  capitalUsd: z.number(),
});

/** What a fund begins with, and keeps. */
export type FundBeginning = Pick<z.infer<typeof Marker>, 'seed' | 'capitalUsd'>;

const Owner = z.object({
  pid: z.number().int(),
  /** Set when the owner is a server that runs commands for others. */
  url: z.string().optional(),
});
export type Owner = z.infer<typeof Owner>;

export interface AcquireOptions {
  readonly state: string;
  readonly fresh?: boolean;
  /** As asked for; what is left out is taken from the fund that is there, or from the default. */
  readonly seed?: number;
  readonly capital?: number;
}

const defaultBeginning: FundBeginning = { seed: 1, capitalUsd: 1_000_000 };

export class StateDirectory {
  readonly path: string;
  /** Nothing was here before: the fund must be set up. */
  readonly isNew: boolean;
  readonly beginning: FundBeginning;
  readonly #lock: DirectoryLock;

  private constructor(path: string, isNew: boolean, beginning: FundBeginning, lock: DirectoryLock) {
    this.path = path;
    this.isNew = isNew;
    this.beginning = beginning;
    this.#lock = lock;
  }

  /** Takes the directory over, creating it if need be. @throws BadInput when it is not writable, not ours, in use, or of a fund that began otherwise. */
  static acquire(options: AcquireOptions): StateDirectory {
    const path = resolve(options.state);
    return orBadInput(path, () => {
      makeDirectory(path);
      assertOurs(path);
      const lock = DirectoryLock.take(join(path, lockName));
      if (!lock) throw new BadInput(`${path} is in use${byWhom(path)}. Wait for it to end, or name another directory with --state.`);
      try {
        const { isNew, beginning } = prepare(path, options);
        return new StateDirectory(path, isNew, beginning, lock);
      } catch (error) {
        lock.release();
        throw error;
      }
    });
  }

  /** From here on the directory counts as set up. */
  markReady(): void {
    writeMarker(this.path, { ...this.beginning, ready: true });
  }

  /** Tells other commands where to send their arguments. */
  announce(url: string): void {
    writeOwner(this.path, { pid: process.pid, url });
  }

  in(part: (typeof parts)[number]): string {
    return join(this.path, part);
  }

  release(): void {
    rmSync(join(this.path, ownerName), { force: true });
    this.#lock.release();
  }
}

/** Whether a fund has been set up there. */
export const holdsFund = (directory: string): boolean => readMarker(resolve(directory))?.ready === true;

/** The folder for research in a state directory, made if need be; the fund in there may be open meanwhile. @throws BadInput as `acquire`. */
export function researchRoom(directory: string): string {
  const path = resolve(directory);
  return orBadInput(path, () => {
    makeDirectory(path);
    assertOurs(path);
    makeDirectory(join(path, researchName));
    return join(path, researchName);
  });
}

/** The server that has a state directory open, if any. */
export function serverOf(directory: string): string | undefined {
  const path = resolve(directory);
  const url = readOwner(path)?.url;
  return url !== undefined && isLocked(path) ? url : undefined;
}

/** @throws BadInput while some process has the directory open. */
export function assertUnused(directory: string): void {
  const path = resolve(directory);
  if (isLocked(path)) throw new BadInput(`${path} is in use${byWhom(path)}. Stop that first.`);
}

function prepare(path: string, { fresh, seed, capital }: AcquireOptions): { readonly isNew: boolean; readonly beginning: FundBeginning } {
  const found = fresh ? undefined : readMarker(path);
  if (!fresh && !found && existsSync(join(path, markerName)))
    throw new BadInput(
      `${join(path, markerName)} is not what was written. Restore it from a copy, or begin anew with --fresh; nothing was changed.`,
    );
  if (found && found.layout !== layout)
    throw new BadInput(
      `${path} was written by another version of Ballast (layout ${found.layout}). Use that one, or begin anew with --fresh.`,
    );
  writeOwner(path, { pid: process.pid });
  if (found?.ready) {
    assertSameBeginning(path, found, { seed, capital });
    return { isNew: false, beginning: found };
  }
  const beginning = { seed: seed ?? defaultBeginning.seed, capitalUsd: capital ?? defaultBeginning.capitalUsd };
  writeMarker(path, { ...beginning, ready: false });
  for (const part of parts) rmSync(join(path, part), { recursive: true, force: true });
  return { isNew: true, beginning };
}

/** @throws BadInput when a fund that is there is asked to have begun otherwise. */
export function assertSameBeginning(
  where: string,
  began: FundBeginning,
  asked: { readonly seed: number | undefined; readonly capital: number | undefined },
): void {
  const differs = (has: number, wanted: number | undefined): boolean => wanted !== undefined && wanted !== has;
  const option = differs(began.seed, asked.seed) ? `--seed ${began.seed}` : `--capital ${began.capitalUsd}`;
  if (differs(began.seed, asked.seed) || differs(began.capitalUsd, asked.capital))
    throw new BadInput(
      `The fund in ${where} began with ${option} and keeps it. Leave the option out, begin anew with --fresh, or name another --state.`,
    );
}

function assertOurs(path: string): void {
  if (existsSync(join(path, markerName))) return;
  const ours = [markerName, ownerName, lockName, researchName];
  const strangers = readdirSync(path).filter((entry) => !ours.some((name) => entry.startsWith(name)));
  if (strangers.length > 0)
    throw new BadInput(`${path} holds other files and no ${markerName}: it is not a Ballast state directory. Name another with --state.`);
}

/** Step by step: in folders like /proc, Node's own recursive mkdir never returns. */
function makeDirectory(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new BadInput(`${path} is a file; a state directory is needed. Name another with --state.`);
    return;
  }
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function isLocked(path: string): boolean {
  if (!existsSync(join(path, lockName))) return false;
  const lock = DirectoryLock.take(join(path, lockName));
  lock?.release();
  return lock === undefined;
}

function byWhom(path: string): string {
  const owner = readOwner(path);
  return owner ? ` by ${owner.url ? '"ballast local", ' : ''}process ${owner.pid}` : '';
}

const readMarker = (path: string) => readJson(join(path, markerName), Marker);
const readOwner = (path: string) => readJson(join(path, ownerName), Owner);

function readJson<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function writeMarker(path: string, marker: FundBeginning & { readonly ready: boolean }): void {
  writeWhole(join(path, markerName), { about: 'Local state of a Ballast fund. Begin anew with --fresh.', layout, ...marker });
}

const writeOwner = (path: string, owner: Owner): void => writeWhole(join(path, ownerName), owner);

/** A reader, or a kill in between, sees the old file or the new one. */
function writeWhole(file: string, content: object): void {
  writeFileSync(`${file}.next`, `${JSON.stringify(content)}\n`);
  renameSync(`${file}.next`, file);
}

function orBadInput<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BadInput) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(`The state directory ${path} cannot be used (${causes[code ?? ''] ?? message}). Name another with --state.`, {
      cause: error,
    });
  }
}

const causes: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'it cannot be created there',
  ENOTDIR: 'a file is in the way',
};
