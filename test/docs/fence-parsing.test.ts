import { describe, expect, test } from 'vitest';
import { fencesOf, linesNotPrinted } from './fences.ts';

const page = [
  '# A page',
  '',
  '```sh',
  'echo one',
  '```',
  '',
  '```text',
  'one',
  '```',
  '',
  '<!-- exits: 3 -->',
  '',
  '```sh',
  'exit 3',
  '```',
  '',
  '<!-- not run: needs an account -->',
  '',
  '```ts',
  'deploy();',
  '```',
  '',
].join('\n');

test('a fence knows its line, its language, what it prints and what the comment before it says', () => {
  expect(fencesOf('a.md', page).filter(({ language }) => language !== 'text')).toEqual([
    { page: 'a.md', line: 4, language: 'sh', code: 'echo one\n', exits: 0, withServer: false, shows: 'one\n' },
    { page: 'a.md', line: 14, language: 'sh', code: 'exit 3\n', exits: 3, withServer: false },
    { page: 'a.md', line: 20, language: 'ts', code: 'deploy();\n', exits: 0, withServer: false, notRun: 'needs an account' },
  ]);
});

describe('what a page shows and a program does not print', () => {
  const printed = 'Traded: 12 of 12 orders filled.\n\n  ✓ risk   97 ms\nAudit: 61 records, head a84d124c0038c178.\n';

  test('is nothing when only numbers, hashes and left-out lines differ', () => {
    expect(linesNotPrinted('Traded: 9 of 10 orders filled.\n…\nAudit: 1 records, head 0123456789abcdef.\n', printed)).toEqual([]);
    expect(linesNotPrinted('  ✓ risk   1,097 ms\nAudit: …\n', printed)).toEqual([]);
  });

  test('is every line with other words, or out of order', () => {
    expect(linesNotPrinted('Sold: 12 of 12 orders filled.\n', printed)).toEqual(['Sold: 12 of 12 orders filled.']);
    expect(linesNotPrinted('Audit: …\n  ✓ risk   97 ms\n', printed)).toEqual(['  ✓ risk   97 ms']);
  });
});
