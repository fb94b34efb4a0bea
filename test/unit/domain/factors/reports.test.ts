import { describe, expect, test } from 'vitest';
import { latestReports, reportYearsBefore, trailingYear } from '../../../../shared/domain/factors/reports.ts';
import type { FundamentalReport } from '../../../../shared/domain/market/facts.ts';
import { defaultFactorRules } from '../../../../shared/domain/policy/factor-rules.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf, day } from '../fixtures.ts';
import { quarter, quarters } from './factor-fixtures.ts';

const rules = defaultFactorRules.quality;
const known = (reports: readonly FundamentalReport[], count = 8, on = asOf) =>
  latestReports({ reports }, on, count).map(({ periodEnd, netIncomeUsd }) => [periodEnd, netIncomeUsd]);

describe('the latest reports', () => {
  test('are those of the newest periods known before asOf, oldest first', () => {
    const three = quarters(3, (ago) => ({ netIncomeUsd: ago }));
    expect(known(three, 2)).toEqual([
      [asOf - 151, 1],
      [asOf - 60, 0],
    ]);
  });

  test('leave out what became known on the session itself', () => {
    const [report] = [quarter(0, { availableDay: asOf })];
    expect(known([report])).toEqual([]);
    expect(known([report], 8, (asOf + 1) as EpochDay)).toHaveLength(1);
  });

  test('let a late filing for an old period displace no newer one', () => {
    const newer = quarter(0, { netIncomeUsd: 1 });
    const late = quarter(3, { netIncomeUsd: 2, availableDay: (asOf - 1) as EpochDay });
    expect(known([newer, late], 1)).toEqual([[newer.periodEnd, 1]]);
    expect(known([newer, late])).toEqual([
      [late.periodEnd, 2],
      [newer.periodEnd, 1],
    ]);
  });

  test('take of several reports of one period the latest that is available, in whatever order they are listed', () => {
    const first = quarter(0, { netIncomeUsd: 1 });
    const restated = quarter(0, { netIncomeUsd: 2, availableDay: (first.availableDay + 10) as EpochDay });
    const later = quarter(0, { netIncomeUsd: 3, availableDay: asOf });
    expect(known([restated, first, later])).toEqual([[first.periodEnd, 2]]);
    expect(known([first, restated, later], 8, (first.availableDay + 10) as EpochDay)).toEqual([[first.periodEnd, 1]]);
  });

  test('do not believe a report that was told before its period ended', () => {
    expect(known([quarter(0, { availableDay: (asOf - 100) as EpochDay })])).toEqual([]);
  });
});

describe('a trailing year', () => {
  const earned = (reports: readonly FundamentalReport[]) => trailingYear(reports, reports.length - 1, 'netIncomeUsd', rules);

  test('sums four neighbouring quarters', () => {
    expect(earned(quarters(6, (ago) => ({ netIncomeUsd: 10 ** ago })))).toBe(1111);
  });

  test('refuses a missing quarter instead of reaching for an older one', () => {
    const gap = quarters(6, () => ({ netIncomeUsd: 1 })).toSpliced(3, 1);
    expect(earned(gap)).toMatchObject({ kind: 'refused', reason: 'quarter-missing' });
  });

  test('refuses three quarters, and a quarter that does not tell the figure', () => {
    expect(earned(quarters(3, () => ({ netIncomeUsd: 1 })))).toMatchObject({ reason: 'history-too-short' });
    expect(earned(quarters(4, (ago) => ({ netIncomeUsd: ago === 2 ? null : 1 })))).toMatchObject({ reason: 'figure-missing' });
    expect(earned(quarters(4, (ago) => ({ netIncomeUsd: ago === 2 ? Number.NaN : 1 })))).toMatchObject({ reason: 'figure-missing' });
  });

  test('takes the quarters of a retailer, of 12 and 16 weeks, for a year', () => {
    // Costco's fiscal 2018: twelve, twelve, twelve and sixteen weeks, from its annual report.
    const ends = ['2017-11-26', '2018-02-18', '2018-05-13', '2018-09-02'].map(day);
    expect(earned(ends.map((periodEnd) => ({ ...quarter(0, { netIncomeUsd: 2 }), periodEnd })))).toBe(8);
  });
});

test('the same quarter of an earlier year is found by its date, also across a gap', () => {
  const reports = quarters(13, (ago) => ({ netIncomeUsd: ago })).toSpliced(6, 1);
  const at = reportYearsBefore(reports, reports.length - 1, 2, rules.anniversaryToleranceDays);
  expect(reports[at]!.netIncomeUsd).toBe(8);
  expect(reportYearsBefore(reports, reports.length - 1, 4, rules.anniversaryToleranceDays)).toBe(-1);
});
