/** What is looked at after two cycles, on one fund in memory: `report`, `replay` and `opportunities`. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestFund } from '../../support/boot-fund.ts';
import { bootSmall, sessionsFrom } from '../../support/small-fund.ts';
import { ballast, newState, oneLine, scratch } from './support/cli.ts';
import { onFund } from './support/in-memory.ts';

const days = sessionsFrom('2024-12-02', 2) as [string, string];
const cycles = days.map((day) => `cycle-${day}T20-45-00Z`) as [string, string];
let fund: TestFund;
beforeAll(async () => {
  fund = await bootSmall();
  for (const day of days) await fund.cycle(day);
  await fund.fund.cloud.settle();
});
afterAll(() => fund[Symbol.asyncDispose]());

const told = async <Document>(...argv: string[]): Promise<Document> => {
  const { stdout, stderr } = await onFund(fund, ...argv, '--json');
  expect({ lines: stdout.trimEnd().split('\n').length, stderr }).toEqual({ lines: 1, stderr: '' });
  return JSON.parse(stdout) as Document;
};

describe('report', () => {
  test('shows the headline, the cost and the opinions of the last measured day, and why a figure is missing', async () => {
    const { code, stdout } = await onFund(fund, 'report');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Daily report ${days[1]}, since ${days[0]}\nEquity +\\$[\\d,]+ `));
    expect(stdout).toMatch(/^Sharpe +– +too few returns yet \(1 of 20\)$/m);
    expect(stdout).toMatch(/^Cost; positive is a cost$/m);
    expect(stdout).toMatch(/^Opinions held against the next session, close to close$/m);
    expect(stdout).not.toMatch(/undefined|NaN|\[object/);
  });

  test('as of an earlier day is that of the day, and of a day before the first cycle there is none', async () => {
    expect(await told('report', '--day', days[0])).toMatchObject({ day: days[0] });
    expect(await onFund(fund, 'report', '--day', '2024-11-29')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(/No cycle has been measured up to 2024-11-29/)) as string,
    });
    expect((await onFund(fund, 'report', '--day', 'monday')).stderr).toMatch(oneLine(/'monday' is invalid/));
  });

  test('writes a page without anything from elsewhere, and its Markdown', async () => {
    const folder = mkdtempSync(join(scratch, 'report-'));
    await onFund(fund, 'report', '--out', join(folder, 'new'));
    const page = readFileSync(join(folder, 'new', `ballast-${days[1]}.html`), 'utf8');
    expect(page).not.toMatch(/<script|src="http|href="http/);
    expect(existsSync(join(folder, 'new', `ballast-${days[1]}.md`))).toBe(true);
  });
});

describe('replay', () => {
  test('finds the last cycle identical, part by part', async () => {
    const { code, stdout } = await onFund(fund, 'replay');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${cycles[1]} decided again: identical, byte for byte\\.\n`));
    expect(stdout).toMatch(/^ {2}✓ decisions +[\d,]+ bytes, identical$/m);
    expect(await told('replay', days[0])).toMatchObject({ cycleId: cycles[0], identical: true });
  });

  test('of all cycles is one document', async () => {
    expect(await told('replay', '--all')).toEqual({ cycles: 2, identical: 2, differing: [], unknown: [], undecided: 0 });
    expect((await onFund(fund, 'replay', '--all')).stdout).toBe('2 of 2 cycles are identical, byte for byte.\n');
  });

  test('under another policy says whose decision would have been another', async () => {
    const inForce = await told<{ policy: { execution: object } }>('policy', 'show');
    const bought = (await told<{ orders: { symbol: string }[] }>('orders', '--cycle', cycles[0])).orders[0]!.symbol;
    const execution = { ...inForce.policy.execution, restricted: [bought] };
    const file = join(scratch, 'restricted.json');
    writeFileSync(file, JSON.stringify({ ...inForce.policy, execution }));
    const { changed } = await told<{ changed: { symbol: string }[] }>('replay', cycles[0], '--with-policy', file);
    expect(changed.map(({ symbol }) => symbol)).toContain(bought);
    expect((await onFund(fund, 'replay', '--with-policy', '1')).stdout).toMatch(/ under policy version 1: no decision changes\.\n/);
  });

  test.each([
    ['a day without a cycle', ['2024-12-04'], /There is no cycle "2024-12-04"\. The last one is cycle-2024-12-03T20-45-00Z/],
    ['a mistyped cycle', ['cycle-2024-12-02T20-45-0Z'], /Near it: cycle-2024-12-02T20-45-00Z/],
    ['a policy version there is not', ['--with-policy', '9'], /There is no policy version 9\. "ballast policy history" lists them/],
    ['a file there is not', ['--with-policy', 'nowhere.json'], /"nowhere\.json" is neither a policy version nor a file/],
    ['one cycle and all of them', ['latest', '--all'], /Name one cycle or say --all, not both/],
    ['all of them under another policy', ['--all', '--with-policy', '1'], /--with-policy asks about one cycle/],
  ])('refuses %s with 2 and one line', async (_what, argv, says) => {
    const { code, stdout, stderr } = await onFund(fund, 'replay', ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(oneLine(says));
  });
});

test('opportunities are the list of the last hour, or word that there is none', async () => {
  const { code, stdout } = await onFund(fund, 'opportunities');
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^(Opportunities of ${days[1]}: |No list has been made yet: the ranker makes one every hour)`));
});

test.each(['report', 'replay', 'opportunities', 'alerts', 'events', 'status'])(
  '%s says how a fund begins where there is none',
  async (command) => {
    expect(await ballast(command, '--state', newState())).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(/There is no fund in .* yet\. "ballast cycle" begins one/)) as string,
    });
  },
);
