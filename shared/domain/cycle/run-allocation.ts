/**
 * Phase 3: from opinions to target weights.
 *
 * 1. The Meta-Brain turns opinions into proposals.                                                   propose
 * 2. Volatility stops: what is held beyond its stop is to be closed, and nothing is opened beyond one.  withStop
 * 3. A strategy that the policy does not allow, or blocks, grows nothing; where there is a list of
 *    opportunities, nothing is opened that it does not name.                                          permitted
 * 4. The allocator sizes the proposals within every limit; regime and drawdown shrink the limits.     allocate.ts
 * 5. Overlays take growth away where sectors or beta ask for it, and price the insurance.             apply-overlays.ts
 *
 * A blocked symbol keeps what is held of it. Refuses without a regime, and a portfolio whose equity is not positive.
 */
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import type { Ticker } from '../../kernel/units.ts';
import { decideSymbols, type EnsembleMarket, type EnsembleResult } from '../ensemble/meta-brain.ts';
import type { DailyBars } from '../market/bars.ts';
import { marketBefore } from '../market/market-history.ts';
import { mayGrow } from '../policy/steering-rules.ts';
import { allocate } from '../portfolio/allocate.ts';
import type { Allocation, AllocationCandidate } from '../portfolio/allocation.ts';
import { applyOverlays, type OverlayOutcome } from '../portfolio/overlays/apply-overlays.ts';
import { type StopCheck, volatilityStop } from '../portfolio/overlays/volatility-stops.ts';
import { shrunkCovariance } from '../portfolio/shrunk-covariance.ts';
import { drawdownFrac, drawdownScale } from '../risk/drawdown.ts';
import { betas } from '../risk/portfolio-risk.ts';
import type { ReturnPanel } from '../risk/return-panel.ts';
import { measurablePanel } from './measurable-panel.ts';
import { bySymbol, weightsOf } from './portfolio-view.ts';
import type { AllocatedSymbol, AllocationInput, AllocationOutput, CycleContext, SymbolSignal } from './step-types.ts';

export function runAllocation(input: AllocationInput): AllocationOutput | Refusal {
  const { context, signals, symbols, portfolio, riskOverride } = input;
  const { policy } = context;
  if (isRefusal(signals.regime)) return signals.regime;
  const held = weightsOf(portfolio);
  const unfit = unfitPortfolio(input, held);
  if (unfit !== undefined) return unfit;

  const exposureScaleFrac =
    signals.regime.exposureFrac * drawdownScale(drawdownFrac(portfolio.equityUsd, portfolio.peakEquityUsd), policy.risk.drawdownDecay);
  const sorted = bySymbol(signals.symbols);
  const { market, ensembles } = propose(sorted, held, input);
  const bars = new Map(symbols.map((one) => [one.symbol, one.bars]));
  const barsOf = ({ symbol, market: seen }: SymbolSignal): DailyBars[] => (seen === null ? [] : [bars.get(symbol)!]);
  const panel = measurablePanel(sorted.flatMap(barsOf), context);

  const placed = sorted.map((signal): Placed => {
    const ensemble = ensembles.get(signal.symbol) ?? null;
    const currentWeight = held.get(signal.symbol) ?? 0;
    const stop = stopOf(barsOf(signal), currentWeight, ensemble, context);
    const tradable = ensemble !== null && riskOverride === null;
    const candidate = withStop(candidateOf(signal, ensemble, currentWeight, tradable, context), stop);
    return { signal, ensemble, stop, ...permitted(candidate, context) };
  });
  const allocation = allocate(
    placed.map(({ candidate }) => candidate),
    {
      rules: policy.portfolio,
      optimizer: policy.optimizer,
      kellyGamma: policy.ensemble.kellyGamma,
      exposureScaleFrac,
      annualizedVolTarget: policy.breakers.annualizedVolTarget,
      sessionsPerYear: policy.signals.sessionsPerYear,
    },
    isRefusal(panel) ? panel : shrunkCovariance(panel),
  );
  const aimed = placed.map((one, i) => aimOf(one, allocation.weights[i]!));
  const { weights, ...overlays } = overlaid(aimed, panel, input);
  return {
    market,
    exposureScaleFrac,
    symbols: aimed.map((one, i) => ({ ...one, targetWeight: weights[i]! })),
    totals: allocation.totals,
    optimizer: allocation.optimizer,
    overlays,
  };
}

interface Placed {
  readonly signal: SymbolSignal;
  readonly ensemble: EnsembleResult | null;
  readonly stop: StopCheck | null;
  readonly candidate: AllocationCandidate;
  /** Was to grow, and may not. */
  readonly keptOut: 'strategy-blocked' | 'not-an-opportunity' | null;
}

function unfitPortfolio({ signals, portfolio }: AllocationInput, held: ReadonlyMap<Ticker, number>): Refusal | undefined {
  const { equityUsd, peakEquityUsd, positions } = portfolio;
  if (!(equityUsd > 0 && Number.isFinite(equityUsd))) return refuse('equity-not-positive', { equityUsd });
  if (Number.isNaN(drawdownFrac(equityUsd, peakEquityUsd))) return refuse('equity-high-not-positive', { peakEquityUsd });
  const known = new Set(signals.symbols.map(({ symbol }) => symbol));
  const stranger = positions.find(({ symbol, quantity }) => quantity !== 0 && !known.has(symbol));
  if (stranger !== undefined) return refuse('position-outside-universe', { symbol: stranger.symbol });
  const notFinite = [...held].find(([, weight]) => !Number.isFinite(weight));
  return notFinite === undefined ? undefined : refuse('weight-not-finite', { symbol: notFinite[0] });
}

