/** Decimal text against an independent arithmetic: whole numbers scaled to a fixed point, in BigInt. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  sortableNumber,
  subtractNumbers,
} from '../../../../../apps/local-cloud/dynamodb/items/numbers.ts';

const SCALE = 12;

/** A number of up to 12 decimals, as its value times 10^12. */
const scaled = fc.oneof(
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
  fc.bigInt({ min: -1000n, max: 1000n }).map((value) => value * 10n ** BigInt(SCALE)),
  fc.bigInt({ min: -1000n, max: 1000n }),
);

/** The scaled value in plain notation, without superfluous zeros. */
function textOf(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction === '' ? '' : `.${fraction}`}`;
}

test('writes a number in one way, however it is given', () => {
  fc.assert(
    fc.property(scaled, fc.integer({ min: -20, max: 20 }), (value, exponent) => {
      const text = textOf(value);
      expect(canonicalNumber(text)).toBe(text);
      expect(canonicalNumber(`${value}e-${SCALE}`)).toBe(text);
      expect(canonicalNumber(`${text}${text.includes('.') ? '' : '.'}000`)).toBe(text);
      expect(canonicalNumber(`${value}${exponent < 0 ? '' : '0'.repeat(exponent)}e${-SCALE - Math.max(0, exponent)}`)).toBe(text);
    }),
  );
});

test('adds and subtracts exactly', () => {
  fc.assert(
    fc.property(scaled, scaled, (left, right) => {
      expect(addNumbers(textOf(left), textOf(right))).toBe(textOf(left + right));
      expect(subtractNumbers(textOf(left), textOf(right))).toBe(textOf(left - right));
    }),
  );
});

test('orders numbers by value, compared or as sort keys', () => {
  fc.assert(
    fc.property(scaled, scaled, (left, right) => {
      const order = left < right ? -1 : left > right ? 1 : 0;
      const [first, second] = [textOf(left), textOf(right)];
      expect(Math.sign(compareNumbers(first, second))).toBe(order);
      const [a, b] = [sortableNumber(first), sortableNumber(second)];
      expect(a < b ? -1 : a > b ? 1 : 0).toBe(order);
    }),
  );
});

test('orders the extremes too', () => {
  const ascending = ['-9.9e125', '-1e125', '-1', '-1e-130', '0', '1e-130', '1.1e-130', '1', '1e125', '9.9e125'].map(canonicalNumber);
  const keys = ascending.map(sortableNumber);
  expect([...keys].sort()).toEqual(keys);
});
