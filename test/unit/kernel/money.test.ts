import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import {
  averagePrice,
  divideRounded,
  isWholeShares,
  type MicroUsd,
  microUsdFromFloat,
  microUsdText,
  type NanoShares,
  nanoSharesText,
  notionalOf,
  parseMicroUsd,
  parseNanoShares,
  proportion,
  sharesFor,
} from '../../../shared/kernel/money.ts';

describe('fixed-point money', () => {
  test('reads and writes plain decimals without loss', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (amount) => {
        expect(parseMicroUsd(microUsdText(amount))).toBe(amount);
        expect(parseNanoShares(nanoSharesText(amount))).toBe(amount);
      }),
    );
  });

  test.each([
    ['1', 1_000_000n],
    ['-23140.2', -23_140_200_000n],
    ['0.000001', 1n],
    ['007.50', 7_500_000n],
  ])('reads %s', (text, expected) => {
    expect(parseMicroUsd(text)).toBe(expected);
  });

  test.each(['', '.', '1e3', '0x10', '1,000', '0.0000001', 'NaN', ' 1'])('refuses "%s"', (text) => {
    expect(() => parseMicroUsd(text)).toThrow(ContractViolation);
  });

  test('writes at least the decimals asked for', () => {
    expect(microUsdText(100_000_000n, 2)).toBe('100.00');
    expect(microUsdText(-1_234_500n, 2)).toBe('-1.2345');
    expect(microUsdText(0n)).toBe('0');
  });

  test('rounds products once, halves away from zero', () => {
    expect(divideRounded(5n, 2n)).toBe(3n);
    expect(divideRounded(-5n, 2n)).toBe(-3n);
    expect(divideRounded(7n, -3n)).toBe(-2n);
    expect(notionalOf(parseNanoShares('0.333333333'), parseMicroUsd('3'))).toBe(1_000_000n);
  });

  test('three thirds of a cost add up to the cost', () => {
    const cost = parseMicroUsd('100');
    const third = proportion(cost, 1n, 3n);
    expect(third + third + (cost - third - third)).toBe(cost);
  });

  test('buys no more shares than the money pays for', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 13n }), fc.bigInt({ min: 100n, max: 10n ** 10n }), (amount, price) => {
        const shares = sharesFor(amount as MicroUsd, price as MicroUsd);
        expect(shares * price <= amount * 1_000_000_000n).toBe(true);
      }),
    );
  });

  test('averages to the price paid, and to nothing for no shares', () => {
    expect(averagePrice(parseMicroUsd('500'), parseNanoShares('5'))).toBe(100_000_000n);
    expect(averagePrice(parseMicroUsd('500'), 0n as NanoShares)).toBe(0n);
  });

  test('tells whole shares from fractions', () => {
    expect(isWholeShares(parseNanoShares('12'))).toBe(true);
    expect(isWholeShares(parseNanoShares('0.5'))).toBe(false);
  });

  test('takes the nearest micro-dollar of a float and refuses what is not finite', () => {
    expect(microUsdFromFloat(0.1 + 0.2)).toBe(300_000n);
    expect(() => microUsdFromFloat(Number.NaN)).toThrow(ContractViolation);
  });
});
