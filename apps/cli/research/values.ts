/** What the research commands are given, read from text: each value as it must be, or one sentence that says how to write it. */
import { InvalidArgumentError } from 'commander';
import type { Account, Sizing } from '../../../shared/domain/research/rules.ts';
import type { Parameters } from '../../../shared/domain/research/strategy.ts';

const decimal = /^-?(\d+(\.\d*)?|\.\d+)(e-?\d+)?$/i;

/** `fast=10,slow=30`. */
export function parameterValues(text: string): Parameters {
  const values: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [name = '', value = '', ...more] = part.split('=').map((word) => word.trim());
    if (!/^[A-Za-z][\w-]*$/.test(name) || !decimal.test(value) || more.length > 0)
      throw new InvalidArgumentError(`"${part}" is no parameter: write name=number, several with commas, e.g. fast=10,slow=30.`);
    if (Object.hasOwn(values, name)) throw new InvalidArgumentError(`"${name}" is given twice.`);
    values[name] = Number(value);
  }
  return values;
}

/** `shares:100`, `all-cash`, `all-cash-whole`, `weight:0.1`. */
export function sizing(text: string): Sizing {
  if (text === 'all-cash' || text === 'all-cash-whole') return { kind: 'all-cash', whole: text === 'all-cash-whole' };
  const [kind, value = ''] = text.split(':');
  const amount = decimal.test(value) ? Number(value) : Number.NaN;
  if (kind === 'shares' && amount > 0 && amount <= 1e9) return { kind: 'shares', shares: amount };
  if (kind === 'weight' && amount > 0 && amount <= 10) return { kind: 'weight', frac: amount };
  throw new InvalidArgumentError('It must be shares:100, all-cash, all-cash-whole or weight:0.1 (a part of equity).');
}

/** `0.5,0.25`: what part of a position is one's own when it is opened, and at least after that. */
export function marginAccount(text: string): Account {
  const [initialFrac = Number.NaN, maintenanceFrac = Number.NaN, ...more] = text.split(',').map(Number);
  if (more.length > 0 || !(maintenanceFrac > 0 && maintenanceFrac <= initialFrac && initialFrac <= 1))
    throw new InvalidArgumentError(
      'It must be two fractions, the initial and the maintenance margin, e.g. 0.5,0.25; the second is not larger.',
    );
  return { kind: 'margin', initialFrac, maintenanceFrac };
}

/** `fast,slow`: two parameters of a grid. */
export function axisPair(text: string): readonly [string, string] {
  const [across = '', down = '', ...more] = text.split(',').map((name) => name.trim());
  if (across === '' || down === '' || across === down || more.length > 0)
    throw new InvalidArgumentError('It must be two parameters of the grid, e.g. fast,slow.');
  return [across, down];
}

/** `S000` or `AAPL,MSFT`: as the file writes them. */
export function symbolList(text: string): readonly string[] {
  const symbols = text.split(',').map((symbol) => symbol.trim());
  if (symbols.some((symbol) => symbol === '')) throw new InvalidArgumentError('It must be one symbol, or several with commas: AAPL,MSFT.');
  return [...new Set(symbols)];
}

/** A number within bounds, whole or not. */
export const numberFrom =
  (least: number, most: number, example: string) =>
  (text: string): number => {
    const value = decimal.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}, e.g. ${example}.`);
    return value;
  };

export const basisPoints = numberFrom(0, 10_000, '10');

/** Any amount that can be an account: a research account may be smaller than a fund. */
export const cashUsd = numberFrom(1, 1e13, '1000000');

/** Of the stationary bootstrap: a mean length in bars, or `auto`. */
export function blockLength(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 10_000)
    throw new InvalidArgumentError('It must be auto, or a mean block length in bars from 1 to 10000.');
  return value;
}

export function webAddress(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('It must be an address with http:// or https://, e.g. http://127.0.0.1:5000.');
  return text;
}
