/**
 * Phase 3: the Meta-Brain turns opinions into proposals, the allocator turns proposals into target weights.
 * A blocked symbol keeps what is held of it. Refuses a portfolio whose equity is not positive.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { decideSymbols, type EnsembleResult } from '../ensemble/meta-brain.ts';
import { allocate } from '../portfolio/allocate.ts';
import type { AllocationCandidate } from '../portfolio/allocation.ts';
import { drawdownFrac, drawdownScale } from '../risk/drawdown.ts';
import { bySymbol, weightsOf } from './portfolio-view.ts';
import type { AllocationInput, AllocationOutput, CycleContext, SymbolSignal } from './step-types.ts';

export function runAllocation({ context, signals, portfolio, riskOverride, regimeFrac }: AllocationInput): AllocationOutput | Refusal {
  const { policy } = context;
  if (!(portfolio.equityUsd > 0 && Number.isFinite(portfolio.equityUsd))) {
    return refuse('equity-not-positive', { equityUsd: portfolio.equityUsd });
  }
  if (!(regimeFrac >= 0 && regimeFrac <= 1)) return refuse('regime-factor-outside-0-1', { regimeFrac });
  const drawdown = drawdownFrac(portfolio.equityUsd, portfolio.peakEquityUsd);
  if (Number.isNaN(drawdown)) return refuse('equity-high-not-positive', { peakEquityUsd: portfolio.peakEquityUsd });

  const held = weightsOf(portfolio);
  const known = new Set(signals.symbols.map(({ symbol }) => symbol));
  const stranger = portfolio.positions.find(({ symbol, quantity }) => quantity !== 0 && !known.has(symbol));
  if (stranger !== undefined) return refuse('position-outside-universe', { symbol: stranger.symbol });
  const notFinite = [...held].find(([, weight]) => !Number.isFinite(weight));
  if (notFinite !== undefined) return refuse('weight-not-finite', { symbol: notFinite[0] });

  const sorted = bySymbol(signals.symbols);
  const open = sorted.filter(({ market }) => market !== null);
  const { market, results } = decideSymbols(
    open.map((signal) => ({
      symbol: signal.symbol,
      opinions: signal.opinions,
      sigma: signal.market!.dailyVol,
      marginalCvarFrac: signal.market!.marginalCvarFrac,
      dataQualityScore: signal.dataQualityScore,
      currentWeight: held.get(signal.symbol) ?? 0,
    })),
    {
      riskOverride,
      cvarFracMax: policy.risk.cvarFracMax,
      grossFracMax: policy.portfolio.grossFracMax,
      currentGrossFrac: [...held.values()].reduce((sum, weight) => sum + Math.abs(weight), 0),
      allowShort: policy.portfolio.allowShort,
    },
    policy.ensemble,
  );
  const ensembles = new Map(results.map((result) => [result.symbol, result]));

  const exposureScaleFrac = regimeFrac * drawdownScale(drawdown, policy.risk.drawdownDecay);
  const candidates = sorted.map((signal) =>
    candidate(signal, ensembles.get(signal.symbol), held.get(signal.symbol) ?? 0, riskOverride, context),
  );
  const { weights, totals } = allocate(candidates, {
    rules: policy.portfolio,
    kellyGamma: policy.ensemble.kellyGamma,
    exposureScaleFrac,
  });
  return {
    market,
    exposureScaleFrac,
    symbols: sorted.map(({ symbol, sector }, i) => ({
      symbol,
      sector,
      ensemble: ensembles.get(symbol) ?? null,
      currentWeight: candidates[i]!.currentWeight,
      targetWeight: weights[i]!.targetWeight,
      forced: weights[i]!.forced,
      refusals: weights[i]!.refusals,
    })),
    totals,
  };
}

function candidate(
  { symbol, sector }: SymbolSignal,
  ensemble: EnsembleResult | undefined,
  currentWeight: number,
  riskOverride: string | null,
  { policy: { ensemble: rules } }: CycleContext,
): AllocationCandidate {
  const riskFreeDaily = rules.riskFreeAnnualFrac / rules.sessionsPerYear;
  return {
    symbol,
    sector,
    currentWeight,
    tradable: ensemble !== undefined && riskOverride === null,
    proposal: ensemble?.proposal ?? 'REJECT',
    recommendedWeight: ensemble?.recommendedWeight ?? null,
    excessMu: ensemble === undefined || ensemble.mu === null ? null : ensemble.mu - riskFreeDaily,
    sigma: ensemble?.sigma ?? null,
  };
}
