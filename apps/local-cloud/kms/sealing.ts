/**
 * Authenticated encryption for what must not lie on disk in clear: AES-256-GCM under a key in a file of its own, mode
 * 0600. Keys and nonces come from the operating system and not from the cloud's seeded stream: a key that a seed
 * reproduces protects nothing, and nothing that a cycle decides depends on these bytes.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DamagedState } from '../journal.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Nonce, tag and ciphertext in one. `label` is bound to it: opening needs the same. */
export function seal(key: Uint8Array, plaintext: Uint8Array, label: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** `undefined` when key, label or bytes are not those of the sealing. */
export function unseal(key: Uint8Array, sealed: Uint8Array, label: string): Uint8Array | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(label));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Seals texts for a journal, as base64, under one key file beside it. */
export interface TextSealer {
  seal(text: string, label: string): string;
  /** @throws DamagedState when the key file is not the one it was sealed under. */
  unseal(sealed: string, label: string): string;
}

/** Without a path the key lives as long as the process. @throws DamagedState when the journal is there and its key file is not. */
export function openTextSealer(keyPath: string | undefined, journalPath: string | undefined): TextSealer {
  const key = keyPath === undefined ? randomBytes(32) : loadKey(keyPath, journalPath);
  return {
    seal: (text, label) => Buffer.from(seal(key, Buffer.from(text), label)).toString('base64'),
    unseal(sealed, label) {
      const opened = unseal(key, Buffer.from(sealed, 'base64'), label);
      if (!opened) throw keyMismatch(keyPath ?? 'memory');
      return Buffer.from(opened).toString();
    },
  };
}

function loadKey(keyPath: string, journalPath: string | undefined): Uint8Array {
  if (existsSync(keyPath)) {
    const key = Buffer.from(readFileSync(keyPath, 'utf8').trim(), 'base64');
    if (key.length !== 32) throw keyMismatch(keyPath);
    return key;
  }
  if (journalPath !== undefined && existsSync(journalPath)) {
    throw new DamagedState(
      keyPath,
      `${keyPath} is missing, and without it ${journalPath} cannot be read. Restore it from a copy, or use "--fresh" to start over.`,
    );
  }
  const key = randomBytes(32);
  writePrivateFile(keyPath, key.toString('base64'));
  return key;
}

const keyMismatch = (path: string): DamagedState =>
  new DamagedState(path, `${path} is not the key its journal was sealed under. Restore it from a copy, or use "--fresh" to start over.`);

/** Readable by its owner alone, from its first byte on; a kill leaves the whole file or none. */
export function writePrivateFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.next`, content, { mode: 0o600 });
  renameSync(`${path}.next`, path);
}
