/**
 * The pass over columns against two others that share no line with it:
 *  1. A book-keeper that walks moment by moment and computes every indicator from the bars known until then: same returns. So nothing looks ahead.
 *  2. The event engine, where both apply (one symbol, all cash, commission only): same equity.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sliceBars } from '../../../../../shared/domain/market/bars.ts';
import { backtest } from '../../../../../shared/domain/research/engine/backtest.ts';
import { alphabet, kindOf } from '../../../../../shared/domain/research/evolution/alphabet.ts';
import { evaluatorOf } from '../../../../../shared/domain/research/evolution/evaluate-genome.ts';
import type { EvaluationRules, MomentRange } from '../../../../../shared/domain/research/evolution/evaluation.ts';
import type { Genome, Indicator, Rule } from '../../../../../shared/domain/research/evolution/genome.ts';
import { genomeStrategy } from '../../../../../shared/domain/research/evolution/genome-strategy.ts';
import { groundOf } from '../../../../../shared/domain/research/evolution/ground.ts';
import { randomGenome } from '../../../../../shared/domain/research/evolution/random-genome.ts';
import type { Panel, Series } from '../../../../../shared/domain/research/panel.ts';
import { freeCosts } from '../../../../../shared/domain/research/rules.ts';
import { isRefusal } from '../../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../../shared/kernel/rng.ts';
import { handRules, simulatedPanel } from '../../../../support/research/hand-panel.ts';

const rules: EvaluationRules = { costBps: 7, borrowAnnualFrac: 0.05, momentsPerYear: 252, depthMax: 3 };

/** Of the last bar, from the bars until then alone. */
const latestOf = ({ name, parameters }: Indicator, known: Series): number => kindOf(name).column(known, parameters).at(-1) ?? Number.NaN;

const known = (bars: Series, row: number): Series => ({ ...sliceBars(bars, 0, row + 1), endMinute: null });

function holds(rule: Rule, bars: Series, row: number): boolean {
  if (rule.kind !== 'condition') {
    const [left, right] = [holds(rule.left, bars, row), holds(rule.right, bars, row)];
    return rule.kind === 'and' ? left && right : left || right;
  }
  const sideAt = (at: number): number => {
    const right = typeof rule.right === 'number' ? rule.right : latestOf(rule.right, known(bars, at));
    return Math.sign(latestOf(rule.left, known(bars, at)) - right);
  };
  const now = sideAt(row);
  const wanted = rule.relation === 'above' || rule.relation === 'crosses-above' ? 1 : -1;
  if (rule.relation === 'above' || rule.relation === 'below') return now === wanted;
  if (row === 0) return false;
  const before = sideAt(row - 1);
  return now === wanted && (before === 0 || before === -wanted);
}

interface Sleeve {
  cash: number;
  shares: number;
  worth: number;
  order: 'none' | 'enter' | 'leave';
  part: number;
  enteredRow: number;
  extreme: number;
  lastMoment: number;
}

/** Equity after each moment of the range; every symbol begins with 1. */
function keptByHand(panel: Panel, genome: Genome, { fromMoment, untilMoment }: MomentRange): number[] {
  const sign = genome.side === 'long' ? 1 : -1;
  const sleeves = panel.series.map(
    (): Sleeve => ({ cash: 1, shares: 0, worth: 1, order: 'none', part: 0, enteredRow: -1, extreme: 0, lastMoment: -1 }),
  );
  const equity: number[] = [];
  for (let moment = fromMoment; moment < untilMoment; moment++) {
    for (const [s, bars] of panel.series.entries()) {
      const row = panel.rowOf[s * panel.day.length + moment]!;
      if (row >= 0) stepSleeve(sleeves[s]!, bars, row, moment, genome, sign, panel);
    }
    equity.push(sleeves.reduce((sum, { worth }) => sum + worth, 0));
  }
  return equity;
}

