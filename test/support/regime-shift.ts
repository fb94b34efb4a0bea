/**
 * A market whose weather turns: the simulator's own returns, clustered shocks and all, of a calm of years, a crisis of sixty sessions and a
 * calm again; read as the controller reads it, under the default rules, and steered through. What the market says is worked out once a
 * session and looked at many times.
 *
 * What the shift comes to is the market's affair: a cluster that ebbs in the middle of a crisis is a lull, and a crisis that begins at the
 * ebb can stay below every line. `crisisVolMost` tells, from the returns alone, how far it went.
 */
import { newYorkInstant, sessionsBetween } from '../../shared/domain/market/calendar.ts';
import { type MarketHistory, marketBefore } from '../../shared/domain/market/market-history.ts';
import { marketThrough } from '../../shared/domain/market/simulator/market-factors.ts';
import { defaultRegimeRules as regimeRules, regimeSessions } from '../../shared/domain/policy/regime-rules.ts';
import { defaultSteeringRules, type RiskMode, type SteeringRules } from '../../shared/domain/policy/steering-rules.ts';
import { readRegime } from '../../shared/domain/regime/read-regime.ts';
import type { MarketEvidence } from '../../shared/domain/steering/evidence.ts';
import { applyLook, type SteeringState } from '../../shared/domain/steering/steer.ts';
import { formatDay, parseDay } from '../../shared/kernel/days.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { seededRng } from '../../shared/kernel/rng.ts';
import type { EpochDay, EpochMs } from '../../shared/kernel/units.ts';

export const crisisSessions = 60;
const calmAfterSessions = 200;

export interface ShiftedMarket extends MarketHistory {
  /** Indices of the first session of the crisis, and of the first after it. */
  readonly shiftAt: number;
  readonly calmAt: number;
}

export function shiftedMarket(seed: number): ShiftedMarket {
  const day = sessionsBetween(parseDay('2018-01-02'), parseDay('2024-12-31'));
  const shiftAt = day.length - crisisSessions - calmAfterSessions;
  const calmAt = shiftAt + crisisSessions;
  const weather = Array.from(day, (_, at) => (at >= shiftAt && at < calmAt ? 'crisis' : 'bull-quiet'));
  const logReturn = marketThrough(weather, seededRng(`regime-shift/${seed}`).fork('market'));
  return { name: 'simulated', day, simpleReturn: logReturn.map(Math.expm1), shiftAt, calmAt };
}

/** Highest annualised standard deviation of 21 returns in a row that end within the crisis or the month after. */
export function crisisVolMost({ simpleReturn, shiftAt, calmAt }: ShiftedMarket): number {
  const window = 21;
  const ends = Array.from({ length: calmAt + window - shiftAt }, (_, i) => shiftAt + i + 1);
  return Math.max(
    ...ends.map((end) => {
      const returns = Array.from(simpleReturn.subarray(end - window, end), Math.log1p);
      const mean = returns.reduce((sum, value) => sum + value, 0) / window;
      return Math.sqrt((returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (window - 1)) * 252);
    }),
  );
}

export interface SessionEvidence {
  readonly session: EpochDay;
  readonly market: MarketEvidence | Refusal;
}

/** What the market says before each session from one index to the other. */
export const evidenceOf = (market: MarketHistory, from: number, to: number): SessionEvidence[] =>
  Array.from(market.day.subarray(from, to), (day) => {
    const session = day as EpochDay;
    const reading = readRegime(marketBefore(market, session, regimeSessions(regimeRules)), session, regimeRules, seededRng('regime'));
    if (isRefusal(reading)) return { session, market: reading };
    const { annualizedVol, realizedAnnualizedVol } = reading.evidence;
    return { session, market: { regime: reading.name, annualizedVol: Math.max(annualizedVol!, realizedAnnualizedVol!) } };
  });

export interface Flip {
  readonly day: string;
  readonly mode: RiskMode;
  readonly because: string;
}

const healthy = { status: 'healthy', reasons: [] } as const;
const looksASession = 15;

/** The first hour and a quarter of each session, look by look: more adds nothing where nothing changes within the day. */
export function steerThrough(evidence: readonly SessionEvidence[], changes: Partial<SteeringRules> = {}): Flip[] {
  const rules = { ...defaultSteeringRules, ...changes };
  let state: SteeringState | null = null;
  let mode: RiskMode = 'NORMAL';
  const flips: Flip[] = [];
  for (const { session, market } of evidence) {
    for (let tick = 0; tick < looksASession; tick++) {
      const at = (newYorkInstant(session, 9, 30) + tick * 300_000) as EpochMs;
      const health = { data: healthy, broker: healthy, audit: healthy, cycle: healthy };
      const seen = { market, fund: { equityUsd: 1e6, drawdownFrac: 0 }, health, strategies: [] };
      const look = { id: `tick/${at}`, at, session, standing: { mode, block: [] }, evidence: seen };
      const { decision, reasons, state: next }: ReturnType<typeof applyLook> = applyLook(state, look, rules);
      state = next;
      if (decision.kind !== 'change') continue;
      mode = decision.mode!;
      flips.push({ day: formatDay(session), mode, because: reasons.join('; ') });
    }
  }
  return flips;
}
