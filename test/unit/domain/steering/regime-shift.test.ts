/**
 * A market that turns into a crisis and out of it again, in the simulator's own returns and under the default rules: one flip in, one
 * flip out. More seeds, over a longer calm: `node scripts/measure-steering.ts`.
 */
import { describe, expect, test } from 'vitest';
import { formatDay } from '../../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { evidenceOf, shiftedMarket, steerThrough } from '../../../support/regime-shift.ts';

/** Seeds whose crisis has a lull: the market's volatility falls below the line that lets the mode out, and rises again within the crisis. */
describe.each([2, 5])('a crisis of sixty sessions with a lull in it, seed %i', (seed) => {
  const market = shiftedMarket(seed);
  const evidence = evidenceOf(market, market.shiftAt + 15, market.calmAt + 40);

  test('flips the mode once, and back once when the lull was over and the calm has lasted', () => {
    const flips = steerThrough(evidence);
    for (const { day, mode, because } of flips) process.stdout.write(`seed ${seed}: ${day} ${mode}: ${because}\n`);
    expect(flips.map(({ mode }) => mode)).toEqual(['DEFENSIVE', 'NORMAL']);
    expect(flips[0]!.day > formatDay(market.day[market.shiftAt]! as EpochDay)).toBe(true);
    expect(flips[1]!.day > formatDay(market.day[market.calmAt]! as EpochDay)).toBe(true);
  });

  test('would flip it out and in again without the dwell: the cool-down is over within the first hour of the lull', () => {
    expect(steerThrough(evidence, { dwellSessions: 1 }).map(({ mode }) => mode)).toEqual(['DEFENSIVE', 'NORMAL', 'DEFENSIVE', 'NORMAL']);
  });

  test('is flipped by on the same day, whatever the dwell', () => {
    expect(steerThrough(evidence, { dwellSessions: 30 })[0]).toEqual(steerThrough(evidence, { dwellSessions: 1 })[0]);
  });
});
