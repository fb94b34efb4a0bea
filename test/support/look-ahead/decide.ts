/**
 * The decision path from stored data to decisions, without a cloud around it: what the nightly ingest makes of the rows, what preflight
 * and "Load Data" hand to the phases, and the phases themselves. Every step is the function that the Lambdas call, in their order; only
 * the reading and writing between them is left out. `ingest` gets whole series, later rows included, as it does at night.
 *
 * Data in a lake is split-adjusted by its vendor, so a split after the session is already in every price before it, and shares and
 * earnings per share are on the same footing. A later split is therefore no change of one row but of the unit of all of them; here,
 * behind the ingest, where prices stay as they are, the ratios on file after the session are changed like anything else.
 */

import {
  type CycleContext,
  decideCycle,
  judgeUniverse,
  type PortfolioInput,
  type SymbolInput,
  type UniverseSymbol,
} from '../../../shared/domain/cycle/index.ts';
import type { DailyBars } from '../../../shared/domain/market/bars.ts';
import { newYorkInstant } from '../../../shared/domain/market/calendar.ts';
import { addReturns, equalWeighted, indexReturns, mergeSums } from '../../../shared/domain/market/equal-weighted.ts';
import { noFacts, type SymbolFacts } from '../../../shared/domain/market/facts.ts';
import { type MarketHistory, marketBefore } from '../../../shared/domain/market/market-history.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../../shared/domain/policy/policy.ts';
import { regimeSessions } from '../../../shared/domain/policy/regime-rules.ts';
import { profileBars, type QualityProfile } from '../../../shared/domain/quality/profile.ts';
import { initialRiskState } from '../../../shared/domain/risk/risk-state.ts';
import { canonicalJson } from '../../../shared/kernel/canonical-json.ts';
import { formatDay } from '../../../shared/kernel/days.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import type { CycleId, EpochDay } from '../../../shared/kernel/units.ts';
import { mergeReports } from '../../../shared/providers/files/merge-reports.ts';
import { inDayOrder } from '../../../shared/providers/ingest/day-order.ts';
import { lastRowsBefore } from '../../../shared/stores/lake/bars-window.ts';
import { factsInWindow } from '../../../shared/stores/lake/facts-window.ts';
import type { StoredData } from './stored-data.ts';

/** What the fund holds, and what its broker quotes in the cycle: none of it is stored market data. */
export interface Situation {
  readonly asOf: EpochDay;
  readonly policy: Policy;
  readonly cashUsd: number;
  readonly held: Readonly<Record<string, number>>;
  readonly quotesUsd: Readonly<Record<string, number>>;
}

/** What "Preflight" and "Load Data" give to the phases. */
export interface Loaded {
  readonly universe: readonly UniverseSymbol[];
  readonly bars: readonly DailyBars[];
  readonly facts: readonly SymbolFacts[];
  readonly market: MarketHistory;
}

/** Everything that the cycle decides, orders and remembers, as one text: equal texts are equal decisions to the last bit. */
export const decide = (data: StoredData, situation: Situation): string => decideOn(load(data, situation), situation);

/** The default policy, but for a regime model of two states from two starts: the same code, sooner. Quotes are the last closes. */
export function situationOn(data: StoredData, asOf: EpochDay, held: Readonly<Record<string, number>> = {}): Situation {
  const { regime } = defaultPolicy;
  const model = { ...regime.model, statesMax: 2, restarts: 2, finalists: 2, iterationsMax: 60 };
  const policy: Policy = { ...defaultPolicy, regime: { ...regime, model } };
  const quotes = data.bars.flatMap((bars) => lastRowsBefore([inDayOrder(bars)], { before: asOf, sessions: 1 }));
  return { asOf, policy, cashUsd: 700_000, held, quotesUsd: Object.fromEntries(quotes.map(({ symbol, close }) => [symbol, close[0]!])) };
}

interface Ingested {
  readonly profiles: readonly QualityProfile[];
  readonly bars: readonly DailyBars[];
  readonly facts: readonly SymbolFacts[];
  readonly market: MarketHistory;
}

