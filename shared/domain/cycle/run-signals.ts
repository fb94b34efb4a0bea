/**
 * Phase 2: what the market and the agents say of each symbol. A symbol that governance blocks, or whose bars cannot be used, gets no
 * opinion and says why; the others never wait for it.
 */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import type { Opinion } from '../agents/agent.ts';
import { agents } from '../agents/registry.ts';
import { averageTrueRange } from '../indicators/directional-movement.ts';
import { realizedDailyVol } from '../indicators/momentum.ts';
import { dividendAdjusted, totalReturns } from '../indicators/returns.ts';
import type { DailyBars } from '../market/bars.ts';
import { marginalCvar } from '../risk/portfolio-risk.ts';
import { type ReturnPanel, returnPanel } from '../risk/return-panel.ts';
import { bySymbol, weightsOf } from './portfolio-view.ts';
import type { CycleContext, SignalsInput, SignalsOutput, SymbolInput, SymbolMarket, SymbolSignal } from './step-types.ts';

const RANGE_BARS = 14;
const VOLUME_BARS = 20;

export function runSignals({ context, symbols, portfolio }: SignalsInput): SignalsOutput {
  const sorted = bySymbol(symbols);
  const blocked = sorted.map((input) => blockedBy(input, context));
  const usable = sorted.filter((_, i) => blocked[i]!.length === 0);
  const marginals = marginalsOf(usable, weightsOf(portfolio), context);
  const asked = agents(context.policy.agents);

  return {
    symbols: sorted.map((input, i): SymbolSignal => {
      const base = {
        symbol: input.symbol,
        sector: input.sector,
        governance: input.governance,
        dataQualityScore: input.quality.score,
        providerConfidence: input.providerConfidence,
        rows: input.quality.rows,
      };
      if (blocked[i]!.length > 0) return { ...base, blockedBy: blocked[i]!, market: null, opinions: [] };
      const market = marketOf(input.bars!, marginals.get(input.symbol), context);
      if (market === undefined) return { ...base, blockedBy: ['measures-not-finite'], market: null, opinions: [] };
      const view = {
        symbol: input.symbol,
        asOf: context.asOf,
        bars: dividendAdjusted(input.bars!),
        dailyVol: market.dailyVol,
        dataQualityScore: input.quality.score,
        rules: context.policy.signals,
      };
      const opinions = asked.map((agent): Opinion => agent.opine(view));
      return { ...base, blockedBy: [], market, opinions };
    }),
  };
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
  const { asOf, policy } = context;
  const panelOf = (inputs: readonly SymbolInput[]): ReturnPanel | Refusal =>
    returnPanel(
      inputs.map(({ bars }) => bars!),
      asOf,
      policy.risk.returnSessions,
      policy.risk.returnSessionsMin,
    );
  let measurable = usable;
  let panel = panelOf(usable);
  if (isRefusal(panel)) {
    measurable = usable.filter((input) => !isRefusal(panelOf([input])));
    panel = panelOf(measurable);
  }
  if (isRefusal(panel)) return new Map();
  const weights = Float64Array.from(measurable, ({ symbol }) => held.get(symbol) ?? 0);
  const marginals = marginalCvar(panel, weights, policy.risk.confidenceLevel);
  return isRefusal(marginals) ? new Map() : new Map(measurable.map(({ symbol }, i) => [symbol, marginals[i]!]));
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
