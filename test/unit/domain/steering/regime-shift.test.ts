/**
 * A market whose weather turns, looked at for a year: the simulator's own returns of a calm, a crisis and a calm again, read as the
 * controller reads them. The shift flips the mode once, and the way back is one flip more, whatever the noise of the days between.
 */
import { expect, test } from 'vitest';
import { newYorkInstant, sessionsBetween } from '../../../../shared/domain/market/calendar.ts';
import type { MarketHistory } from '../../../../shared/domain/market/market-history.ts';
import { marketBefore } from '../../../../shared/domain/market/market-history.ts';
import { regimeTraits } from '../../../../shared/domain/market/simulator/regimes.ts';
import { defaultRegimeRules, type RegimeRules, regimeSessions } from '../../../../shared/domain/policy/regime-rules.ts';
import { type RiskMode, defaultSteeringRules as rules } from '../../../../shared/domain/policy/steering-rules.ts';
import { readRegime } from '../../../../shared/domain/regime/read-regime.ts';
import type { MarketEvidence } from '../../../../shared/domain/steering/evidence.ts';
import { applyLook, type SteeringState } from '../../../../shared/domain/steering/steer.ts';
import { formatDay, parseDay } from '../../../../shared/kernel/days.ts';
import { isRefusal, type Refusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochDay, EpochMs } from '../../../../shared/kernel/units.ts';

/** Two years of history and one start of the fit: what is told apart here is told apart at once. */
const regimeRules: RegimeRules = {
  ...defaultRegimeRules,
  historySessions: 504,
  model: { ...defaultRegimeRules.model, statesMax: 2, restarts: 2 },
};
const healthy = { status: 'healthy', reasons: [] } as const;
const day = sessionsBetween(parseDay('2018-01-02'), parseDay('2024-12-31'));
const shiftAt = day.length - 260;
const calmAt = shiftAt + 60;

/**
 * Shocks are independent: the simulator's clusters are a second weather inside the first, and a cluster that ends in the middle of a crisis is
 * rightly read as calm. Calm until the shift, a crisis of sixty sessions, and calm again.
 */
function marketOf(seed: number): MarketHistory {
  const rng = seededRng(`regime-shift/${seed}`);
  const simpleReturn = Float64Array.from(day, (_, session) => {
    const { marketDrift, dailyMarketVol } = regimeTraits[session >= shiftAt && session < calmAt ? 'crisis' : 'bull-quiet'];
    return Math.expm1(marketDrift + dailyMarketVol * rng.normal());
  });
  return { name: 'simulated', day, simpleReturn };
}

interface Flip {
  readonly day: string;
  readonly mode: RiskMode;
  readonly because: string;
}

/** Looks at some of each day's five-minute marks, which is what a day without news comes to. */
function steerThrough(market: MarketHistory, from: number, to: number): Flip[] {
  let state: SteeringState | null = null;
  let mode: RiskMode = 'NORMAL';
  const flips: Flip[] = [];
  for (const session of day.subarray(from, to)) {
    const asOf = session as EpochDay;
    const evidence = { market: readingOf(market, asOf), fund: { equityUsd: 1e6, drawdownFrac: 0 }, strategies: [] };
    for (let minute = 0; minute < 75; minute += 5) {
      const at = (newYorkInstant(asOf, 9, 30) + minute * 60_000) as EpochMs;
      const health = { data: healthy, broker: healthy, audit: healthy, cycle: healthy };
      const look = { id: `tick/${at}`, at, standing: { mode, block: [] }, evidence: { ...evidence, health } };
      const { decision, reasons, state: next }: ReturnType<typeof applyLook> = applyLook(state, look, rules);
      state = next;
      if (decision.kind !== 'change') continue;
      mode = decision.mode!;
      flips.push({ day: formatDay(asOf), mode, because: reasons.join('; ') });
    }
  }
  return flips;
}

function readingOf(market: MarketHistory, asOf: EpochDay): MarketEvidence | Refusal {
  const known = marketBefore(market, asOf, regimeSessions(regimeRules));
  const reading = readRegime(known, asOf, regimeRules, seededRng('regime'));
  return isRefusal(reading)
    ? reading
    : { regime: reading.name, annualizedVol: Math.max(reading.evidence.annualizedVol!, reading.evidence.realizedAnnualizedVol!) };
}

test.each([1, 2, 3, 4])('a market that turns into a crisis flips the mode once in eighty sessions, seed %i', (seed) => {
  const flips = steerThrough(marketOf(seed), shiftAt - 20, calmAt);
  process.stdout.write(`${flips.map(({ day: on, mode, because }) => `seed ${seed}: ${on} ${mode}: ${because}`).join('\n')}\n`);
  expect(flips.map(({ mode }) => mode)).toEqual(['DEFENSIVE']);
  expect(flips[0]!.day > formatDay(day[shiftAt]! as EpochDay)).toBe(true);
});

test.each([1, 2])('and its end flips it back once, within the two hundred sessions that follow, seed %i', (seed) => {
  const flips = steerThrough(marketOf(seed), shiftAt - 5, day.length);
  expect(flips.map(({ mode }) => mode)).toEqual(['DEFENSIVE', 'NORMAL']);
});
