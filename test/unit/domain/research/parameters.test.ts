import { expect, test } from 'vitest';
import { withDefaults } from '../../../../shared/domain/research/parameters.ts';
import { smaCrossStrategy } from '../../../../shared/domain/research/strategies/sma-cross.strategy.ts';

test('what is not given has its initial value', () => {
  expect(withDefaults(smaCrossStrategy, { fast: 5 })).toEqual({ fast: 5, slow: 30 });
});

test('an unknown name is refused with the nearest one', () => {
  expect(withDefaults(smaCrossStrategy, { slwo: 50 })).toEqual({
    kind: 'refused',
    reason: 'parameter-unknown',
    details: { strategy: 'sma-cross', name: 'slwo', nearest: 'slow', known: ['fast', 'slow'] },
  });
});

test('a name that every object has is unknown too', () => {
  expect(withDefaults(smaCrossStrategy, { toString: 1 })).toMatchObject({ reason: 'parameter-unknown' });
});

test.each([0, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('a value out of its range is refused: %s', (fast) => {
  expect(withDefaults(smaCrossStrategy, { fast })).toMatchObject({ reason: 'parameter-out-of-range', details: { name: 'fast' } });
});

test('values that do not fit each other are refused in one line', () => {
  expect(withDefaults(smaCrossStrategy, { fast: 40 })).toMatchObject({
    reason: 'parameters-conflict',
    details: { conflict: 'fast must be below slow' },
  });
});
