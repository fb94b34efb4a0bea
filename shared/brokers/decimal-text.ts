/**
 * Numbers leave for a broker as plain decimal text on the broker's grid. What does not lie on the grid is refused here:
 * rounding an order is a decision, and decisions are not made at the edge.
 */
import { ContractViolation } from '../kernel/errors.ts';
import type { Price, Shares } from '../kernel/units.ts';

const QUANTITY_DECIMALS = 4;
/** Relative distance to the grid that is float noise and not a finer number. */
const NOISE_FRAC = 1e-9;

/** Positive shares as text, to 4 decimals. @throws ContractViolation for anything finer, zero, negative or not finite. */
export const quantityText = (quantity: Shares): string =>
  onGrid(quantity, QUANTITY_DECIMALS, 'an order quantity is positive and has at most 4 decimals');

/** A price on the exchange's tick: cents from one dollar up, hundredths of cents below. @throws ContractViolation off the tick. */
export const priceText = (price: Price): string =>
  onGrid(price, price >= 1 ? 2 : 4, 'a price is positive and lies on the tick (0.01 from $1, 0.0001 below)');

function onGrid(value: number, decimals: number, rule: string): string {
  const text = value.toFixed(decimals);
  const offGrid = Math.abs(Number(text) - value) > NOISE_FRAC * Math.max(1, Math.abs(value));
  if (!(value > 0) || !Number.isFinite(value) || offGrid || Number(text) === 0) throw new ContractViolation(rule, { value: String(value) });
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
