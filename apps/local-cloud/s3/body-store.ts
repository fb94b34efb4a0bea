/**
 * Where object bytes lie: one immutable file per upload or part, or a map when the cloud keeps nothing.
 * A body is numbered by the state's own counter, written aside and renamed; it counts only once the journal names it,
 * so a kill in between leaves at worst a file that the next body of that number replaces. No sync per object:
 * a killed process loses nothing, a power cut may, and a body of the wrong length is then refused as damaged.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DamagedState } from '../journal.ts';
import type { BodyPart } from './model.ts';

export interface BodyStore {
  write(body: number, bytes: Uint8Array): void;
  /** Bytes [start, end) of the parts laid end to end; only that range is read. @throws DamagedState */
  read(parts: readonly BodyPart[], start: number, end: number): Uint8Array;
  copy(from: number, to: number): void;
  remove(parts: readonly BodyPart[]): void;
  /** Drops what nothing names any more, as a kill between journal and unlink leaves it. */
  sweep(isLive: (body: number) => boolean): void;
}

export const openBodyStore = (directory: string | undefined): BodyStore => (directory === undefined ? inMemory() : onDisk(directory));

function inMemory(): BodyStore {
  const bodies = new Map<number, Uint8Array>();
  return {
    write: (body, bytes) => void bodies.set(body, bytes.slice()),
    read: (parts, start, end) => joined(slicesOf(parts, start, end).map(({ part, from, to }) => bodies.get(part.body)!.subarray(from, to))),
    copy: (from, to) => void bodies.set(to, bodies.get(from)!),
    remove: (parts) => {
      for (const part of parts) bodies.delete(part.body);
    },
    sweep: () => {},
  };
}

/** A range in one part is handed out as it is; only a range over several parts is laid together. */
const joined = (pieces: readonly Uint8Array[]): Uint8Array => (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));

function onDisk(directory: string): BodyStore {
  const known = new Set<string>();
  const pathOf = (body: number): string => {
    const folder = join(directory, (body % 256).toString(16).padStart(2, '0'));
    if (!known.has(folder)) {
      mkdirSync(folder, { recursive: true });
      known.add(folder);
    }
    return join(folder, String(body));
  };

  return {
    write(body, bytes) {
      const path = pathOf(body);
      const aside = `${path}.aside`;
      const file = openSync(aside, 'w');
      try {
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      } finally {
        closeSync(file);
      }
      renameSync(aside, path);
    },
    read(parts, start, end) {
      const bytes = Buffer.allocUnsafeSlow(end - start);
      let filled = 0;
      for (const { part, from, to } of slicesOf(parts, start, end)) {
        readInto(pathOf(part.body), part.size, bytes.subarray(filled, filled + to - from), from);
        filled += to - from;
      }
      return bytes;
    },
    copy(from, to) {
      copyFileSync(pathOf(from), pathOf(to), constants.COPYFILE_FICLONE);
    },
    remove(parts) {
      for (const part of parts) {
        // A missing file is what removal wants; the journal no longer names it either way.
        rmSync(pathOf(part.body), { force: true });
      }
    },
    sweep(isLive) {
      mkdirSync(directory, { recursive: true });
      for (const folder of readdirSync(directory)) {
        for (const name of readdirSync(join(directory, folder))) {
          if (!/^\d+$/.test(name) || !isLive(Number(name))) unlinkSync(join(directory, folder, name));
        }
      }
    },
  };
}

interface Slice {
  readonly part: BodyPart;
  readonly from: number;
  readonly to: number;
}

function slicesOf(parts: readonly BodyPart[], start: number, end: number): Slice[] {
  const slices: Slice[] = [];
  let offset = 0;
  for (const part of parts) {
    const from = Math.max(0, start - offset);
    const to = Math.min(part.size, end - offset);
    if (from < to) slices.push({ part, from, to });
    offset += part.size;
  }
  return slices;
}

function readInto(path: string, expectedBytes: number, target: Uint8Array, from: number): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw Object.assign(
      new DamagedState(
        path,
        `${path} is missing, yet the object index names it. Restore the state directory from a copy, or use "--fresh" to start over.`,
      ),
      { cause },
    );
  }
  try {
    const { size } = fstatSync(file);
    if (size !== expectedBytes) {
      throw new DamagedState(
        path,
        `${path} holds ${size} bytes where ${expectedBytes} were written. Restore the state directory from a copy, or use "--fresh" to start over.`,
      );
    }
    for (let filled = 0; filled < target.length; ) filled += readSync(file, target, filled, target.length - filled, from + filled);
  } finally {
    closeSync(file);
  }
}
