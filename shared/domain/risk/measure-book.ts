/**
 * Everything that limits are compared with, measured on one proposed book.
 *
 * 1. Each position finds its column of returns; what is held but cannot be measured counts as the wildest there is.   columnsOf
 * 2. Tail losses by every method, the worst usable for the limits; each symbol's share.          tail-readings.ts, component-risk.ts
 * 3. Volatility, stress, sectors, correlation as it is and as it would be in a shock.
 *
 * Sums run in order of symbols, so the answer does not depend on the order of positions or columns.
 */
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Ticker } from '../../kernel/units.ts';
import type { Policy } from '../policy/policy.ts';
import { historicalShares, type TailShares } from './component-risk.ts';
import { type CorrelationShock, correlationShock } from './correlation-shock.ts';
import type { LimitedMeasures } from './limits.ts';
import { averagePairwiseCorrelation, betas, type PortfolioRisk, portfolioRisk, standardDeviation } from './portfolio-risk.ts';
import { bookReturns, type ReturnPanel, symbolOrder } from './return-panel.ts';
import { type StressedHolding, stressLosses } from './stress.ts';
import { noTail, readTail, type TailReadings, type WorstTail, worstTail } from './tail-readings.ts';

/** One symbol held or aimed at. */
export interface RiskPosition {
  readonly symbol: Ticker;
  readonly sector: string | null;
  readonly currentWeight: number;
  readonly targetWeight: number;
}

export interface SymbolRisk {
  readonly symbol: Ticker;
  /** Historical, as are its components; they sum to the historical measures in `tail`, not to the worst of the methods. */
  readonly marginalCvarFrac: number;
  readonly componentCvarFrac: number;
  /** Null where VaR cannot be shared out. */
  readonly marginalVarFrac: number | null;
  readonly componentVarFrac: number | null;
  readonly beta: number;
}

/** `varFrac` and `cvarFrac` are the worst of the methods that the policy names. */
export interface BookMeasures extends Omit<LimitedMeasures, 'drawdownFrac'> {
  readonly annualizedVol: number;
  readonly tail: TailReadings;
  readonly worstTail: WorstTail;
  readonly correlationShock: CorrelationShock;
}

export interface MeasuredBook {
  readonly kind: 'measured-book';
  readonly measures: BookMeasures;
  /** Symbols aimed at, by symbol. */
  readonly perSymbol: readonly SymbolRisk[];
}

export type MeasureRules = Pick<Policy, 'risk' | 'stress' | 'tail'>;

/** Refuses a new position without returns, and whatever cannot be measured or is not finite. */
export function measureBook(
  positions: readonly RiskPosition[],
  panel: ReturnPanel | Refusal,
  rules: MeasureRules,
  sessionsPerYear: number,
): MeasuredBook | Refusal {
  const aimedAt = positions.filter(({ targetWeight }) => targetWeight !== 0).sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  if (isRefusal(panel)) {
    // Without positions there is nothing to measure, and a missing panel must not stop a book from going to cash.
    return aimedAt.length > 0 ? panel : measureBook([], emptyPanel, rules, sessionsPerYear);
  }
  const column = columnsOf(aimedAt, panel);
  if (isRefusal(column)) return column;
  const weights = new Float64Array(panel.symbols.length);
  for (const { symbol, targetWeight } of aimedAt) weights[column.get(symbol)!]! += targetWeight;

  const { confidenceLevel } = rules.risk;
  const risk = portfolioRisk(panel, weights, confidenceLevel);
  if (isRefusal(risk)) return risk;
  const tail = aimedAt.length === 0 ? noTail : readTail(bookReturns(panel, weights), confidenceLevel, rules.tail);
  const worst = worstTail(tail, rules.tail);
  if (isRefusal(worst)) return worst;
  const shock = correlationShock(panel, weights, confidenceLevel, rules.tail.correlationShockFrac);
  if (isRefusal(shock)) return shock;
  const beta = betas(panel);
  const holdings = aimedAt.map(({ symbol, sector, targetWeight }) => ({
    symbol,
    sector,
    weight: targetWeight,
    beta: beta[column.get(symbol)!]!,
  }));
  const stress = stressLosses(holdings, rules.stress);
  if (isRefusal(stress)) return stress;

  return {
    kind: 'measured-book',
    measures: {
      grossFrac: aimedAt.reduce((sum, { targetWeight }) => sum + Math.abs(targetWeight), 0),
      varFrac: worst.varFrac,
      cvarFrac: worst.cvarFrac,
      annualizedVol: risk.dailyVol * Math.sqrt(sessionsPerYear),
      stress,
      sectors: sectorExposures(aimedAt),
      averageCorrelation: averagePairwiseCorrelation(panel, weights, rules.risk.correlationSessions, rules.risk.correlationNamesMin),
      tail,
      worstTail: worst,
      correlationShock: shock,
    },
    perSymbol: sharesBySymbol(holdings, column, historicalShares(panel, weights, confidenceLevel), risk),
  };
}

/** VaR is null throughout where it cannot be shared out; CVaR always can. */
function sharesBySymbol(
  holdings: readonly StressedHolding[],
  column: ReadonlyMap<string, number>,
  shares: TailShares | Refusal,
  { marginalCvarFrac: marginalCvar }: PortfolioRisk,
): SymbolRisk[] {
  return holdings.map(({ symbol, weight, beta }) => {
    const i = column.get(symbol)!;
    const marginalVarFrac = isRefusal(shares) ? null : shares.valueAtRisk.marginalFrac[i]!;
    return {
      symbol,
      marginalCvarFrac: marginalCvar[i]!,
      componentCvarFrac: marginalCvar[i]! * weight,
      marginalVarFrac,
      componentVarFrac: marginalVarFrac === null ? null : marginalVarFrac * weight,
      beta,
    };
  });
}

/**
 * Where each symbol's returns stand in the panel. What is held but cannot be measured (its data is blocked) counts as the most volatile
 * symbol there is, and must not keep the fund from acting; opening what cannot be measured is refused.
 */
function columnsOf(aimedAt: readonly RiskPosition[], panel: ReturnPanel): ReadonlyMap<string, number> | Refusal {
  const column = new Map<string, number>(panel.symbols.map((symbol, i) => [symbol, i]));
  for (const { symbol, targetWeight, currentWeight } of aimedAt) {
    if (column.has(symbol)) continue;
    const stands = panel.symbols.length > 0 && Math.abs(targetWeight) <= Math.abs(currentWeight);
    if (!stands) return refuse('returns-missing', { symbol });
    column.set(symbol, mostVolatile(panel));
  }
  return column;
}

function mostVolatile(panel: ReturnPanel): number {
  let [found, deviation] = [0, -1];
  for (const i of symbolOrder(panel)) {
    const own = standardDeviation(panel.returns[i]!);
    if (own > deviation) [found, deviation] = [i, own];
  }
  return found;
}

const emptyPanel: ReturnPanel = { kind: 'panel', days: new Int32Array(0), symbols: [], returns: [] };

function sectorExposures(positions: readonly RiskPosition[]): Array<{ sector: string; grossFrac: number }> {
  const exposures = new Map<string, number>();
  for (const { sector, targetWeight } of positions) {
    const name = sector ?? 'UNCLASSIFIED';
    exposures.set(name, (exposures.get(name) ?? 0) + Math.abs(targetWeight));
  }
  return [...exposures].map(([sector, grossFrac]) => ({ sector, grossFrac })).sort((a, b) => (a.sector < b.sector ? -1 : 1));
}
