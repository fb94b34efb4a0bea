/**
 * Schedule expressions against the tables of AWS's documentation. Pages, read on 2026-11-20:
 *   UG-CRON   EventBridge user guide, "Cron expressions" and "Rate expressions" (eb-scheduled-rule-pattern): fields,
 *             wildcards, the table of examples
 *   SCH-TYPES EventBridge Scheduler user guide, "Schedule types" (schedule-types), with "Daylight savings time"
 * Weekdays and dates of the expected times are from the calendar: 2026-11-01 is a Sunday.
 */
import { describe, expect, test } from 'vitest';
import { parseScheduleExpression } from '../../../../apps/local-cloud/scheduler/index.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const instant = (iso: string): EpochMs => Date.parse(iso) as EpochMs;
const iso = (at: EpochMs | undefined): string | undefined => at && new Date(at).toISOString().slice(0, 16);

function firings(
  expression: string,
  { after, count, zone = 'UTC' }: { after: string; count: number; zone?: string },
): (string | undefined)[] {
  const schedule = parseScheduleExpression(expression, zone);
  const found: (string | undefined)[] = [];
  for (let at: EpochMs | undefined = instant(after); found.length < count && at !== undefined; ) {
    at = schedule.next(at);
    found.push(iso(at));
  }
  return found;
}

/** After Sunday 2026-11-01 00:00 UTC unless said otherwise. */
const cards: readonly { id: string; from: string; what: string; expression: string; after?: string; expected: readonly string[] }[] = [
  {
    id: 'SCH-01',
    from: 'UG-CRON',
    what: '10:00 every day',
    expression: 'cron(0 10 * * ? *)',
    expected: ['2026-11-01T10:00', '2026-11-02T10:00'],
  },
  {
    id: 'SCH-02',
    from: 'UG-CRON',
    what: '12:15 every day',
    expression: 'cron(15 12 * * ? *)',
    expected: ['2026-11-01T12:15', '2026-11-02T12:15'],
  },
  {
    id: 'SCH-03',
    from: 'UG-CRON',
    what: '18:00 Monday to Friday',
    expression: 'cron(0 18 ? * MON-FRI *)',
    after: '2026-11-05T00:00Z',
    expected: ['2026-11-05T18:00', '2026-11-06T18:00', '2026-11-09T18:00'],
  },
  {
    id: 'SCH-04',
    from: 'UG-CRON',
    what: '8:00 on the first of the month',
    expression: 'cron(0 8 1 * ? *)',
    expected: ['2026-11-01T08:00', '2026-12-01T08:00', '2027-01-01T08:00'],
  },
  {
    id: 'SCH-05',
    from: 'UG-CRON',
    what: 'every 15 minutes',
    expression: 'cron(0/15 * * * ? *)',
    expected: ['2026-11-01T00:15', '2026-11-01T00:30', '2026-11-01T00:45', '2026-11-01T01:00'],
  },
  {
    id: 'SCH-06',
    from: 'UG-CRON',
    what: 'every 10 minutes on weekdays',
    expression: 'cron(0/10 * ? * MON-FRI *)',
    after: '2026-11-06T23:45Z',
    expected: ['2026-11-06T23:50', '2026-11-09T00:00', '2026-11-09T00:10'],
  },
  {
    id: 'SCH-07',
    from: 'UG-CRON',
    what: 'every 5 minutes from 8:00 to 17:55 on weekdays',
    expression: 'cron(0/5 8-17 ? * MON-FRI *)',
    after: '2026-11-02T17:50Z',
    expected: ['2026-11-02T17:55', '2026-11-03T08:00'],
  },
  {
    id: 'SCH-08',
    from: 'UG-CRON',
    what: 'every 30 minutes over midnight: the range 20-2 wraps',
    expression: 'cron(0/30 20-2 ? * MON-FRI *)',
    after: '2026-11-02T02:00Z',
    expected: ['2026-11-02T02:30', '2026-11-02T20:00', '2026-11-02T20:30'],
  },
  {
    id: 'SCH-09',
    from: 'UG-CRON',
    what: '14:05 and 14:35 every day',
    expression: 'cron(5,35 14 * * ? *)',
    expected: ['2026-11-01T14:05', '2026-11-01T14:35', '2026-11-02T14:05'],
  },
  {
    id: 'SCH-10',
    from: 'UG-CRON, SCH-TYPES',
    what: '10:15 on the last Friday of each month, 2022 to 2023',
    expression: 'cron(15 10 ? * 6L 2022-2023)',
    after: '2022-11-01T00:00Z',
    expected: ['2022-11-25T10:15', '2022-12-30T10:15', '2023-01-27T10:15'],
  },
  {
    id: 'SCH-11',
    from: 'UG-CRON (wildcard /)',
    what: 'minutes 1/10 start at the first minute',
    expression: 'cron(1/10 0 * * ? *)',
    expected: ['2026-11-01T00:01', '2026-11-01T00:11', '2026-11-01T00:21'],
  },
  {
    id: 'SCH-12',
    from: 'UG-CRON (wildcard L)',
    what: 'L is the last day of the month, leap years too',
    expression: 'cron(0 0 L * ? *)',
    after: '2028-01-15T00:00Z',
    expected: ['2028-01-31T00:00', '2028-02-29T00:00', '2028-03-31T00:00'],
  },
  {
    id: 'SCH-13',
    from: 'UG-CRON (wildcard L)',
    what: 'L alone as weekday is the last day of the week, Saturday',
    expression: 'cron(0 0 ? * L *)',
    expected: ['2026-11-07T00:00', '2026-11-14T00:00'],
  },
  {
    id: 'SCH-14',
    from: 'UG-CRON (wildcard W)',
    what: '3W is the weekday closest to the third',
    expression: 'cron(0 0 3W * ? *)',
    after: '2026-09-15T00:00Z',
    expected: ['2026-10-02T00:00', '2026-11-03T00:00', '2026-12-03T00:00', '2027-01-04T00:00'],
  },
  {
    id: 'SCH-15',
    from: 'UG-CRON (wildcard W)',
    what: '1W never leaves the month',
    expression: 'cron(0 0 1W * ? *)',
    after: '2026-07-15T00:00Z',
    expected: ['2026-08-03T00:00', '2026-09-01T00:00'],
  },
  {
    id: 'SCH-16',
    from: 'UG-CRON (wildcard #)',
    what: '3#2 is the second Tuesday',
    expression: 'cron(0 0 ? * 3#2 *)',
    expected: ['2026-11-10T00:00', '2026-12-08T00:00'],
  },
  {
    id: 'SCH-17',
    from: 'UG-CRON (fields)',
    what: 'weekday 1 is Sunday and 7 is Saturday',
    expression: 'cron(0 0 ? * 1,7 *)',
    after: '2026-11-01T12:00Z',
    expected: ['2026-11-07T00:00', '2026-11-08T00:00'],
  },
  {
    id: 'SCH-18',
    from: 'UG-CRON (wildcard ,)',
    what: 'months by name',
    expression: 'cron(0 0 1 JAN,FEB,MAR ? *)',
    expected: ['2027-01-01T00:00', '2027-02-01T00:00', '2027-03-01T00:00', '2028-01-01T00:00'],
  },
  {
    id: 'SCH-19',
    from: 'UG-CRON (wildcard -)',
    what: 'days 1-15',
    expression: 'cron(0 0 1-15 * ? *)',
    after: '2026-11-14T00:00Z',
    expected: ['2026-11-15T00:00', '2026-12-01T00:00'],
  },
  { id: 'SCH-20', from: 'UG-CRON', what: 'no firing after the last year', expression: 'cron(0 0 1 1 ? 2026)', expected: [] },
  { id: 'SCH-21', from: 'UG-CRON', what: 'a day that does not exist is never', expression: 'cron(0 0 31 2 ? *)', expected: [] },
];

