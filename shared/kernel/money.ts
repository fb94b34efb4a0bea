/**
 * Fixed-point money and quantities, so that a ledger of a million fills never drifts: dollars are whole micro-dollars,
 * quantities whole nano-shares, both bigint. Text comes in and goes out as plain decimals; nothing passes through a float
 * unless a function says so in its name. Products are rounded once, half away from zero.
 */
import { ContractViolation } from './errors.ts';

declare const scale: unique symbol;
/** Millionths of a US dollar. */
export type MicroUsd = bigint & { readonly [scale]: 'MicroUsd' };
/** Billionths of a share: the finest quantity a broker takes. */
export type NanoShares = bigint & { readonly [scale]: 'NanoShares' };

const MICRO_DECIMALS = 6;
const NANO_DECIMALS = 9;
const NANO_PER_SHARE = 1_000_000_000n;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?$/;

export const noMoney = 0n as MicroUsd;
export const noShares = 0n as NanoShares;

/** Dollars as plain decimal text. @throws ContractViolation for anything else, or for more than 6 decimals. */
export const parseMicroUsd = (text: string): MicroUsd => parseFixed(text, MICRO_DECIMALS) as MicroUsd;

/** Shares as plain decimal text. @throws ContractViolation for anything else, or for more than 9 decimals. */
export const parseNanoShares = (text: string): NanoShares => parseFixed(text, NANO_DECIMALS) as NanoShares;

/** Dollars as text, with at least `decimalsMin` decimals and no further trailing zeros. */
export const microUsdText = (amount: bigint, decimalsMin = 0): string => formatFixed(amount, MICRO_DECIMALS, decimalsMin);

/** Shares as text, without trailing zeros. */
export const nanoSharesText = (quantity: bigint): string => formatFixed(quantity, NANO_DECIMALS, 0);

/** The nearest micro-dollar to a float. @throws ContractViolation for what is not finite. */
export const microUsdFromFloat = (usd: number): MicroUsd => fixedFromFloat(usd, MICRO_DECIMALS) as MicroUsd;

/** The nearest nano-share to a float. @throws ContractViolation for what is not finite. */
export const nanoSharesFromFloat = (shares: number): NanoShares => fixedFromFloat(shares, NANO_DECIMALS) as NanoShares;

export const microUsdToFloat = (amount: bigint): number => Number(amount) / 1e6;

export const nanoSharesToFloat = (quantity: bigint): number => Number(quantity) / 1e9;

/** What `quantity` costs at `price` a share; signed as the quantity is. */
export const notionalOf = (quantity: NanoShares, price: MicroUsd): MicroUsd => divideRounded(quantity * price, NANO_PER_SHARE) as MicroUsd;

/** Price a share that `value` for `quantity` comes to; zero for no shares. */
export const averagePrice = (value: MicroUsd, quantity: NanoShares): MicroUsd =>
  (quantity === 0n ? 0n : divideRounded(value * NANO_PER_SHARE, quantity)) as MicroUsd;

/** The most shares `amount` buys at `price`, cut (never rounded up) to a nano-share. */
export const sharesFor = (amount: MicroUsd, price: MicroUsd): NanoShares => ((amount * NANO_PER_SHARE) / price) as NanoShares;

/** The part of `amount` that falls on `part` of `whole`. */
export const proportion = (amount: MicroUsd, part: bigint, whole: bigint): MicroUsd => divideRounded(amount * part, whole) as MicroUsd;

export const isWholeShares = (quantity: NanoShares): boolean => quantity % NANO_PER_SHARE === 0n;

export const magnitude = <Fixed extends bigint>(value: Fixed): Fixed => (value < 0n ? -value : value) as Fixed;

export const lesser = <Fixed extends bigint>(a: Fixed, b: Fixed): Fixed => (a < b ? a : b);

export const greater = <Fixed extends bigint>(a: Fixed, b: Fixed): Fixed => (a > b ? a : b);

/** Integer division, rounded to nearest, halves away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [top, bottom] = [magnitude(numerator), magnitude(denominator)];
  const rounded = (2n * top + bottom) / (2n * bottom);
  return negative ? -rounded : rounded;
}

function parseFixed(text: string, decimals: number): bigint {
  const match = DECIMAL.exec(text);
  const fraction = match?.[3] ?? '';
  if (!match || fraction.length > decimals) {
    throw new ContractViolation(`"${text}" is no decimal number of at most ${decimals} decimals`, { text, decimals });
  }
  const whole = BigInt(match[2]! + fraction.padEnd(decimals, '0'));
  return match[1] === '-' ? -whole : whole;
}

function formatFixed(value: bigint, decimals: number, decimalsMin: number): string {
  const digits = magnitude(value)
    .toString()
    .padStart(decimals + 1, '0');
  const whole = digits.slice(0, -decimals);
  const fraction = digits.slice(-decimals).replace(/0+$/, '').padEnd(decimalsMin, '0');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function fixedFromFloat(value: number, decimals: number): bigint {
  if (!Number.isFinite(value)) throw new ContractViolation('an amount is a finite number', { value: String(value) });
  return BigInt(Math.round(value * 10 ** decimals));
}
