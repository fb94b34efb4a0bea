import { describe, expect, test } from 'vitest';
import { defaultHealthRules as rules } from '../../../../shared/domain/policy/health-rules.ts';
import {
  auditFinding,
  brokerFinding,
  type CycleEnding,
  cycleFinding,
  dataFinding,
  endingsKept,
  withEnding,
} from '../../../../shared/domain/steering/findings.ts';
import { applyCheck, type HealthState, healthEvidence } from '../../../../shared/domain/steering/health.ts';
import type { HealthStatus } from '../../../../shared/domain/steering/health-parts.ts';
import { parseDay } from '../../../../shared/kernel/days.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const minute = (count: number): EpochMs => (count * 60_000) as EpochMs;

/** The statuses after each check, five minutes apart. */
function statuses(...findings: readonly HealthStatus[]): HealthStatus[] {
  let state: HealthState | null = null;
  return findings.map((finding, i) => {
    ({ state } = applyCheck('data', state, { id: `check-${i}`, at: minute(5 * i), finding, reasons: [] }, rules));
    return state.status;
  });
}

describe('the health of a part', () => {
  test('is what the first check finds', () => {
    expect(statuses('down')).toEqual(['down']);
    expect(statuses('healthy')).toEqual(['healthy']);
  });

  test('worsens when two checks in a row agree, as far as they agree', () => {
    expect(statuses('healthy', 'down', 'healthy', 'down', 'down')).toEqual(['healthy', 'healthy', 'healthy', 'healthy', 'down']);
    expect(statuses('healthy', 'degraded', 'down', 'down')).toEqual(['healthy', 'healthy', 'degraded', 'down']);
  });

  test('recovers when three checks in a row agree', () => {
    expect(statuses('down', 'healthy', 'healthy', 'degraded', 'healthy', 'healthy', 'healthy')).toEqual([
      'down',
      'down',
      'down',
      'degraded',
      'degraded',
      'degraded',
      'healthy',
    ]);
  });

  test('says what it was before only where it changed, and of a first check only where it is bad', () => {
    const first = applyCheck('data', null, { id: 'a', at: minute(0), finding: 'healthy', reasons: [] }, rules);
    expect(first.changed).toBeUndefined();
    expect(applyCheck('data', null, { id: 'a', at: minute(0), finding: 'down', reasons: ['no-data-set'] }, rules).changed).toEqual({
      was: null,
    });
    const bad = { finding: 'down', reasons: ['no-data-set'] } as const;
    const second = applyCheck('data', first.state, { id: 'b', at: minute(5), ...bad }, rules);
    expect(second.changed).toBeUndefined();
    expect(applyCheck('data', second.state, { id: 'b', at: minute(5), ...bad }, rules).state).toBe(second.state);
    const third = applyCheck('data', second.state, { id: 'c', at: minute(10), ...bad }, rules);
    expect(third).toMatchObject({ changed: { was: 'healthy' }, state: { status: 'down', since: minute(10), reasons: ['no-data-set'] } });
    expect(applyCheck('data', third.state, { id: 'late', at: minute(1), finding: 'healthy', reasons: [] }, rules).state).toBe(third.state);
  });

  test('goes on after the clock was set back: the first check of the earlier year counts, and what was known later is unknown', () => {
    const year = 365 * 24 * 60;
    const { state } = applyCheck('audit', null, { id: 'a', at: minute(year), finding: 'down', reasons: ['audit-broken'] }, rules);
    expect(healthEvidence(state, minute(0), rules).status).toBe('unknown');
    const checks = [0, 5, 10].map((at) => ({ id: `${at}`, at: minute(at), finding: 'healthy' as const, reasons: [] }));
    const last = checks.reduce((so, check) => applyCheck('audit', so, check, rules).state, state);
    expect(last).toMatchObject({ status: 'healthy', since: minute(10) });
  });

  test('is unknown to the controller when it was never checked, or too long ago', () => {
    const { state } = applyCheck('data', null, { id: 'a', at: minute(0), finding: 'healthy', reasons: [] }, rules);
    expect(healthEvidence(null, minute(0), rules)).toEqual({ status: 'unknown', reasons: ['never-checked'] });
    expect(healthEvidence(state, minute(rules.ageMinutesMax), rules).status).toBe('healthy');
    expect(healthEvidence(state, minute(rules.ageMinutesMax + 1), rules)).toEqual({
      status: 'unknown',
      reasons: ['last-checked-21-minutes-ago'],
    });
  });
});

