/** The house rules, held over every file, and each held over a snippet that breaks it. */
import { describe, expect, test } from 'vitest';
import { rules } from './rules.ts';
import { sourceOf, sources, texts } from './sources.ts';

const all = sources();

describe.each(rules)('$title', ({ holdsFor, breaches, offending, keeping }) => {
  test('holds everywhere', () => {
    const concerned = all.filter(({ path }) => holdsFor(path));
    expect(
      concerned.flatMap((source) =>
        breaches(source).map((breach) => (breach.startsWith(source.path) ? breach : `${source.path}: ${breach}`)),
      ),
    ).toEqual([]);
    expect(concerned.length).toBeGreaterThan(0);
  });

  test('is seen to be broken, and seen to be kept', () => {
    expect(holdsFor(offending.path)).toBe(true);
    expect(breaches(sourceOf(offending.path, offending.text))).not.toEqual([]);
    expect(holdsFor(keeping.path)).toBe(true);
    expect(breaches(sourceOf(keeping.path, keeping.text))).toEqual([]);
  });
});

test('each offence in a snippet is seen, not only the first', () => {
  const [clock, leftOut] = rules;
  expect(clock!.breaches(sourceOf(clock!.offending.path, clock!.offending.text))).toHaveLength(3);
  expect(leftOut!.breaches(sourceOf(leftOut!.offending.path, leftOut!.offending.text))).toHaveLength(3);
});

test('the rules look at the whole house', () => {
  const rooms = new Set(all.map(({ path }) => path.split('/')[0]));
  expect([...rooms].sort()).toEqual(['apps', 'cdk', 'functions', 'scripts', 'shared', 'test']);
  expect(all.length).toBeGreaterThan(200);
});

describe('no file mentions a place on somebody’s machine', () => {
  // A home is somebody's only with a name and something in it; the others are places of one machine at once.
  const mention = new RegExp(
    `(?<![\\w.$}/-])/(?:(?:${['home', 'Users', 'mnt'].join('|')})/[\\w.-]+/|(?:${['root', 'work', 'tmp'].join('|')})/)[\\w.-]+|\\b[A-Z]:\\\\Users\\b`,
  );
  const mentions = (text: string): string[] => text.split('\n').filter((line) => mention.test(line));

  test('anywhere in the repository', () => {
    expect(texts().flatMap(({ path, text }) => mentions(text).map((line) => `${path}: ${line.trim()}`))).toEqual([]);
  });

  test('and one that did would be found', () => {
    for (const place of ['home', 'Users', 'work', 'tmp']) expect(mentions(`see /${place}/somebody/notes.md`)).toHaveLength(1);
    expect(mentions('import x from "../../home/x.ts"; https://example.org/home/x')).toEqual([]);
  });

  test('in the files that people read and machines run, all kinds of them', () => {
    const kinds = new Set(texts().map(({ path }) => path.split('.').at(-1)));
    for (const kind of ['ts', 'md', 'json', 'cjs', 'mjs']) expect(kinds).toContain(kind);
  });
});
