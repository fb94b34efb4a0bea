import { describe, expect, test } from 'vitest';
import { nextSession } from '../../../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { breakerTier } from '../../../../shared/domain/risk/circuit-breakers.ts';
import { drawdownFrac, drawdownScale } from '../../../../shared/domain/risk/drawdown.ts';
import { applyRecovery, type RecoveryState, recoverySizing } from '../../../../shared/domain/risk/recovery.ts';
import { applyRisk, initialRiskState, type RiskEffect, type RiskEvent, type RiskState } from '../../../../shared/domain/risk/risk-state.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { asOf } from '../fixtures.ts';

type Assessed = Extract<RiskEvent, { kind: 'assessed' }>;
const quiet: Assessed = {
  kind: 'assessed',
  day: asOf,
  varFrac: 0.01,
  cvarFrac: 0.015,
  annualizedVol: 0.1,
  equityUsd: 1_000_000,
  allTimeHighUsd: 1_000_000,
};

function run(events: ReadonlyArray<Partial<Assessed>>, state: RiskState = initialRiskState): { state: RiskState; effects: RiskEffect[] } {
  const effects: RiskEffect[] = [];
  let current = state;
  let session: EpochDay = asOf;
  for (const event of events) {
    const step = applyRisk(current, { ...quiet, day: session, ...event }, defaultPolicy);
    current = step.state;
    effects.push(...step.effects);
    session = nextSession(session);
  }
  return { state: current, effects };
}

describe('circuit breakers', () => {
  const tier = (varFrac: number, annualizedVol: number, drawdown: number) =>
    breakerTier({ varFrac, annualizedVol, drawdownFrac: drawdown }, defaultPolicy.risk, defaultPolicy.breakers);

  test.each([
    [0.04, 0.3, 0.18, 0],
    [0.0401, 0.1, 0, 1],
    [0.06, 0.1, 0, 1],
    [0.0601, 0.1, 0, 2],
    [0.01, 0.301, 0, 2],
    [0.01, 0.301, 0.181, 3],
    [0.01, 0.1, 0.5, 0],
    [0.01, 0.301, 0.18, 2],
  ])('VaR %d, volatility %d and drawdown %d make tier %d', (varFrac, vol, drawdown, expected) =>
    expect(tier(varFrac, vol, drawdown)).toBe(expected),
  );
});

describe('CVaR persistence', () => {
  test('halts at the third breach in a row, and says so once', () => {
    const { state, effects } = run([{ cvarFrac: 0.07 }, { cvarFrac: 0.07 }, { cvarFrac: 0.07 }, { cvarFrac: 0.07 }]);
    expect(state.halted).toMatchObject({ reason: 'cvar-persistence' });
    const details = { breachesInARow: 3, cvarFrac: 0.07, lossFrac: 0 };
    expect(effects.filter(({ kind }) => kind === 'halt')).toEqual([{ kind: 'halt', reason: 'cvar-persistence', details }]);
  });

  test('starts to count anew after a cycle within the limit', () => {
    const { state } = run([{ cvarFrac: 0.07 }, { cvarFrac: 0.07 }, { cvarFrac: 0.06 }, { cvarFrac: 0.07 }]);
    expect(state).toMatchObject({ halted: null, cvarBreachesInARow: 1 });
  });

  test('stays halted until an operator resumes', () => {
    const halted = run([{ cvarFrac: 0.07 }, { cvarFrac: 0.07 }, { cvarFrac: 0.07 }, {}, {}]).state;
    expect(halted.halted).not.toBeNull();
    const resumed = applyRisk(halted, { kind: 'operator-resumed', day: asOf }, defaultPolicy);
    expect(resumed).toEqual({ state: { ...halted, halted: null, cvarBreachesInARow: 0 }, effects: [] });
  });
});

describe('loss limit', () => {
  test('halts at 25 % below the all-time high, not before', () => {
    expect(run([{ equityUsd: 750_001 }]).state.halted).toBeNull();
    expect(run([{ equityUsd: 750_000 }]).state.halted).toMatchObject({ reason: 'loss-limit' });
  });
});

