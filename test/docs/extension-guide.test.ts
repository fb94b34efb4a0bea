/**
 * The guides that add an agent, a factor and a strategy, done as their reader does them: every fence from top to bottom, in a copy of the tree, so that this
 * one stays as it is. What a guide makes is then held to what every file of the house is held to, and must be in the record of its cycle.
 *
 * A fence marked `as PATH in a copy of the tree` is that file; one marked `in a copy of the tree` is run there.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision, Explanation } from '../../apps/cli/explanation.ts';
import { type Fence, fencesOf, linesNotPrinted } from './fences.ts';
import { quickNpxIn } from './quick-npx.ts';

const projectRoot = resolve(import.meta.dirname, '../..');
/** A first cycle in a copy synthesizes the stacks anew, and the compiler starts from nothing; on a machine that others use too. */
const SLOW = 300_000;
const scratch = mkdtempSync(join(tmpdir(), 'ballast-guides-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Guide {
  readonly page: string;
  readonly registry: string;
  /** What it leaves in the decision record of a company, and what it must say; null for what no cycle asks. */
  readonly inRecord: { spoken(decision: Decision): unknown; readonly says: object } | null;
}

const guides: readonly Guide[] = [
  {
    page: 'docs/guides/add-an-agent.md',
    registry: 'shared/domain/agents/known-agents.ts',
    inRecord: {
      spoken: ({ agent_results }) => agent_results.find(({ agent }) => agent === 'yearly-high'),
      says: { kind: 'opinion', evidence: { yearVol: expect.any(Number), score: expect.any(Number) } },
    },
  },
  {
    page: 'docs/guides/add-a-factor.md',
    registry: 'shared/domain/factors/known-factors.ts',
    inRecord: {
      spoken: ({ metadata }) => metadata.factors.find(({ factor }) => factor === 'short-term-reversal'),
      says: { kind: 'standing', rankFrac: expect.any(Number), evidence: { monthReturn: expect.any(Number) } },
    },
  },
  { page: 'docs/guides/add-a-strategy.md', registry: 'shared/domain/research/known-strategies.ts', inRecord: null },
];

describe.each(guides)('$page', ({ page, registry, inRecord }) => {
  // A cycle of a changed fund synthesizes it anew, which is most of what this takes: one guide has it in every run, the others in `npm run verify:deep`.
  const isInFull = page === guides[0]!.page || process.env.BALLAST_DEEP !== undefined;
  const fences = fencesOf(page, readFileSync(join(projectRoot, page), 'utf8')).filter(({ language }) => language !== 'text');
  const written = fences.flatMap((fence) => fileOf(fence) ?? []);
  const tree = join(scratch, page.replaceAll(/\W+/g, '-'));
  beforeAll(() => copyTree(tree));

  test('every fence is a file or runs', () => {
    expect(fences.filter(({ notRun }) => !/^(as \S+ )?in a copy of the tree$/.test(notRun ?? ''))).toEqual([]);
    expect(written).toHaveLength(2);
  });

  test('its links lead somewhere', () => {
    const links = [...readFileSync(join(projectRoot, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
    for (const link of links) expect(existsSync(join(projectRoot, dirname(page), link)), link).toBe(true);
  });

  test('before it is followed, the tree has no such file', () => {
    expect(written.filter((path) => existsSync(join(projectRoot, path)))).toEqual([]);
  });

  for (const fence of fences) {
    const path = fileOf(fence);
    if (path !== undefined) test(`line ${fence.line}: ${path}`, () => writeFileSync(join(tree, path), fence.code));
    else
      test.skipIf(!isInFull && /npx ballast (cycle|explain|backtest)/.test(fence.code))(
        `line ${fence.line}: ${fence.code.trim().split('\n').at(-1)}`,
        async () => {
          const { code, output } = await inTree(tree, 'bash', ['-euo', 'pipefail', '-c', fence.code]);
          expect({ code, output: code === fence.exits ? '' : output }).toEqual({ code: fence.exits, output: '' });
          expect(linesNotPrinted(fence.shows ?? '', output), output).toEqual([]);
        },
        SLOW,
      );
  }

  // What no cycle asks holds together by its own test above; the compiler, which takes the longest, looks at it where everything is in full.
  test.skipIf(inRecord === null && !isInFull)(
    'its files type-check and are written as the formatter writes them, as they stand in the guide',
    async () => {
      const files = fences.flatMap((fence) => (fileOf(fence) === undefined ? [] : [{ path: fileOf(fence)!, code: fence.code }]));
      for (const { path, code } of files) expect(readFileSync(join(tree, path), 'utf8')).toBe(code);
      const config = { extends: './tsconfig.json', files: [...written, registry], include: [], compilerOptions: { incremental: false } };
      writeFileSync(join(tree, 'tsconfig.guide.json'), JSON.stringify(config));
      expect(await inTree(tree, 'node_modules/.bin/tsc', ['-p', 'tsconfig.guide.json'])).toEqual({ code: 0, output: '' });
      const checked = await inTree(tree, 'node_modules/.bin/biome', ['ci', ...written, registry]);
      expect(checked.code, checked.output).toBe(0);
    },
    SLOW,
  );

  test.skipIf(!isInFull || inRecord === null)('what it adds is in the record of the cycle', async () => {
    const { code, output } = await inTree(tree, 'node', ['apps/cli/main.ts', 'explain', 'latest', 'QBIO', '--json']);
    expect(code, output).toBe(0);
    expect(inRecord!.spoken((JSON.parse(output) as Explanation).decision!)).toMatchObject(inRecord!.says);
  });
});

const fileOf = ({ notRun }: Fence): string | undefined => /^as (\S+) in a copy of the tree$/.exec(notRun ?? '')?.[1];

/** Sources by copy; packages by link, each by itself, so that what tools cache beside them stays in the copy. */
function copyTree(tree: string): void {
  const rooms = ['apps', 'cdk', 'functions', 'layers', 'scripts', 'shared', 'state-machines', 'test'];
  mkdirSync(join(tree, 'node_modules'), { recursive: true });
  for (const name of readdirSync(projectRoot))
    if (rooms.includes(name) || (statSync(join(projectRoot, name)).isFile() && !['.git', 'test-report.json'].includes(name)))
      cpSync(join(projectRoot, name), join(tree, name), { recursive: true });
  for (const name of readdirSync(join(projectRoot, 'node_modules')))
    if (name === '.bin' || !name.startsWith('.')) symlinkSync(join(projectRoot, 'node_modules', name), join(tree, 'node_modules', name));
  copyBundles(join(projectRoot, bundles), join(tree, bundles));
}

const bundles = 'node_modules/.cache/ballast/bundles';

/** The newest of each function: those that the guide's files go into are made anew, the others need not be. */
function copyBundles(from: string, to: string): void {
  if (!existsSync(from)) return;
  const entries = readdirSync(from)
    .map((name) => ({ name, at: statSync(join(from, name)).mtimeMs, of: name.replace(/-[0-9a-f]{16}$/, '') }))
    .toSorted((a, b) => b.at - a.at);
  const newest = entries.filter(({ of }, index) => entries.findIndex((other) => other.of === of) === index);
  for (const { name } of newest) if (!name.startsWith('aside-')) cpSync(join(from, name), join(to, name), { recursive: true });
}

/** As in a terminal of the reader's: nothing of the test that runs this is passed on. */
function inTree(tree: string, program: string, argv: readonly string[]): Promise<{ code: number | null; output: string }> {
  const home = join(tree, '.home');
  mkdirSync(home, { recursive: true });
  const path = `${quickNpxIn(scratch)}:${dirname(process.execPath)}:${process.env.PATH}`;
  const env = { PATH: path, HOME: home, BALLAST_STATE: join(tree, '.ballast'), NO_COLOR: '1', npm_config_update_notifier: 'false' };
  const child = spawn(program, argv, { cwd: tree, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise((done, failed) => child.on('error', failed).on('close', (code) => done({ code, output })));
}
