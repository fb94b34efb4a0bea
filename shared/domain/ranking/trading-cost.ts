/**
 * What a position costs to open and close again, and how large it may become.
 *
 *   round trip = spread + 2 · commission + 2 · Y σ √(Q / V)          one half of the spread on the way in, the other on the way out
 *   capacity   = participation · V
 *
 * Q is the step in which the policy builds a position, V the median dollar volume of a day, σ the daily volatility. Impact is the square-root law
 * (Grinold & Kahn 2000, ch. 16; execution/algos/market-impact.ts); Q / V is the same in dollars as in shares.
 * Not covered: borrowing fees of shorts, and the cost of trading several names of a sector at once.
 */
import type { Bps, Usd } from '../../kernel/units.ts';
import { squareRootImpactBps } from '../execution/algos/market-impact.ts';
import type { RankingRules } from '../policy/ranking-rules.ts';
import type { SymbolMeasures } from './measure-symbol.ts';

export interface TradingCost {
  /** All of it, in and out. */
  readonly roundTripBps: Bps;
  /** One way. */
  readonly impactBps: Bps;
  readonly capacityUsd: Usd;
}

/** NaN impact where volume or volatility is not above zero, and so is the round trip. */
export function tradingCost(
  { spreadBps, dollarVolume, dailyVol }: Pick<SymbolMeasures, 'spreadBps' | 'dollarVolume' | 'dailyVol'>,
  stepUsd: number,
  rules: Pick<RankingRules, 'commissionBps' | 'impactCoefficient' | 'participationFracMax'>,
): TradingCost {
  const impactBps = squareRootImpactBps(stepUsd, dollarVolume, dailyVol, rules.impactCoefficient);
  return {
    roundTripBps: (spreadBps + 2 * rules.commissionBps + 2 * impactBps) as Bps,
    impactBps,
    capacityUsd: (rules.participationFracMax * dollarVolume) as Usd,
  };
}
