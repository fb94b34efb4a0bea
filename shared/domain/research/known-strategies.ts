/** Every strategy there is: written by scripts/generate-registries.ts from the files in strategies/. */
import { babStrategy } from './strategies/bab.strategy.ts';
import { ballastCycleStrategy } from './strategies/ballast-cycle.strategy.ts';
import { donchianStrategy } from './strategies/donchian.strategy.ts';
import { lowVolStrategy } from './strategies/low-vol.strategy.ts';
import { momentumStrategy } from './strategies/momentum.strategy.ts';
import { pairsStrategy } from './strategies/pairs.strategy.ts';
import { peadStrategy } from './strategies/pead.strategy.ts';
import { rsiReversionStrategy } from './strategies/rsi-reversion.strategy.ts';
import { smaCrossStrategy } from './strategies/sma-cross.strategy.ts';
import { vsmStrategy } from './strategies/vsm.strategy.ts';
import type { Strategy } from './strategy.ts';

export const knownStrategies: readonly Strategy[] = [
  babStrategy,
  ballastCycleStrategy,
  donchianStrategy,
  lowVolStrategy,
  momentumStrategy,
  pairsStrategy,
  peadStrategy,
  rsiReversionStrategy,
  smaCrossStrategy,
  vsmStrategy,
];
