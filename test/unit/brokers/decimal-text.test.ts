import { describe, expect, test } from 'vitest';
import { priceText, quantityText } from '../../../shared/brokers/decimal-text.ts';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import type { Price, Shares } from '../../../shared/kernel/units.ts';

describe('numbers on their way to a broker', () => {
  test.each([
    [1, '1'],
    [10, '10'],
    [0.0001, '0.0001'],
    [12.3456, '12.3456'],
    [0.1 + 0.2, '0.3'],
    [1_000_000, '1000000'],
  ])('a quantity of %d is written %s', (quantity, text) => {
    expect(quantityText(quantity as Shares)).toBe(text);
  });

  test.each([0, -1, 0.00001, 1.23456, Number.NaN, Number.POSITIVE_INFINITY])('a quantity of %d is refused', (quantity) => {
    expect(() => quantityText(quantity as Shares)).toThrow(ContractViolation);
  });

  test.each([
    [100, '100'],
    [100.1, '100.1'],
    [1.01, '1.01'],
    [0.9999, '0.9999'],
  ])('a price of %d is written %s', (price, text) => {
    expect(priceText(price as Price)).toBe(text);
  });

  test.each([100.005, 1.001, 0.99999, 0, -5])('a price of %d is off the tick', (price) => {
    expect(() => priceText(price as Price)).toThrow(ContractViolation);
  });
});
