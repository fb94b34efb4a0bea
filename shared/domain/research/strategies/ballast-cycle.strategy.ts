/**
 * The fund itself: at each rebalance the steps of a trading cycle, under the default policy, with regime and risk carried along. Nothing of the
 * decision is written here; what a cycle's Lambdas collect from lake and ledger is collected from the panel, and the steps are theirs.
 *
 * 1. The universe, judged as preflight does, by the bars up to this close.                        judge-universe.ts
 * 2. Where the policy asks for one, the list of opportunities, ranked as the hourly ranker does.   rank-opportunities.ts
 * 3. Signals, allocation, risk, permit, order plan.                                                decide-cycle.ts
 * 4. The plan's orders, as they are. What of an earlier cycle still works is withdrawn first.
 *
 * `asOf` is the session after this close: its cycle knows the bars up to here. The live cycle takes its reference price on the day at 15:45;
 * here it is the last close, so no order is refused for a price that ran away meanwhile.
 * Differs from the live fund: reports and news are not on a panel, so those agents abstain; a symbol whose sector nobody says is traded as one
 * of the sector UNCLASSIFIED, which the policy limits as a whole; members of the index count as listed only where the run has a membership; a
 * halt (25 % lost, or CVaR over its limit three cycles in a row) stays, because nobody is there to resume. Daily bars only.
 */
import { contentHash } from '../../../kernel/canonical-json.ts';
import { formatDay } from '../../../kernel/days.ts';
import { ContractViolation } from '../../../kernel/errors.ts';
import { isRefusal } from '../../../kernel/refusal.ts';
import type { CycleId, EpochDay, Sha256, Ticker } from '../../../kernel/units.ts';
import {
  type CycleContext,
  type CycleInputs,
  decideCycle,
  judgeUniverse,
  type PortfolioInput,
  runSignals,
  type SymbolInput,
} from '../../cycle/index.ts';
import { newYorkInstant, nextSession } from '../../market/calendar.ts';
import { noFacts } from '../../market/facts.ts';
import { defaultPolicy } from '../../policy/default-policy.ts';
import { regimeSessions } from '../../policy/regime-rules.ts';
import { underMode } from '../../policy/risk-mode.ts';
import { profileBars } from '../../quality/profile.ts';
import { predictionsOf } from '../../ranking/predictions.ts';
import { rankOpportunities } from '../../ranking/rank-opportunities.ts';
import { initialRiskState, type RiskState } from '../../risk/risk-state.ts';
import type { Panel } from '../panel.ts';
import type { Desk, Now, OrderStrategy } from '../strategy.ts';
import { marketUntil } from './parts/factor-scores.ts';
import { asHouseBars } from './parts/house-bars.ts';

/** When the live cycle of a session runs. */
const SCHEDULED_MINUTE = { hour: 15, minute: 45 } as const;

export const ballastCycleStrategy: OrderStrategy = {
  name: 'ballast-cycle',
  about: "The fund's own trading cycle under the default policy: regime, agents, allocation, risk and order plan.",
  source: 'shared/domain/cycle; its parts cite their own sources',
  kind: 'orders',
  parameters: {
    every: { about: 'Sessions from one cycle to the next', initial: 1, min: 1, max: 1260, whole: true },
  },
  start({ frequency, basis, symbols, sectors }, { every }) {
    if (frequency !== 'daily') throw new ContractViolation('a trading cycle decides on daily bars', { frequency });
    const fund = new Fund(basis, new Map(symbols.map((symbol, i) => [symbol, sectors?.[i] ?? null])));
    let sessions = 0;
    return { decide: (now, desk) => (sessions++ % every! === 0 ? fund.cycle(now, desk) : undefined) };
  },
};

class Fund {
  readonly #basis: Panel['basis'];
  readonly #sectors: ReadonlyMap<Ticker, string | null>;
  readonly #policy = underMode(defaultPolicy);
  readonly #policySha256: Sha256 = contentHash(defaultPolicy);
  #riskState: RiskState = initialRiskState;
  #initialEquityUsd: number | null = null;
  #peakEquityUsd = 0;

  constructor(basis: Panel['basis'], sectors: ReadonlyMap<Ticker, string | null>) {
    this.#basis = basis;
    this.#sectors = sectors;
  }

