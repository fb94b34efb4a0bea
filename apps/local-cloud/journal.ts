/**
 * How a service keeps its data across runs and kills: an append-only file of JSON lines, each behind the CRC-32 of
 * its text. An append returns after the kernel has the bytes, so a killed process loses nothing it answered for; one that
 * went through in part (a full disk) is cut off again, so that the next does not land behind half a line.
 * A file that ends in half a line, or holds a line whose checksum differs, is refused with what to do about it;
 * `repairJournal` drops only a torn tail and keeps a copy of what it dropped.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/** The file on disk is not what was written. The message says which, where, and what to do. */
export class DamagedState extends Error {
  override readonly name = 'DamagedState';
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

export class Journal<Entry> {
  readonly #path: string | undefined;
  #file: number | undefined;
  /** Bytes of whole lines in the file. */
  #wholeBytes = 0;
  /** Why nothing more is appended. */
  #torn: DamagedState | undefined;
  #entries = 0;

  private constructor(path: string | undefined) {
    this.#path = path;
  }

  /** Replays what is on disk through `apply`, oldest first. Without a path it keeps nothing. @throws DamagedState */
  static open<Entry>(path: string | undefined, apply: (entry: Entry) => void): Journal<Entry> {
    const journal = new Journal<Entry>(path);
    if (path === undefined) return journal;
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) {
      forEachLine(path, (text) => {
        apply(JSON.parse(text) as Entry);
        journal.#entries++;
      });
    }
    journal.#use(openSync(path, 'a'));
    return journal;
  }

  /** Entries appended since the last `rewrite`, with those found on disk; for deciding when to compact. */
  get entries(): number {
    return this.#entries;
  }

  /** All of the entries or none. @throws DamagedState for every append after one that could not be taken back. */
  append(...entries: readonly Entry[]): void {
    if (this.#file !== undefined) this.#write(this.#file, Buffer.from(linesOf(entries)));
    else if (this.#torn) throw this.#torn;
    this.#entries += entries.length;
  }

  /** Replaces the file by these entries: written aside, synced, then renamed over the old one. */
  rewrite(entries: Iterable<Entry>): void {
    if (this.#path === undefined) {
      this.#entries = 0;
      return;
    }
    const aside = `${this.#path}.next`;
    let count = 0;
    try {
      const file = openSync(aside, 'w');
      try {
        for (const entry of entries) {
          writeWhole(file, Buffer.from(linesOf([entry])));
          count++;
        }
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(aside, this.#path);
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
    this.close();
    this.#use(openSync(this.#path, 'a'));
    this.#torn = undefined;
    this.#entries = count;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #use(file: number): void {
    this.#file = file;
    this.#wholeBytes = fstatSync(file).size;
  }

  #write(file: number, bytes: Uint8Array): void {
    try {
      writeWhole(file, bytes);
      this.#wholeBytes += bytes.length;
    } catch (error) {
      this.#takeBack(file, error);
      throw error;
    }
  }

  #takeBack(file: number, cause: unknown): void {
    try {
      ftruncateSync(file, this.#wholeBytes);
    } catch {
      this.close();
      this.#torn = new DamagedState(
        this.#path!,
        `${this.#path} took half a record and could not be cut back (${(cause as Error).message}). Stop, make room, then run "ballast local --repair".`,
      );
    }
  }
}

/** Cuts a torn last line off, keeping it beside the file as `.torn`; says how many bytes went. @throws DamagedState when more than the tail is damaged. */
export function repairJournal(path: string): { readonly droppedBytes: number } {
  const content = readFileSync(path);
  const wholeBytes = content.lastIndexOf(0x0a) + 1;
  if (wholeBytes < content.length) {
    writeFileSync(`${path}.torn`, content.subarray(wholeBytes));
    truncateSync(path, wholeBytes);
  }
  forEachLine(path, () => {});
  return { droppedBytes: content.length - wholeBytes };
}

/** A single call may write less than it was given. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

const linesOf = (entries: readonly unknown[]): string => entries.map((entry) => lineOf(JSON.stringify(entry))).join('');

const lineOf = (text: string): string => `${checksum(text)} ${text}\n`;

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

function forEachLine(path: string, visit: (text: string) => void): void {
  const content = readFileSync(path, 'utf8');
  let start = 0;
  let line = 1;
  while (start < content.length) {
    const end = content.indexOf('\n', start);
    if (end === -1) {
      throw new DamagedState(
        path,
        `${path} ends in half a record (line ${line}), as a kill in mid-write leaves it. Run "ballast local --repair" to drop that half and keep the rest, or "--fresh" to start over.`,
      );
    }
    const text = content.slice(start + 9, end);
    if (content.slice(start, start + 8) !== checksum(text)) {
      throw new DamagedState(
        path,
        `${path} line ${line} is not what was written (checksum differs). Restore the file from a copy, or use "--fresh" to start over; nothing was changed.`,
      );
    }
    visit(text);
    start = end + 1;
    line++;
  }
}
