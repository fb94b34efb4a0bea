/**
 * The book's volatility when correlations break: every pair moves the part s of the way towards one, ρ′ = ρ + (1 − ρ)·s.
 *
 * Volatilities stay. The shocked covariance is (1 − s)·Σ + s·σσᵀ: a mixture of two positive semi-definite matrices, so it is one too and
 * nothing has to be repaired. For a book w its variance is (1 − s)·wᵀΣw + s·(Σ w_i·σ_i)²: no matrix is formed.
 * A book that is long and short gains from that shock, since its legs then offset each other. What hurts it is the opposite, hedges that
 * stop hedging: ρ′ = (1 − s)·ρ, with variance (1 − s)·wᵀΣw + s·Σ w_i²·σ_i². Both are given, and the worse of them.
 * VaR is the normal one, −mean + z·σ′: the shock says nothing about the shape of the tail.
 *
 * Source: the equicorrelation stress of P. Kupiec (1998), J. of Derivatives 6(1), with its target at one.
 * Not covered: volatilities that jump at the same time (stress.ts).
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { meanOf, sampleMoments } from '../statistics/moments.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { bookReturns, type ReturnPanel, symbolOrder } from './return-panel.ts';

export interface CorrelationShock {
  readonly kind: 'correlation-shock';
  /** s: how far each correlation moved. */
  readonly shockFrac: number;
  readonly towardsOne: ShockedBook;
  readonly towardsZero: ShockedBook;
  /** The larger of the two VaRs. */
  readonly varFrac: number;
}

export interface ShockedBook {
  readonly dailyVol: number;
  readonly varFrac: number;
}

/** Refuses a shock outside [0, 1], a level outside (0, 1), and returns or weights that are not finite. An empty book has no risk. */
export function correlationShock(
  panel: ReturnPanel,
  weights: Float64Array,
  confidenceLevel: number,
  shockFrac: number,
): CorrelationShock | Refusal {
  if (!(shockFrac >= 0 && shockFrac <= 1)) return refuse('shock-outside-0-1', { shockFrac });
  if (!(confidenceLevel > 0 && confidenceLevel < 1)) return refuse('confidence-level-outside-0-1', { confidenceLevel });
  let held = 0;
  let linear = 0;
  let squared = 0;
  for (const i of symbolOrder(panel)) {
    if (weights[i] === 0) continue;
    const exposure = weights[i]! * Math.sqrt(sampleMoments(panel.returns[i]!).variance);
    linear += exposure;
    squared += exposure * exposure;
    held++;
  }
  if (held === 0) return { kind: 'correlation-shock', shockFrac, towardsOne: noRisk, towardsZero: noRisk, varFrac: 0 };
  const book = bookReturns(panel, weights);
  const { variance } = sampleMoments(book);
  const mean = meanOf(book);
  if (!Number.isFinite(variance) || !Number.isFinite(linear)) return refuse('return-not-finite', { symbols: held });
  const z = normalQuantile(confidenceLevel);
  const shocked = (target: number): ShockedBook => {
    const dailyVol = Math.sqrt((1 - shockFrac) * variance + shockFrac * target);
    return { dailyVol, varFrac: z * dailyVol - mean };
  };
  const [towardsOne, towardsZero] = [shocked(linear * linear), shocked(squared)];
  return { kind: 'correlation-shock', shockFrac, towardsOne, towardsZero, varFrac: Math.max(towardsOne.varFrac, towardsZero.varFrac) };
}

const noRisk: ShockedBook = { dailyVol: 0, varFrac: 0 };
