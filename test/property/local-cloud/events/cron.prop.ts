/**
 * Our cron against croner, an outside implementation of Unix cron with zones, on expressions both can say: weekdays by
 * name, steps written from `*`, and no L, W or #. Croner moves a time that daylight saving skips, AWS drops it; so in
 * New York only hours are drawn that no change touches.
 */
import { Cron } from 'croner';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScheduleExpression } from '../../../../apps/local-cloud/scheduler/index.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const field = (low: number, high: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: low, max: high }).map(String),
    fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 2, maxLength: 3 }).map((values) => values.join(',')),
    fc
      .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  );
const minutes = fc.oneof(field(0, 59), fc.constantFrom('*/15', '*/7'));
const days = fc.oneof(
  field(1, 31).map((dayOfMonth) => ({ dayOfMonth, dayOfWeek: '?' })),
  fc.constantFrom('MON-FRI', 'SUN', 'TUE,SAT').map((dayOfWeek) => ({ dayOfMonth: '?', dayOfWeek })),
);
const start = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });

test.each([
  ['UTC', field(0, 23)],
  ['America/New_York', field(4, 23).map((hours) => (hours === '*' ? '9' : hours))],
])('agrees with croner in %s', (zone, hours) => {
  fc.assert(
    fc.property(minutes, hours, field(1, 12), days, start, (minute, hour, month, { dayOfMonth, dayOfWeek }, after) => {
      const ours = parseScheduleExpression(`cron(${minute} ${hour} ${dayOfMonth} ${month} ${dayOfWeek} *)`, zone);
      const theirs = new Cron(`${minute} ${hour} ${dayOfMonth.replace('?', '*')} ${month} ${dayOfWeek.replace('?', '*')}`, {
        timezone: zone,
        paused: true,
      });
      let at: EpochMs | undefined = after as EpochMs;
      let expected: Date | null = new Date(after);
      for (let step = 0; step < 3; step++) {
        at = at && ours.next(at);
        expected = expected && theirs.nextRun(expected);
        // Croner gives up on a day that never comes in the end; so do we, further out.
        if (!expected) return;
        expect(at).toBe(expected.getTime());
      }
    }),
    { numRuns: 300 },
  );
});
