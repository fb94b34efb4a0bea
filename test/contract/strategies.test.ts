/** Every strategy of the house holds what a strategy must hold; the parameters fit the kit's short market. */
import { expect, test } from 'vitest';
import { strategyNamed, strategyNames } from '../../shared/domain/research/registry.ts';
import { type StrategyKitOptions, strategyKit } from './kits/strategy-kit.ts';

const options: Readonly<Record<string, StrategyKitOptions>> = {
  bab: { parameters: { window: 120, returns: 60 } },
  // Five years of bars are what governance asks for before anything trades; one cycle runs behind them.
  'ballast-cycle': { parameters: { every: 426 }, moments: 1282, probes: 3 },
  'low-vol': { parameters: { lookback: 40, top: 3 } },
  momentum: { parameters: { lookback: 40, top: 3 } },
  pairs: { parameters: { formation: 40, trading: 40, pairs: 4 } },
  pead: { parameters: { surprise: 0.1 } },
  vsm: { parameters: { lookback: 60, skip: 5, volatility: 30 } },
};

/** Futures tried in `npm run verify:deep`, for each of those that are tried in every run. */
const DEEPER = process.env.BALLAST_DEEP === undefined ? 1 : 10;
const USUAL_PROBES = 24;

for (const name of strategyNames) {
  const { probes = USUAL_PROBES, ...rest } = options[name] ?? {};
  strategyKit(strategyNamed(name)!, { ...rest, probes: probes * DEEPER });
}

test('finds a strategy by its name, and none by another', () => {
  expect(strategyNames.map((name) => strategyNamed(name)?.name)).toEqual(strategyNames);
  expect(strategyNamed('sma-crossing')).toBeUndefined();
});
