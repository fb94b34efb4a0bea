/**
 * What analytics keeps of one cycle: the book as it was decided on, what was expected of each symbol, and what was ordered. It rests on the
 * cycle's own documents and orders alone, so it comes out the same whenever it is made.
 *
 * 1. The book is valued at the last closes before the session (`valuedAt`), which are the prices that were decided at.
 * 2. Cash that came in or went out without an order is kept as sums since the fund began, so that an interval between any two cycles has
 *    it as a difference.
 * 3. Of the market as a whole, the last returns: enough to bridge a few cycles that did not run.
 *
 * Not covered: what the broker holds (reconciliation does that), and prices during the session.
 */
import { contentHash } from '../../kernel/canonical-json.ts';
import { formatDay } from '../../kernel/days.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import type { CycleId, EpochDay, EpochMs, Ticker } from '../../kernel/units.ts';
import type { AllocationOutput, PortfolioInput, RiskOutput, SignalsOutput } from '../cycle/step-types.ts';
import type { Proposal } from '../ensemble/meta-brain.ts';
import type { OrderPlan } from '../execution/plan-orders.ts';
import { previousSession } from '../market/calendar.ts';
import type { MarketHistory } from '../market/market-history.ts';
import type { Policy } from '../policy/policy.ts';

export interface CyclePoint {
  readonly schema: 'ballast.cycle-point/1';
  readonly cycleId: CycleId;
  /** YYYY-MM-DD: the session that was traded. */
  readonly session: string;
  readonly scheduledAt: EpochMs;
  /** YYYY-MM-DD: the session whose closes value the book. */
  readonly valuedAt: string;
  readonly strategy: string;
  readonly mode: string;
  readonly policySha256: string;
  readonly cashUsd: number;
  readonly equityUsd: number;
  readonly initialEquityUsd: number;
  readonly riskFreeAnnualFrac: number;
  readonly sessionsPerYear: number;
  readonly cashMoved: CashMoved;
  readonly holdings: readonly PointHolding[];
  /** USD by symbol, of every symbol that the cycle measured. */
  readonly closes: Readonly<Record<string, number>>;
  readonly market: { readonly name: string; readonly returns: ReadonlyArray<readonly [day: string, simpleReturn: number]> };
  readonly orders: readonly PointOrder[];
  readonly opinions: readonly PointOpinion[];
  readonly decisions: ReadonlyArray<{
    readonly symbol: Ticker;
    readonly proposal: Proposal;
    readonly targetWeight: number;
    readonly approvedWeight: number | null;
  }>;
  /** Null when the market's history did not tell. */
  readonly regime: { readonly name: string; readonly exposureFrac: number } | null;
  readonly risk: { readonly decision: string; readonly varFrac: number; readonly cvarFrac: number } | null;
  readonly system: PointSystem;
}

/** Since the fund began, signed as cash sees it: a dividend received and a deposit are positive, a fee is negative. */
export interface CashMoved {
  readonly transfersUsd: number;
  readonly interestUsd: number;
  readonly feesUsd: number;
  /** By symbol. */
  readonly dividendsUsd: Readonly<Record<string, number>>;
  /** What trades that the fund did not order took from the cash, by symbol. */
  readonly manualTradesUsd: Readonly<Record<string, number>>;
}

export interface PointHolding {
  readonly symbol: Ticker;
  readonly sector: string | null;
  /** Negative is short. */
  readonly quantity: number;
  readonly priceUsd: number;
}

export interface PointOrder {
  readonly symbol: Ticker;
  readonly strategy: string;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly filledQuantity: number;
  readonly averagePriceUsd: number | null;
  readonly decisionPriceUsd: number;
  readonly arrivalPriceUsd: number | null;
  readonly state: string;
}

