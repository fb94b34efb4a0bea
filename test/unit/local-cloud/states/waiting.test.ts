import { describe, expect, test } from 'vitest';
import type { CloudClock } from '../../../../apps/local-cloud/service.ts';
import { sleepUntil, unlessAborted } from '../../../../apps/local-cloud/states/waiting.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

describe('sleepUntil', () => {
  test('takes a sleep longer than a timer can hold in pieces', async () => {
    const pieces: number[] = [];
    let now = 0;
    const clock: CloudClock = {
      now: () => now as EpochMs,
      async sleep(ms) {
        pieces.push(ms);
        now += ms;
      },
      hold: (work) => work(),
    };
    await sleepUntil(clock, 5_000_000_000, new AbortController().signal);
    expect(pieces).toEqual([2_000_000_000, 2_000_000_000, 1_000_000_000]);
  });
});

describe('unlessAborted', () => {
  test("gives the work's result or its error", async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  test('rejects with the reason of the signal, before or during the work', async () => {
    const controller = new AbortController();
    const during = unlessAborted(new Promise(() => {}), controller.signal);
    controller.abort(new Error('enough'));
    await expect(during).rejects.toThrow('enough');
    await expect(unlessAborted(Promise.reject(new Error('late')), controller.signal)).rejects.toThrow('enough');
  });
});
