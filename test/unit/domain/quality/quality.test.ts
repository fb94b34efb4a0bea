import { describe, expect, test } from 'vitest';
import { nextSession, previousSession } from '../../../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { explainReason, governSymbol, transition } from '../../../../shared/domain/quality/governance.ts';
import { type QualityJudgement, qualityAsOf } from '../../../../shared/domain/quality/judge.ts';
import { profileBars } from '../../../../shared/domain/quality/profile.ts';
import { utcMidnight } from '../../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf, day, type Row, ticker, toBars, walk } from '../fixtures.ts';

const { quality: rules, governance } = defaultPolicy;
const healthy = (): Row[] => walk('GOOD', 1300);
const profileOf = (rows: readonly Row[], adjustment: 'split-adjusted' | 'as-traded' = 'split-adjusted') =>
  profileBars(toBars('GOOD', rows), { adjustment });
const judged = (rows: readonly Row[], session: EpochDay = asOf): QualityJudgement => qualityAsOf(profileOf(rows), session, rules);
const vetoesOf = (rows: readonly Row[]): string[] => judged(rows).vetoes.map(({ reason }) => reason);
const changed = (rows: Row[], i: number, change: Partial<Row>): Row[] => rows.map((row, k) => (k === i ? { ...row, ...change } : row));
const scaledFrom = (rows: Row[], from: number, factor: number, to = rows.length): Row[] =>
  rows.map((row, k) =>
    k >= from && k < to
      ? { ...row, open: row.open * factor, high: row.high * factor, low: row.low * factor, close: row.close * factor }
      : row,
  );

describe('data quality', () => {
  test('finds nothing wrong with healthy bars', () => {
    expect(judged(healthy())).toMatchObject({ rows: 1300, score: 1, vetoes: [], missingDatesFrac: 0, duplicateFrac: 0 });
    expect(governSymbol(judged(healthy()), governance)).toEqual({ state: 'ACTIVE', reasons: [] });
  });

  test('blocks 1,259 rows as DEGRADED and 999 as QUARANTINED, and passes 1,260', () => {
    const stateOf = (rows: number) => governSymbol(judged(walk('GOOD', rows)), governance);
    expect(stateOf(1260).state).toBe('ACTIVE');
    expect(stateOf(1259)).toEqual({ state: 'DEGRADED', reasons: ['history-too-short'] });
    expect(stateOf(1000).state).toBe('DEGRADED');
    expect(stateOf(999)).toEqual({ state: 'QUARANTINED', reasons: ['history-too-short'] });
    expect(stateOf(0)).toEqual({ state: 'QUARANTINED', reasons: ['no-history', 'quality-below-gate'] });
  });

  test.each([
    ['a negative price', { low: -1 }, 'zero-or-negative-price'],
    ['a zero price', { close: 0 }, 'zero-or-negative-price'],
    ['a price that is no number', { open: Number.NaN }, 'zero-or-negative-price'],
    ['an infinite price', { high: Number.POSITIVE_INFINITY }, 'zero-or-negative-price'],
    ['a high below the low', { high: 1 }, 'inconsistent-bar'],
    ['a close above the high', { close: 1e6 }, 'inconsistent-bar'],
  ])('vetoes %s, and governance quarantines for it alone', (_, change, reason) => {
    const rows = changed(healthy(), 400, change);
    expect(vetoesOf(rows)).toContain(reason);
    const result = governSymbol(judged(rows), governance);
    expect(result.state).toBe('QUARANTINED');
    expect(result.reasons).toContain(reason);
    expect(judged(rows).score).toBeGreaterThan(0.6);
  });

  test('lists an open outside the range without a veto, since no rule rests on it', () => {
    const rows = changed(healthy(), 400, { open: healthy()[400]!.low * 0.99 });
    expect(profileOf(rows).inconsistent).toEqual([{ day: rows[400]!.day, why: 'open-outside-range' }]);
    expect(vetoesOf(rows)).toEqual([]);
  });

  test('vetoes a repeated date and counts its row', () => {
    const rows = healthy();
    const repeated = [...rows.slice(0, 700), rows[699]!, ...rows.slice(700)];
    expect(judged(repeated)).toMatchObject({ rows: 1301, duplicateFrac: 1 / 1301 });
    expect(vetoesOf(repeated)).toEqual(['duplicate-date']);
  });

  test('vetoes a last bar that is older than the session before', () => {
    const rows = healthy().slice(0, -1);
    expect(judged(rows).vetoes).toMatchObject([{ reason: 'last-bar-stale', day: rows.at(-1)!.day, count: 1 }]);
    expect(judged(rows).missingDatesFrac).toBeCloseTo(1 / 1300, 12);
  });

  test('finds missing sessions and gaps with their dates', () => {
    const rows = healthy();
    const profile = profileOf([...rows.slice(0, 500), ...rows.slice(503)]);
    expect(profile.missingDays).toEqual([rows[500]!.day, rows[501]!.day, rows[502]!.day]);
    expect(profile.gaps).toEqual([{ from: rows[500]!.day, to: rows[502]!.day, sessions: 3 }]);
    expect(qualityAsOf(profile, asOf, rules).missingDatesFrac).toBeCloseTo(3 / 1300, 12);
  });

  test('scores by the formula', () => {
    const rows = healthy();
    const dirty = changed(scaledFrom([...rows.slice(0, 100), ...rows.slice(110), rows.at(-1)!], 600, 0.55), 50, { low: 0 });
    const { score, missingDatesFrac, duplicateFrac, zeroOrNegativeFlag, extremeSpikeFlag } = judged(dirty);
    expect({ zeroOrNegativeFlag, extremeSpikeFlag }).toEqual({ zeroOrNegativeFlag: 1, extremeSpikeFlag: 1 });
    expect(missingDatesFrac).toBeCloseTo(10 / 1300, 12);
    expect(duplicateFrac).toBeCloseTo(1 / 1291, 12);
    expect(score).toBeCloseTo(1 - (0.3 * (10 / 1300) + 0.2 / 1291 + 0.2 + 0.05), 12);
  });

  test('judges an earlier date as it stood then: later rows and later defects do not exist yet', () => {
    const rows = changed(healthy(), 1000, { close: -5 });
    const before = judged(rows, rows[1000]!.day);
    expect(before).toMatchObject({ rows: 1000, score: 1, vetoes: [], lastDay: rows[999]!.day });
    expect(judged(rows, rows[1001]!.day).vetoes).toHaveLength(1);
    expect(judged(rows, rows[0]!.day)).toMatchObject({ rows: 0, score: 0, lastDay: null });
  });

  test('forgives a defect older than the sessions a policy judges', () => {
    const rows = changed(healthy(), 10, { low: -1 });
    const within = qualityAsOf(profileOf(rows), asOf, { ...rules, judgedSessions: 1260 });
    expect(within).toMatchObject({ score: 1, vetoes: [], rows: 1300 });
  });

  test('lists rows on days without a session, and rows out of order', () => {
    const rows = healthy();
    const sunday = { ...rows[300]!, day: day('2015-07-05') };
    const profile = profileOf([sunday, ...rows]);
    expect(profile).toMatchObject({ offCalendarDays: [sunday.day], outOfOrder: 1, rows: 1301 });
    expect(qualityAsOf(profile, asOf, rules)).toMatchObject({ rows: 1301, vetoes: [] });
  });

  test('survives a date that no calendar holds', () => {
    const rows = [{ ...healthy()[0]!, day: day('1899-01-03') }, ...healthy()];
    expect(judged(rows)).toMatchObject({ rows: 1301, missingDatesFrac: 0 });
  });
});

