/** `ballast policy` through the command line, on a fund in memory. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { bootFund, type TestFund } from '../../support/boot-fund.ts';
import { onFund } from './support/in-memory.ts';

let fund: TestFund;
beforeEach(async () => {
  fund = await bootFund({ data: false });
  return () => fund[Symbol.asyncDispose]();
});

const policy = (...argv: string[]) => onFund(fund, 'policy', ...argv);
const told = async (...argv: string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await policy(...argv, '--json')).stdout) as Record<string, unknown>;
const why = ['--reason', 'a quiet year'] as const;

describe('a change', () => {
  test('that tightens is shown line by line and in force at once', async () => {
    const { code, stdout } = await policy('set', 'risk.cvarFracMax=0.05', 'execution.restricted+=GME,AMC', ...why);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^execution\.restricted +\[\] +\["GME","AMC"\] +tightens$/m);
    expect(stdout).toMatch(/^risk\.cvarFracMax +0\.06 +0\.05 +tightens$/m);
    expect(stdout).toMatch(/Policy version 2 is in force from the next cycle on\.$/m);
    expect(await fund.fund.policies.inForce()).toMatchObject({ version: 2, policy: { risk: { cvarFracMax: 0.05 } } });
    expect((await fund.fund.policies.history())[0]).toMatchObject({
      actor: expect.stringMatching(/^operator\/\S+$/),
      reason: 'a quiet year',
    });
  });

  test('that loosens is proposed, and another person puts it in force', async () => {
    const set = ['set', 'risk.cvarFracMax=0.08', ...why] as const;
    const proposed = await policy(...set, '--as', 'ada');
    expect(proposed).toMatchObject({ code: 3, stdout: expect.stringMatching(/risk\.cvarFracMax +0\.06 +0\.08 +loosens/) });
    const [, proposalId = ''] = /ballast policy approve (\S+)"/.exec(proposed.stdout) ?? [];
    expect((await policy('proposals')).stdout).toMatch(new RegExp(`^${proposalId} +operator/ada .*a quiet year$`, 'm'));
    expect(await policy('approve', proposalId, '--as', 'ada')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('another one approves'),
    });
    expect(await policy(...set, '--as', 'bea')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('operator/ada has proposed the same'),
    });
    expect(await policy('approve', proposalId, '--as', 'bea')).toMatchObject({
      code: 0,
      stdout: 'Policy version 2 is in force, approved by operator/bea.\n',
    });
    expect((await policy('history')).stdout).toMatch(/^ +2 +in force .* operator\/ada with operator\/bea +a quiet year/m);
    expect(await policy('approve', proposalId, '--as', 'cleo')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('has approved it already'),
    });
    expect((await policy('proposals')).stdout).toBe('Nothing waits for a second person.\n');
  });

  test('is only shown with --dry-run, and needs no reason then', async () => {
    expect(await told('set', 'risk.cvarFracMax=0.08', '--dry-run')).toMatchObject({
      outcome: 'dry-run',
      loosens: true,
      changes: [{ effect: 'loosens' }],
    });
    expect(await told('set', 'risk.cvarFracMax=0.06', '--dry-run')).toEqual({ outcome: 'unchanged', changes: [] });
    expect(await fund.fund.policies.history()).toHaveLength(1);
    expect(await fund.fund.policies.proposals.open(Date.UTC(2020, 0, 1) as never)).toEqual([]);
  });

  test('may come from a file, as show prints it', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'ballast-policy-')), 'policy.json');
    const shown = await told('show');
    const inForce = shown.policy as Policy;
    const stricter = { ...inForce, risk: { ...inForce.risk, varFracMax: 0.03 } };
    writeFileSync(file, JSON.stringify({ ...shown, policy: stricter }));
    expect(await told('set', '--file', file, 'risk.cvarFracMax=0.05', ...why)).toMatchObject({
      outcome: 'published',
      changes: [{ path: 'risk.cvarFracMax' }, { path: 'risk.varFracMax', to: 0.03 }],
    });
  });

  test('back to an older version is a change like any other', async () => {
    await policy('set', 'risk.cvarFracMax=0.05', ...why);
    expect(await told('rollback', '1', ...why, '--as', 'ada')).toMatchObject({
      outcome: 'proposed',
      proposedBy: 'operator/ada',
      changes: [{ from: 0.05, to: 0.06 }],
    });
    expect(await policy('rollback', '9', ...why)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no policy version 9'),
    });
  });
});

test.each([
  ['a setting there is not', ['risk.cvarFracMx=0.05'], 'risk.cvarFracMx: no such setting; did you mean risk.cvarFracMax?'],
  ['a setting far from any', ['risk.leverage=2'], 'risk.leverage: no such setting; "ballast policy show --path risk" lists its settings.'],
  ['a value beyond its bound', ['risk.cvarFracMax=1.2'], /risk\.cvarFracMax: .*<=1, and 1\.2 was given/],
  ['a value of another kind', ['risk.cvarFracMax=low'], /risk\.cvarFracMax: .*number.*"low" was given/],
  [
    'a bound inside a named entry',
    ['stress[name=pandemic-2020].indexReturnFrac=-2'],
    /stress\[name=pandemic-2020\]\.indexReturnFrac: .*-2 was given/,
  ],
  ['no setting at all', ['risk.cvarFracMax'], 'sets nothing: write path=value'],
  ['a name added to what is no list', ['risk.cvarFracMax+=GME'], 'is no list of names'],
  ['a name taken from a list that does not hold it', ['execution.restricted-=GME'], 'does not hold GME'],
  ['nothing', [], 'Say what to set'],
  ['a file that is not there', ['--file', 'nowhere.json'], 'nowhere.json cannot be read'],
  ['the name of a program', ['risk.cvarFracMax=0.05', '--as', 'controller/steering'], 'is the name of a program'],
])('set refuses %s, in one line', async (_what, argv, says) => {
  const { code, stdout, stderr } = await policy('set', ...argv, ...why);
  expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 });
  expect(stderr).toMatch(says);
  expect(stdout.includes('in force')).toBe(false);
  expect(await fund.fund.policies.history()).toHaveLength(1);
});

test('a change without a reason is not made', async () => {
  expect(await policy('set', 'risk.cvarFracMax=0.05')).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason') });
});

test('--as proves nothing to AWS and is refused there', async () => {
  expect(await policy('approve', 'x', '--aws', 'dev', '--as', 'bea')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('you are who AWS says you are'),
  });
});

describe('a look', () => {
  test('at the policy says what it is, who put it there, and which way each setting tightens', async () => {
    const { stdout } = await policy('show', '--path', 'risk');
    expect(stdout).toMatch(/^Policy version 1, in force: \S+ by setup: The policy a new fund starts with$/m);
    expect(stdout).toMatch(/^risk\.cvarFracMax +0\.06 +lower tightens$/m);
    expect(stdout).not.toContain('portfolio.');
    expect((await policy('show', '--path', 'stress[name=pandemic-2020].indexReturnFrac')).stdout).toMatch(
      /-0\.3392 +larger shock tightens$/m,
    );
    expect(await policy('show', '--path', 'risks')).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean risk') });
    expect(await told('show')).toMatchObject({ ...(await fund.fund.policies.inForce()), actor: 'setup' });
  });

  test('at versions and what differs between them', async () => {
    await policy('set', 'risk.cvarFracMax=0.05', ...why);
    expect((await policy('show', '--version', '1')).stdout).toMatch(/^Policy version 1: /);
    expect((await policy('diff', '1')).stdout).toMatch(/^risk\.cvarFracMax +0\.06 +0\.05 +tightens$/m);
    expect(await told('diff', '2', '1')).toMatchObject({ from: 2, to: 1, changes: [{ path: 'risk.cvarFracMax', effect: 'loosens' }] });
    expect((await policy('diff', '2', '2')).stdout).toBe('Versions 2 and 2 are the same.\n');
    expect(await told('history')).toMatchObject({ inForce: 2, versions: [{ version: 2 }, { version: 1 }] });
  });
});
