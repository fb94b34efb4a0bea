/**
 * Every assumption of a backtest in words. Each table is keyed by the fields of the rules, so that a rule without its sentence does not compile.
 */
import type { Survivorship } from '../../domain/research/panel.ts';
import type { BacktestResult } from '../../domain/research/result.ts';
import type { Account, BacktestRules, FillRule, Financing, Sizing, TradingCosts } from '../../domain/research/rules.ts';
import { count, decimal, percent, usd } from '../page/format.ts';
import { type Block, table } from '../page/section.ts';

export function assumptionBlocks({ rules, survivorship, source, frequency }: BacktestResult): Block[] {
  const world: Record<keyof Omit<BacktestRules, 'costs' | 'financing'>, readonly [string, string]> = {
    cashUsd: ['Cash at the start', usd(rules.cashUsd)],
    fill: ['Fill of a market order', fillWords[rules.fill]],
    sizing: ['Size of an entry', sizingWords(rules.sizing)],
    account: ['Account', accountWords(rules.account)],
    allowShort: ['Selling short', rules.allowShort ? 'allowed' : 'not allowed: an order that would sell more than is held is rejected'],
    wholeShares: ['Shares', rules.wholeShares ? 'whole shares' : 'fractions of shares may be traded'],
    participationFracMax: [
      'Part of a bar’s volume',
      rules.participationFracMax === null
        ? 'no cap: any order is filled whatever the volume'
        : `an order takes at most ${percent(rules.participationFracMax, 1)} of a bar’s volume; the rest works on by its time in force`,
    ],
    sessionsPerYear: ['A year', `${decimal(rules.sessionsPerYear, 0)} sessions`],
  };
  return [
    table('The world outside the strategy', ['assumption', 'value'], Object.values(world)),
    table('Cost of one fill', ['cost', 'value'], costRows(rules.costs)),
    table('Interest', ['rate', 'value'], financingRows(rules.financing)),
    table(
      'Data',
      ['', 'value'],
      [
        ['Source', source.name],
        // In groups, so that it breaks where the column ends.
        ['SHA-256 of its bars', source.sha256.replaceAll(/(.{16})(?=.)/g, '$1 ')],
        ['Frequency', frequency === 'daily' ? 'a bar is a session' : 'many bars in a session'],
        ['Survivorship', survivorshipWords(survivorship)],
      ],
    ),
  ];
}

/** One sentence; what is missing, and how much of it. */
export function survivorshipWords(survivorship: Survivorship): string {
  if (survivorship.kind === 'proven') return `proven: only members by ${survivorship.membership} at each moment, all of them with prices`;
  const { reason, membership, coverageFrac } = survivorship;
  const covered = coverageFrac === null ? '' : ` (${percent(coverageFrac, 1)} of listed members have prices)`;
  if (reason === 'no-membership') return 'unproven: no list says who belonged to the market at each moment';
  return `unproven: ${membership ?? 'the list'} names members without prices${covered}; those that failed may be among them`;
}

const fillWords: Record<FillRule, string> = {
  'next-open': 'the open of the symbol’s next bar after the decision',
  'next-close': 'the close of the symbol’s next bar after the decision',
  'next-vwap': 'the volume-weighted price of the symbol’s next bar, taken as (open + high + low + close) / 4',
  'signal-close': 'the very close it was decided on, at which nobody can trade: for comparison with engines that assume it',
};

function sizingWords(sizing: Sizing): string {
  switch (sizing.kind) {
    case 'shares':
      return `${count(sizing.shares)} shares`;
    case 'all-cash':
      return sizing.whole
        ? 'all cash there is at the fill, costs included, in whole shares'
        : 'all cash there is at the fill, costs included';
    case 'weight':
      return `${percent(sizing.frac)} of equity at the price it was decided on`;
  }
}

const accountWords = (account: Account): string =>
  account.kind === 'cash'
    ? 'cash: nothing is bought on credit'
    : `margin: gross exposure up to ${decimal(1 / account.initialFrac, 2)} times equity at an order; below ${percent(account.maintenanceFrac, 1)} of it at a close everything is cut in proportion at the next open`;

function costRows(costs: TradingCosts): ReadonlyArray<readonly [string, string]> {
  const rows: Record<keyof TradingCosts, readonly [string, string]> = {
    commissionBps: ['Commission', `${decimal(costs.commissionBps, 2)} bp of the notional, each side`],
    commissionUsdPerShare: ['Commission a share, as it was traded', `$${decimal(costs.commissionUsdPerShare, 4)}`],
    commissionUsdMin: ['Commission of an order, at least', usd(costs.commissionUsdMin)],
    spreadBps: ['Spread', `${decimal(costs.spreadBps, 2)} bp, half of it on each side, in the price`],
    slippageBps: ['Slippage', `${decimal(costs.slippageBps, 2)} bp on each side, in the price`],
    impactCoefficient: [
      'Impact',
      costs.impactCoefficient === 0
        ? 'none: an order does not move the price'
        : `${decimal(costs.impactCoefficient, 2)} · daily volatility · √(shares / volume of the bar), in the price`,
    ],
  };
  const all = Object.values(rows);
  return Object.values(costs).every((cost: number) => cost === 0) ? [['In short', 'no costs were charged'], ...all] : all;
}

function financingRows(financing: Financing): ReadonlyArray<readonly [string, string]> {
  const rows: Record<keyof Financing, readonly [string, string]> = {
    cashAnnualFrac: ['Earned on cash', `${percent(financing.cashAnnualFrac)} a year`],
    marginAnnualFrac: ['Paid on credit', `${percent(financing.marginAnnualFrac)} a year`],
    borrowAnnualFrac: ['Paid on what is short', `${percent(financing.borrowAnnualFrac)} a year of its market value`],
  };
  return Object.values(rows);
}
