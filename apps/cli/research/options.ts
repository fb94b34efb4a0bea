/** The options that research commands share: what market, what strategy, what the world outside it is assumed to be. */
import { type Command, Option } from 'commander';
import { fillRules } from '../../../shared/domain/research/rules.ts';
import { rebalances } from '../../../shared/domain/research/strategy.ts';
import { dayOf, fraction, wholeNumber } from '../argument-values.ts';
import { withAws, withJson } from '../command-parts.ts';
import type { LedgerArguments } from './trial-book.ts';
import { basisPoints, cashUsd, marginAccount, numberFrom, parameterValues, sizing, symbolList } from './values.ts';

type Value<Parse extends (text: string) => unknown> = ReturnType<Parse>;

export interface MarketArguments {
  readonly data?: string;
  readonly symbols?: readonly string[];
  readonly universe?: string;
  readonly earnings?: string;
  readonly sectors?: string;
  readonly prices?: 'split-adjusted' | 'as-traded' | 'total-return';
  readonly label?: 'start' | 'end';
  readonly from?: Value<typeof dayOf>;
  readonly to?: Value<typeof dayOf>;
  /** Of the simulated market and of whatever draws numbers. */
  readonly seed: number;
}

export interface RulesArguments {
  readonly cash: number;
  readonly fill: (typeof fillRules)[number];
  readonly size?: Value<typeof sizing>;
  readonly commissionBps: number;
  readonly commissionPerShare: number;
  readonly commissionMin: number;
  readonly spreadBps: number;
  readonly slippageBps: number;
  readonly impact: number;
  readonly participation?: number;
  readonly cashRate: number;
  readonly marginRate: number;
  readonly borrowRate: number;
  readonly margin?: Value<typeof marginAccount>;
  readonly allowShort?: boolean;
  readonly wholeShares?: boolean;
}

export interface StrategyArguments {
  readonly strategy?: string;
  readonly params?: Value<typeof parameterValues>;
  readonly rebalance?: (typeof rebalances)[number];
  readonly factors?: string;
}

/** What every command that runs a strategy takes. */
export interface ResearchArguments extends MarketArguments, StrategyArguments, RulesArguments, LedgerArguments {
  readonly json?: boolean;
}

export const researching = (command: Command): Command => withLedger(withRules(withStrategy(withMarket(command))));

/** Where trials are counted. */
export const withLedger = (command: Command): Command => withJson(withAws(command));

/** Who works: threads of the command, or the state machine. */
export const withMachine = (command: Command): Command =>
  command.option('--machine', 'run the state machine: here on a local cloud with --workers threads, with --aws in your account');

export const withMarket = (command: Command): Command =>
  command
    .option('--data <path>', 'bars from a .csv, .csv.gz or .parquet file; without it, the seeded market simulator')
    .option('--symbols <list>', 'only these, with commas; without it, all that the data hold', symbolList)
    .option('--universe <path>', 'who was in the index when: a CSV with the columns ticker, start_date, end_date')
    .option('--earnings <path>', 'earnings releases and what analysts expected, from a .csv or .csv.gz file')
    .option('--sectors <path>', 'the sector of each symbol, which ballast-cycle limits: a CSV with the columns symbol, sector')
    .addOption(
      new Option(
        '--prices <basis>',
        'what the prices are: it says how splits and dividends are paid; without it, what the columns say',
      ).choices(['split-adjusted', 'as-traded', 'total-return']),
    )
    .addOption(new Option('--label <which>', 'the end of the minute that labels a minute bar').choices(['start', 'end']))
    .option('--from <date>', 'the first day that is traded; earlier bars are warm-up', dayOf)
    .option('--to <date>', 'the last day', dayOf)
    .option('--seed <n>', 'of the simulator, and of whatever is drawn', wholeNumber(0, 2 ** 31 - 1), 1);

const withStrategy = (command: Command): Command =>
  command
    .option('--strategy <name>', '"ballast backtest --list" shows them')
    .option('--params <list>', 'name=number, with commas; what is left out is as the list shows it', parameterValues)
    .option('--factors <path>', 'daily factor returns as Kenneth French gives them (.csv, .csv.gz): what they explain of the result')
    .addOption(new Option('--rebalance <when>', 'when weights are asked for; without it, as the strategy says').choices([...rebalances]));

const withRules = (command: Command): Command =>
  command
    .option('--cash <usd>', 'what the account begins with', cashUsd, 1_000_000)
    .addOption(new Option('--fill <rule>', 'the price at which a market order is filled').choices([...fillRules]).default('next-open'))
    .option('--size <how>', 'what a signal buys: shares:100, all-cash, all-cash-whole or weight:0.1', sizing)
    .option('--commission-bps <n>', 'of the notional, each side', basisPoints, 0)
    .option('--commission-per-share <usd>', 'on top of it', numberFrom(0, 1000, '0.005'), 0)
    .option('--commission-min <usd>', 'the least that a fill costs', numberFrom(0, 10_000, '1'), 0)
    .option('--spread-bps <n>', 'half of it is paid on each side, in the price', basisPoints, 0)
    .option('--slippage-bps <n>', 'paid on each side, in the price', basisPoints, 0)
    .option('--impact <y>', 'of the square-root law y · volatility · √(shares / volume), paid in the price', numberFrom(0, 100, '1'), 0)
    .option('--participation <fraction>', 'the most of a bar’s volume that one order takes', fraction)
    .option('--cash-rate <fraction>', 'a year, earned on cash', numberFrom(-1, 1, '0.02'), 0)
    .option('--margin-rate <fraction>', 'a year, paid on negative cash', numberFrom(0, 1, '0.06'), 0)
    .option('--borrow-rate <fraction>', 'a year, paid on what is short', numberFrom(0, 10, '0.01'), 0)
    .option('--margin <fractions>', 'a margin account: initial and maintenance, e.g. 0.5,0.25; without it, cash alone', marginAccount)
    .option('--allow-short', 'sell what is not held; goes with --margin')
    .option('--whole-shares', 'orders are whole shares');
