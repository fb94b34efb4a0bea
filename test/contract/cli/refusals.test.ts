import { beforeAll, describe, expect, test } from 'vitest';
import { ballast, copyOf, ingestedState, newState, reportOf } from './support/cli.ts';

let ingested: string;
beforeAll(async () => {
  ingested = await ingestedState();
});

describe('control', () => {
  test.each([
    ['pause', 3, 'trading-paused'],
    ['halt', 4, 'trading-halted'],
  ])('%s ends the next cycle with %i at preflight and without an order', async (command, code, reason) => {
    const state = copyOf(ingested);
    expect(await ballast(command, '--state', state, '--reason', 'a look at the news')).toMatchObject({ code: 0 });
    const cycle = await ballast('cycle', '--state', state, '--json');
    expect(cycle).toMatchObject({ code, stderr: '' });
    const { refusal, orders, phases } = reportOf(cycle);
    expect(refusal).toMatchObject({ reason, details: { reason: 'a look at the news' } });
    expect(phases.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['rank done', 'preflight refused', 'record-refusal done']);
    expect(orders).toEqual([]);
  });

  test('a resume after a pause lets the next cycle trade', async () => {
    const state = copyOf(ingested);
    await ballast('pause', '--state', state);
    expect(await ballast('resume', '--state', state)).toMatchObject({ code: 0 });
    expect(reportOf(await ballast('cycle', '--state', state, '--json')).outcome).toBe('traded');
  });

  test('a pause before there is a fund begins one that does not trade', async () => {
    const state = newState();
    expect(await ballast('pause', '--state', state)).toMatchObject({ code: 0 });
    expect(await ballast('cycle', '--state', state)).toMatchObject({ code: 3 });
  });

  test('a halted fund refuses pause and a plain resume with 4, and resumes with --after-halt', async () => {
    const state = copyOf(ingested);
    await ballast('halt', '--state', state, '--reason', 'drill');
    for (const command of ['pause', 'resume'])
      expect(await ballast(command, '--state', state)).toMatchObject({
        code: 4,
        stdout: '',
        stderr: expect.stringContaining('HALTED (drill)') as string,
      });
    expect(await ballast('resume', '--after-halt', '--state', state, '--json')).toMatchObject({ code: 0 });
    expect(JSON.parse((await ballast('status', '--state', state, '--json')).stdout)).toMatchObject({ control: { state: 'RUNNING' } });
  });
});

describe('time', () => {
  test.each([
    ['a Saturday', '2024-12-28', '2024-12-27', '2024-12-30'],
    ['Christmas', '2024-12-25', '2024-12-24', '2024-12-26'],
  ])('%s is refused with 3 and the sessions around it are named', async (_, asOf, previousSession, nextSession) => {
    const state = copyOf(ingested);
    const cycle = await ballast('cycle', '--state', state, '--as-of', asOf, '--json');
    expect(cycle.code).toBe(3);
    expect(reportOf(cycle)).toMatchObject({ refusal: { reason: 'market-closed', details: { previousSession, nextSession } }, orders: [] });
    const text = await ballast('cycle', '--state', state, '--as-of', asOf);
    expect(text.stdout).toContain(`The next one is ${nextSession}, the one before ${previousSession}: choose with --as-of.`);
  });

  test('a short session is decided a quarter of an hour before its own close', async () => {
    const { stdout } = await ballast('cycle', '--state', copyOf(ingested), '--as-of', '2024-12-24');
    expect(stdout).toContain('Trading cycle as of 2024-12-24, 12:45 New York');
  });

  test('a session before the last one traded is refused with 3', async () => {
    const state = copyOf(ingested);
    await ballast('cycle', '--state', state);
    const cycle = await ballast('cycle', '--state', state, '--as-of', '2024-12-30', '--json');
    expect(cycle.code).toBe(3);
    expect(reportOf(cycle)).toMatchObject({ refusal: { reason: 'cycle-out-of-order' }, orders: [] });
  });
});