function propose(
  sorted: readonly SymbolSignal[],
  held: ReadonlyMap<Ticker, number>,
  { context: { policy }, riskOverride }: AllocationInput,
): { readonly market: EnsembleMarket; readonly ensembles: ReadonlyMap<Ticker, EnsembleResult> } {
  const { market, results } = decideSymbols(
    sorted.flatMap(({ symbol, market: seen, opinions, dataQualityScore }) =>
      seen === null
        ? []
        : [
            {
              symbol,
              opinions,
              sigma: seen.dailyVol,
              marginalCvarFrac: seen.marginalCvarFrac,
              dataQualityScore,
              currentWeight: held.get(symbol) ?? 0,
            },
          ],
    ),
    {
      riskOverride,
      cvarFracMax: policy.risk.cvarFracMax,
      grossFracMax: policy.portfolio.grossFracMax,
      currentGrossFrac: [...held.values()].reduce((sum, weight) => sum + Math.abs(weight), 0),
      allowShort: policy.portfolio.allowShort,
    },
    policy.ensemble,
  );
  return { market, ensembles: new Map(results.map((result) => [result.symbol, result])) };
}

function candidateOf(
  { symbol, sector }: SymbolSignal,
  ensemble: EnsembleResult | null,
  currentWeight: number,
  tradable: boolean,
  { policy: { ensemble: rules } }: CycleContext,
): AllocationCandidate {
  const riskFreeDaily = rules.riskFreeAnnualFrac / rules.sessionsPerYear;
  return {
    symbol,
    sector,
    currentWeight,
    tradable,
    proposal: ensemble?.proposal ?? 'REJECT',
    recommendedWeight: ensemble?.recommendedWeight ?? null,
    excessMu: ensemble === null || ensemble.mu === null ? null : ensemble.mu - riskFreeDaily,
    sigma: ensemble?.sigma ?? null,
  };
}

/** The stop of what is held, or of what would be opened. */
function stopOf(
  [bars]: readonly DailyBars[],
  currentWeight: number,
  ensemble: EnsembleResult | null,
  { policy }: CycleContext,
): StopCheck | null {
  const rules = policy.overlays.volatilityStop;
  if (bars === undefined || !rules.enabled) return null;
  return volatilityStop(bars, currentWeight === 0 ? (ensemble?.recommendedWeight ?? 0) : currentWeight, rules);
}

/** Beyond its stop nothing may grow. */
const withStop = (candidate: AllocationCandidate, stop: StopCheck | null): AllocationCandidate =>
  stop?.stopped && candidate.tradable ? { ...candidate, proposal: 'HOLD' } : candidate;

/** A strategy that may not grow still shrinks what is held. What is held may grow; what is not held opens only when it is listed. */
function permitted(candidate: AllocationCandidate, context: CycleContext): Pick<Placed, 'candidate' | 'keptOut'> {
  const { symbol, proposal, currentWeight, tradable } = candidate;
  const side = proposal === 'BUY' ? 1 : proposal === 'SELL' ? -1 : 0;
  const grows = tradable && side !== 0 && side * currentWeight >= 0;
  if (grows && !mayGrow(context.strategy, context.policy.strategies)) return keep('strategy-blocked');
  const listed = context.opportunities?.includes(symbol) ?? true;
  return grows && currentWeight === 0 && !listed ? keep('not-an-opportunity') : { candidate, keptOut: null };

  function keep(keptOut: NonNullable<Placed['keptOut']>): Pick<Placed, 'candidate' | 'keptOut'> {
    return { candidate: { ...candidate, proposal: 'HOLD' }, keptOut };
  }
}

/** What the allocator answered; a position beyond its stop is closed whatever it said. */
function aimOf(
  { signal: { symbol, sector }, ensemble, stop, candidate, keptOut }: Placed,
  allocated: Allocation['weights'][number],
): AllocatedSymbol {
  const { currentWeight, tradable } = candidate;
  const stopped = tradable && stop?.stopped === true;
  const closed = stopped && currentWeight !== 0;
  const blocked = stopped && currentWeight === 0 && (ensemble?.proposal === 'BUY' || ensemble?.proposal === 'SELL');
  return {
    symbol,
    sector,
    ensemble,
    stop,
    currentWeight,
    targetWeight: closed ? 0 : allocated.targetWeight,
    forced: closed || allocated.forced,
    refusals: [
      ...(blocked ? [{ reason: 'beyond-volatility-stop' as const }] : []),
      ...(keptOut === null ? [] : [{ reason: keptOut }]),
      ...allocated.refusals,
    ],
  };
}

function overlaid(
  aimed: readonly AllocatedSymbol[],
  panel: ReturnPanel | Refusal,
  { context, market, portfolio }: AllocationInput,
): OverlayOutcome {
  const { policy, asOf } = context;
  const slopes = isRefusal(panel) ? new Float64Array(0) : betas(panel);
  const betaOf = new Map(isRefusal(panel) ? [] : panel.symbols.map((symbol, i) => [symbol, slopes[i]!]));
  return applyOverlays({
    // A position whose returns cannot be measured moves with the market, as far as anyone knows.
    holdings: aimed.map(({ symbol, sector, currentWeight, targetWeight }) => ({
      symbol,
      sector,
      heldWeight: currentWeight,
      targetWeight,
      beta: betaOf.get(symbol) ?? 1,
    })),
    sectors: new Set(aimed.map(({ sector }) => sector)).size,
    grossFracMax: policy.portfolio.grossFracMax,
    equityUsd: portfolio.equityUsd,
    market: marketBefore(market, asOf),
    riskFreeAnnualFrac: policy.ensemble.riskFreeAnnualFrac,
    sessionsPerYear: policy.signals.sessionsPerYear,
    scenarios: policy.stress,
    rules: policy.overlays,
  });
}
