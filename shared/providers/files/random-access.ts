/** Bytes that can be read in parts: a buffer here, an object in S3 by ranged GET elsewhere. */
export interface RandomAccessBytes {
  readonly byteLength: number;
  /** The bytes of [start, end). */
  read(start: number, end: number): Promise<Uint8Array>;
}

export const bytesInMemory = (bytes: Uint8Array): RandomAccessBytes => ({
  byteLength: bytes.byteLength,
  read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
});
