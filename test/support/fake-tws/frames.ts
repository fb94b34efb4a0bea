/**
 * The frames of TWS's socket protocol from version 100 on: four bytes of length, then fields, each ended by a zero byte. The first thing a
 * client says is `API`, a zero byte, and a frame with the versions it speaks (`v100..193`).
 */
type Token = string | number | boolean | undefined;

const LENGTH_BYTES = 4;
const greeting = Buffer.from('API\0');

export function frame(tokens: readonly Token[]): Buffer {
  const body = Buffer.from(tokens.map((token) => `${text(token)}\0`).join(''));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Puts what a socket delivers, in whatever pieces, together to frames. */
export class FrameReader {
  #pending = Buffer.alloc(0);
  #greeted = false;

  /** The frames that are whole by now, the greeting's versions as the first. */
  read(piece: Buffer): readonly (readonly string[])[] {
    this.#pending = Buffer.concat([this.#pending, piece]);
    const frames: string[][] = [];
    if (!this.#greeted) {
      if (this.#pending.length < greeting.length) return [];
      if (!this.#pending.subarray(0, greeting.length).equals(greeting)) throw new Error('a client greets with API');
      this.#pending = this.#pending.subarray(greeting.length);
      this.#greeted = true;
    }
    for (;;) {
      if (this.#pending.length < LENGTH_BYTES) return frames;
      const end = LENGTH_BYTES + this.#pending.readUInt32BE();
      if (this.#pending.length < end) return frames;
      const body = this.#pending.subarray(LENGTH_BYTES, end).toString();
      this.#pending = this.#pending.subarray(end);
      frames.push((body.endsWith('\0') ? body.slice(0, -1) : body).split('\0'));
    }
  }
}

const text = (token: Token): string => (typeof token === 'boolean' ? String(Number(token)) : String(token ?? ''));