export interface PointOpinion {
  readonly symbol: Ticker;
  readonly agent: string;
  /** Of the next session; signed. */
  readonly expectedReturn: number;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface PointSystem {
  readonly symbols: number;
  readonly blocked: Readonly<Record<string, number>>;
  readonly abstentions: Readonly<Record<string, number>>;
  readonly refusedTrades: Readonly<Record<string, number>>;
  /** When each phase had left its document, to the second. */
  readonly phases: ReadonlyArray<{ readonly phase: string; readonly storedAt: EpochMs }>;
}

export interface CyclePointInput {
  readonly cycleId: CycleId;
  readonly scheduledAt: EpochMs;
  readonly session: EpochDay;
  readonly strategy: string;
  readonly policy: Policy;
  readonly portfolio: PortfolioInput;
  readonly signals: SignalsOutput;
  readonly market: MarketHistory;
  readonly allocation: AllocationOutput | null;
  readonly risk: RiskOutput | null;
  readonly plan: OrderPlan | null;
  readonly orders: readonly PointOrder[];
  readonly cashMoved: CashMoved;
  readonly phases: PointSystem['phases'];
}

/** The Meta-Brain's own expectation, judged beside the agents it weighs. */
export const ensembleName = 'ensemble';
/** A month of sessions: longer without a cycle, and the market's return between two cycles is not known. */
const marketSessionsKept = 21;

export function cyclePoint(input: CyclePointInput): CyclePoint {
  const { cycleId, scheduledAt, session, strategy, policy, portfolio, signals, market, allocation, risk } = input;
  const sectors = new Map(signals.symbols.map(({ symbol, sector }) => [symbol, sector]));
  const approved = new Map(risk?.approved.map(({ symbol, weight }) => [symbol, weight]));
  return {
    schema: 'ballast.cycle-point/1',
    ...{ cycleId, scheduledAt, strategy },
    session: formatDay(session),
    valuedAt: formatDay(previousSession(session)),
    mode: policy.steering.mode,
    policySha256: contentHash(policy),
    cashUsd: portfolio.cashUsd,
    equityUsd: portfolio.equityUsd,
    initialEquityUsd: portfolio.initialEquityUsd,
    riskFreeAnnualFrac: policy.ensemble.riskFreeAnnualFrac,
    sessionsPerYear: policy.ensemble.sessionsPerYear,
    cashMoved: input.cashMoved,
    holdings: portfolio.positions.map((held) => ({ ...held, sector: sectors.get(held.symbol) ?? null })),
    closes: Object.fromEntries(signals.symbols.flatMap((one) => (one.market === null ? [] : [[one.symbol, one.market.closeUsd]]))),
    market: { name: market.name, returns: lastReturns(market) },
    orders: input.orders,
    opinions: opinionsOf(signals, allocation),
    decisions: (allocation?.symbols ?? []).flatMap(({ symbol, ensemble, targetWeight }) =>
      ensemble === null ? [] : [{ symbol, proposal: ensemble.proposal, targetWeight, approvedWeight: approved.get(symbol) ?? null }],
    ),
    regime: isRefusal(signals.regime) ? null : { name: signals.regime.name, exposureFrac: signals.regime.exposureFrac },
    risk: risk === null ? null : riskOf(risk),
    system: {
      symbols: signals.symbols.length,
      blocked: countBy(signals.symbols.flatMap(({ blockedBy }) => blockedBy.slice(0, 1))),
      abstentions: countBy(
        signals.symbols.flatMap(({ opinions }) =>
          opinions.flatMap((one) => (one.kind === 'abstain' ? [`${one.agent}: ${one.reason}`] : [])),
        ),
      ),
      refusedTrades: countBy(input.plan?.refused.flatMap(({ reasons }) => reasons.slice(0, 1)) ?? []),
      phases: input.phases,
    },
  };
}

function lastReturns({ day, simpleReturn }: MarketHistory): CyclePoint['market']['returns'] {
  const first = Math.max(0, day.length - marketSessionsKept);
  return Array.from(day.subarray(first), (one, index) => [formatDay(one as EpochDay), simpleReturn[first + index]!] as const);
}

function opinionsOf(signals: SignalsOutput, allocation: AllocationOutput | null): PointOpinion[] {
  const given = signals.symbols.flatMap(({ symbol, opinions }) =>
    opinions.flatMap((one): PointOpinion[] =>
      one.kind === 'opinion' ? [{ symbol, agent: one.agent, expectedReturn: one.expectedReturn, confidence: one.confidence }] : [],
    ),
  );
  const combined = (allocation?.symbols ?? []).flatMap(({ symbol, ensemble }): PointOpinion[] =>
    ensemble === null || ensemble.mu === null
      ? []
      : [{ symbol, agent: ensembleName, expectedReturn: ensemble.mu, confidence: ensemble.confidence }],
  );
  return [...given, ...combined];
}

function riskOf({ assessment: { decision, metrics } }: RiskOutput): NonNullable<CyclePoint['risk']> {
  return { decision, varFrac: metrics.varFrac, cvarFrac: metrics.cvarFrac };
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of [...keys].sort()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
