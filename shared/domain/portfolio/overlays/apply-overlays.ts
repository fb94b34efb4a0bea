/**
 * What is laid over the book after the optimiser: sectors balanced, beta within its band, and the price of insuring the rest.
 * Each part may take growth of this cycle away and nothing else: a weight ends between what is held and what was aimed at, so every limit
 * that the aim keeps is still kept, and turnover only falls.
 */
import type { Refusal } from '../../../kernel/refusal.ts';
import type { Ticker } from '../../../kernel/units.ts';
import type { MarketHistory } from '../../market/market-history.ts';
import type { OverlayRules } from '../../policy/overlay-rules.ts';
import { type BetaReport, neutralizeBeta } from './beta-neutral.ts';
import { balanceSectors } from './sector-balance.ts';
import { type HedgePlan, planTailHedge } from './tail-hedge.ts';

const UNCLASSIFIED = 'UNCLASSIFIED';

export interface OverlayInput {
  /** In symbol order. */
  readonly holdings: ReadonlyArray<{
    readonly symbol: Ticker;
    readonly sector: string | null;
    readonly heldWeight: number;
    readonly targetWeight: number;
    readonly beta: number;
  }>;
  /** Sectors in the universe. */
  readonly sectors: number;
  readonly grossFracMax: number;
  readonly equityUsd: number;
  readonly market: MarketHistory;
  readonly riskFreeAnnualFrac: number;
  readonly sessionsPerYear: number;
  readonly scenarios: ReadonlyArray<{ readonly name: string; readonly indexReturnFrac: number }>;
  readonly rules: OverlayRules;
}

export interface OverlayOutcome {
  /** By position. */
  readonly weights: readonly number[];
  /** Which overlays took growth from which symbol. */
  readonly trims: ReadonlyArray<{
    readonly symbol: Ticker;
    readonly overlay: 'sector-balance' | 'beta';
    readonly fromWeight: number;
    readonly toWeight: number;
  }>;
  readonly beta: BetaReport;
  /** Null when none is asked for; a refusal says why it could not be priced. */
  readonly hedge: HedgePlan | Refusal | null;
}

export function applyOverlays({ holdings, rules, ...input }: OverlayInput): OverlayOutcome {
  const trims: OverlayOutcome['trims'][number][] = [];
  const note = (overlay: 'sector-balance' | 'beta', before: readonly number[], after: readonly number[]): void => {
    for (const [i, { symbol }] of holdings.entries()) {
      if (before[i] !== after[i]) trims.push({ symbol, overlay, fromWeight: before[i]!, toWeight: after[i]! });
    }
  };
  const aimed = holdings.map(({ targetWeight }) => targetWeight);
  const balanced = rules.sectorBalance.enabled
    ? balanceSectors(
        holdings.map(({ sector, heldWeight, targetWeight }) => ({ sector: sector ?? UNCLASSIFIED, heldWeight, targetWeight })),
        { sectors: input.sectors, grossFracMax: input.grossFracMax, bandFrac: rules.sectorBalance.bandFrac },
      )
    : aimed;
  note('sector-balance', aimed, balanced);

  const band = rules.beta.enabled ? rules.beta : { target: rules.beta.target, band: Number.POSITIVE_INFINITY };
  const { weights, report } = neutralizeBeta(
    holdings.map(({ heldWeight, beta }, i) => ({ heldWeight, targetWeight: balanced[i]!, beta })),
    input.equityUsd,
    band,
  );
  note('beta', balanced, weights);

  const hedge = planTailHedge({ ...input, bookBeta: report.betaAfter, rules: rules.tailHedge });
  return { weights, trims, beta: report, hedge };
}