describe('a check finds', () => {
  const data = { lastDay: parseDay('2024-11-29'), today: parseDay('2024-12-02'), universe: 40, blocked: 2 };

  test('data as old as the sessions that it misses: a weekend is none', () => {
    expect(dataFinding(data, rules)).toEqual({ finding: 'healthy', reasons: [] });
    expect(dataFinding({ ...data, lastDay: parseDay('2024-11-27') }, rules)).toEqual({
      finding: 'degraded',
      reasons: ['data-set-old (missedSessions 1, degradedFrom 1)'],
    });
    expect(dataFinding({ ...data, lastDay: parseDay('2024-11-26') }, rules).finding).toBe('down');
  });

  test('a universe of which governance blocks too much, or that is empty, or no data set', () => {
    expect(dataFinding({ ...data, blocked: 10 }, rules).reasons).toEqual(['universe-blocked (blockedFrac 0.25, degradedFrom 0.25)']);
    expect(dataFinding({ ...data, blocked: 20 }, rules).finding).toBe('down');
    expect(dataFinding({ ...data, universe: 0, blocked: 0 }, rules)).toEqual({ finding: 'down', reasons: ['universe-empty'] });
    expect(dataFinding({ ...data, lastDay: null }, rules)).toEqual({ finding: 'down', reasons: ['no-data-set'] });
  });

  test.each([
    ['silent', { kind: 'silent', why: 'no-answer' }, 'down'],
    ['forbidden to trade', { kind: 'answered', mayTrade: false, skewMs: 0, latencyMs: 1 }, 'down'],
    ['a clock that is behind', { kind: 'answered', mayTrade: true, skewMs: -1600, latencyMs: 1 }, 'degraded'],
    ['a clock that is no clock', { kind: 'answered', mayTrade: true, skewMs: Number.NaN, latencyMs: 1 }, 'down'],
    ['slow', { kind: 'answered', mayTrade: true, skewMs: 0, latencyMs: 2000 }, 'degraded'],
    ['well', { kind: 'answered', mayTrade: true, skewMs: 900, latencyMs: 80 }, 'healthy'],
  ] as const)('a broker that is %s', (_what, figures, finding) => {
    expect(brokerFinding(figures, rules).finding).toBe(finding);
  });

  test('an audit trail that is signed, waits, waits too long, went back, or is broken', () => {
    const signed = { head: 9, checkpoint: 9, aheadSince: null, now: minute(0), broken: null };
    expect(auditFinding(signed, rules).finding).toBe('healthy');
    expect(auditFinding({ ...signed, head: null, checkpoint: null }, rules).finding).toBe('healthy');
    const waiting = { ...signed, head: 12, aheadSince: minute(0) };
    expect(auditFinding({ ...waiting, now: minute(25 * 60 - 1) }, rules).finding).toBe('healthy');
    expect(auditFinding({ ...waiting, now: minute(25 * 60) }, rules).finding).toBe('degraded');
    expect(auditFinding({ ...waiting, now: minute(72 * 60) }, rules).finding).toBe('down');
    expect(auditFinding({ ...signed, head: 8 }, rules).reasons).toEqual(['audit-behind-its-checkpoint']);
    expect(auditFinding({ ...signed, broken: 'record 4 was changed' }, rules)).toEqual({
      finding: 'down',
      reasons: ['audit-broken: record 4 was changed'],
    });
  });

  test('one failed cycle bad, two in a row too much, and a completed one the end of it', () => {
    const of = (...ended: readonly CycleEnding['ending'][]): CycleEnding[] => ended.map((ending, i) => ({ cycleId: `cycle-${i}`, ending }));
    expect(cycleFinding([], rules).finding).toBe('healthy');
    expect(cycleFinding(of('completed', 'missed'), rules)).toEqual({
      finding: 'degraded',
      reasons: ['cycles-failed-in-a-row (failedCycles 1, degradedFrom 1)', 'last-missed: cycle-1'],
    });
    expect(cycleFinding(of('failed', 'died'), rules).finding).toBe('down');
    expect(cycleFinding(of('failed', 'died', 'completed'), rules).finding).toBe('healthy');
  });

  test('the same endings, in whatever order and however often they are heard; a bad one stands over a good one', () => {
    const heard: CycleEnding[] = [
      { cycleId: 'cycle-1', ending: 'completed' },
      { cycleId: 'cycle-1', ending: 'died' },
      { cycleId: 'cycle-2', ending: 'failed' },
    ];
    const listed = (order: readonly CycleEnding[]) => order.reduce<readonly CycleEnding[]>(withEnding, []);
    expect(listed([...heard].reverse())).toEqual(listed([...heard, ...heard]));
    expect(listed(heard).map(({ ending }) => ending)).toEqual(['died', 'failed']);
    const many = Array.from({ length: 30 }, (_, i): CycleEnding => ({ cycleId: `cycle-${i + 10}`, ending: 'completed' }));
    expect(listed(many)).toEqual(many.slice(-endingsKept));
  });
});
