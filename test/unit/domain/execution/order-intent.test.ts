import { describe, expect, test } from 'vitest';
import { clientOrderId } from '../../../../shared/domain/execution/order-intent.ts';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import type { CycleId } from '../../../../shared/kernel/units.ts';
import { ticker } from '../fixtures.ts';

const identity = {
  fund: 'ballast',
  cycleId: 'cycle-2019-06-14' as CycleId,
  symbol: ticker('AAPL'),
  side: 'buy',
  leg: 1,
  revision: 0,
} as const;

describe('client order id', () => {
  test('is the same for the same decision, for ever', () => {
    // sha256sum of {"cycleId":"cycle-2019-06-14","fund":"ballast","leg":1,"revision":0,"side":"buy","symbol":"AAPL"}, its first 20 digits.
    expect(clientOrderId(identity)).toBe('ballast-AAPL-b-afae0ae85bbd13a9b042');
    expect(clientOrderId({ ...identity, side: 'sell' })).toMatch(/^ballast-AAPL-s-[0-9a-f]{20}$/);
  });

  test('is legal for brokers, however long its parts are', () => {
    const longest = clientOrderId({ ...identity, fund: 'abcdefghijkl', symbol: ticker('ABCDEFGHIJ.KLMNOP/') });
    expect(longest).toMatch(/^abcdefghijkl-ABCDEFGHIJ\.-b-[0-9a-f]{20}$/);
    expect(clientOrderId({ ...identity, symbol: ticker('BTC/USD') })).toMatch(/^ballast-BTCUSD-b-/);
  });

  test('differs when any part of the decision differs', () => {
    const others = [
      { fund: 'other' },
      { cycleId: 'cycle-2019-06-17' as CycleId },
      { symbol: ticker('MSFT') },
      { side: 'sell' as const },
      { leg: 2 },
      { revision: 1 },
    ].map((change) => clientOrderId({ ...identity, ...change }));
    expect(new Set([...others, clientOrderId(identity)]).size).toBe(others.length + 1);
  });

  test.each(['My Fund', '', 'ballast-2', 'abcdefghijklm', ' ballast'])('refuses the fund “%s”', (fund) => {
    const rule = 'a fund is named by 1 to 12 lower-case letters and digits';
    expect(thrownBy(() => clientOrderId({ ...identity, fund }))).toMatchObject({
      name: 'ContractViolation',
      message: rule,
      details: { fund },
    });
  });

  test.each([
    [0, 0],
    [1.5, 0],
    [1, -1],
    [1, 0.5],
    [Number.NaN, 0],
  ])('refuses leg %d with revision %d', (leg, revision) => {
    const rule = 'legs count from 1, revisions from 0';
    const error = thrownBy(() => clientOrderId({ ...identity, leg, revision }));
    expect(error).toBeInstanceOf(ContractViolation);
    expect(error).toMatchObject({ message: rule, details: { leg, revision } });
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
