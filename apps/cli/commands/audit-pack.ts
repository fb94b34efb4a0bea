/** `ballast audit pack`: the evidence of a year in one folder, for a review. */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { diffPolicies } from '../../../shared/domain/policy/policy-diff.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { sourcesOf, withAudit } from '../audit/audit-sources.ts';
import { writeEvidencePack } from '../audit/evidence-pack.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import type { CommandHost } from '../command-host.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { progress } from '../io.ts';
import type { OperatorStores } from '../operator-stores.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';

export interface PackArguments extends StoresArguments {
  readonly year: number;
  readonly out: string;
  readonly json?: boolean;
}

/** A pack of a broken trail is written all the same, and says so; the exit code is 1. */
export function packEvidence(options: PackArguments, { io, cwd, ...host }: CommandHost): Promise<ExitCode> {
  const folder = resolve(cwd, options.out);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new BadInput(`${options.out} is not empty. Name a new folder.`);
  return withAudit(options, { io, cwd, ...host }, async (places) => {
    progress(io, 'Verifying the whole trail …');
    const verification = await verifyAudit(await sourcesOf(places));
    progress(io, `Copying the records of ${options.year} …`);
    const { archive, checkpoints, publicKey } = await sourcesOf(places);
    const written = await writeEvidencePack(folder, {
      fund: `Ballast, stage ${options.aws ?? 'dev'}`,
      year: options.year,
      archive,
      checkpoints,
      publicKey: publicKey!,
      verification,
      policies: await policiesOf(places.stores),
    });
    const { records, checkpoints: signed, files } = written;
    if (records === 0) io.err(`ballast: nothing was recorded in ${options.year}.`);
    if (options.json) io.out(JSON.stringify({ folder, ...written, intact: verification.intact }));
    else
      io.out(
        `${folder} holds ${records} records of ${options.year} and ${signed} signed ${signed === 1 ? 'checkpoint' : 'checkpoints'} in ${files} files; README.md says how to check them.`,
      );
    if (!verification.intact) io.err(`ballast: the trail is broken: ${verification.findings[0]!.finding}. The pack says so.`);
    return verification.intact ? exitCodes.done : exitCodes.failed;
  });
}

async function policiesOf({ policies }: OperatorStores): Promise<object[]> {
  const all: object[] = [];
  let before: object | undefined;
  for (const { version } of [...(await policies.history())].sort((a, b) => a.version - b.version)) {
    const record = await policies.get(version);
    if (isRefusal(record)) continue;
    all.push({
      ...record.provenance,
      changes: before === undefined ? [] : diffPolicies(before, record.document),
      document: record.document,
    });
    before = record.document;
  }
  return all;
}