describe('cron expressions', () => {
  test.each(cards)('$id $what ($from)', ({ expression, after = '2026-11-01T00:00Z', expected }) => {
    const found = firings(expression, { after, count: Math.max(1, expected.length) });
    expect(found).toEqual(expected.length === 0 ? [undefined] : expected);
  });

  test.each([
    ['SCH-30', 'cron(0 10 * * * *)', 'one of day-of-month and day-of-week must be ?'],
    ['SCH-31', 'cron(0 10 ? * ? *)', 'one of day-of-month and day-of-week must be ?'],
    ['SCH-32', 'cron(0 10 1 * MON *)', 'one of day-of-month and day-of-week must be ?'],
    ['SCH-33', 'cron(0 10 * * ?)', 'six fields'],
    ['SCH-34', 'cron(60 10 * * ? *)', 'not within 0-59'],
    ['SCH-35', 'cron(0 10 ? * 0 *)', 'not within 1-7'],
    ['SCH-36', 'cron(0 10 ? * 3#1,6#3 *)', 'not within 1-7'],
    ['SCH-37', 'cron(0 10 ? * MON *', 'none of rate'],
    ['SCH-38', 'cron(0 10 ? * MON/2 *)', 'no step'],
    ['SCH-39', 'every day', 'none of rate'],
  ])('%s refuses %s: %s', (_id, expression, reason) => {
    expect(() => parseScheduleExpression(expression, 'UTC')).toThrow(reason);
  });
});

