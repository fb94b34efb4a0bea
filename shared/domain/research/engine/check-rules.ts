/** Whether the rules of a backtest can be kept at all: one line that states the positive rule which is broken, null where none is. */
import type { BacktestRules } from '../rules.ts';

/** The last dollar of which a double holds every cent. */
const CASH_USD_MAX = 2 ** 53 / 100;
const COST_MAX = 1e6;
const RATE_MAX = 10;

export function rulesProblem(rules: BacktestRules): string | null {
  const { cashUsd, costs, financing, account, sizing, participationFracMax: cap } = rules;
  const checks: ReadonlyArray<readonly [boolean, string]> = [
    [cashUsd > 0 && Number.isFinite(cashUsd), 'cashUsd is a positive amount'],
    [cashUsd >= 0.01 && cashUsd <= CASH_USD_MAX, 'cashUsd is at least a cent, and so little that a cent of it still counts'],
    [Object.values(costs).every((cost: number) => cost >= 0 && Number.isFinite(cost)), 'costs are finite and not negative'],
    [Object.values(costs).every((cost: number) => cost <= COST_MAX), 'costs are at most a million, whatever their unit'],
    [costs.commissionBps < 10_000 && costs.spreadBps + costs.slippageBps < 10_000, 'costs in basis points are below the whole'],
    [Object.values(financing).every((rate: number) => Number.isFinite(rate)), 'financing rates are finite'],
    [Object.values(financing).every((rate: number) => Math.abs(rate) <= RATE_MAX), 'financing rates are within 1,000 % a year'],
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
