/**
 * Phase 5, the part before anything is sent: approved weights become order intents that passed every pre-trade check.
 * A symbol whose approved weight is the one held is left alone, so price moves since the close cause no trades by themselves.
 * When the broker's clock and ours disagree, no price can be called fresh, and nothing is ordered.
 */
import type { Ticker } from '../../kernel/units.ts';
import { type OrderPlan, planOrders } from '../execution/plan-orders.ts';
import { decisionPrices, weightsOf } from './portfolio-view.ts';
import type { OrderPlanInput } from './step-types.ts';

export function runOrderPlan(input: OrderPlanInput): OrderPlan {
  const plan = planAtOneTime(input);
  return Math.abs(input.skewMs) <= input.context.policy.execution.clockSkewMsMax ? plan : withoutOrders(plan, 'clock-skewed');
}

function planAtOneTime({ context, signals, risk, portfolio, references, lendable, openOrders, now }: OrderPlanInput): OrderPlan {
  const heldWeights = weightsOf(portfolio);
  const shares = new Map(portfolio.positions.map(({ symbol, quantity }): [Ticker, number] => [symbol, quantity]));
  const prices = new Map(references.map(({ symbol, priceUsd, at }) => [symbol, { priceUsd, at }]));
  const decidedAt = decisionPrices(signals, portfolio);
  const volumes = new Map(signals.symbols.map(({ symbol, market }) => [symbol, market?.averageDailyVolume ?? null]));
  const changed = risk.approved.filter(({ symbol, weight }) => weight !== (heldWeights.get(symbol) ?? 0));

  return planOrders({
    fund: context.fund,
    cycleId: context.cycleId,
    now,
    equityUsd: portfolio.equityUsd,
    positions: changed.map(({ symbol, weight }) => ({
      symbol,
      targetWeight: weight,
      heldShares: shares.get(symbol) ?? 0,
      reference: prices.get(symbol) ?? null,
      decidedAtUsd: decidedAt.get(symbol) ?? null,
      averageDailyVolume: volumes.get(symbol) ?? null,
      sharesToLend: lendable.includes(symbol) || null,
    })),
    openOrders,
    limits: context.policy.execution,
  });
}

const withoutOrders = ({ orders, refused }: OrderPlan, reason: string): OrderPlan => ({
  orders: [],
  refused: [...orders.map(({ intent, checks }) => ({ symbol: intent.symbol, reasons: [reason], checks })), ...refused],
});
