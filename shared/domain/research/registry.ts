/** Strategies by name. A new one is one file `strategies/<name>.strategy.ts`; known-strategies.ts lists it. */
import { knownStrategies } from './known-strategies.ts';
import type { Strategy } from './strategy.ts';

export const strategyNames: readonly string[] = knownStrategies.map(({ name }) => name);

/** Undefined for a name nobody has. */
export const strategyNamed = (name: string): Strategy | undefined => knownStrategies.find((strategy) => strategy.name === name);
