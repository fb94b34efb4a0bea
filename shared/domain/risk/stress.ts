/**
 * What the book would lose if a known market move came, or one that somebody fears.
 *
 * 1. Each holding's move: its own shock if the scenario names its symbol, else its sector's, else beta times the index.    shockOf
 * 2. Without a path the move comes at once. With the episode's path, beta applies day by day and compounds; the holdings are not
 *    traded meanwhile, and the loss is the worst against the start on any day of it, so a short is measured in the rallies too.
 * 3. A price falls to zero and no further: a long loses at most what it holds and a short gains no more, while a short's loss has no bound.
 *
 * Not covered: moves of single names beyond their beta unless a scenario names them, margin calls, and liquidity drying up.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Ticker } from '../../kernel/units.ts';
import type { StressScenario } from '../policy/policy.ts';
import type { Episode } from './episode.ts';

export interface StressResult {
  readonly name: string;
  /** Positive is a loss; a book that would gain on every day has a negative one. */
  readonly lossFrac: number;
}

export interface StressedHolding {
  readonly symbol: Ticker;
  readonly sector: string | null;
  readonly weight: number;
  /** Slope of its returns on the index. */
  readonly beta: number;
}

/** One result per scenario, in order. `episodes` are paths by the scenario's name. Refuses weights, betas and shocks that are not finite. */
export function stressLosses(
  holdings: readonly StressedHolding[],
  scenarios: readonly StressScenario[],
  episodes: ReadonlyMap<string, Pick<Episode, 'returns'>> = new Map(),
): StressResult[] | Refusal {
  const unfit = holdings.find(({ weight, beta }) => !Number.isFinite(weight) || !Number.isFinite(beta));
  if (unfit !== undefined) return refuse('holding-not-finite', { symbol: unfit.symbol });
  // In order of symbols, so that the sum does not depend on how they came.
  const ordered = [...holdings].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const results: StressResult[] = [];
  for (const scenario of scenarios) {
    const path = episodes.get(scenario.name)?.returns ?? Float64Array.of(scenario.indexReturnFrac);
    const lossFrac = worstLoss(ordered, scenario, path);
    if (!Number.isFinite(lossFrac)) return refuse('scenario-not-finite', { scenario: scenario.name });
    results.push({ name: scenario.name, lossFrac });
  }
  return results;
}

/** The largest loss against the start on any day of the path. Not finite for an empty path. */
function worstLoss(holdings: readonly StressedHolding[], scenario: StressScenario, path: Float64Array): number {
  // Taken from 0, so that no loss is 0 and not −0; NaN stays NaN.
  return 0 - gainsAlong(holdings, scenario, path).reduce((least, gain) => Math.min(least, gain), Number.POSITIVE_INFINITY);
}

/** The book against its start after each day of a path of index returns, as a fraction of equity; summed in the order of the holdings. */
export function gainsAlong(holdings: readonly StressedHolding[], scenario: StressScenario, path: Float64Array): Float64Array {
  const gains = new Float64Array(path.length);
  for (const holding of holdings) {
    const shock = shockOf(holding, scenario);
    let growth = 1;
    for (let day = 0; day < path.length; day++) {
      growth = shock === undefined ? growth * Math.max(0, 1 + holding.beta * path[day]!) : Math.max(0, 1 + shock);
      gains[day]! += holding.weight * (growth - 1);
    }
  }
  return gains;
}

/** The move that a scenario names for a holding; undefined where the index decides. */
function shockOf({ symbol, sector }: StressedHolding, { sectorReturnFracs, symbolReturnFracs }: StressScenario): number | undefined {
  return symbolReturnFracs?.[symbol] ?? (sector === null ? undefined : sectorReturnFracs?.[sector]);
}
