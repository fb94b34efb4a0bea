import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { referencePages, writtenPage } from '../../scripts/generate-reference.ts';

let pages: ReadonlyMap<string, string>;

beforeAll(async () => {
  pages = await referencePages();
});

test.each(['functions.md', 'machines.md', 'environment.md', 'alarms.md', 'events.md'])(
  'docs/reference/%s says what the sources say; write it again with node scripts/generate-reference.ts',
  (name) => {
    expect(writtenPage(name)).toBe(pages.get(name));
  },
);

test('docs/reference holds generated pages only', () => {
  expect(readdirSync(resolve(import.meta.dirname, '../../docs/reference')).sort()).toEqual([...pages.keys()].sort());
});

test('the pages are the same bytes every time', async () => {
  expect(await referencePages()).toEqual(pages);
});

test('every function has a purpose and a caller', () => {
  const sections = pages.get('functions.md')!.split('\n## ').slice(1);
  expect(sections.length).toBeGreaterThan(10);
  for (const section of sections) {
    expect(section).toMatch(/^[a-z-]+\/[a-z-]+\n\n[A-Z].+\.\n/);
    expect(section).toMatch(/- Called by: (state|schedule|stream|rule|topic|function|command) /);
  }
});

test('a link in a page leads to a file that is there', () => {
  const folder = resolve(import.meta.dirname, '../../docs/reference');
  const links = [...pages.values()].flatMap((page) => [...page.matchAll(/\]\(([^)#]+)/g)].map(([, link]) => link!));
  const files = new Set(links.map((link) => join(folder, link)));
  for (const file of files) expect(readdirSync(resolve(file, '..'))).toContain(file.split('/').at(-1));
  expect(files.size).toBeGreaterThan(0);
});
