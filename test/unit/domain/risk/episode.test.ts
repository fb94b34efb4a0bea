import { describe, expect, test } from 'vitest';
import { replayEpisode } from '../../../../shared/domain/risk/episode.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';

const day = (value: number): EpochDay => value as EpochDay;

describe('an episode', () => {
  const days = Int32Array.of(1, 2, 3, 6, 7, 8);
  const closes = Float64Array.of(100, 110, 88, 99, 66, 77);

  test('has the returns after its first close, the deepest fall and the worst day', () => {
    expect(replayEpisode(days, closes, day(1), day(8))).toEqual({
      kind: 'episode',
      days: Int32Array.of(2, 3, 6, 7, 8),
      returns: Float64Array.from([110 / 100 - 1, 88 / 110 - 1, 99 / 88 - 1, 66 / 99 - 1, 77 / 66 - 1]),
      endReturnFrac: expect.closeTo(-0.23, 12),
      peakToTroughFrac: expect.closeTo(-0.4, 12),
      peakDay: 2,
      troughDay: 7,
      worstDay: 7,
      worstDayReturnFrac: expect.closeTo(-1 / 3, 12),
    });
  });

  test('may begin and end within the index', () => {
    expect(replayEpisode(days, closes, day(3), day(7))).toEqual({
      kind: 'episode',
      days: Int32Array.of(6, 7),
      returns: Float64Array.from([99 / 88 - 1, 66 / 99 - 1]),
      endReturnFrac: expect.closeTo(-0.25, 12),
      peakToTroughFrac: expect.closeTo(-1 / 3, 12),
      peakDay: 6,
      troughDay: 7,
      worstDay: 7,
      worstDayReturnFrac: expect.closeTo(-1 / 3, 12),
    });
  });

  test('has the first of equal highs, of equal lows and of equally bad days', () => {
    const plateau = replayEpisode(Int32Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(64, 128, 128, 64, 64, 32), day(1), day(6));
    expect(plateau).toMatchObject({ peakDay: 2, troughDay: 6, worstDay: 4, peakToTroughFrac: -0.75 });
    const twice = replayEpisode(Int32Array.of(1, 2, 3, 4), Float64Array.of(128, 64, 96, 64), day(1), day(4));
    expect(twice).toMatchObject({ peakDay: 1, troughDay: 2, worstDay: 2 });
  });

  test('says what it refuses', () => {
    expect(replayEpisode(days, closes.subarray(1), day(1), day(8))).toEqual(refuse('lengths-differ', { days: 6, closes: 5 }));
    expect(replayEpisode(days, closes, day(4), day(8))).toEqual(refuse('episode-outside-index', { from: 4, to: 8 }));
    expect(replayEpisode(days, closes, day(3), day(3))).toEqual(refuse('episode-without-return', { from: 3, to: 3 }));
    const holed = Float64Array.of(100, 110, 88, 0, 66, 77);
    expect(replayEpisode(days, holed, day(1), day(8))).toEqual(refuse('close-not-positive', { day: 6 }));
    const twice = Int32Array.of(1, 2, 2, 6, 7, 8);
    expect(replayEpisode(twice, closes, day(1), day(8))).toEqual(refuse('days-not-ascending', { day: 2 }));
  });

  test('that only rises has no fall', () => {
    expect(replayEpisode(days, closes, day(1), day(2))).toMatchObject({ peakToTroughFrac: 0, worstDay: 2 });
  });

  test.each([
    ['a first day without a close', days, closes, 4, 8, 'episode-outside-index'],
    ['a last day beyond the index', days, closes, 1, 9, 'episode-outside-index'],
    ['one day only', days, closes, 3, 3, 'episode-without-return'],
    ['dates the wrong way round', days, closes, 8, 1, 'episode-without-return'],
    ['a close of zero', days, Float64Array.of(100, 110, 0, 99, 66, 77), 1, 8, 'close-not-positive'],
    ['a close that is no number', days, Float64Array.of(100, 110, 88, Number.NaN, 66, 77), 1, 8, 'close-not-positive'],
    ['a close without bound', days, Float64Array.of(100, 110, 88, 99, 66, Number.POSITIVE_INFINITY), 1, 8, 'close-not-positive'],
    ['a day twice', Int32Array.of(1, 2, 2, 6, 7, 8), closes, 1, 8, 'days-not-ascending'],
    ['columns of unequal length', days, closes.subarray(1), 1, 8, 'lengths-differ'],
  ])('refuses %s', (_, indexDays, indexCloses, from, to, reason) => {
    expect(replayEpisode(indexDays, indexCloses, day(from), day(to))).toMatchObject({ kind: 'refused', reason });
  });
});
