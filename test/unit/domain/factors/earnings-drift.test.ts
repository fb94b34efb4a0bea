import { describe, expect, test } from 'vitest';
import { earningsDriftFactor } from '../../../../shared/domain/factors/earnings-drift.factor.ts';
import { earningsSurprise } from '../../../../shared/domain/factors/earnings-surprise.ts';
import { sessionsBack } from '../../../../shared/domain/market/calendar.ts';
import type { EarningsRelease } from '../../../../shared/domain/market/facts.ts';
import { defaultFactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf, day, toBars, walk } from '../fixtures.ts';
import { company, contextWith } from './factor-fixtures.ts';

const rules = defaultFactorRules.earnings;

const release = (availableDay: number, epsUsd: number, epsEstimateUsd: number | null = null): EarningsRelease => ({
  availableDay: availableDay as EpochDay,
  session: 'post',
  epsUsd,
  epsEstimateUsd,
});

/** One release per quarter with these surprises to an estimate of 1.00, the last announced on `announcedOn`. */
const surprising = (surprises: readonly number[], announcedOn: number = asOf - 10): EarningsRelease[] =>
  surprises.map((surprise, i) => release(announcedOn - 91 * (surprises.length - 1 - i), 1 + surprise, 1));

/**
 * The textbook example of a standard deviation: 2, 4, 4, 4, 5, 5, 7, 9 have the mean 5 and squared deviations that sum to 32,
 * so the sample deviation is √(32/7) = 2.13809. In cents.
 */
const textbook = [0.02, 0.04, 0.04, 0.04, 0.05, 0.05, 0.07, 0.09];

describe('standardised unexpected earnings', () => {
  test('are the surprise to analysts over the sample deviation of the eight before it', () => {
    const found = earningsSurprise(surprising([0.5, ...textbook, 0.0427617987]), asOf, rules);
    expect(found).toMatchObject({ kind: 'surprise', pastSurprises: 8, against: 'estimate' });
    expect(found.kind === 'surprise' && found.deviationUsd).toBeCloseTo(0.021380899352993952, 12);
    expect(found.kind === 'surprise' && found.standardized).toBeCloseTo(2, 8);
  });

  test('fall back on the same quarter of the year before when nobody says what was expected', () => {
    // Seasonal changes of 2, 4, 4, 4, 5, 5, 7, 9 cents, then one of 10.690449676 cents: five sample deviations.
    const changes = [...textbook, 0.10690449676];
    const first = [1.0, 1.5, 1.2, 2.0];
    const eps = [...first];
    for (const [i, change] of changes.entries()) eps.push(eps[i]! + change);
    const releases = eps.map((value, i) => release(asOf - 10 - 91 * (eps.length - 1 - i), value));
    const found = earningsSurprise(releases, asOf, rules);
    expect(found).toMatchObject({ kind: 'surprise', pastSurprises: 8, against: 'year-before' });
    expect(found.kind === 'surprise' && found.standardized).toBeCloseTo(5, 8);
  });

  test('do not compare with another quarter when that of the year before is missing', () => {
    const releases = Array.from({ length: 16 }, (_, i) => release(asOf - 10 - 91 * (15 - i), 1 + 0.01 * i * (i % 3)));
    expect(earningsSurprise(releases, asOf, rules)).toMatchObject({ kind: 'surprise' });
    expect(earningsSurprise(releases.toSpliced(11, 1), asOf, rules)).toMatchObject({ reason: 'surprises-too-few' });
  });

  test('refuse fewer than six past surprises, and no earnings at all', () => {
    expect(earningsSurprise(surprising([1, 2, 3, 4, 5, 1]), asOf, rules)).toMatchObject({ reason: 'surprises-too-few' });
    expect(earningsSurprise(surprising([1, 2, 3, 4, 5, 6, 1]), asOf, rules)).toMatchObject({
      kind: 'surprise',
      pastSurprises: 6,
    });
    expect(earningsSurprise([], asOf, rules)).toMatchObject({ reason: 'no-earnings' });
  });

  test('take no deviation for smaller than half a cent', () => {
    const always = earningsSurprise(surprising([...Array<number>(8).fill(0.01), 0.02]), asOf, rules);
    expect(always.kind === 'surprise' && always.standardized).toBeCloseTo(4, 10);
  });

  test('do not know what is announced on the session itself', () => {
    const releases = surprising([...textbook, 0.05, 9], asOf);
    const found = earningsSurprise(releases, asOf, rules);
    expect(found.kind === 'surprise' && found.unexpectedUsd).toBeCloseTo(0.05, 12);
  });
});

describe('earnings drift', () => {
  const readAt = (announcedOn: number, on = asOf) =>
    earningsDriftFactor.read(
      [company('PEAD', { earnings: surprising([...textbook, 0.05], announcedOn) })],
      contextWith({}, undefined, on),
    )[0]!;

  test('is whole on the first session after the announcement and runs out evenly', () => {
    const yesterday = sessionsBack(asOf, 1);
    const first = readAt(yesterday);
    const half = readAt(sessionsBack(asOf, 31));
    expect(first).toMatchObject({ kind: 'reading', evidence: { ageSessions: 1, remainingFrac: 1, toEstimate: 1 } });
    expect(half).toMatchObject({ kind: 'reading', evidence: { ageSessions: 31, remainingFrac: 0.5 } });
    expect(half.kind === 'reading' && first.kind === 'reading' && half.value / first.value).toBeCloseTo(0.5, 12);
  });

  test('has its last sixtieth on the sixtieth session and is absent after it', () => {
    expect(readAt(sessionsBack(asOf, 60))).toMatchObject({ kind: 'reading', evidence: { ageSessions: 60, remainingFrac: 1 / 60 } });
    expect(readAt(sessionsBack(asOf, 61))).toEqual({ kind: 'absent', reason: 'drift-over' });
  });

  test('counts sessions, not days: an announcement on Friday is one session old on Monday', () => {
    expect(readAt(day('2019-06-07'), day('2019-06-10'))).toMatchObject({ evidence: { ageSessions: 1 } });
  });

  test('needs no prices', () => {
    const view = company('PEAD', { earnings: surprising([...textbook, 0.05]) }, toBars('PEAD', walk('PEAD', 0)));
    expect(earningsDriftFactor.read([view], contextWith())[0]).toMatchObject({ kind: 'reading' });
  });
});
