/**
 * Mistakes planted in the product's own code: a module that is passed through `swappable` calls, in place of one of its functions, what
 * a leak puts there, and the function itself where no leak is planted. So a leak is the whole product with one thing wrong in it.
 *
 * Looks up nothing of the product, because the modules it wraps are loaded through it.
 */
import type { DailyBars } from '../../../shared/domain/market/bars.ts';
import type { MarketHistory } from '../../../shared/domain/market/market-history.ts';
import type { EpochDay } from '../../../shared/kernel/units.ts';
import type { StoredData } from './stored-data.ts';

type Callable = (...args: never[]) => unknown;

/** What a mistake can reach that a decision must not: everything stored, later rows included. */
export interface Everything {
  readonly data: StoredData;
  readonly asOf: EpochDay;
  /** The series in order of days. */
  barsOf(symbol: string): DailyBars;
  readonly market: MarketHistory;
}

export interface Swap {
  /** The export, or `export.member` for a function of an exported object. */
  readonly name: string;
  make(real: Callable, everything: Everything): Callable;
}

/** `make` is given the real function and answers with the mistaken one. */
export const inPlaceOf = <Real extends Callable>(name: string, make: (real: Real, everything: Everything) => Real): Swap => ({
  name,
  make: (real, everything) => make(real as Real, everything),
});

interface Planted {
  readonly swaps: ReadonlyMap<string, Swap>;
  readonly everything: Everything;
  readonly reached: Set<string>;
}

let planted: Planted | null = null;

/** Runs with the swaps in place, and tells which of them were reached. */
export function withPlanted<Result>(
  swaps: readonly Swap[],
  everything: Everything,
  run: () => Result,
): { readonly result: Result; readonly reached: ReadonlySet<string> } {
  planted = { swaps: new Map(swaps.map((swap) => [swap.name, swap])), everything, reached: new Set() };
  try {
    return { result: run(), reached: planted.reached };
  } finally {
    planted = null;
  }
}

/** The module with every function open to being swapped, and those of the objects it exports. */
export function swappable<Module extends object>(module: Module): Module {
  return wrappedMembers(module, '');
}

function wrappedMembers<Owner extends object>(owner: Owner, prefix: string): Owner {
  const wrapped = Object.entries(owner).map(([name, value]: [string, unknown]) => {
    if (isCallable(value)) return [name, swapping(prefix + name, value)];
    const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return [name, isPlain && prefix === '' ? wrappedMembers(value, `${name}.`) : value];
  });
  return Object.fromEntries(wrapped) as Owner;
}

/** Classes stay as they are. */
const isCallable = (value: unknown): value is Callable => typeof value === 'function' && !/^class\b/.test(value.toString());

const swapping =
  (name: string, real: Callable): Callable =>
  (...args) => {
    const swap = planted?.swaps.get(name);
    if (planted === null || swap === undefined) return real(...args);
    planted.reached.add(name);
    return swap.make(real, planted.everything)(...args);
  };
