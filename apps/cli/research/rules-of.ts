/** The rules of a backtest as the options say them. Nothing that trades is assumed: a strategy of signals must be told how much to buy. */
import { rulesProblem } from '../../../shared/domain/research/engine/check-rules.ts';
import type { BacktestRules } from '../../../shared/domain/research/rules.ts';
import type { Strategy } from '../../../shared/domain/research/strategy.ts';
import { BadInput } from '../outcome.ts';
import type { RulesArguments } from './options.ts';

const sessionsPerYear = 252;

/** @throws BadInput for options that do not go together. */
export function rulesOf(options: RulesArguments, strategy: Pick<Strategy, 'name' | 'kind'>): BacktestRules {
  const { size, margin } = options;
  if (size === undefined && strategy.kind === 'signal')
    throw new BadInput(
      `${strategy.name} says when to buy and not how much: add --size shares:100, all-cash, all-cash-whole or weight:0.1 (a part of equity).`,
    );
  if (options.allowShort && margin === undefined)
    throw new BadInput('--allow-short goes with --margin: a cash account sells nothing short. E.g. --margin 0.5,0.25.');
  const rules: BacktestRules = {
    cashUsd: options.cash,
    fill: options.fill,
    // A strategy of weights or orders sizes by itself, and never asks.
    sizing: size ?? { kind: 'all-cash', whole: false },
    costs: {
      commissionBps: options.commissionBps,
      commissionUsdPerShare: options.commissionPerShare,
      commissionUsdMin: options.commissionMin,
      spreadBps: options.spreadBps,
      slippageBps: options.slippageBps,
      impactCoefficient: options.impact,
    },
    financing: { cashAnnualFrac: options.cashRate, marginAnnualFrac: options.marginRate, borrowAnnualFrac: options.borrowRate },
    account: margin ?? { kind: 'cash' },
    allowShort: options.allowShort === true,
    wholeShares: options.wholeShares === true || (size?.kind === 'all-cash' && size.whole),
    participationFracMax: options.participation ?? null,
    sessionsPerYear,
  };
  const problem = rulesProblem(rules);
  if (problem !== null) throw new BadInput(`These rules cannot be kept: ${problem}.`);
  return rules;
}