  cycle(now: Now, desk: Desk): void {
    now.symbols.forEach((_, symbol) => {
      for (const order of desk.working(symbol)) desk.cancel(order);
    });
    const asOf = nextSession(now.day);
    const portfolio = this.#valueBook(now);
    const symbols = this.#judged(now, asOf);
    // Nothing may trade and nothing is held: the steps would come to no order, and risk has nothing to remember.
    if (symbols.every(({ bars }) => bars === null)) return;
    const market = marketUntil(now, regimeSessions(this.#policy.regime));
    const context = this.#context(now, asOf, symbols, market);
    const { scheduledAt } = context;
    const decided = decideCycle({
      ...{ context, symbols, market, portfolio, riskState: this.#riskState, policySha256: this.#policySha256 },
      controlEpoch: 0,
      quotes: {
        references: now.symbols.flatMap((symbol, i) => (now.bars(i) > 0 ? [{ symbol, priceUsd: now.close(i, 0), at: scheduledAt }] : [])),
        ...{ lendable: [], openOrders: [], now: scheduledAt, skewMs: 0 },
      },
      withdrawn: [],
    });
    if (decided.risk !== null && !isRefusal(decided.risk)) this.#riskState = decided.risk.nextRiskState;
    const places = new Map(now.symbols.map((symbol, i) => [symbol, i]));
    for (const { intent } of decided.plan?.orders ?? []) {
      const { symbol, side, quantity, type, timeInForce } = intent;
      desk.submit({ symbol: places.get(symbol)!, side: side === 'buy' ? 'BUY' : 'SELL', shares: quantity, type, timeInForce });
    }
  }

  #valueBook(now: Now): PortfolioInput {
    this.#initialEquityUsd ??= now.equityUsd;
    this.#peakEquityUsd = Math.max(this.#peakEquityUsd, now.equityUsd);
    const positions = now.symbols.flatMap((symbol, i) =>
      now.shares(i) === 0 ? [] : [{ symbol, quantity: now.shares(i), priceUsd: now.close(i, 0) }],
    );
    const { cashUsd, equityUsd } = now;
    return { cashUsd, equityUsd, positions, peakEquityUsd: this.#peakEquityUsd, initialEquityUsd: this.#initialEquityUsd };
  }

  /** With the bars of those that may trade or are held, as a cycle loads them. */
  #judged(now: Now, asOf: EpochDay): SymbolInput[] {
    const places = new Map(now.symbols.map((symbol, i) => [symbol, i]));
    const profiles = now.symbols.map((_, i) => profileBars(now.history(i, now.bars(i)), { adjustment: 'split-adjusted' }));
    const universe = judgeUniverse({ profiles, sectors: this.#sectors, policy: this.#policy, asOf });
    return universe.map((judged): SymbolInput => {
      const place = places.get(judged.symbol)!;
      const isLoaded = judged.governance.state === 'ACTIVE' || now.shares(place) !== 0;
      const history = isLoaded ? now.history(place, this.#policy.history.loadedSessions) : null;
      return {
        ...judged,
        bars: history && asHouseBars(history, this.#basis),
        facts: { ...noFacts(judged.symbol), earnings: now.earnings(place) },
      };
    });
  }

  #context(now: Now, asOf: EpochDay, symbols: readonly SymbolInput[], market: CycleInputs['market']): CycleContext {
    const { hour, minute } = SCHEDULED_MINUTE;
    const context = {
      cycleId: `cycle-${formatDay(asOf)}` as CycleId,
      ...{ fund: 'ballast', strategy: 'ensemble', asOf, scheduledAt: newYorkInstant(asOf, hour, minute) },
      policy: this.#policy,
      opportunities: null,
    };
    const members = now.symbols.filter((_, i) => now.isMember(i));
    if (this.#policy.ranking.gate === 'off') return { ...context, opportunities: members.length < now.symbols.length ? members : null };
    const { initialEquityUsd } = this.#policy.capital;
    const portfolio = {
      cashUsd: initialEquityUsd,
      equityUsd: initialEquityUsd,
      positions: [],
      peakEquityUsd: initialEquityUsd,
      initialEquityUsd,
    };
    const predictions = predictionsOf(runSignals({ context: withoutRegime(context), symbols, market, portfolio }), this.#policy);
    const candidates = symbols.filter(({ symbol }) => members.includes(symbol));
    return { ...context, opportunities: rankOpportunities({ symbols: candidates, predictions, policy: this.#policy }).listed };
  }
}

/** A ranking asks for no regime, and naming one is most of a cycle's work: asked for more history than there is, it is refused at once. */
const withoutRegime = (context: CycleContext): CycleContext => ({
  ...context,
  policy: { ...context.policy, regime: { ...context.policy.regime, historySessionsMin: Number.POSITIVE_INFINITY } },
});
