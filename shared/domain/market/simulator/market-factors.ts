/** What moves every company at once: the regime of each session, the market's return, and one return for each sector. */
import type { Rng } from '../../../kernel/rng.ts';
import { drawRegimes, type MarketRegime, regimeTraits } from './regimes.ts';
import { clusteredShocks } from './shocks.ts';

export interface MarketFactors {
  readonly regimes: readonly MarketRegime[];
  /** Log return of the market in each session. */
  readonly market: Float64Array;
  /** Log return of each sector beyond the market's. */
  readonly sectors: ReadonlyMap<string, Float64Array>;
}

export function drawFactors(sessions: number, sectors: readonly string[], rng: Rng): MarketFactors {
  const regimes = drawRegimes(sessions, rng.fork('regimes'));
  const market = marketThrough(regimes, rng.fork('market'));
  const sectorReturns = new Map<string, Float64Array>();
  for (const sector of sectors) {
    const shocks = clusteredShocks(rng.fork(`sector/${sector}`));
    sectorReturns.set(
      sector,
      Float64Array.from(regimes, (regime) => regimeTraits[regime].dailySectorVol * shocks.next()),
    );
  }
  return { regimes, market, sectors: sectorReturns };
}

/** The market's log return in each session of that weather; its shocks cluster across the borders of regimes. */
export function marketThrough(regimes: readonly MarketRegime[], rng: Rng): Float64Array {
  const shocks = clusteredShocks(rng);
  return Float64Array.from(regimes, (regime) => {
    const { marketDrift, dailyMarketVol } = regimeTraits[regime];
    return marketDrift + dailyMarketVol * shocks.next();
  });
}
