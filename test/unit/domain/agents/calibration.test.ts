import { describe, expect, test } from 'vitest';
import { calibrate, calibrationFault, confidenceOfHitRate } from '../../../../shared/domain/agents/calibration.ts';
import { defaultCalibrationRules } from '../../../../shared/domain/policy/calibration-rules.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';

const rules = {
  maps: {
    technical: [
      [0.4, 0.3],
      [0.8, 0.5],
      [0.9, 1],
    ],
  },
} as const;

describe('calibrated confidence', () => {
  test.each([
    [0, 0.3],
    [0.4, 0.3],
    [0.6, 0.4],
    [0.8, 0.5],
    [0.85, 0.75],
    [0.9, 1],
    [1, 1],
  ])('a raw confidence of %f is worth %f', (raw, calibrated) => {
    expect(calibrate(rules, 'technical', raw)).toBeCloseTo(calibrated, 14);
  });

  test('is the raw one for an agent without a map, by whatever name', () => {
    expect(calibrate(rules, 'sentiment', 0.62)).toBe(0.62);
    expect(calibrate(rules, 'constructor', 0.62)).toBe(0.62);
    for (const agent of defaultPolicy.agents) expect(calibrate(defaultCalibrationRules, agent, 0.62)).toBe(0.62);
  });

  test('stays no number for what is none', () => {
    expect(calibrate(rules, 'technical', Number.NaN)).toBeNaN();
  });

  test('means 0.3 for a coin and 1 for six hits in ten, and stays within 0 and 1', () => {
    expect([0.5, 0.55, 0.6].map(confidenceOfHitRate)).toEqual([0.3, expect.closeTo(0.65, 12), expect.closeTo(1, 12)]);
    expect([0.2, 0.9].map(confidenceOfHitRate)).toEqual([0, 1]);
  });

  test.each([
    [
      [
        [0.1, 0.2],
        [0.3, 0.2],
      ],
      null,
    ],
    [
      [
        [0.1, 0.2],
        [0.1, 0.3],
      ],
      'raw-not-rising',
    ],
    [
      [
        [0.1, 0.4],
        [0.3, 0.2],
      ],
      'calibrated-falls',
    ],
    [[[0.1, 1.2]], 'knot-outside-0-1'],
    [[[Number.NaN, 0.2]], 'knot-outside-0-1'],
  ] as ReadonlyArray<readonly [ReadonlyArray<readonly [number, number]>, string | null]>)(
    'finds what is wrong with the knots %j: %s',
    (knots, fault) => {
      expect(calibrationFault(knots)).toBe(fault);
    },
  );
});
