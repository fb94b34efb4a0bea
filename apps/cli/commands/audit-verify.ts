/** `ballast audit verify`: table, archive and signed checkpoints held against each other; or a copy of the archive, with nothing but its files. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { spkiOfPem } from '../../../shared/kernel/signatures.ts';
import { sourcesInFolder, sourcesOf, withAudit } from '../audit/audit-sources.ts';
import { type AuditReport, type AuditSources, verifyAudit } from '../audit/verify-audit.ts';
import type { CommandHost } from '../command-host.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { type Io, progress } from '../io.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { verificationReport } from '../render/audit.ts';

export interface VerifyArguments extends StoresArguments {
  /** A plain copy of the archive. */
  readonly fromArchive?: string;
  /** A PEM file. */
  readonly publicKey?: string;
  readonly json?: boolean;
}

const recordsBetweenLines = 20_000;

export async function verifyTrail(options: VerifyArguments, host: CommandHost): Promise<ExitCode> {
  const { io, cwd } = host;
  const key = options.publicKey === undefined ? null : publicKeyIn(resolve(cwd, options.publicKey));
  const told = (sources: AuditSources): AuditSources => ({ ...sources, ...(key && { publicKey: key }), onProgress: progressTo(io) });
  const report =
    options.fromArchive === undefined
      ? await withAudit(options, host, async (places) => verifyAudit(told(await sourcesOf(places))))
      : await verifyAudit(told(sourcesInFolder(resolve(cwd, options.fromArchive), key)));
  io.out(options.json ? JSON.stringify(report) : verificationReport(report, io));
  return endOf(report);
}

const endOf = ({ intact }: AuditReport): ExitCode => (intact ? exitCodes.done : exitCodes.failed);

function publicKeyIn(path: string): Uint8Array {
  try {
    return spkiOfPem(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BadInput(`${path} is no public key in PEM: ${(error as Error).message}`);
  }
}

function progressTo(io: Io): NonNullable<AuditSources['onProgress']> {
  const next = { table: recordsBetweenLines, archive: recordsBetweenLines };
  return (where, records) => {
    if (records < next[where]) return;
    progress(io, `${where}: ${records} records verified …`);
    next[where] = records + recordsBetweenLines;
  };
}
