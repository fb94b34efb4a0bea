/**
 * Expected answers are those of the IAM user guide: "IAM JSON policy elements: Condition operators" and
 * "Set operators for multivalued context keys".
 */
import { describe, expect, test } from 'vitest';
import { readConditions } from '../../../../apps/local-cloud/iam/conditions.ts';

const holds = (block: object, keys: Record<string, string[]>): boolean =>
  readConditions(block, 's/0').every((condition) => condition((key) => keys[key]));

test.each([
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringNotEquals', 'a', 'b', true],
  ['StringEqualsIgnoreCase', 'a', 'A', true],
  ['StringNotEqualsIgnoreCase', 'a', 'A', false],
  ['StringLike', 'a*c?', 'abbcd', true],
  ['StringNotLike', 'a*', 'abc', false],
  ['ArnLike', 'arn:aws:states:*:1:stateMachine:*', 'arn:aws:states:us-east-1:1:stateMachine:x', true],
  ['ArnLike', 'arn:aws:sns:*:x', 'arn:aws:sns:us-east-1:1:x', false],
  ['ArnEquals', 'arn:aws:sns:us-east-1:1:t', 'arn:aws:sns:us-east-1:1:t', true],
  ['ArnNotLike', 'arn:aws:sns:*:*:*', 'arn:aws:sns:us-east-1:1:t', false],
  ['Bool', 'false', 'False', true],
  ['NumericLessThan', '10', '9.5', true],
  ['NumericGreaterThanEquals', '10', '9.5', false],
  ['DateGreaterThan', '2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', true],
  ['DateLessThan', '1767225600', '2025-12-31T23:59:59Z', true],
])('%s with %s against %s gives %s', (operator, expected, actual, answer) => {
  expect(holds({ [operator]: { k: expected } }, { k: [actual] })).toBe(answer);
});

describe('a key the request does not have', () => {
  test('fails a positive operator and passes a negated one', () => {
    expect(holds({ StringEquals: { k: 'a' } }, {})).toBe(false);
    expect(holds({ StringNotEquals: { k: 'a' } }, {})).toBe(true);
  });

  test('passes every operator with IfExists', () => {
    expect(holds({ StringEqualsIfExists: { k: 'a' } }, {})).toBe(true);
    expect(holds({ StringEqualsIfExists: { k: 'a' } }, { k: ['b'] })).toBe(false);
  });

  test('is what Null asks about', () => {
    expect(holds({ Null: { k: 'true' } }, {})).toBe(true);
    expect(holds({ Null: { k: false } }, {})).toBe(false);
    expect(holds({ Null: { k: false } }, { k: ['v'] })).toBe(true);
  });
});

test('any of several expected values will do, and none of them for a negated operator', () => {
  expect(holds({ StringEquals: { k: ['a', 'b'] } }, { k: ['b'] })).toBe(true);
  expect(holds({ StringNotEquals: { k: ['a', 'b'] } }, { k: ['b'] })).toBe(false);
});

test('every operator and every key must hold', () => {
  expect(holds({ StringEquals: { k: 'a', l: 'b' } }, { k: ['a'], l: ['x'] })).toBe(false);
  expect(holds({ StringEquals: { k: 'a' }, Bool: { b: 'true' } }, { k: ['a'], b: ['true'] })).toBe(true);
});

describe('set operators', () => {
  const all = { 'ForAllValues:StringEquals': { k: ['control', 'lease'] } };
  const any = { 'ForAnyValue:StringLike': { k: ['con*'] } };

  test('ForAllValues wants every value among those expected, and passes an absent key', () => {
    expect(holds(all, { k: ['control'] })).toBe(true);
    expect(holds(all, { k: ['control', 'other'] })).toBe(false);
    expect(holds(all, {})).toBe(true);
  });

  test('ForAnyValue wants one value among those expected, and fails an absent key', () => {
    expect(holds(any, { k: ['other', 'control'] })).toBe(true);
    expect(holds(any, { k: ['other'] })).toBe(false);
    expect(holds(any, {})).toBe(false);
  });
});

test('policy variables in expected values are put in', () => {
  const block = { StringEquals: { 's3:prefix': '${aws:PrincipalAccount}' } };
  expect(holds(block, { 's3:prefix': ['7'], 'aws:PrincipalAccount': ['7'] })).toBe(true);
  expect(holds(block, { 's3:prefix': [''] })).toBe(false);
});
