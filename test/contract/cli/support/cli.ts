/** The command line under test: as a process, where process behaviour matters, or in this one, where it does not. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { inject } from 'vitest';
import type { CycleReport } from '../../../../apps/cli/cycle-run.ts';
import { runCommand } from '../../../../apps/cli/program.ts';
import { hostOnDisk } from '../../../../apps/cli/terminal.ts';

export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const projectRoot = resolve(import.meta.dirname, '../../../..');

/** A folder that is gone after the run. The files that one worker runs share it. */
export const scratch = mkdtempSync(join(inject('scratchOfRun'), 'ballast-cli-'));

/** Runs one command in this process, as a script would see it: no terminal, no colours. */
export async function ballast(...argv: string[]): Promise<Ending> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    out: (text: string) => out.push(text),
    err: (text: string) => err.push(text),
    colors: pc.createColors(false),
    interactive: false,
  };
  const code = await runCommand(argv, hostOnDisk(io, scratch));
  return { code, stdout: out.map((text) => `${text}\n`).join(''), stderr: err.map((text) => `${text}\n`).join('') };
}

export interface Process {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ending>;
  /** Resolves to standard output once it holds that text. */
  says(text: string): Promise<string>;
}

/** Starts the real program. */
export function start(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program: readonly string[] = mainProgram,
): Process {
  const child = spawn(program[0]!, [...program.slice(1), ...argv], { cwd: scratch, env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString();
    for (const look of waiting) look();
  });
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<Ending>((done) => child.on('close', (code) => done({ code, stdout, stderr })));
  const says = (text: string): Promise<string> =>
    new Promise((done, failed) => {
      const look = (): void => {
        if (!stdout.includes(text)) return;
        waiting.delete(look);
        done(stdout);
      };
      waiting.add(look);
      void ended.then(() => failed(new Error(`it ended before it said "${text}": ${stdout}${stderr}`)));
      look();
    });
  return { child, ended, says };
}

const mainProgram = [process.execPath, join(projectRoot, 'apps/cli/main.ts')];

export const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ending> => start(argv, env).ended;

let copies = 0;

export const newState = (): string => join(scratch, `state-${copies++}`);

/** A state directory of its own with that content, so that an expensive beginning is made once. */
export function copyOf(state: string): string {
  const copy = newState();
  cpSync(state, copy, { recursive: true });
  return copy;
}

let ingested: Promise<string> | undefined;

/** A state directory of its own after `ballast ingest`: the same inputs give the same bytes, so each worker ingests once. */
export async function ingestedState(): Promise<string> {
  ingested ??= ingest();
  return copyOf(await ingested);
}

async function ingest(): Promise<string> {
  const state = newState();
  const { code, stderr } = await ballast('ingest', '--state', state);
  if (code !== 0 || stderr !== '') throw new Error(`the simulated market was not ingested: ${stderr}`);
  return state;
}

export const reportOf = ({ stdout }: Ending): CycleReport => JSON.parse(stdout) as CycleReport;

/** What every refusal of bad input looks like: exit 2, nothing on standard output, one line that names the program. */
export const oneLine = (pattern: RegExp): RegExp => new RegExp(`^ballast: (?=[^\\n]*${pattern.source})[^\\n]+\\n$`, pattern.flags);
