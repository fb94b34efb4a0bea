import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { exitCodeHelp, exitCodes } from '../../apps/cli/outcome.ts';
import { runCommand } from '../../apps/cli/program.ts';
import { hostOnDisk } from '../../apps/cli/terminal.ts';

const projectRoot = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

async function help(): Promise<string> {
  const lines: string[] = [];
  const io = { out: (text: string) => lines.push(text), err: () => {}, colors: pc.createColors(false), interactive: false };
  await runCommand(['--help'], hostOnDisk(io, projectRoot));
  return lines.join('\n');
}

test('the command table has the commands of the program, in its order and words', async () => {
  const inHelp = (await help())
    .split('Commands:\n')[1]!
    .split('\n\n')[0]!
    .replaceAll(/\s+/g, ' ')
    .split(/ ?([\w-]+) \[options\] /)
    .slice(1);
  const inReadme = [...readme.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].flatMap(([, name, about]) => [name!, about!]);
  expect(inReadme).toEqual(inHelp.map((text) => text.trim()));
});

test('the exit codes are those of the program', async () => {
  expect(readme).toContain(`Exit codes: ${exitCodeHelp}.`);
  expect(await help()).toContain(`Exit codes: ${exitCodeHelp}.`);
  expect([...exitCodeHelp.matchAll(/\b\d\b/g)].map(([digit]) => Number(digit))).toEqual(Object.values(exitCodes));
});

test.each(['README.md', 'CONTRIBUTING.md', 'docs/guides/first-cycle.md', 'docs/guides/your-own-data.md', 'docs/guides/operating.md'])(
  'every link of %s leads somewhere',
  (page) => {
    const links = [...readFileSync(join(projectRoot, page), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(projectRoot, dirname(page), link)))).toEqual([]);
  },
);

test('every folder of the house is on the map', () => {
  for (const folder of ['cdk', 'functions', 'state-machines', 'test', 'docs', 'apps/cli', 'apps/local-cloud', 'apps/paper-exchange'])
    expect(readme).toContain(`| \`${folder}/\` |`);
});
