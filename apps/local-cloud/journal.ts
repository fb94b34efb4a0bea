/**
 * How a service keeps its data across runs and kills: an append-only file of JSON lines, each behind the CRC-32 of
 * its text. An append returns after the kernel has the bytes, so a killed process loses nothing it answered for.
 * A file that ends in half a line, or holds a line whose checksum differs, is refused with what to do about it;
 * `repairJournal` drops only a torn tail and keeps a copy of what it dropped.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
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
    journal.#file = openSync(path, 'a');
    return journal;
  }

  /** Entries appended since the last `rewrite`, with those found on disk; for deciding when to compact. */
  get entries(): number {
    return this.#entries;
  }

  append(...entries: readonly Entry[]): void {
    this.#entries += entries.length;
    if (this.#file === undefined) return;
    writeSync(this.#file, entries.map((entry) => lineOf(JSON.stringify(entry))).join(''));
  }

  /** Replaces the file by these entries: written aside, synced, then renamed over the old one. */
  rewrite(entries: Iterable<Entry>): void {
    if (this.#path === undefined) return;
    const aside = `${this.#path}.next`;
    const file = openSync(aside, 'w');
    let count = 0;
    for (const entry of entries) {
      writeSync(file, lineOf(JSON.stringify(entry)));
      count++;
    }
    fsyncSync(file);
    closeSync(file);
    if (this.#file !== undefined) closeSync(this.#file);
    renameSync(aside, this.#path);
    this.#file = openSync(this.#path, 'a');
    this.#entries = count;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
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