describe('rate expressions', () => {
  test('SCH-40 counts from where the schedule starts (SCH-TYPES)', () => {
    const schedule = parseScheduleExpression('rate(5 minutes)', 'UTC', { startsAt: instant('2026-11-01T00:02Z') });
    expect(iso(schedule.next(instant('2026-10-01T00:00Z')))).toBe('2026-11-01T00:02');
    expect(iso(schedule.next(instant('2026-11-01T00:02Z')))).toBe('2026-11-01T00:07');
    expect(iso(schedule.next(instant('2026-11-01T00:06:59Z')))).toBe('2026-11-01T00:07');
  });

  test('SCH-41 a day is 24 hours of elapsed time when clocks change (SCH-TYPES, daylight savings time)', () => {
    const schedule = parseScheduleExpression('rate(1 days)', 'America/New_York', { startsAt: instant('2026-10-31T13:30Z') });
    expect(iso(schedule.next(instant('2026-10-31T13:30Z')))).toBe('2026-11-01T13:30');
  });

  test.each(['rate(1 hours)', 'rate(5 hour)'])('SCH-42 %s is refused for a rule and taken by Scheduler (UG-CRON)', (expression) => {
    expect(() => parseScheduleExpression(expression, 'UTC', { strictUnits: true })).toThrow('singular for 1');
    expect(parseScheduleExpression(expression, 'UTC').kind).toBe('rate');
  });

  test.each(['rate(0 minutes)', 'rate(-1 hours)', 'rate(1.5 hours)', 'rate(10 seconds)', 'rate(5)'])('SCH-43 refuses %s', (expression) => {
    expect(() => parseScheduleExpression(expression, 'UTC')).toThrow('positive whole number');
  });
});

describe('one-time expressions', () => {
  test('SCH-44 at() fires once, on the clocks of its zone (SCH-TYPES)', () => {
    expect(firings('at(2022-11-20T13:00:00)', { after: '2022-01-01T00:00Z', count: 2, zone: 'America/New_York' })).toEqual([
      '2022-11-20T18:00',
      undefined,
    ]);
  });

  test.each(['at(2022-11-20)', 'at(2022-02-30T13:00:00)', 'at(2022-11-20T13:00:00Z)'])('SCH-45 refuses %s', (expression) => {
    expect(() => parseScheduleExpression(expression, 'UTC')).toThrow('write at(yyyy-mm-ddThh:mm:ss)');
  });

  test('SCH-46 refuses a zone nobody knows', () => {
    expect(() => parseScheduleExpression('rate(1 day)', 'America/Gotham')).toThrow('Invalid Schedule Expression Timezone');
  });
});

/** New York springs forward on 2026-03-08 at 07:00 UTC and falls back on 2026-11-01 at 06:00 UTC. */
describe('daylight saving in America/New_York (SCH-TYPES, daylight savings time)', () => {
  const zone = 'America/New_York';

  test('SCH-50 the same wall-clock time moves against UTC with the season', () => {
    expect(firings('cron(45 15 ? * MON-FRI *)', { after: '2026-03-05T21:00Z', count: 3, zone })).toEqual([
      '2026-03-06T20:45',
      '2026-03-09T19:45',
      '2026-03-10T19:45',
    ]);
    expect(firings('cron(45 15 ? * MON-FRI *)', { after: '2026-10-29T21:00Z', count: 3, zone })).toEqual([
      '2026-10-30T19:45',
      '2026-11-02T20:45',
      '2026-11-03T20:45',
    ]);
  });

  test('SCH-51 a time that the spring change skips does not fire', () => {
    expect(firings('cron(30 2 * * ? *)', { after: '2026-03-07T00:00Z', count: 3, zone })).toEqual([
      '2026-03-07T07:30',
      '2026-03-09T06:30',
      '2026-03-10T06:30',
    ]);
    expect(firings('at(2026-03-08T02:30:00)', { after: '2026-03-01T00:00Z', count: 1, zone })).toEqual([undefined]);
  });

  test('SCH-52 a time that the autumn change repeats fires once', () => {
    expect(firings('cron(30 1 * * ? *)', { after: '2026-10-31T12:00Z', count: 3, zone })).toEqual([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
      '2026-11-03T06:30',
    ]);
  });

  test('SCH-53 from within the repeated hour the next time is after it', () => {
    expect(firings('cron(30 1,2 * * ? *)', { after: '2026-11-01T06:10Z', count: 2, zone })).toEqual([
      '2026-11-01T07:30',
      '2026-11-02T06:30',
    ]);
  });

  test('SCH-54 times around a change fire as usual on its day', () => {
    expect(firings('cron(0 0-4 8 3 ? 2026)', { after: '2026-03-08T00:00Z', count: 4, zone })).toEqual([
      '2026-03-08T05:00',
      '2026-03-08T06:00',
      '2026-03-08T07:00',
      '2026-03-08T08:00',
    ]);
  });
});
