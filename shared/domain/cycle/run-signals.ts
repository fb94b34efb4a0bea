/**
 * Phase 2: what regime the market is in, how each symbol stands on the factors, and what the agents say of it. A symbol that governance
 * blocks, or whose bars cannot be used, gets no opinion and says why; the others never wait for it.
 */

import { isRefusal } from '../../kernel/refusal.ts';
import { seededRng } from '../../kernel/rng.ts';
import type { Opinion, SymbolView } from '../agents/agent.ts';
import { agents } from '../agents/registry.ts';
import type { FactorView } from '../factors/factor.ts';
import { standings } from '../factors/rank.ts';
import { factorsNamed } from '../factors/registry.ts';
import { averageTrueRange } from '../indicators/directional-movement.ts';
import { realizedDailyVol } from '../indicators/momentum.ts';
import { dividendAdjusted, totalReturns } from '../indicators/returns.ts';
import type { DailyBars } from '../market/bars.ts';
import { factsBefore } from '../market/facts.ts';
import { marketBefore } from '../market/market-history.ts';
import { regimeSessions } from '../policy/regime-rules.ts';
import { readRegime } from '../regime/read-regime.ts';
import { marginalCvar } from '../risk/portfolio-risk.ts';
import { measurablePanel } from './measurable-panel.ts';
import { bySymbol, weightsOf } from './portfolio-view.ts';
import type { CycleContext, SignalsInput, SignalsOutput, SymbolInput, SymbolMarket, SymbolSignal } from './step-types.ts';

const RANGE_BARS = 14;
const VOLUME_BARS = 20;

export function runSignals({ context, symbols, market, portfolio }: SignalsInput): SignalsOutput {
  const { policy, asOf } = context;
  const sorted = bySymbol(symbols);
  const history = marketBefore(market, asOf, regimeSessions(policy.regime));
  const standing = measured(sorted, weightsOf(portfolio), context);
  const views = standing.flatMap((one) => (one.kind === 'measured' ? [one.view] : []));
  const factors = standings(
    views,
    { asOf, market: history, sessionsPerYear: policy.signals.sessionsPerYear, rules: policy.factors },
    factorsNamed(Object.keys(policy.factors.weights)),
  );
  const standingsOf = new Map(views.map(({ symbol }, i) => [symbol, factors[i]!]));
  const asked = agents(policy.agents);

  return {
    regime: readRegime(history, asOf, policy.regime, seededRng('regime')),
    symbols: standing.map((one): SymbolSignal => {
      const { symbol, sector, governance, quality, providerConfidence } = one.input;
      const base = { symbol, sector, governance, dataQualityScore: quality.score, providerConfidence, rows: quality.rows };
      if (one.kind === 'blocked') return { ...base, blockedBy: one.reasons, market: null, factors: [], opinions: [] };
      const ranked = standingsOf.get(symbol)!;
      const view: SymbolView = { ...one.view, asOf, dataQualityScore: quality.score, factors: ranked, rules: policy };
      return { ...base, blockedBy: [], market: one.market, factors: ranked, opinions: asked.map((agent): Opinion => agent.opine(view)) };
    }),
  };
}

type Measured =
  | { readonly kind: 'measured'; readonly input: SymbolInput; readonly market: SymbolMarket; readonly view: FactorView }
  | { readonly kind: 'blocked'; readonly input: SymbolInput; readonly reasons: readonly string[] };

function measured(sorted: readonly SymbolInput[], held: ReadonlyMap<string, number>, context: CycleContext): Measured[] {
  const blocked = sorted.map((input) => blockedBy(input, context));
  const usable = sorted.filter((_, i) => blocked[i]!.length === 0);
  const marginals = marginalsOf(usable, held, context);
  return sorted.map((input, i): Measured => {
    if (blocked[i]!.length > 0) return { kind: 'blocked', input, reasons: blocked[i]! };
    const market = marketOf(input.bars!, marginals.get(input.symbol), context);
    if (market === undefined) return { kind: 'blocked', input, reasons: ['measures-not-finite'] };
    const view = {
      symbol: input.symbol,
      bars: dividendAdjusted(input.bars!),
      facts: factsBefore(input.facts, context.asOf),
      dailyVol: market.dailyVol,
    };
    return { kind: 'measured', input, market, view };
  });
}

function blockedBy({ governance, bars }: SymbolInput, { asOf, policy }: CycleContext): readonly string[] {
  if (governance.state !== 'ACTIVE') return governance.reasons.length > 0 ? governance.reasons : ['not-active'];
  if (bars === null || bars.day.length === 0) return ['bars-missing'];
  if (bars.day.at(-1)! >= asOf) return ['bars-reach-past-as-of'];
  return bars.day.length < policy.history.loadedSessions ? ['loaded-history-too-short'] : [];
}

/** Tail loss per unit of weight against the book held. A symbol without usable returns gets none, and stands in nobody's way. */
function marginalsOf(
  usable: readonly SymbolInput[],
  held: ReadonlyMap<string, number>,
  context: CycleContext,
): ReadonlyMap<string, number> {
  const panel = measurablePanel(
    usable.map(({ bars }) => bars!),
    context,
  );
  if (isRefusal(panel)) return new Map();
  const weights = Float64Array.from(panel.symbols, (symbol) => held.get(symbol) ?? 0);
  const marginals = marginalCvar(panel, weights, context.policy.risk.confidenceLevel);
  return isRefusal(marginals) ? new Map() : new Map(panel.symbols.map((symbol, i) => [symbol, marginals[i]!]));
}

function marketOf(bars: DailyBars, marginalCvarFrac: number | undefined, { policy }: CycleContext): SymbolMarket | undefined {
  const last = bars.day.length - 1;
  const market = {
    lastDay: bars.day[last]! as SymbolMarket['lastDay'],
    closeUsd: bars.close[last]!,
    dailyVol: realizedDailyVol(totalReturns(bars), policy.signals.volatilityBars),
    averageTrueRangeUsd: averageTrueRange(bars.high, bars.low, bars.close, RANGE_BARS)[last]!,
    averageDailyVolume: bars.volume.subarray(-VOLUME_BARS).reduce((sum, volume) => sum + volume, 0) / Math.min(VOLUME_BARS, last + 1),
    marginalCvarFrac: marginalCvarFrac ?? Number.NaN,
  };
  return Object.values(market).every(Number.isFinite) ? market : undefined;
}
