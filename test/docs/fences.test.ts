/** Docs run: every `sh` and `ts` fence of README, CONTRIBUTING and docs/, page by page, from top to bottom, in a state directory of its own. */
import { spawn } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Fence, fencesOf, linesNotPrinted } from './fences.ts';
import { quickNpxIn } from './quick-npx.ts';

const projectRoot = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'ballast-docs-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const quickNpx = quickNpxIn(scratch);

const pages = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md'], { cwd: projectRoot }).sort();
const fences = pages.flatMap((page) => fencesOf(page, readFileSync(join(projectRoot, page), 'utf8')));
const runnable = fences.filter(({ language }) => language === 'sh' || language === 'ts');

test('there are pages, and fences in them', () => {
  expect(pages).toContain('README.md');
  expect(runnable.filter(({ notRun }) => notRun === undefined).length).toBeGreaterThan(10);
});

test('npx finds the command where the pages have it found at once', async () => {
  const version = ['ballast', '--version'];
  const [real, quick] = await Promise.all([
    spawned('npx', version, { PATH: process.env.PATH!, npm_config_loglevel: 'error' }),
    spawned('npx', version, {}),
  ]);
  expect(real).toEqual({ code: 0, output: expect.stringMatching(/^ballast \d/) as string });
  expect(quick).toEqual(real);
});

test('every fence says what it holds', () => {
  expect(fences.filter(({ language }) => !['sh', 'ts', 'text', 'console', 'json', 'mermaid'].includes(language))).toEqual([]);
});

describe.each(pages.filter((page) => runnable.some((fence) => fence.page === page)))('%s', (page) => {
  const state = join(scratch, page.replaceAll(/\W+/g, '-'));
  const first = runnable.find((fence) => fence.page === page && fence.notRun === undefined);
  for (const fence of runnable.filter((one) => one.page === page)) {
    const title = `line ${fence.line}: ${fence.code.trim().split('\n').at(-1)}`;
    if (fence.notRun !== undefined) test(`${title} (not run: ${fence.notRun})`, () => expect(fence.notRun!.length).toBeGreaterThan(10));
    else
      test(title, async () => {
        const { code, output } = await (fence.withServer
          ? besideServer(state, (env) => runFence(fence, env))
          : fence === first
            ? firstOnPage(fence, state)
            : runFence(fence, { BALLAST_STATE: state }));
        expect({ code, output: code === fence.exits ? '' : output }).toEqual({ code: fence.exits, output: '' });
        expect(linesNotPrinted(fence.shows ?? '', output), output).toEqual([]);
      });
  }
});

interface Ending {
  readonly code: number | null;
  readonly output: string;
}

/** What most pages begin with. */
const firstCycle = 'npx ballast cycle\n';
/** What it came to, and the state directory it left. */
let begun: Promise<{ readonly ending: Ending; readonly left: string }> | undefined;

/**
 * Pages that begin with the same command begin in the same state: the same inputs give the same bytes, which a test of its own holds the
 * command to. So it runs once, and each of them goes on from a copy of what it left.
 */
async function firstOnPage(fence: Fence, state: string): Promise<Ending> {
  const code = fence.code.endsWith('\n') ? fence.code : `${fence.code}\n`;
  if (fence.language !== 'sh' || !code.startsWith(firstCycle)) return runFence(fence, { BALLAST_STATE: state });
  begun ??= begin();
  const { ending, left } = await begun;
  cpSync(left, state, { recursive: true });
  const rest = code.slice(firstCycle.length);
  if (ending.code !== 0 || rest.trim() === '') return ending;
  const { code: exit, output } = await runFence({ ...fence, code: rest }, { BALLAST_STATE: state });
  return { code: exit, output: ending.output + output };
}

async function begin() {
  const left = join(scratch, 'begun');
  const ending = await spawned('bash', ['-euo', 'pipefail', '-c', firstCycle], { BALLAST_STATE: left });
  return { ending, left };
}

function runFence({ language, code }: Fence, env: Readonly<Record<string, string>>): Promise<Ending> {
  return language === 'sh'
    ? spawned('bash', ['-euo', 'pipefail', '-c', code], env)
    : spawned(process.execPath, ['--input-type=module-typescript', '--eval', code], env);
}

function spawned(program: string, argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Ending> {
  const child = spawn(program, argv, {
    cwd: projectRoot,
    env: { ...process.env, PATH: `${quickNpx}:${process.env.PATH}`, HOME: scratch, npm_config_update_notifier: 'false', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise((done) => child.on('close', (code) => done({ code, output })));
}

/** What a reader has in another terminal. */
async function besideServer(state: string, work: (env: Readonly<Record<string, string>>) => Promise<Ending>): Promise<Ending> {
  const server = spawn(process.execPath, [join(projectRoot, 'apps/cli/main.ts'), 'local', '--port', '0', '--state', state], {
    cwd: projectRoot,
  });
  const url = await new Promise<string>((heard, failed) => {
    let said = '';
    server.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (address) heard(address[0]);
    });
    server.on('close', () => failed(new Error(`the server ended: ${said}`)));
  });
  try {
    return await work({
      BALLAST_STATE: state,
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    });
  } finally {
    server.kill('SIGINT');
    await new Promise((closed) => server.on('close', closed));
  }
}
