/**
 * From approved weights to order intents: sells first, so that they pay for the buys, then by symbol.
 *
 * 1. The trade of each symbol whose position should change, in whole lots, less what earlier orders that still work may do of it.  round-lots.ts
 * 2. Trades below the least notional are skipped, unless they close a position.
 * 3. A trade above the largest order value is cut into the fewest legs that are not, equal to within one lot.
 * 4. Every leg passes the pre-trade checks, knowing the legs before it; one that does not is refused with its reasons.
 * Orders are MARKET, DAY.
 */
import type { CycleId, EpochMs, Ticker } from '../../kernel/units.ts';
import type { ExecutionLimits } from '../policy/policy.ts';
import { sharesToTrade } from '../portfolio/round-lots.ts';
import { clientOrderId, type OrderIntent } from './order-intent.ts';
import { type Check, mayTrade, type PreTradeFacts, preTradeChecks, refusalsOf } from './pre-trade.ts';

/** One symbol whose position may change. */
export interface PlannedPosition {
  readonly symbol: Ticker;
  readonly targetWeight: number;
  readonly heldShares: number;
  readonly reference: { readonly priceUsd: number; readonly at: EpochMs } | null;
  /** The close it was decided at; without one the collar has nothing to hold the market against, and there is no order. */
  readonly decidedAtUsd: number | null;
  readonly averageDailyVolume: number | null;
  /** The broker has shares of it to lend; null when it was not asked, which is enough for whoever sells nothing short. */
  readonly sharesToLend: boolean | null;
}

/** An order of an earlier cycle that is not final. */
export interface OpenOrder {
  readonly symbol: Ticker;
  readonly clientOrderId: string;
  /** What it may still trade at the worst: all that is not known to be filled. Negative is a sale. */
  readonly signedLeaves: number;
  /** Nobody knows whether the broker has it, or what it makes of it. */
  readonly fateUnknown: boolean;
}

export interface OrderPlanQuestion {
  readonly fund: string;
  readonly cycleId: CycleId;
  readonly now: EpochMs;
  readonly equityUsd: number;
  readonly positions: readonly PlannedPosition[];
  readonly openOrders: readonly OpenOrder[];
  readonly limits: ExecutionLimits;
}

export interface PlannedOrder {
  readonly intent: OrderIntent;
  /** The market's price when it was planned: with the decision price, what its execution is measured against. Null where there is none. */
  readonly arrivalPriceUsd: number | null;
  /** Shares; null when unknown. */
  readonly averageDailyVolume: number | null;
  readonly checks: readonly Check[];
}

export interface OrderPlan {
  readonly orders: readonly PlannedOrder[];
  /** Trades that did not become orders, with all reasons in kebab-case. */
  readonly refused: ReadonlyArray<{ readonly symbol: Ticker; readonly reasons: readonly string[]; readonly checks: readonly Check[] }>;
}

export function planOrders(question: OrderPlanQuestion): OrderPlan {
  const { positions, limits, equityUsd } = question;
  const orders: PlannedOrder[] = [];
  const refused: OrderPlan['refused'][number][] = [];
  const refuseTrade = (symbol: Ticker, reasons: readonly string[], checks: readonly Check[] = []): void => {
    refused.push({ symbol, reasons, checks });
  };

  const trades = positions.flatMap((position) => {
    const { symbol, reference } = position;
    if (reference === null || !(reference.priceUsd > 0)) {
      if (position.targetWeight !== 0 || position.heldShares !== 0) refuseTrade(symbol, ['no-reference-price']);
      return [];
    }
    if (position.decidedAtUsd === null) {
      refuseTrade(symbol, ['no-decision-price']);
      return [];
    }
    const shares = lessWorking(tradeOf(position, reference.priceUsd, equityUsd, limits), workingBefore(symbol, question));
    if (shares === 0) return [];
    const closes = shares === -position.heldShares;
    if (!closes && Math.abs(shares) * reference.priceUsd < limits.orderNotionalUsdMin) {
      refuseTrade(symbol, ['below-minimum-notional']);
      return [];
    }
    return [{ position, shares, priceUsd: reference.priceUsd, decidedAtUsd: position.decidedAtUsd }];
  });

  for (const { position, shares, priceUsd, decidedAtUsd } of trades.sort(sellsFirst)) {
    const working = workingBefore(position.symbol, question);
    for (const [index, quantity] of legsOf(Math.abs(shares), priceUsd, limits).entries()) {
      const intent = intentFor(question, position.symbol, Math.sign(shares) * quantity, decidedAtUsd, index + 1);
      const checks = preTradeChecks(intent, factsFor(question, position, working, orders), limits);
      if (mayTrade(checks)) {
        const { averageDailyVolume } = position;
        orders.push({ intent, arrivalPriceUsd: priceUsd, averageDailyVolume, checks });
        working.orders++;
        addLeaves(working, Math.sign(shares) * quantity);
      } else refuseTrade(position.symbol, refusalsOf(checks), checks);
    }
  }
  return { orders, refused: refused.sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0)) };
}

