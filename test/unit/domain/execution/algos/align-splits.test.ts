import { describe, expect, test } from 'vitest';
import { alignSplits } from '../../../../../shared/domain/execution/algos/align-splits.ts';
import { sessionVolume } from '../../../../../shared/domain/execution/algos/minute-session.ts';
import { day } from '../../fixtures.ts';
import { sessionOf } from './sessions.ts';

describe('sessions across a split', () => {
  const before = sessionOf(
    '2014-06-06',
    () => 10,
    () => 645.57,
  );
  const after = sessionOf(
    '2014-06-09',
    () => 70,
    () => 93.7,
  );

  test('are brought to the new shares: seven for one', () => {
    const { sessions, splits } = alignSplits([before, after]);
    expect(splits).toEqual([{ day: day('2014-06-09'), looksLike: '7:1' }]);
    expect(sessionVolume(sessions[0]!)).toBe(sessionVolume(after));
    expect(sessions[0]!.close[0]).toBeCloseTo(92.224, 3);
    expect(sessions[1]).toBe(after);
  });

  test('stay as they are where the price only moved, or where years lie between', () => {
    const crashed = sessionOf(
      '2014-06-09',
      () => 10,
      () => 500,
    );
    expect(alignSplits([before, crashed])).toEqual({ sessions: [before, crashed], splits: [] });
    const yearsLater = sessionOf(
      '2016-06-09',
      () => 70,
      () => 93.7,
    );
    expect(alignSplits([before, yearsLater]).splits).toEqual([]);
  });

  test('are looked for between sessions that traded, and there may be none', () => {
    expect(alignSplits([])).toEqual({ sessions: [], splits: [] });
    const silent = sessionOf('2014-06-09', () => 0);
    expect(alignSplits([before, silent])).toEqual({ sessions: [before, silent], splits: [] });
  });
});