function ingest({ bars, facts, index }: StoredData): Ingested {
  const sorted = bars.map(inDayOrder);
  return {
    profiles: bars.map((delivered) => profileBars(delivered, { adjustment: 'split-adjusted' })),
    bars: sorted,
    facts: facts.map((one) => ({ ...one, reports: mergeReports([one.reports]) })),
    market: index === null ? equalWeighted(mergeSums([addReturns(sorted)])) : indexReturns(index.symbol, inDayOrder(index)),
  };
}

function load(data: StoredData, { asOf, policy, held }: Situation): Loaded {
  const { profiles, bars, facts, market } = ingest(data);
  const universe = judgeUniverse({ profiles, sectors: data.sectors, policy, asOf });
  const wanted = new Set(Object.keys(held));
  for (const { symbol, governance } of universe) if (governance.state === 'ACTIVE') wanted.add(symbol);
  const isWanted = ({ symbol }: { readonly symbol: string }): boolean => wanted.has(symbol);
  return {
    universe,
    bars: bars.filter(isWanted).flatMap((series) => lastRowsBefore([series], { before: asOf, sessions: policy.history.loadedSessions })),
    facts: facts.filter(isWanted).map((one) => factsInWindow(one, asOf)),
    market: marketBefore(market, asOf, regimeSessions(policy.regime)),
  };
}

/** The phases, from signals to the records. */
export function decideOn({ universe, bars, facts, market }: Loaded, { asOf, policy, cashUsd, held, quotesUsd }: Situation): string {
  const now = newYorkInstant(asOf, 15, 45);
  const context: CycleContext = {
    cycleId: `cycle-${formatDay(asOf)}` as CycleId,
    fund: 'ballast',
    strategy: 'ensemble',
    asOf,
    scheduledAt: now,
    policy,
    opportunities: null,
  };
  const barsOf = new Map(bars.map((one) => [one.symbol, one]));
  const factsOf = new Map(facts.map((one) => [one.symbol, one]));
  const symbols = universe.map((one): SymbolInput => {
    return { ...one, bars: barsOf.get(one.symbol) ?? null, facts: factsOf.get(one.symbol) ?? noFacts(one.symbol) };
  });
  const portfolio = valueBook(cashUsd, held, bars, policy.capital.initialEquityUsd);

  const references = universe.map(({ symbol }) => ({ symbol, priceUsd: quotesUsd[symbol] ?? Number.NaN, at: now }));
  const { signals, allocation, risk, plan, decisions } = decideCycle({
    ...{ context, symbols, market, portfolio, riskState: initialRiskState, controlEpoch: 1, policySha256: 'any' },
    quotes: { references, lendable: [], openOrders: [], now, skewMs: 0 },
    withdrawn: [],
  });
  if (risk === null || isRefusal(risk) || isRefusal(allocation)) return textOf({ decisions });
  return textOf({
    decisions,
    orders: plan,
    riskMemory: risk.nextRiskState,
    effects: risk.effects,
    overlays: allocation.overlays,
    regime: signals.regime,
  });
}

const textOf = (outcome: object): string => canonicalJson(JSON.parse(JSON.stringify(outcome)));

/** At the last closes known, as "Load Data" values it. */
function valueBook(
  cashUsd: number,
  held: Readonly<Record<string, number>>,
  bars: readonly DailyBars[],
  initialEquityUsd: number,
): PortfolioInput {
  const positions = bars
    .filter(({ symbol }) => Object.hasOwn(held, symbol))
    .map(({ symbol, close }) => ({ symbol, quantity: held[symbol]!, priceUsd: close.at(-1)! }));
  const equityUsd = cashUsd + positions.reduce((sum, { quantity, priceUsd }) => sum + quantity * priceUsd, 0);
  return { cashUsd, equityUsd, positions, peakEquityUsd: Math.max(equityUsd, initialEquityUsd), initialEquityUsd };
}
