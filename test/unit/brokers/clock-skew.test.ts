import { describe, expect, test } from 'vitest';
import { clockSkewMs } from '../../../shared/brokers/clock-skew.ts';
import { ContractViolation } from '../../../shared/kernel/errors.ts';
import type { EpochMs } from '../../../shared/kernel/units.ts';

const at = (ms: number): EpochMs => ms as EpochMs;

describe('the skew of a broker’s clock', () => {
  test('is measured from the middle between asking and hearing', () => {
    expect(clockSkewMs({ now: at(1_050) }, at(1_000), at(1_100))).toBe(0);
    expect(clockSkewMs({ now: at(1_080) }, at(1_000), at(1_100))).toBe(30);
    expect(clockSkewMs({ now: at(900) }, at(1_000), at(1_000))).toBe(-100);
  });

  test('errs by no more than half the round trip, wherever in it the broker looked at its clock', () => {
    for (const lookedAfterMs of [0, 20, 50, 100]) {
      const trueSkewMs = 7_000;
      const told = clockSkewMs({ now: at(1_000 + lookedAfterMs + trueSkewMs) }, at(1_000), at(1_100));
      expect(Math.abs(told - trueSkewMs)).toBeLessThanOrEqual(50);
    }
  });

  test('is not measured by a reply before the question, or by instants that are none', () => {
    expect(() => clockSkewMs({ now: at(0) }, at(2), at(1))).toThrow(ContractViolation);
    expect(() => clockSkewMs({ now: at(Number.NaN) }, at(1), at(2))).toThrow(ContractViolation);
    expect(() => clockSkewMs({ now: at(1) }, at(Number.NaN), at(2))).toThrow(ContractViolation);
  });
});
