/**
 * What the meta strategy controller looks at, and what each piece of it says about the risk mode.
 *
 * 1. Each piece of evidence names the loosest mode that it bears, why, and whether that must not wait.       heardOf
 * 2. What the market says is told apart too: its voice loosens by sessions (market-hold.ts).                    MarketWord
 * 3. Volatility and drawdown go through hysteresis bands, whose memory is handed on from look to look.        banded
 *
 * Fail closed: evidence that is missing, stale or no number bears nothing looser than DEFENSIVE, at once. Degraded health bears NORMAL.
 * Not covered: what the evidence is read from, and how long a reading is good; whoever gathers it says so by a refusal.
 */

import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import type { RegimeName } from '../policy/regime-rules.ts';
import { type HysteresisBand, type RiskMode, riskModes, type SteeringRules } from '../policy/steering-rules.ts';
import { stricter } from './agreement.ts';
import type { HealthPart, HealthStatus } from './health-parts.ts';

export interface MarketEvidence {
  readonly regime: RegimeName;
  readonly annualizedVol: number;
}

/** Equity now; the drawdown is from the high that risk remembers. */
export interface FundEvidence {
  readonly equityUsd: number;
  readonly drawdownFrac: number;
}

export interface StrategyEvidence {
  readonly name: string;
  /** Null where what the strategy earned cannot be told from what others did. */
  readonly equityUsd: number | null;
}

export interface SteeringEvidence {
  readonly market: MarketEvidence | Refusal;
  readonly fund: FundEvidence | Refusal;
  readonly health: Readonly<Record<HealthPart, HealthEvidence>>;
  readonly strategies: readonly StrategyEvidence[];
}

/** `unknown`: never checked, or so long ago that it says nothing. */
export interface HealthEvidence {
  readonly status: HealthStatus | 'unknown';
  readonly reasons: readonly string[];
}

/** Which bands were entered and not yet left. */
export interface BandMemory {
  readonly annualizedVol: boolean;
  readonly drawdownFrac: boolean;
}

export const noBands: BandMemory = { annualizedVol: false, drawdownFrac: false };

/** One piece of evidence, heard. */
export interface Voice {
  /** The loosest mode that it bears. */
  readonly bears: RiskMode;
  /** Does not wait for a second look. */
  readonly atOnce: boolean;
  /** Kebab-case, and the numbers behind it. */
  readonly reason: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** What the market says by itself. */
export interface MarketWord {
  readonly bears: RiskMode;
  /** The part of it that does not wait. */
  readonly atOnce: RiskMode;
}

export interface Heard {
  readonly voices: readonly Voice[];
  /** Null where nobody can read the market: that says something about the data, and nothing about the market. */
  readonly market: MarketWord | null;
  readonly bands: BandMemory;
}

/** All voices that object to something; a piece that bears every mode stays silent. */
export function heardOf(evidence: SteeringEvidence, bands: BandMemory, rules: SteeringRules): Heard {
  const market = marketVoices(evidence.market, bands, rules);
  const fund = fundVoices(evidence.fund, bands, rules);
  const unmeasured = evidence.strategies.filter(({ equityUsd }) => equityUsd === null);
  const voices = [
    ...healthVoices(evidence.health),
    ...market.voices,
    ...fund.voices,
    ...unmeasured.map(({ name }) => voice('NORMAL', `strategy-${name}-not-measured`)),
  ];
  return {
    voices: voices.filter(({ bears }) => bears !== 'AGGRESSIVE'),
    market: isReadable(evidence.market)
      ? { bears: targetOf(market.voices), atOnce: targetOf(market.voices.filter(({ atOnce }) => atOnce)) }
      : null,
    bands: { annualizedVol: market.entered, drawdownFrac: fund.entered },
  };
}

/** What the state of the parts alone says; for a look between two ticks. */
export const healthVoices = (health: Partial<SteeringEvidence['health']>): Voice[] =>
  Object.entries(health).flatMap(([part, { status, reasons }]) => {
    if (status === 'healthy') return [];
    if (status === 'degraded') return [voice('NORMAL', [`${part}-degraded`, ...reasons].join(': '))];
    return [voice('DEFENSIVE', [`${part}-${status}`, ...reasons].join(': '), {}, true)];
  });

/** The strictest mode that any voice asks for. */
export const targetOf = (voices: readonly Voice[]): RiskMode =>
  voices.reduce<RiskMode>((target, { bears }) => stricter(target, bears, riskModes), 'AGGRESSIVE');

/** As an operator reads it: `market-volatility-high (annualizedVol 0.34, enterAbove 0.3)`. */
export function voiceText({ reason, figures }: Pick<Voice, 'reason' | 'figures'>): string {
  const numbers = Object.entries(figures).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
  return numbers.length === 0 ? reason : `${reason} (${numbers.join(', ')})`;
}

const isReadable = (market: SteeringEvidence['market']): boolean =>
  !isRefusal(market) && Number.isFinite(market.annualizedVol) && market.annualizedVol >= 0;

type Banded = { readonly voices: readonly Voice[]; readonly entered: boolean };

function marketVoices(market: SteeringEvidence['market'], bands: BandMemory, { annualizedVol: band, regimes }: SteeringRules): Banded {
  if (isRefusal(market)) return { voices: [missing('market', market.reason)], entered: bands.annualizedVol };
  const { regime, annualizedVol } = market;
  const bears = regimes[regime];
  const ofRegime = voice(bears, `regime-${regime.toLowerCase().replaceAll('_', '-')}`, {}, regime === 'BEAR_CRISIS');
  const ofVolatility = banded('market-volatility', { annualizedVol }, band, bands.annualizedVol);
  return { voices: [ofRegime, ...ofVolatility.voices], entered: ofVolatility.entered };
}

function fundVoices(fund: SteeringEvidence['fund'], bands: BandMemory, { drawdownFrac: band }: SteeringRules): Banded {
  if (isRefusal(fund)) return { voices: [missing('fund', fund.reason)], entered: bands.drawdownFrac };
  return banded('fund-drawdown', { drawdownFrac: fund.drawdownFrac }, band, bands.drawdownFrac);
}

/** Entered above the first line, left below the second, and between them as it was. */
function banded(what: string, figure: Readonly<Record<string, number>>, band: HysteresisBand, before: boolean): Banded {
  const value = Object.values(figure)[0]!;
  if (!(Number.isFinite(value) && value >= 0)) return { voices: [missing(what, 'not-a-number')], entered: before };
  const entered = value > band.enterAbove || (before && value >= band.leaveBelow);
  if (!entered) return { voices: [], entered };
  const line: Record<string, number> = value > band.enterAbove ? { enterAbove: band.enterAbove } : { leaveBelow: band.leaveBelow };
  const reason = value > band.enterAbove ? `${what}-high` : `${what}-not-yet-low`;
  return { voices: [voice('DEFENSIVE', reason, { ...figure, ...line })], entered };
}

export const voice = (bears: RiskMode, reason: string, figures: Voice['figures'] = {}, atOnce = false): Voice => ({
  ...{ bears, reason, figures, atOnce },
});

const missing = (what: string, why: string): Voice => voice('DEFENSIVE', `${what}-unknown: ${why}`, {}, true);