function stepSleeve(sleeve: Sleeve, bars: Series, row: number, moment: number, genome: Genome, sign: number, panel: Panel): void {
  const costFrac = rules.costBps / 1e4;
  const passed = moment - sleeve.lastMoment;
  if (sleeve.shares < 0) sleeve.cash -= -sleeve.shares * bars.close[row - 1]! * (rules.borrowAnnualFrac / 252) * passed;
  if (sleeve.order === 'enter' && passed === 1) {
    const notional = (sleeve.cash * sleeve.part) / (1 + costFrac);
    sleeve.shares = (sign * notional) / bars.open[row]!;
    sleeve.cash -= sleeve.shares * bars.open[row]! + notional * costFrac;
    sleeve.enteredRow = row;
  } else if (sleeve.order === 'leave') {
    sleeve.cash += sleeve.shares * bars.open[row]! - Math.abs(sleeve.shares) * bars.open[row]! * costFrac;
    sleeve.shares = 0;
  }
  sleeve.order = 'none';
  const close = bars.close[row]!;
  sleeve.worth = sleeve.cash + sleeve.shares * close;
  sleeve.lastMoment = moment;
  const isLastEver = row === bars.close.length - 1 && moment < panel.day.length - 1;
  if (sleeve.shares !== 0 && isLastEver) [sleeve.cash, sleeve.shares] = [sleeve.worth, 0];
  if (sleeve.shares !== 0) {
    sleeve.extreme = sign * Math.max(sign * sleeve.extreme, sign * close);
    const stop = genome.volatilityStop;
    const range = stop ? alphabet['true-range'].column(known(bars, row), [stop.periodBars]).at(-1)! * close : Number.NaN;
    const leaves =
      (genome.exit !== null && holds(genome.exit, bars, row)) ||
      (genome.timeStopBars !== null && row - sleeve.enteredRow + 1 >= genome.timeStopBars) ||
      (stop !== null && sign * (sleeve.extreme - close) > stop.multiple * range);
    if (leaves) sleeve.order = 'leave';
  } else if (holds(genome.entry, bars, row)) {
    sleeve.part = partOf(genome, bars, row);
    if (sleeve.part > 0) [sleeve.order, sleeve.extreme] = ['enter', close];
  }
}

function partOf({ sizing }: Genome, bars: Series, row: number): number {
  if (sizing.kind === 'equal') return 1;
  if (row < sizing.periodBars) return 0;
  const returns = Array.from({ length: sizing.periodBars }, (_, k) => bars.close[row - k]! / bars.close[row - k - 1]! - 1);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  return Math.min(1, sizing.annualizedVol / Math.sqrt(252 * variance));
}

test('1. returns are those of a book-keeper who knows nothing of the bars to come', () => {
  let trades = 0;
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0, 0.05), fc.constantFrom(0, 30), (seed, missingFrac, fromMoment) => {
      const panel = simulatedPanel({ symbols: 2, moments: 90, seed: String(seed), missingFrac });
      const ground = groundOf({ panel, cacheBytesMax: 1e7 });
      if (isRefusal(ground)) throw new Error(ground.reason);
      const genome = randomGenome({ allowShort: true, depthMax: 2 }, seededRng(seed));
      const range = { fromMoment, untilMoment: 85 };
      const evaluate = evaluatorOf(ground, range, rules);
      trades += evaluate(genome).trades;
      let equity = 2;
      const byHand = keptByHand(panel, genome, range).map((now) => {
        const simple = now / equity - 1;
        equity = now;
        return simple;
      });
      const farthest = Math.max(...byHand.map((value, t) => Math.abs(value - evaluate.returns[t]!)));
      expect(farthest).toBeLessThan(1e-10);
    }),
    { numRuns: 80 },
  );
  // Not only of rules that do nothing.
  expect(trades).toBeGreaterThan(100);
});

test('2. equity is that of the event engine', () => {
  let trades = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const panel = simulatedPanel({ symbols: 1, moments: 300, seed: String(seed) });
      const ground = groundOf({ panel, cacheBytesMax: 1e7 });
      if (isRefusal(ground)) throw new Error(ground.reason);
      const genome: Genome = { ...randomGenome({ allowShort: false, depthMax: 3 }, seededRng(seed)), sizing: { kind: 'equal' } };
      const strategy = genomeStrategy(genome);
      if (isRefusal(strategy)) throw new Error(strategy.reason);
      const evaluate = evaluatorOf(ground, { fromMoment: 0, untilMoment: 300 }, rules);
      trades += evaluate(genome).trades;
      const costs = { ...freeCosts, commissionBps: rules.costBps };
      const result = backtest({ panel, strategy, parameters: {}, rules: handRules({ cashUsd: 1, costs }), membership: null });
      if (isRefusal(result)) throw new Error(`${result.reason} ${JSON.stringify(result.details)}`);
      let equity = 1;
      for (let t = 0; t < 300; t++) {
        equity *= 1 + evaluate.returns[t]!;
        expect(Math.abs(result.equity.equityUsd[t]! - equity)).toBeLessThan(1e-9);
      }
    }),
    { numRuns: 40 },
  );
  expect(trades).toBeGreaterThan(100);
});

test('a genome that sizes by volatility is no signal', () => {
  const genome = randomGenome({ allowShort: false, depthMax: 2 }, seededRng(1));
  const sized: Genome = { ...genome, sizing: { kind: 'volatility-target', annualizedVol: 0.1, periodBars: 20 } };
  expect(genomeStrategy(sized)).toMatchObject({ kind: 'refused', reason: 'sizing-is-no-signal' });
});
