/**
 * Apple's earnings surprises from April 2015 to May 2017 in USD per share: actual less consensus, as the public record has them (and the
 * earnings file of the market data, 2012 to 2019). The expectation was worked by hand, and by numpy:
 *
 *   surprises     0.14  0.05  0.08  0.04  −0.07  0.03  0.01  0.14, then 0.08 on 2017-05-02
 *   mean          0.0525, squared deviations sum to 0.03355
 *   deviation     √(0.03355 / 7) = 0.069230464
 *   SUE           0.08 / 0.069230464 = 1.155560651
 */
import { expect, test } from 'vitest';
import { earningsSurprise } from '../../../../shared/domain/factors/earnings-surprise.ts';
import type { EarningsRelease } from '../../../../shared/domain/market/facts.ts';
import { defaultFactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import { day } from '../../../unit/domain/fixtures.ts';

const apple: readonly EarningsRelease[] = (
  [
    ['2014-10-20', 1.42, 1.3],
    ['2015-01-27', 3.06, 2.6],
    ['2015-04-27', 2.33, 2.19],
    ['2015-07-21', 1.85, 1.8],
    ['2015-10-27', 1.96, 1.88],
    ['2016-01-26', 3.28, 3.24],
    ['2016-04-26', 1.9, 1.97],
    ['2016-07-26', 1.42, 1.39],
    ['2016-10-25', 1.67, 1.66],
    ['2017-01-31', 3.36, 3.22],
    ['2017-05-02', 2.1, 2.02],
  ] as const
).map(([announced, epsUsd, epsEstimateUsd]) => ({ availableDay: day(announced), session: 'post', epsUsd, epsEstimateUsd }));

test('Apple’s surprise of May 2017 was 1.16 deviations of the eight before it', () => {
  const found = earningsSurprise(apple, day('2017-06-01'), defaultFactorRules.earnings);
  expect(found).toMatchObject({ kind: 'surprise', announcedOn: day('2017-05-02'), pastSurprises: 8, against: 'estimate' });
  expect(found.kind === 'surprise' && found.deviationUsd).toBeCloseTo(0.06923046397979103, 13);
  expect(found.kind === 'surprise' && found.standardized).toBeCloseTo(1.1555606506313851, 12);
});
