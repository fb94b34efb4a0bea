import { gunzipSync } from 'node:zlib';
import { ContractViolation } from '../../kernel/errors.ts';

/** @throws ContractViolation when the bytes are no whole gzip file. */
export function gunzipped(bytes: Uint8Array, fileName: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ContractViolation(`${fileName} is no whole gzip file: ${reason}`, { file: fileName }, { cause: error });
  }
}
