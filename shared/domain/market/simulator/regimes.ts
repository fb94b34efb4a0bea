/**
 * The weather of the simulated market: a Markov chain over four regimes, one state a session.
 * Levels are chosen, not fitted: quiet bull markets of most of a year, crises of some weeks with four times their volatility.
 * A path with hardly any crisis, or hardly any calm, is drawn again, since a market without both would test nothing.
 */
import type { Rng } from '../../../kernel/rng.ts';

export const regimes = ['bull-quiet', 'bull-volatile', 'bear-quiet', 'crisis'] as const;
export type MarketRegime = (typeof regimes)[number];

export interface RegimeTraits {
  /** Mean log return of the market factor, a session. */
  readonly marketDrift: number;
  /** Standard deviations of the factors, a session. */
  readonly dailyMarketVol: number;
  readonly dailySectorVol: number;
  /** Multiplies what is a company's own; it grows less than the market does, and so correlations rise in a crisis. */
  readonly ownVolMultiple: number;
  /** Chances of the next session's regime, in the order of `regimes`. */
  readonly next: readonly [number, number, number, number];
}

export const regimeTraits: Readonly<Record<MarketRegime, RegimeTraits>> = {
  'bull-quiet': {
    marketDrift: 0.0008,
    dailyMarketVol: 0.0062,
    dailySectorVol: 0.0035,
    ownVolMultiple: 0.85,
    next: [0.99, 0.007, 0.0025, 0.0005],
  },
  'bull-volatile': {
    marketDrift: 0.0007,
    dailyMarketVol: 0.0105,
    dailySectorVol: 0.0048,
    ownVolMultiple: 1.05,
    next: [0.012, 0.977, 0.006, 0.005],
  },
  'bear-quiet': {
    marketDrift: -0.0006,
    dailyMarketVol: 0.0092,
    dailySectorVol: 0.0045,
    ownVolMultiple: 1,
    next: [0.01, 0.009, 0.976, 0.005],
  },
  crisis: { marketDrift: -0.0028, dailyMarketVol: 0.027, dailySectorVol: 0.007, ownVolMultiple: 1.45, next: [0, 0.045, 0.015, 0.94] },
};

const crisisSessionsMin = 40;
const calmSessionsMin = 400;
/** Markets shorter than this are taken as they come. */
const shortestWithBoth = 1500;

/** The regime of each session, from 'bull-quiet' on. */
export function drawRegimes(sessions: number, rng: Rng): readonly MarketRegime[] {
  for (let attempt = 0; ; attempt++) {
    const path = drawPath(sessions, rng.fork(`path-${attempt}`));
    const count = (regime: MarketRegime): number => path.reduce((sum, entry) => sum + (entry === regime ? 1 : 0), 0);
    if (sessions < shortestWithBoth || (count('crisis') >= crisisSessionsMin && count('bull-quiet') >= calmSessionsMin)) return path;
  }
}

function drawPath(sessions: number, rng: Rng): MarketRegime[] {
  const path: MarketRegime[] = [];
  let regime: MarketRegime = 'bull-quiet';
  for (let session = 0; session < sessions; session++) {
    path.push(regime);
    regime = nextRegime(regimeTraits[regime].next, rng.uniform());
  }
  return path;
}

function nextRegime(chances: RegimeTraits['next'], drawn: number): MarketRegime {
  let upTo = 0;
  for (let index = 0; index < regimes.length; index++) {
    upTo += chances[index]!;
    if (drawn < upTo) return regimes[index]!;
  }
  return 'bull-quiet';
}
