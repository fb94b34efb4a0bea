/** The fund as a strategy: what it waits for, that its orders are the policy's, and that it remembers risk between cycles. */
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../../shared/domain/policy/default-policy.ts';
import { symbolsOf } from '../../../../../shared/domain/research/panel.ts';
import { ballastCycleStrategy } from '../../../../../shared/domain/research/strategies/ballast-cycle.strategy.ts';
import type { Desk, OrderRequest } from '../../../../../shared/domain/research/strategy.ts';
import { type HandAccount, handNow } from '../../../../support/research/hand-now.ts';
import { membershipOf, simulatedPanel } from '../../../../support/research/hand-panel.ts';

const panel = simulatedPanel({ symbols: 14, moments: 1275, seed: 'x', dailyDrift: 0.0008 });
const cycle = () => {
  const fund = ballastCycleStrategy.start({ frequency: 'daily', basis: 'split-adjusted', symbols: symbolsOf(panel) }, { every: 1 });
  return (moment: number, account?: HandAccount, working: readonly number[] = []): { orders: OrderRequest[]; cancelled: number[] } => {
    const asked = { orders: [] as OrderRequest[], cancelled: [] as number[] };
    const desk: Desk = {
      submit: (order) => asked.orders.push(order),
      cancel: (order) => void asked.cancelled.push(order),
      replace: () => undefined,
      working: (symbol) => (symbol === 0 ? working : []),
      target: () => undefined,
    };
    fund.decide(handNow(panel, moment, account), desk);
    return asked;
  };
};

describe('ballast-cycle', () => {
  const first = cycle()(1274).orders;

  test('orders nothing before governance has its 1,260 rows', () => {
    expect(cycle()(1258).orders).toEqual([]);
    expect(first.length).toBeGreaterThan(0);
  });

  test('orders what the policy lets a first cycle order: market orders for the day, in steps, for listed names', () => {
    const { entryStepFracMax, turnoverFracMax } = defaultPolicy.portfolio;
    const valueUsd = ({ symbol, shares }: OrderRequest): number => shares * panel.series[symbol]!.close[1274]!;
    expect(first.every(({ side, type, timeInForce }) => side === 'BUY' && type === 'MARKET' && timeInForce === 'DAY')).toBe(true);
    expect(Math.max(...first.map(valueUsd))).toBeLessThanOrEqual(1_000_000 * entryStepFracMax * (1 + 1e-9));
    expect(first.reduce((sum, order) => sum + valueUsd(order), 0)).toBeLessThanOrEqual(1_000_000 * turnoverFracMax * (1 + 1e-9));
  });

  test('opens nothing outside the index', () => {
    const bought = panel.series[first[0]!.symbol]!.symbol;
    const membership = membershipOf(panel, (symbol) => symbol !== bought);
    expect(cycle()(1274, { membership }).orders.map(({ symbol }) => symbolsOf(panel)[symbol])).not.toContain(bought);
  });

  test('withdraws what still works of an earlier cycle before it orders anew', () => {
    expect(cycle()(1274, undefined, [7, 9]).cancelled).toEqual([7, 9]);
  });

  test('carries risk along: a loss of a quarter halts it, and it stays halted when the money is back', () => {
    const fund = cycle();
    fund(1272, { equityUsd: 1_000_000 });
    expect(fund(1273, { equityUsd: 740_000 }).orders).toEqual([]);
    expect(fund(1274, { equityUsd: 1_000_000 }).orders).toEqual([]);
  });

  test('decides on daily bars only', () => {
    const symbols = symbolsOf(panel);
    expect(() => ballastCycleStrategy.start({ frequency: 'minute', basis: 'split-adjusted', symbols }, { every: 1 })).toThrow('daily bars');
  });
});
