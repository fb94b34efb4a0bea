/**
 * A grid of parameters: which values each of them takes, and which combination a number stands for.
 *
 *   fast=3..50,slow=10..200        whole steps, both ends included
 *   rsi=10..30:0.5,exit=50|55|60   a step of its own; a list
 *
 * Combinations are numbered as an odometer counts, the last parameter fastest, and the number alone says the values: a chunk of a sweep is a range of
 * numbers, so a grid of millions is sent as a line of text and cut anywhere. Values that do not fit each other (fast above slow) keep their numbers and
 * are skipped, and counted, where they are met.
 *
 * A step's values are `first + i × step`, rounded to the decimals that first and step are written with: 0.1..0.3:0.1 has the 0.3 that is written.
 */
import { isRefusal, type Refusal, refuse } from '../../../kernel/refusal.ts';
import { type ParameterRefusal, withDefaults } from '../parameters.ts';
import type { Parameters, Strategy } from '../strategy.ts';

export interface Grid {
  /** In the order written. */
  readonly names: readonly string[];
  /** Of each name its values, in the order written; none empty, none with a value twice. */
  readonly values: ReadonlyArray<readonly number[]>;
}

/** Combinations [first, first + count) of a grid. */
export interface GridChunk {
  readonly first: number;
  readonly count: number;
}

/** More than anybody waits for; a slip of the pen (1..1000000:0.001) is caught before it is counted out. */
const combinationsMax = 100_000_000;
const valuesMax = 1_000_000;

/** Refused with `problem`, one line that says which part of the text is wrong and how to write it. */
export function parseGrid(text: string): Grid | Refusal<'grid-invalid'> {
  const names: string[] = [];
  const values: number[][] = [];
  for (const part of text.split(',')) {
    const match = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.+?)\s*$/.exec(part);
    if (match === null) return problem(`"${part}" is no part of a grid: write name=first..last, name=first..last:step or name=a|b|c`);
    const [name, written] = [match[1]!, match[2]!];
    if (names.includes(name)) return problem(`${name} is given twice: keep one`);
    const own = valuesOf(written);
    if (typeof own === 'string') return problem(`${name}=${written}: ${own}`);
    names.push(name);
    values.push(own);
  }
  const grid = { names, values };
  if (combinationsIn(grid) > combinationsMax) return problem(`it has more than ${combinationsMax} combinations: take larger steps`);
  return grid;
}

const problem = (line: string): Refusal<'grid-invalid'> => refuse('grid-invalid', { problem: line });

/** Those that do not fit each other included. */
export const combinationsIn = ({ values }: Grid): number => values.reduce((product, own) => product * own.length, 1);

/** What the grid's parameters are in the combination of that number. */
export function combinationAt({ names, values }: Grid, number: number): Parameters {
  const parameters: Record<string, number> = {};
  let rest = number;
  for (let place = names.length - 1; place >= 0; place--) {
    const own = values[place]!;
    parameters[names[place]!] = own[rest % own.length]!;
    rest = Math.floor(rest / own.length);
  }
  return parameters;
}

/** The whole grid in pieces of at most `size` combinations, in the order of their numbers; the same for everybody who asks. */
export function chunksOf(grid: Grid, size: number): readonly GridChunk[] {
  const all = combinationsIn(grid);
  const step = Math.max(1, Math.floor(size));
  return Array.from({ length: Math.ceil(all / step) }, (_, index) => ({ first: index * step, count: Math.min(step, all - index * step) }));
}

/** The combinations of a chunk whose values fit each other, in columns. */
export interface Combinations {
  /** Its number in the grid. */
  readonly number: Int32Array;
  /** All parameters of the strategy; what the grid does not name has its initial value. */
  readonly names: readonly string[];
  /** Of each name, its value in each combination. */
  readonly values: readonly Float64Array[];
  readonly skipped: number;
}

/** A name the strategy does not have, or a value out of its range, refuses the grid; a conflict skips the combination. */
export function combinationsOf(strategy: Strategy, grid: Grid, { first, count }: GridChunk): Combinations | Refusal<ParameterRefusal> {
  const unfit = firstUnfit(strategy, grid);
  if (unfit !== null) return unfit;
  const names = Object.keys(strategy.parameters);
  const number = new Int32Array(count);
  const values = names.map(() => new Float64Array(count));
  let kept = 0;
  for (let at = first; at < first + count; at++) {
    const complete = withDefaults(strategy, combinationAt(grid, at));
    if (isRefusal(complete)) continue;
    number[kept] = at;
    for (const [place, name] of names.entries()) values[place]![kept] = complete[name]!;
    kept++;
  }
  return { number: number.subarray(0, kept), names, values: values.map((column) => column.subarray(0, kept)), skipped: count - kept };
}

export function parametersAt({ names, values }: Pick<Combinations, 'names' | 'values'>, index: number): Parameters {
  const parameters: Record<string, number> = {};
  for (const [place, name] of names.entries()) parameters[name] = values[place]![index]!;
  return parameters;
}

/** Each value by itself, with conflicts left aside: what is out of range is so in every combination. */
function firstUnfit({ name, parameters }: Strategy, grid: Grid): Refusal<ParameterRefusal> | null {
  for (const [place, own] of grid.values.entries()) {
    for (const value of own) {
      const alone = withDefaults({ name, parameters }, { [grid.names[place]!]: value });
      if (isRefusal(alone)) return alone;
    }
  }
  return null;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** One line where the text is none. */
function valuesOf(written: string): number[] | string {
  const range = /^(.+?)\.\.(.+?)(?::(.+))?$/.exec(written);
  const texts = range === null ? written.split('|') : range.slice(1).filter((text) => text !== undefined);
  const wrong = texts.find((text) => !decimal.test(text.trim()));
  if (wrong !== undefined) return `"${wrong}" is no number`;
  const own = texts.map(Number);
  if (range !== null) return stepsOf(own as [number, number, number?], texts);
  return new Set(own).size === own.length ? own : 'a value is given twice: keep one';
}

function stepsOf([first, last, step = 1]: [number, number, number?], texts: readonly string[]): number[] | string {
  if (!(step > 0)) return 'a step is above zero';
  if (last < first) return 'the first value is not above the last';
  const count = Math.floor((last - first) / step + 1e-9) + 1;
  if (count > valuesMax) return `it has more than ${valuesMax} values: take a larger step`;
  const decimals = Math.max(decimalsOf(texts[0]!), decimalsOf(texts[2] ?? '1'));
  return Array.from({ length: count }, (_, index) => Number((first + index * step).toFixed(Math.min(decimals, 20))));
}

const decimalsOf = (text: string): number => text.trim().split('.')[1]?.length ?? 0;
