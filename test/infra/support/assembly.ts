/** Cloud assemblies to read: the dev one from the cache that the CLI uses, the others synthesized aside and thrown away. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { synthesizedAssembly } from '../../../apps/cli/assembly.ts';
import { type Template, Templates } from './templates.ts';

export const projectRoot = resolve(import.meta.dirname, '../../..');

export interface Assembly {
  readonly directory: string;
  readonly templates: Templates;
}

export const devAssembly = async (): Promise<Assembly> => readAssembly(await synthesizedAssembly('dev'));

export interface Synthesis {
  readonly status: number | null;
  readonly output: string;
}

/** Runs `cdk/app.ts` as `cdk synth -c …` does, and hands its assembly to `use` before it is removed. */
export function synthesized<T>(context: Readonly<Record<string, string>>, use: (assembly: Assembly) => T): T {
  return inScratch((directory) => {
    const { status, output } = synthesize(context, directory);
    if (status !== 0) throw new Error(output);
    return use(readAssembly(directory));
  });
}

/** For a synthesis that is expected to fail. */
export const failedSynthesis = (context: Readonly<Record<string, string>>): Synthesis =>
  inScratch((directory) => synthesize(context, directory));

function synthesize(context: Readonly<Record<string, string>>, directory: string): Synthesis {
  const { context: standing } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as { context: object };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cdk/app.ts'], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify({ ...standing, ...context }) },
  });
  return { status, output: `${stdout}${stderr}` };
}

function readAssembly(directory: string): Assembly {
  const stacks = readdirSync(directory).filter((file) => file.endsWith('.template.json'));
  const read = (file: string): Template => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Template;
  return { directory, templates: new Templates(new Map(stacks.map((file) => [file.replace('.template.json', ''), read(file)]))) };
}

function inScratch<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'ballast-synth-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
