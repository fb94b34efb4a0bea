/** The machine "work-order" as it is deployed, on a cloud with virtual time and functions that answer as scripted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFakeCloud, type Described, type Invocation, named, STARTS_AT } from '../local-cloud/states/fake-cloud.ts';

const text = readFileSync(join(import.meta.dirname, '../../../state-machines/work-order.asl.json'), 'utf8');
const definition = text.replace('${workSlice}', 'workSlice').replace('${halt}', 'halt');
const minuteMs = 60_000;
const instant = (minutes: number): string => new Date(STARTS_AT + minutes * minuteMs).toISOString();

interface Asked {
  readonly slice: number;
  readonly stop: string | null;
  /** Minutes after the start. */
  readonly at: number;
}

const working = (nextSlice: number) => ({
  outcome: 'working',
  why: null,
  nextSlice,
  nextAt: instant(nextSlice * 5),
  filled: null,
  shortfallBps: null,
});
const ending = { outcome: 'ending', why: 'schedule-done', nextSlice: 3, nextAt: instant(0), filled: null, shortfallBps: null };
const ended = { ...ending, outcome: 'ended', filled: 100, shortfallBps: 4.5 };

/** Slices at minute 0, 5 and 10; the window ends at 15. */
async function worked(answer: (asked: Asked, nth: number) => unknown): Promise<{ run: Described; asked: Asked[]; halts: unknown[] }> {
  const asked: Asked[] = [];
  const halts: unknown[] = [];
  const cloud = createFakeCloud({
    functions: {
      workSlice: ({ payload, clock }: Invocation) => {
        const { slice, stop } = payload as Asked;
        asked.push({ slice, stop, at: (clock.now() - STARTS_AT) / minuteMs });
        return answer(asked.at(-1)!, asked.length);
      },
      halt: ({ payload }: Invocation) => {
        halts.push(payload);
        return {};
      },
    },
  });
  const arn = await cloud.declare('work-order', definition);
  const run = await cloud.run(arn, { cycleId: 'cycle-1', parentId: 'ballast-GOOD-b-1', startsAt: instant(0) }, 'ballast-GOOD-b-1');
  return { run, asked, halts };
}

describe('the machine of a parent order', () => {
  test('works each slice when it begins, and ends with what it came to', async () => {
    const { run, asked } = await worked(({ slice }) => (slice < 3 ? working(slice + 1) : ended));
    expect(asked).toEqual([0, 5, 10, 15].map((at, slice) => ({ slice, stop: null, at })));
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      output: { parentId: 'ballast-GOOD-b-1', why: 'schedule-done', filled: 100, shortfallBps: 4.5 },
    });
  });

  test('asks again every ten seconds while children are not over', async () => {
    const { run, asked } = await worked((_, nth) => (nth < 4 ? ending : ended));
    expect(asked.map(({ at }) => Math.round(at * 60))).toEqual([0, 10, 20, 30]);
    expect(run.status).toBe('SUCCEEDED');
  });

  test('tells a person when they are not over after ten minutes', async () => {
    const { run, asked } = await worked(() => ending);
    expect(asked).toHaveLength(60);
    expect(run).toMatchObject({ status: 'FAILED', error: 'ChildrenStillOpen' });
  });

  test('goes on with a slice that failed, and forgets failures once one succeeds', async () => {
    const { run, asked } = await worked(({ slice }, nth) => {
      if (nth % 8 !== 0) throw named('ContractViolation', 'the broker’s answer makes no sense');
      return slice < 2 ? working(slice + 1) : ended;
    });
    expect(run.status).toBe('SUCCEEDED');
    expect(asked.every(({ stop }) => stop === null)).toBe(true);
  });

  test('stops the parent after ten failures in a row, and fails after twenty', async () => {
    const { run, asked } = await worked(() => {
      throw named('ContractViolation', 'the broker’s answer makes no sense');
    });
    expect(asked.map(({ stop }) => stop)).toEqual([...Array(10).fill(null), ...Array(10).fill('worker-failed')]);
    expect(run).toMatchObject({ status: 'FAILED', error: 'ContractViolation' });
  });

  test('halts trading for a broken rule, and fails', async () => {
    const { run, halts } = await worked(() => {
      throw named('InvariantViolation', 'an order goes out only as risk permitted it');
    });
    expect(halts).toMatchObject([{ cycleId: 'work-ballast-GOOD-b-1', failure: { Error: 'InvariantViolation' }, leaseToken: null }]);
    expect(run).toMatchObject({ status: 'FAILED', error: 'InvariantViolation' });
  });
});
