/** Whether the rules of a backtest can be kept at all: one line that states the positive rule which is broken, null where none is. */
import type { BacktestRules } from '../rules.ts';

export function rulesProblem(rules: BacktestRules): string | null {
  const { cashUsd, costs, financing, account, sizing, participationFracMax: cap } = rules;
  const checks: ReadonlyArray<readonly [boolean, string]> = [
    [cashUsd > 0 && Number.isFinite(cashUsd), 'cashUsd is a positive amount'],
    [Object.values(costs).every((cost: number) => cost >= 0 && Number.isFinite(cost)), 'costs are finite and not negative'],
    [costs.commissionBps < 10_000 && costs.spreadBps + costs.slippageBps < 10_000, 'costs in basis points are below the whole'],
    [Object.values(financing).every((rate: number) => Number.isFinite(rate)), 'financing rates are finite'],
    [account.kind === 'margin' || !rules.allowShort, 'selling short takes a margin account'],
    [account.kind === 'cash' || isBetween(account.initialFrac, 0, 1), 'initialFrac is above 0 and at most 1'],
    [
      account.kind === 'cash' || isBetween(account.maintenanceFrac, 0, account.initialFrac),
      'maintenanceFrac is above 0 and at most initialFrac',
    ],
    [cap === null || isBetween(cap, 0, 1), 'participationFracMax is above 0 and at most 1'],
    [rules.sessionsPerYear > 0 && Number.isFinite(rules.sessionsPerYear), 'sessionsPerYear is a positive number'],
    [sizing.kind !== 'shares' || (sizing.shares > 0 && Number.isFinite(sizing.shares)), 'a size in shares is a positive number'],
    [
      sizing.kind !== 'shares' || !rules.wholeShares || Number.isInteger(sizing.shares),
      'a size in shares is a whole number where orders are whole shares',
    ],
    [sizing.kind !== 'weight' || (sizing.frac > 0 && Number.isFinite(sizing.frac)), 'a size by weight is a positive part of equity'],
  ];
  return checks.find(([holds]) => !holds)?.[1] ?? null;
}

/** Above the first, at most the second. */
const isBetween = (value: number, above: number, atMost: number): boolean => value > above && value <= atMost;
