import { describe, expect, test } from 'vitest';
import { instantFromTws, sessionsFromHours, twsInstant } from '../../../../shared/brokers/ibkr/times.ts';
import { formatDay } from '../../../../shared/kernel/days.ts';
import { ContractViolation } from '../../../../shared/kernel/errors.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

describe('times as TWS writes them', () => {
  /** Instants worked out with `TZ=America/New_York date -d`. */
  test.each([
    ['20190614 15:45:00 US/Eastern', '2019-06-14T19:45:00.000Z'],
    ['20190614  15:45:07 America/New_York', '2019-06-14T19:45:07.000Z'],
    ['20191231 09:30:00 US/Eastern', '2019-12-31T14:30:00.000Z'],
    ['20190614-19:45:00', '2019-06-14T19:45:00.000Z'],
    ['20190614 19:45:00 UTC', '2019-06-14T19:45:00.000Z'],
  ])('%s', (text, iso) => {
    expect(new Date(instantFromTws(text)).toISOString()).toBe(iso);
  });

  test.each(['20190614 15:45:00', '20190614 21:45:00 MET', '20190631-10:00:00', '1560541500', ''])(
    'an instant without a zone, in another one, or no instant, is refused: "%s"',
    (text) => {
      expect(() => instantFromTws(text)).toThrow(ContractViolation);
    },
  );

  test('are written for TWS in UTC, to the second', () => {
    expect(twsInstant(Date.UTC(2019, 5, 14, 19, 45, 7, 900) as EpochMs)).toBe('20190614-19:45:07');
  });

  test('hours tell sessions, half days and closed days', () => {
    const days = sessionsFromHours('20191128:CLOSED;20191129:0930-20191129:1300;20191202:0930-20191202:1600');
    expect([...days].map(([day, session]) => [formatDay(day), session && `${session.opensAt}-${session.closesAt}`])).toEqual([
      ['2019-11-28', null],
      ['2019-11-29', '09:30-13:00'],
      ['2019-12-02', '09:30-16:00'],
    ]);
  });

  test('hours that cannot be read are refused', () => {
    expect(() => sessionsFromHours('20191128:0930')).toThrow(ContractViolation);
    expect(() => sessionsFromHours('tomorrow')).toThrow(ContractViolation);
  });
});
