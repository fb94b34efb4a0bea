/**
 * The event engine: an SMA crossover over 100 symbols × 2,520 bars with all costs and every order through the house's reducer, and momentum's top
 * fifty of 500 symbols × 2,520 days at month ends. CPU time, warm. Beside each the least any engine must do: read every column of the same bars once.
 */
import { backtest } from '../../shared/domain/research/engine/backtest.ts';
import type { Panel } from '../../shared/domain/research/panel.ts';
import type { TradingCosts } from '../../shared/domain/research/rules.ts';
import { momentumStrategy } from '../../shared/domain/research/strategies/momentum.strategy.ts';
import { smaCrossStrategy } from '../../shared/domain/research/strategies/sma-cross.strategy.ts';
import type { Strategy } from '../../shared/domain/research/strategy.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { handRules, simulatedPanel } from '../support/research/hand-panel.ts';
import type { Bench } from './bench.ts';
import { median } from './bench.ts';

const MOMENTS = 2520;
const ROUNDS = 7;
const WARM_UPS = 3;

const costs: TradingCosts = {
  ...{ commissionBps: 5, commissionUsdPerShare: 0.005, commissionUsdMin: 1 },
  ...{ spreadBps: 2, slippageBps: 1, impactCoefficient: 1 },
};

const panels = new Map<number, Panel>();

function panelOf(symbols: number): Panel {
  const known = panels.get(symbols);
  if (known !== undefined) return known;
  const panel = simulatedPanel({ symbols, moments: MOMENTS, seed: `backtest-bench-${symbols}` });
  panels.set(symbols, panel);
  return panel;
}

/** CPU seconds of one call, the median of some after others. */
function cpuSeconds(call: () => void): number {
  for (let i = 0; i < WARM_UPS; i++) call();
  return median(
    Array.from({ length: ROUNDS }, () => {
      const before = process.cpuUsage();
      call();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    }),
  );
}

/** Each time over a panel that the engine has not seen, so that checking its bars counts too. */
function run(panel: Panel, strategy: Strategy, frac: number): () => void {
  const rules = handRules({ costs, sizing: { kind: 'weight', frac } });
  return () => {
    const result = backtest({ panel: { ...panel }, strategy, parameters: {}, rules, membership: null });
    if (isRefusal(result)) throw new Error(`the bench was refused: ${JSON.stringify(result)}`);
    if (result.fills.count < panel.series.length) throw new Error('every symbol of the bench is traded');
  };
}

function readOnce({ series }: Panel): () => void {
  return () => {
    let total = 0;
    for (const { open, high, low, close, volume, dividend, splitRatio } of series) {
      for (const column of [open, high, low, close, volume, dividend, splitRatio]) total += sumOf(column);
    }
    if (!Number.isFinite(total)) throw new Error('the figures of the bench are finite');
  };
}

function sumOf(column: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < column.length; row++) sum += column[row]!;
  return sum;
}

const crossover = (): number => cpuSeconds(run(panelOf(100), smaCrossStrategy, 0.01));
const momentum = (): number => cpuSeconds(run(panelOf(500), momentumStrategy, 1));

export const benches: Bench[] = [
  {
    name: 'backtest-event-engine-sma-100x2520-with-costs',
    unit: 'bars/s of CPU',
    goal: { atLeast: 1_000_000 },
    run: () => Promise.resolve(Math.round((100 * MOMENTS) / crossover())),
  },
  {
    name: 'backtest-event-engine-sma-100x2520-to-reading-the-columns-once',
    unit: 'x the CPU',
    run: () => Promise.resolve(crossover() / cpuSeconds(readOnce(panelOf(100)))),
  },
  {
    name: 'backtest-momentum-top-50-of-500x2520',
    unit: 's of CPU',
    goal: { atMost: 0.15 },
    run: () => Promise.resolve(momentum()),
  },
  {
    name: 'backtest-momentum-top-50-of-500x2520-to-reading-the-columns-once',
    unit: 'x the CPU',
    run: () => Promise.resolve(momentum() / cpuSeconds(readOnce(panelOf(500)))),
  },
];
