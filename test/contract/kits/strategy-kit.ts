/**
 * What every strategy must hold, whoever wrote it: `strategyKit(yourStrategy, { parameters: { lookback: 20 } })` in a test file registers one
 * test per card. The cards run it through the engine on a made-up market (strategy-world.ts), so parameters that suit a short one go with it.
 * A card gives the faults it found, so that a test of the kit can show that it finds them.
 *
 * Not covered: whether it earns anything. That is for research, and for the trial ledger that counts how often it was asked.
 */
import { describe, expect, test } from 'vitest';
import { backtest } from '../../../shared/domain/research/engine/backtest.ts';
import { fuzzLookAhead } from '../../../shared/domain/research/look-ahead.ts';
import { withDefaults } from '../../../shared/domain/research/parameters.ts';
import type { BacktestResult } from '../../../shared/domain/research/result.ts';
import type { Parameters, Strategy, WeightStrategy } from '../../../shared/domain/research/strategy.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { handRules, panelOf } from '../../support/research/hand-panel.ts';
import { atTwoTimes, bytesOf, deepFrozen, isKebab } from './purity.ts';
import { type StrategyWorld, strategyWorld } from './strategy-world.ts';

export interface StrategyKitOptions {
  /** With which it trades in the kit's market. */
  readonly parameters?: Parameters;
  /** Sessions of that market; what it looks back over must fit in. */
  readonly moments?: number;
  /** Futures that the look-ahead card tries. */
  readonly probes?: number;
}

export interface StrategyCard {
  readonly title: string;
  faults(strategy: Strategy, options: StrategyKitOptions): readonly string[];
}

export function strategyKit(strategy: Strategy, options: StrategyKitOptions = {}): void {
  describe(`strategy ${strategy.name}`, () => {
    for (const card of strategyCards) test(card.title, () => expect(card.faults(strategy, options)).toEqual([]));
  });
}

const MOMENTS = 260;
const PROBES = 24;
/** A margin account that lends shares, so that nothing a strategy wants is kept from it. */
const rules = handRules({
  account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.25 },
  ...{ allowShort: true, sizing: { kind: 'weight', frac: 0.05 } },
});
/** What came out of it the first time: a strategy that remembers shows when it is asked again. */
const firstRuns = new WeakMap<Strategy, BacktestResult>();

export const strategyCards: readonly StrategyCard[] = [
  {
    title: '1 says what it is, where it is from and what its parameters are',
    faults: (strategy) => [
      ...(isKebab(strategy.name) ? [] : [`its name is "${strategy.name}"`]),
      ...(/^\S.*\.$/.test(strategy.about) ? [] : ['it is not told in a sentence']),
      ...(strategy.source.trim() === '' ? ['it names no source'] : []),
      ...parameterFaults(strategy),
    ],
  },
  {
    title: '2 trades in a market that has everything',
    faults: (strategy, options) => (firstRun(strategy, options).fills.count > 0 ? [] : ['nothing was filled']),
  },
  {
    title: '3 decides the same for the same market, at another time and with other luck too, and writes nothing into it',
    faults(strategy, options) {
      const world = worldOf(options);
      const before = bytesOf(world.panel.series);
      const first = bytesOf(columnsOf(firstRun(strategy, options)));
      const elsewhere = atTwoTimes(() => bytesOf(columnsOf(run(strategy, options, world))));
      return [
        ...(elsewhere.every((other) => other === first) ? [] : ['another time or other luck changes it']),
        ...(bytesOf(world.panel.series) === before ? [] : ['the market was written to']),
      ];
    },
  },
  {
    title: '4 does not look ahead: whatever comes after a moment, it decides the same until then',
    faults(strategy, options) {
      const { parameters = {}, probes = PROBES } = options;
      const verdict = fuzzLookAhead({ ...worldOf(options), strategy, parameters, rules }, { rng: seededRng('strategy-kit'), probes });
      if (verdict.kind === 'clean') return verdict.refused === 0 ? [] : [`${verdict.refused} futures were refused`];
      return [verdict.kind === 'refused' ? verdict.reason : `${verdict.field} of moment ${verdict.moment} changes with ${verdict.change}`];
    },
  },
  {
    title: '5 gives weight only to what trades and belongs to the index, in finite parts of equity',
    faults: (strategy, options) => (strategy.kind === 'weights' ? weightFaults(strategy, options) : []),
  },
  {
    title: '6 takes no harm from a market that has little: few bars, one symbol, prices that stand still',
    faults: (strategy, options) =>
      Object.entries(poorMarkets).flatMap(([what, panel]) => {
        try {
          const result = backtest({ panel, strategy, parameters: options.parameters ?? {}, rules, membership: null });
          if (isRefusal(result)) return [`${what}: ${result.reason}`];
          return result.equity.equityUsd.every(Number.isFinite) ? [] : [`${what}: equity is no number`];
        } catch (error) {
          return [`${what}: ${String(error)}`];
        }
      }),
  },
  {
    title: '7 does not go by the names of symbols: in another order it trades the same of each',
    faults(strategy, options) {
      const rename = (symbol: string): string => `R${String(999 - Number(symbol.slice(1))).padStart(3, '0')}`;
      const elsewhere = run(strategy, options, strategyWorld(options.moments ?? MOMENTS, rename));
      const expected = tradedOf(firstRun(strategy, options), rename);
      const found = tradedOf(elsewhere, (symbol) => symbol);
      return [...new Set([...expected.keys(), ...found.keys()])].flatMap((key) => {
        const [a, b] = [expected.get(key) ?? 0, found.get(key) ?? 0];
        return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b)) ? [] : [`${key}: ${a} shares, renamed ${b}`];
      });
    },
  },
];

