/**
 * The cloud assembly that a command runs on: what `cdk synth` writes for this source tree, kept under the hash of
 * everything it is made from. The same bytes are synthesized once.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { StageName } from '../../shared/contracts/names/index.ts';
import { type Io, progress } from './io.ts';
import { CommandFailed, exitCodes } from './outcome.ts';

const projectRoot = resolve(import.meta.dirname, '../..');
const sources = [
  'cdk/**/*.{ts,json}',
  'functions/**/*.ts',
  'shared/**/*.ts',
  'shared/audit-queries/*.sql',
  'state-machines/*.json',
  'cdk.json',
  'package-lock.json',
];

export async function synthesizedAssembly(stage: StageName, io?: Io): Promise<string> {
  const directory = join(projectRoot, 'node_modules/.cache/ballast', `assembly-${stage}-${sourceHash()}`);
  if (existsSync(join(directory, 'manifest.json'))) return directory;
  if (io) progress(io, 'Synthesizing the stacks from source: once per change, a few seconds …');
  const aside = `${directory}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  await synthesize(stage, aside);
  try {
    renameSync(aside, directory);
  } catch {
    // Another process synthesized the same sources first; its assembly is as good.
    rmSync(aside, { recursive: true, force: true });
  }
  return directory;
}

/** Of all that stacks and functions are made from, shared code included. */
export function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: projectRoot }).sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(projectRoot, file)));
  return hash.digest('hex').slice(0, 16);
}

function synthesize(stage: StageName, outputDirectory: string): Promise<void> {
  const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as { context: object };
  const child = spawn(process.execPath, ['cdk/app.ts'], {
    cwd: projectRoot,
    env: { ...process.env, CDK_OUTDIR: outputDirectory, CDK_CONTEXT_JSON: JSON.stringify({ ...context, stage }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0) return done();
      failed(new CommandFailed(exitCodes.failed, `The stacks do not synthesize:\n${output.trim()}`));
    });
  });
}
