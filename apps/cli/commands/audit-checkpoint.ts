/** `ballast audit checkpoint`: what was signed so far; with --key, the public key to verify it with. */
import type { Checkpoint } from '../../../shared/domain/audit/checkpoint.ts';
import { pemOfSpki } from '../../../shared/kernel/signatures.ts';
import { checkpointPrefix, namedCheckpoint } from '../../../shared/stores/checkpoints.ts';
import { inParallel } from '../../../shared/stores/lake/in-parallel.ts';
import { withAudit } from '../audit/audit-sources.ts';
import type { CommandHost } from '../command-host.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { renderTable } from '../render/table.ts';

export interface CheckpointArguments extends StoresArguments {
  /** Prints the public key instead, as PEM: to be kept elsewhere. */
  readonly key?: boolean;
  readonly json?: boolean;
}

const shownMax = 10;

export function showCheckpoints({ key: wantsKey, json, ...options }: CheckpointArguments, { io, ...host }: CommandHost): Promise<ExitCode> {
  return withAudit(options, { io, ...host }, async ({ archive, key }) => {
    if (wantsKey) {
      io.out(pemOfSpki(await key.publicKey()).trimEnd());
      return exitCodes.done;
    }
    const keys = (await archive.list(checkpointPrefix)).map((one) => one.key);
    const some = json ? keys : keys.slice(-shownMax);
    const checkpoints = await inParallel(some, 16, async (name) => namedCheckpoint(name, await archive.read(name)).checkpoint);
    if (json) io.out(JSON.stringify({ checkpoints }));
    else if (checkpoints.length === 0) io.out('Nothing has been signed yet: run a cycle first.');
    else io.out(`${table(checkpoints, io.colors.dim)}${keys.length > some.length ? `\n${keys.length - some.length} earlier ones` : ''}`);
    return exitCodes.done;
  });
}

const table = (checkpoints: readonly Checkpoint[], dim: (text: string) => string): string =>
  renderTable(
    [
      { title: 'record', align: 'right', text: ({ sequence }) => String(sequence) },
      { title: 'signed at', text: ({ at }) => at },
      { title: 'hash', text: ({ hash }) => hash.slice(0, 16) },
      { title: 'follows', text: ({ previousCheckpointSha256 }) => previousCheckpointSha256?.slice(0, 16) ?? 'none' },
      { title: 'key', text: ({ publicKeySha256 }) => publicKeySha256.slice(0, 16) },
    ],
    checkpoints,
    dim,
  );