describe('a move that looks like a split', () => {
  test.each([
    ['halves for good', 0.5, 1300],
    ['halves for one day', 0.5, 801],
    ['falls to a third', 1 / 3, 1300],
    ['doubles', 2, 1300],
    ['falls to a tenth', 0.1, 1300],
  ])('is vetoed when the price %s on ordinary volume', (_, factor, to) => {
    expect(vetoesOf(scaledFrom(healthy(), 800, factor, to))).toEqual(['unexplained-split-like-move']);
  });

  test('is vetoed also when only close and low of a day are halved', () => {
    const rows = healthy();
    const half = rows[799]!.close * 0.5;
    expect(vetoesOf(changed(rows, 800, { close: half, low: half }))).toContain('unexplained-split-like-move');
  });

  test('passes as a crash when dollars traded rose with it', () => {
    const rows = changed(scaledFrom(healthy(), 800, 0.5), 800, { volume: 12e6 });
    expect(vetoesOf(rows)).toEqual([]);
    expect(judged(rows).extremeSpikeFlag).toBe(1);
  });

  test('is explained by a split on file in as-traded prices, and not in split-adjusted ones', () => {
    const rows = changed(scaledFrom(healthy(), 800, 0.5), 800, { split: 2 });
    expect(profileOf(rows, 'as-traded').unexplainedMoves).toEqual([]);
    expect(profileOf(rows, 'split-adjusted').unexplainedMoves).toMatchObject([{ day: rows[800]!.day, looksLike: '2:1' }]);
  });

  test('is explained by a dividend or spin-off on file', () => {
    const rows = scaledFrom(healthy(), 800, 0.5);
    expect(vetoesOf(changed(rows, 800, { dividend: rows[800]!.close }))).toEqual([]);
  });

  test('passes an ordinary bad day', () => {
    expect(vetoesOf(scaledFrom(healthy(), 800, 0.8))).toEqual([]);
  });
});

describe('governance transitions', () => {
  const at = utcMidnight(asOf);
  const active = { state: 'ACTIVE', reasons: [] } as const;
  const blocked = { state: 'QUARANTINED', reasons: ['duplicate-date'] } as const;

  test('records a change with its reasons, and nothing when the state stays', () => {
    expect(transition(ticker('A'), active, blocked, at)).toEqual({
      symbol: 'A',
      from: 'ACTIVE',
      to: 'QUARANTINED',
      reasons: ['duplicate-date'],
      at,
    });
    expect(transition(ticker('A'), null, active, at)).toMatchObject({ from: null, to: 'ACTIVE' });
    expect(transition(ticker('A'), blocked, blocked, at)).toBeUndefined();
  });

  test('explains every reason in a sentence', () => {
    expect(explainReason('history-too-short')).toMatch(/^[A-Z].*\.$/);
    expect(explainReason('unexplained-split-like-move')).toMatch(/^[A-Z].*\.$/);
  });

  test('counts a score that is no number as below the gate', () => {
    const quality = { ...judged(healthy()), score: Number.NaN };
    expect(governSymbol(quality, governance)).toEqual({ state: 'DEGRADED', reasons: ['quality-below-gate'] });
  });

  test('uses the calendar of the session asked for', () => {
    const rows = healthy();
    expect(judged(rows, asOf).vetoes).toEqual([]);
    expect(judged(rows, nextSession(asOf)).vetoes).toMatchObject([{ reason: 'last-bar-stale', day: previousSession(asOf) }]);
  });
});