const poorMarkets = {
  'one bar': panelOf({ AAA: [10], BBB: [20] }),
  'five bars': panelOf({ AAA: [10, 11, 12, 11, 10], BBB: [20, 19, 18, 19, 20] }),
  'one symbol': panelOf({ AAA: Array.from({ length: 80 }, (_, i) => 50 + 10 * Math.sin(i / 4)) }),
  'prices that stand still': panelOf({ AAA: new Array<number>(80).fill(10), BBB: new Array<number>(80).fill(20) }),
  'a symbol without a bar': panelOf({ AAA: Array.from({ length: 80 }, (_, i) => 50 + i), BBB: new Array<null>(80).fill(null) }),
};

/** Made anew each time: what one strategy writes into it must not be another's market. */
const worldOf = ({ moments = MOMENTS }: StrategyKitOptions): StrategyWorld => strategyWorld(moments);

function run(strategy: Strategy, options: StrategyKitOptions, world = worldOf(options)): BacktestResult {
  const result = backtest({ ...world, strategy, parameters: deepFrozen(options.parameters ?? {}), rules });
  if (isRefusal(result)) throw new Error(`the engine refuses it: ${result.reason} ${JSON.stringify(result.details)}`);
  return result;
}

function firstRun(strategy: Strategy, options: StrategyKitOptions): BacktestResult {
  const result = firstRuns.get(strategy) ?? run(strategy, options);
  firstRuns.set(strategy, result);
  return result;
}

const columnsOf = ({ equity, fills, orders }: BacktestResult) => [
  equity.equityUsd,
  fills.count,
  fills.signedShares,
  fills.priceUsd,
  orders,
];

function parameterFaults(strategy: Strategy): string[] {
  const complete = withDefaults(strategy, {});
  const untold = Object.entries(strategy.parameters).filter(([, { about }]) => about.trim() === '');
  return [
    ...(isRefusal(complete) ? [`its initial parameters are refused: ${complete.reason} ${JSON.stringify(complete.details)}`] : []),
    ...untold.map(([name]) => `nobody says what ${name} is`),
    ...Object.keys(strategy.parameters).flatMap((name) => (isKebab(name) ? [] : [`a parameter is named "${name}"`])),
  ];
}

function weightFaults(strategy: WeightStrategy, options: StrategyKitOptions): string[] {
  const faults = new Set<string>();
  const watched: WeightStrategy = {
    ...strategy,
    weigh(now, parameters, weights) {
      const isWeighed = strategy.weigh(now, parameters, weights);
      weights.forEach((weight, symbol) => {
        if (Math.abs(weight) === Number.POSITIVE_INFINITY)
          faults.add(`an infinite weight of ${now.symbols[symbol]} at moment ${now.moment}`);
        const mayBeHeld = now.trades(symbol) && now.isMember(symbol);
        if (isWeighed && weight !== 0 && !Number.isNaN(weight) && !mayBeHeld)
          faults.add(`a weight of ${now.symbols[symbol]}, which may not be held, at moment ${now.moment}`);
      });
      return isWeighed;
    },
  };
  run(watched, options);
  return [...faults];
}

/** Signed shares by moment and symbol. */
function tradedOf({ fills, symbols }: BacktestResult, rename: (symbol: string) => string): ReadonlyMap<string, number> {
  const traded = new Map<string, number>();
  for (let i = 0; i < fills.count; i++) {
    const key = `${rename(symbols[fills.symbol[i]!]!)} at moment ${fills.moment[i]}`;
    traded.set(key, (traded.get(key) ?? 0) + fills.signedShares[i]!);
  }
  return traded;
}