describe('recovery', () => {
  const rules = defaultPolicy.recovery;
  const sizesAfterFreeze = (sessions: number): number[] => {
    let state: RecoveryState = applyRecovery({ kind: 'normal' }, { kind: 'frozen', day: asOf }, rules);
    let day: EpochDay = asOf;
    return Array.from({ length: sessions }, () => {
      day = nextSession(day);
      state = applyRecovery(state, { kind: 'session', day }, rules);
      return recoverySizing(state, rules);
    });
  };

  test('waits ten sessions, then returns in five steps', () => {
    expect(sizesAfterFreeze(16)).toEqual([...Array(10).fill(0), 0.2, 0.4, 0.6, 0.8, 1, 1]);
  });

  test('is in the cooldown until ten sessions are served, and the state does not change', () => {
    const frozen: RecoveryState = { kind: 'cooldown', frozenOn: asOf };
    let day: EpochDay = asOf;
    for (let i = 0; i < 10; i++) {
      day = nextSession(day);
      expect(applyRecovery(frozen, { kind: 'session', day }, rules)).toBe(frozen);
    }
    const ramp = applyRecovery(frozen, { kind: 'session', day: nextSession(day) }, rules);
    expect(ramp).toEqual({ kind: 'ramp', frozenOn: asOf, step: 0 });
  });

  test('stays at each step for as many sessions as the policy says', () => {
    const slow = { ...rules, cooldownSessions: 1, rampFracs: [0.5, 1], sessionsPerRampStep: 3 };
    let state: RecoveryState = { kind: 'cooldown', frozenOn: asOf };
    let day: EpochDay = asOf;
    const sizes = Array.from({ length: 8 }, () => {
      day = nextSession(day);
      state = applyRecovery(state, { kind: 'session', day }, slow);
      return recoverySizing(state, slow);
    });
    expect(sizes).toEqual([0, 0.5, 0.5, 0.5, 1, 1, 1, 1]);
    expect(state).toEqual({ kind: 'normal' });
  });

  test('does not step back on a day that comes late', () => {
    const ahead: RecoveryState = { kind: 'ramp', frozenOn: asOf, step: 3 };
    let day: EpochDay = asOf;
    for (let i = 0; i < 12; i++) day = nextSession(day);
    expect(applyRecovery(ahead, { kind: 'session', day }, rules)).toEqual(ahead);
  });

  test('counts sessions, not cycles: a fund that slept through the cooldown is at the step of the day', () => {
    const frozen = applyRecovery({ kind: 'normal' }, { kind: 'frozen', day: asOf }, rules);
    let day: EpochDay = asOf;
    for (let i = 0; i < 13; i++) day = nextSession(day);
    expect(applyRecovery(frozen, { kind: 'session', day }, rules)).toMatchObject({ kind: 'ramp', step: 2 });
  });

  test('a freeze in the ramp starts all over, one in the cooldown does not lengthen it', () => {
    const ramp: RecoveryState = { kind: 'ramp', frozenOn: asOf, step: 1 };
    const later = (asOf + 30) as EpochDay;
    expect(applyRecovery(ramp, { kind: 'frozen', day: later }, rules)).toEqual({ kind: 'cooldown', frozenOn: later });
    const cooling: RecoveryState = { kind: 'cooldown', frozenOn: asOf };
    expect(applyRecovery(cooling, { kind: 'frozen', day: later }, rules)).toBe(cooling);
  });

  test('keeps the high in the cooldown', () => {
    const crash = { equityUsd: 800_000, annualizedVol: 0.5 };
    const { state } = run([{}, crash, { equityUsd: 790_000 }, { equityUsd: 795_000 }]);
    expect(state).toMatchObject({ recovery: { kind: 'cooldown' }, peakEquityUsd: 1_000_000 });
  });

  test('measures drawdown from the equity at which the ramp began', () => {
    const crash = { equityUsd: 800_000, annualizedVol: 0.5 };
    const calm = { equityUsd: 800_000 };
    const { state, effects } = run([{}, crash, ...Array(10).fill(calm), calm]);
    expect(state).toMatchObject({ recovery: { kind: 'ramp', step: 0 }, peakEquityUsd: 800_000, tier: 0 });
    expect(effects.map(({ kind }) => kind)).toEqual(['freeze', 'tier-changed', 'tier-changed', 'recovery-step']);
  });
});

describe('drawdown', () => {
  test('is a positive fraction of the high, and shrinks sizes exponentially', () => {
    expect(drawdownFrac(90, 100)).toBeCloseTo(0.1, 12);
    expect(drawdownFrac(110, 100)).toBe(0);
    expect(drawdownFrac(Number.NaN, 100)).toBeNaN();
    expect(drawdownFrac(90, 0)).toBeNaN();
    expect(drawdownScale(0.1, 5)).toBeCloseTo(0.60653066, 8);
  });
});