interface Trade {
  readonly position: PlannedPosition;
  readonly shares: number;
  readonly priceUsd: number;
  readonly decidedAtUsd: number;
}

const sellsFirst = (a: Trade, b: Trade): number =>
  Math.sign(a.shares) - Math.sign(b.shares) || (a.position.symbol < b.position.symbol ? -1 : 1);

const tradeOf = (position: PlannedPosition, priceUsd: number, equityUsd: number, limits: ExecutionLimits): number =>
  sharesToTrade({
    targetWeight: position.targetWeight,
    currentShares: position.heldShares,
    priceUsd,
    equityUsd,
    wholeShares: limits.wholeSharesOnly,
  });

/** An earlier order that goes the same way may still do its part of the trade, and would do it twice over. */
function lessWorking(shares: number, { buyShares, sellShares }: Working): number {
  const working = shares > 0 ? buyShares : sellShares;
  if (working === 0) return shares;
  const rest = Math.max(0, Math.abs(shares) - working);
  return Math.sign(shares) * (Math.round(rest * 1e4) / 1e4) || 0;
}

/** The fewest legs within the order value, equal to within one lot; one leg, for the checks to refuse, where even a lot is worth too much. */
function legsOf(shares: number, priceUsd: number, { orderValueUsdMax }: ExecutionLimits): number[] {
  if (shares * priceUsd <= orderValueUsdMax) return [shares];
  const lotsPerShare = Number.isInteger(shares) ? 1 : 10_000;
  const lotsPerLegMax = Math.floor((orderValueUsdMax / priceUsd) * lotsPerShare);
  if (!(lotsPerLegMax >= 1)) return [shares];
  const lots = Math.round(shares * lotsPerShare);
  const count = Math.ceil(lots / lotsPerLegMax);
  const [each, left] = [Math.floor(lots / count), lots % count];
  return Array.from({ length: count }, (_, k) => (k < left ? each + 1 : each) / lotsPerShare);
}

function intentFor({ fund, cycleId }: OrderPlanQuestion, symbol: Ticker, shares: number, decidedAtUsd: number, leg: number): OrderIntent {
  const side = shares > 0 ? 'buy' : 'sell';
  return {
    clientOrderId: clientOrderId({ fund, cycleId, symbol, side, leg, revision: 0 }),
    cycleId,
    symbol,
    side,
    quantity: Math.abs(shares),
    type: 'MARKET',
    timeInForce: 'DAY',
    limitPriceUsd: null,
    referencePriceUsd: decidedAtUsd,
    leg,
    revision: 0,
  };
}

/** What the orders of one symbol, earlier ones and this plan's, may still do. */
interface Working {
  buyShares: number;
  sellShares: number;
  orders: number;
  unsettled: number;
}

function workingBefore(symbol: Ticker, { openOrders }: OrderPlanQuestion): Working {
  const working: Working = { buyShares: 0, sellShares: 0, orders: 0, unsettled: 0 };
  for (const order of openOrders) {
    if (order.symbol !== symbol) continue;
    working.orders++;
    if (order.fateUnknown) working.unsettled++;
    addLeaves(working, order.signedLeaves);
  }
  return working;
}

function addLeaves(working: Working, signed: number): void {
  if (signed > 0) working.buyShares += signed;
  else working.sellShares -= signed;
}

function factsFor(
  { now, equityUsd, openOrders }: OrderPlanQuestion,
  position: PlannedPosition,
  working: Working,
  planned: readonly PlannedOrder[],
): PreTradeFacts {
  return {
    now,
    equityUsd,
    heldShares: position.heldShares,
    workingBuyShares: working.buyShares,
    workingSellShares: working.sellShares,
    openOrdersForSymbol: working.orders,
    unsettledOrdersForSymbol: working.unsettled,
    sharesToLend: position.sharesToLend,
    reference: position.reference,
    averageDailyVolume: position.averageDailyVolume,
    // Throttling happens where messages are sent; a plan sends none.
    messagesInLastMinute: 0,
    knownClientOrderIds: new Set([...openOrders.map((order) => order.clientOrderId), ...planned.map(({ intent }) => intent.clientOrderId)]),
  };
}
