import { describe, expect, test } from 'vitest';
import { rebalanceCalendar } from '../../../../../shared/domain/research/engine/rebalance-calendar.ts';
import type { Rebalance } from '../../../../../shared/domain/research/strategy.ts';
import { parseDay } from '../../../../../shared/kernel/days.ts';

function asked(days: readonly string[], rebalance: Rebalance): { readonly on: readonly string[]; readonly missed: number } {
  const day = Int32Array.from(days, (text) => parseDay(text));
  const { mask, missed } = rebalanceCalendar({ day }, rebalance, [0, day.length]);
  return { on: days.filter((_, moment) => mask[moment] === 1), missed };
}

describe('rebalances fall on', () => {
  test('the last session of the month, a holiday or weekend after it', () => {
    expect(asked(['2018-03-28', '2018-03-29', '2018-04-02', '2018-04-30'], 'month-end').on).toEqual(['2018-03-29', '2018-04-30']);
  });

  test('the last session of the week: the Thursday before Good Friday', () => {
    expect(asked(['2018-03-28', '2018-03-29', '2018-04-02', '2018-04-06'], 'week-end').on).toEqual(['2018-03-29', '2018-04-06']);
  });

  test('the last session of the quarter', () => {
    expect(asked(['2019-05-31', '2019-06-28', '2019-07-31'], 'quarter-end').on).toEqual(['2019-06-28']);
  });

  test('the last moment of a day', () => {
    expect(asked(['2019-05-30', '2019-05-31', '2019-05-31'], 'day-end').on).toEqual(['2019-05-30', '2019-05-31']);
    const day = Int32Array.from([10, 10, 11, 11]);
    expect([...rebalanceCalendar({ day }, 'day-end', [0, 4]).mask]).toEqual([0, 1, 0, 1]);
    expect([...rebalanceCalendar({ day }, 'every-bar', [1, 3]).mask]).toEqual([0, 1, 1, 0]);
  });

  test('nothing where the session is missing, and count it', () => {
    expect(asked(['2019-05-30', '2019-06-03', '2019-06-28'], 'month-end')).toEqual({ on: ['2019-06-28'], missed: 1 });
  });

  test('the last day of the axis where it trades on days that the exchange is closed on', () => {
    expect(asked(['2018-03-29', '2018-03-30', '2018-04-02', '2018-04-30'], 'month-end')).toEqual({ on: ['2018-03-30'], missed: 0 });
    expect(asked(['2021-05-28', '2021-05-29', '2021-05-30', '2021-05-31', '2021-06-01'], 'month-end').on).toEqual(['2021-05-31']);
  });

  test('what the axis says where the calendar does not cover it', () => {
    expect(asked(['1950-01-30', '1950-01-31', '1950-02-28'], 'month-end')).toEqual({ on: ['1950-01-31'], missed: 0 });
  });
});
