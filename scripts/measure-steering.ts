/**
 * How often the meta strategy controller changes the mode for one shift of the market: years of calm, a crisis of sixty sessions and two
 * hundred of calm again, in the simulator's own clustered returns, read and steered under the default rules; with the dwell, and without.
 *
 *   node scripts/measure-steering.ts [--seeds 14] [--json]
 *
 * One shift is one change in and one change out. Fails when a seed goes back and forth, or never changes although the market, measured
 * over 21 sessions, was past the line. Takes some seconds a seed.
 */
import { parseArgs } from 'node:util';
import { countSessions } from '../shared/domain/market/calendar.ts';
import { defaultSteeringRules } from '../shared/domain/policy/steering-rules.ts';
import { parseDay } from '../shared/kernel/days.ts';
import type { EpochDay } from '../shared/kernel/units.ts';
import { crisisVolMost, evidenceOf, type Flip, type ShiftedMarket, shiftedMarket, steerThrough } from '../test/support/regime-shift.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '14' }, json: { type: 'boolean', default: false } } });
const seeds = Number(values.seeds);
const dwells = [1, 5, defaultSteeringRules.dwellSessions];

let failed = 0;
for (let seed = 1; seed <= seeds; seed++) {
  const market = shiftedMarket(seed);
  const evidence = evidenceOf(market, market.shiftAt - 20, market.day.length);
  const volMost = crisisVolMost(market);
  const byDwell = dwells.map((dwellSessions) => ({ dwellSessions, flips: steerThrough(evidence, { dwellSessions }) }));
  const modes = byDwell.at(-1)!.flips.map(({ mode }) => mode);
  const isOnce = modes.join() === 'DEFENSIVE,NORMAL' || (modes.length === 0 && volMost <= defaultSteeringRules.annualizedVol.enterAbove);
  if (!isOnce) failed++;
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, crisisVolMost: volMost, byDwell, isOnce })}\n`);
  else {
    const told = byDwell.map(
      ({ dwellSessions, flips }) => `dwell ${dwellSessions}: ${flips.map((flip) => shown(flip, market)).join(' ') || 'none'}`,
    );
    process.stdout.write(
      `seed ${seed}, volatility at most ${(volMost * 100).toFixed(0)} %; ${told.join('; ')}${isOnce ? '' : ' NOT ONCE'}\n`,
    );
  }
}
process.stdout.write(values.json ? '' : `${seeds - failed} of ${seeds} seeds: at most one change in and one out\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** The mode's initial, and the session counted from the first of the crisis. */
function shown({ day, mode }: Flip, { day: days, shiftAt }: ShiftedMarket): string {
  return `${mode[0]}@${countSessions((days[shiftAt]! + 1) as EpochDay, parseDay(day))}`;
}
