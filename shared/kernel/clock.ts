/** Time is passed in. On Lambda it is the system clock; in a simulation it is whatever the run says it is. */
import type { EpochMs } from './units.ts';

export interface Clock {
  now(): EpochMs;
}

export const systemClock: Clock = { now: () => Date.now() as EpochMs };

export const fixedClock = (at: EpochMs): Clock => ({ now: () => at });
