import { describe, expect, test } from 'vitest';
import { ContractViolation, InvariantViolation, invariant, TransientFailure } from '../../../shared/kernel/errors.ts';
import { tryParseJson } from '../../../shared/kernel/json.ts';
import { isRefusal, refuse } from '../../../shared/kernel/refusal.ts';

describe('the three thrown errors', () => {
  test.each([
    ['ContractViolation', ContractViolation],
    ['TransientFailure', TransientFailure],
    ['InvariantViolation', InvariantViolation],
  ])('%s carries the name that state machines match, its details and its cause', (name, Kind) => {
    const cause = new Error('below');
    const error = new Kind('what should hold', { n: 1 }, { cause });
    expect(error).toBeInstanceOf(Error);
    expect({ ...error, message: error.message, cause: error.cause }).toEqual({
      name,
      message: 'what should hold',
      details: { n: 1 },
      cause,
    });
    expect(String(error)).toBe(`${name}: what should hold`);
    expect(new Kind('bare').details).toEqual({});
  });

  test('an invariant that holds says nothing; one that does not states the rule', () => {
    invariant(true, 'fills sum to order quantity');
    expect(() => invariant(false, 'fills sum to order quantity', { quantity: 3 })).toThrow(
      expect.objectContaining({ name: 'InvariantViolation', message: 'fills sum to order quantity', details: { quantity: 3 } }),
    );
  });
});

describe('refusals', () => {
  test('are plain data of one shape', () => {
    expect(refuse('market-closed', { why: 'weekend' })).toEqual({ kind: 'refused', reason: 'market-closed', details: { why: 'weekend' } });
    expect(refuse('market-closed')).toEqual({ kind: 'refused', reason: 'market-closed', details: {} });
  });

  test.each([null, undefined, 'refused', 1, {}, { kind: 'ready' }, ['refused'], new Error('refused')])('%j is none', (value) => {
    expect(isRefusal(value)).toBe(false);
  });

  test('is recognised after a journey through JSON', () => {
    expect(isRefusal(JSON.parse(JSON.stringify(refuse('lease-held', { holder: 'x' }))))).toBe(true);
  });
});

describe('text that may be no JSON', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ['null', null],
    ['1', 1],
    ['', undefined],
    ['{', undefined],
    ['undefined', undefined],
  ])('%j is read as %j', (text, value) => {
    expect(tryParseJson(text)).toEqual(value);
  });
});
