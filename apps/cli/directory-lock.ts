/**
 * One process at a time in a folder. The lock is the operating system's own on a file, taken through SQLite, which is
 * the only way to file locks in Node itself: it ends with the process, however that ends, so no lock is ever left behind,
 * and a process id that a later process got by chance means nothing.
 */
import { DatabaseSync } from 'node:sqlite';

/** A probe by another command takes a moment; a command that starts meanwhile waits that long. */
const waitMs = 250;

export class DirectoryLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Undefined when another holds it. @throws when the file cannot be created or is something else. */
  static take(file: string): DirectoryLock | undefined {
    const database = new DatabaseSync(file, { timeout: waitMs });
    try {
      database.exec('BEGIN EXCLUSIVE');
      return new DirectoryLock(database);
    } catch (error) {
      database.close();
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
      throw error;
    }
  }

  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

const SQLITE_BUSY = 5;
