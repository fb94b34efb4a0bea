import { setTimeout as realSleep, setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RealClock, VirtualClock } from '../../../apps/local-cloud/clock.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';

const noon = Date.UTC(2019, 5, 14, 12) as EpochMs;
const day = 86_400_000;
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await turn();
};

describe('virtual time', () => {
  test('stands still while nobody sleeps', async () => {
    const clock = new VirtualClock(noon);
    await turns(10);
    expect(clock.now()).toBe(noon);
  });

  test('jumps to the wake-up of each sleeper in turn, earliest first', async () => {
    const clock = new VirtualClock(noon);
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push([name, clock.now() - noon]);
    };
    await Promise.all([sleeper('year', 365 * day), sleeper('second', 1000), sleeper('none', 0), sleeper('past', -5), sleeper('day', day)]);
    expect(woken).toEqual([
      ['none', 0],
      ['past', 0],
      ['second', 1000],
      ['day', day],
      ['year', 365 * day],
    ]);
  });

  test('wakes those due at the same instant in the order in which they fell asleep', async () => {
    const clock = new VirtualClock(noon);
    const woken: number[] = [];
    await Promise.all([3, 1, 2].map(async (n) => woken.push(await clock.sleep(1000).then(() => n))));
    expect(woken).toEqual([3, 1, 2]);
  });

  test('lets what a wake-up starts come before the next wake-up', async () => {
    const clock = new VirtualClock(noon);
    const seen: number[] = [];
    const chain = (async () => {
      await clock.sleep(1000);
      await clock.sleep(500);
      seen.push(clock.now() - noon);
    })();
    await Promise.all([chain, clock.sleep(2000).then(() => seen.push(clock.now() - noon))]);
    expect(seen).toEqual([1500, 2000]);
  });

  test('stands still while held work runs, however long that takes', async () => {
    const clock = new VirtualClock(noon);
    const asleep = clock.sleep(1000);
    await clock.hold(async () => {
      await realSleep(20);
      expect(clock.now()).toBe(noon);
    });
    await asleep;
    expect(clock.now()).toBe(noon + 1000);
  });

  test('moves on while held work itself sleeps', async () => {
    const clock = new VirtualClock(noon);
    await clock.hold(async () => {
      await clock.sleep(day);
      expect(clock.now()).toBe(noon + day);
      const before = clock.now();
      await realSleep(5);
      expect(clock.now()).toBe(before);
    });
  });

  test('stands still while one of two held works runs and the other sleeps', async () => {
    const clock = new VirtualClock(noon);
    let running = true;
    const sleeping = clock.hold(() => clock.sleep(1000)).then(() => expect(running).toBe(false));
    await clock.hold(async () => {
      await realSleep(20);
      running = false;
    });
    await sleeping;
  });

  test('is not held for ever by work that ended while a sleep of it went on', async () => {
    const clock = new VirtualClock(noon);
    const late: Promise<void>[] = [];
    await clock.hold(async () => {
      late.push(clock.sleep(5000));
    });
    await clock.sleep(1000);
    expect(clock.now()).toBe(noon + 1000);
    await late[0];
    await clock.sleep(1000);
    expect(clock.now()).toBe(noon + 6000);
  });

  test('is not held by what ended work left behind and sleeps only now', async () => {
    const clock = new VirtualClock(noon);
    let leftBehind: Promise<void> = Promise.resolve();
    await clock.hold(async () => {
      leftBehind = (async () => {
        await realSleep(5);
        await clock.sleep(1000);
        await clock.sleep(1000);
      })();
    });
    await leftBehind;
    expect(clock.now()).toBe(noon + 2000);
    await clock.sleep(1000);
    expect(clock.now()).toBe(noon + 3000);
  });

  test('goes on after held work that failed', async () => {
    const clock = new VirtualClock(noon);
    await expect(clock.hold(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await clock.sleep(1000);
    expect(clock.now()).toBe(noon + 1000);
  });

  test('ends a sleep that is aborted with the reason given, and does not wait for it', async () => {
    const clock = new VirtualClock(noon);
    const abort = new AbortController();
    const aborted = clock.sleep(day, abort.signal);
    const other = clock.sleep(1000);
    abort.abort(new Error('no longer needed'));
    await expect(aborted).rejects.toThrow('no longer needed');
    await other;
    await turns(10);
    expect(clock.now()).toBe(noon + 1000);
  });

  test('an aborted sleep of held work holds time again', async () => {
    const clock = new VirtualClock(noon);
    const abort = new AbortController();
    const other = clock.sleep(1000);
    await clock.hold(async () => {
      const sleeping = clock.sleep(day, abort.signal);
      abort.abort(new Error('enough'));
      await expect(sleeping).rejects.toThrow('enough');
      await realSleep(20);
      expect(clock.now()).toBe(noon);
    });
    await other;
  });

  test('does not begin a sleep that is aborted already', async () => {
    const clock = new VirtualClock(noon);
    await expect(clock.sleep(1000, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    await turns(10);
    expect(clock.now()).toBe(noon);
  });

  test('a journey forwards wakes sleepers without going back, and one backwards keeps them asleep until their time', async () => {
    const clock = new VirtualClock(noon);
    const asleep = clock.sleep(1000);
    clock.travelTo((noon + day) as EpochMs);
    await asleep;
    expect(clock.now()).toBe(noon + day);
    clock.travelTo(noon);
    await clock.sleep(1000);
    expect(clock.now()).toBe(noon + 1000);
  });
});

describe('real time', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is the machine’s', () => {
    vi.useFakeTimers({ now: noon, toFake: ['Date'] });
    expect(new RealClock().now()).toBe(noon);
  });

  test('sleeps and wakes', async () => {
    const alive = setInterval(() => {}, 1000);
    await new RealClock().sleep(1);
    clearInterval(alive);
  });

  test.each([2 ** 31, 40 * day, Number.POSITIVE_INFINITY])(
    'a sleep of %d ms, more than a timer holds, does not end at once',
    async (ms) => {
      const abort = new AbortController();
      let awake = false;
      const asleep = new RealClock().sleep(ms, abort.signal).then(() => {
        awake = true;
      });
      await realSleep(20);
      expect(awake).toBe(false);
      abort.abort(new Error('seen enough'));
      await expect(asleep).rejects.toThrow('seen enough');
    },
  );

  test('ends a sleep that is aborted with the reason given', async () => {
    const abort = new AbortController();
    const asleep = new RealClock().sleep(day, abort.signal);
    abort.abort(new Error('no longer needed'));
    await expect(asleep).rejects.toThrow('no longer needed');
  });

  test('lets held work run', async () => {
    expect(await new RealClock().hold(async () => 7)).toBe(7);
  });
});
