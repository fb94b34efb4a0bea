import { describe, expect, test } from 'vitest';
import { type RiskMode, defaultSteeringRules as rules } from '../../../../shared/domain/policy/steering-rules.ts';
import type { SteeringEvidence } from '../../../../shared/domain/steering/evidence.ts';
import { applyLook, type Steered, type SteeringState } from '../../../../shared/domain/steering/steer.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay, EpochMs } from '../../../../shared/kernel/units.ts';

const healthy = { status: 'healthy', reasons: [] } as const;
const calm: SteeringEvidence = {
  market: { regime: 'BULL_QUIET', annualizedVol: 0.12 },
  fund: { equityUsd: 1e6, drawdownFrac: 0.01 },
  health: { data: healthy, broker: healthy, audit: healthy, cycle: healthy },
  strategies: [{ name: 'ensemble', equityUsd: 1e6 }],
};

/** A controller, looked at every five minutes of one session, and of the next ones where a test goes on to them. */
function controller(mode: RiskMode = 'NORMAL', by = rules) {
  let state: SteeringState | null = null;
  let [standing, looks, session] = [{ mode, block: [] as readonly string[] }, 0, 20_000 as EpochDay];
  return {
    set(to: Partial<typeof standing>): void {
      standing = { ...standing, ...to };
    },
    look(evidence: Partial<SteeringEvidence> = {}): Steered {
      const at = (++looks * 300_000) as EpochMs;
      const steered = applyLook(state, { id: `tick-${looks}`, at, session, standing, evidence: { ...calm, ...evidence } }, by);
      state = steered.state;
      if (steered.decision.kind === 'change')
        standing = { mode: steered.decision.mode ?? standing.mode, block: steered.decision.block ?? standing.block };
      return steered;
    },
    /** The mode at the end of each of so many sessions more, with so many looks each. */
    sessions(count: number, evidence: Partial<SteeringEvidence> = {}, looksEach = 3): RiskMode[] {
      return Array.from({ length: count }, () => {
        session = (session + 1) as EpochDay;
        return this.modes(looksEach, evidence).at(-1)!;
      });
    },
    modes(count: number, evidence: Partial<SteeringEvidence> = {}): RiskMode[] {
      return Array.from({ length: count }, () => this.look(evidence).state.mode);
    },
  };
}

describe('the controller', () => {
  test('enters at one line and leaves at another, with the numbers in its reasons', () => {
    const fund = controller();
    const vol = (annualizedVol: number) => ({ market: { regime: 'BULL_VOLATILE', annualizedVol } }) as const;
    expect(fund.modes(2, vol(0.31))).toEqual(['NORMAL', 'DEFENSIVE']);
    expect(fund.look(vol(0.25)).reasons).toContain('market-volatility-not-yet-low (annualizedVol 0.25, leaveBelow 0.22)');
    expect(fund.sessions(20, vol(0.23)).at(-1)).toBe('DEFENSIVE');
    expect(fund.sessions(9, vol(0.21), 75).at(-1)).toBe('DEFENSIVE');
    expect(fund.look(vol(0.21)).reasons).toContain('market-not-settled-yet (sessions 9, dwellSessions 10)');
    expect(fund.sessions(1, vol(0.21), 11)).toEqual(['DEFENSIVE']);
    expect(fund.look(vol(0.21)).state.mode).toBe('NORMAL');
  });

  test('counts sessions and not looks, and one bad look makes a session bad', () => {
    const crisis = { market: { regime: 'BEAR_CRISIS', annualizedVol: 0.25 } } as const;
    const fund = controller();
    fund.look(crisis);
    expect(fund.sessions(9, {}, 75).at(-1)).toBe('DEFENSIVE');
    expect(fund.sessions(1, crisis, 1)).toEqual(['DEFENSIVE']);
    expect(fund.modes(74).at(-1)).toBe('DEFENSIVE');
    expect(fund.sessions(9, {}, 75).at(-1)).toBe('DEFENSIVE');
    expect(fund.sessions(1, {}, 75)).toEqual(['NORMAL']);
  });

  test('does not delay a tightening by the dwell: out of a lull it is back at once', () => {
    const crisis = { market: { regime: 'BEAR_CRISIS', annualizedVol: 0.25 } } as const;
    const fund = controller();
    fund.look(crisis);
    expect(fund.sessions(10, {}, 12).at(-1)).toBe('NORMAL');
    expect(fund.look(crisis).state.mode).toBe('DEFENSIVE');
  });

  test('keeps its minutes for health: a storm of a part is over an hour after it, in the same session', () => {
    const fund = controller();
    expect(fund.look({ health: { ...calm.health, broker: { status: 'down', reasons: [] } } }).state.mode).toBe('DEFENSIVE');
    expect(fund.modes(11).at(-1)).toBe('DEFENSIVE');
    expect(fund.look().state.mode).toBe('NORMAL');
  });

  test('takes a market that nobody can read for no market: it is DEFENSIVE while that lasts, and the row of calm sessions goes on', () => {
    const unknown = { market: refuse('market-history-stale') };
    const fund = controller();
    expect(fund.modes(2, unknown)).toEqual(['DEFENSIVE', 'DEFENSIVE']);
    expect(fund.modes(12).at(-1)).toBe('NORMAL');
    fund.look({ market: { regime: 'BEAR_CRISIS', annualizedVol: 0.4 } });
    fund.look({ market: { regime: 'BEAR_QUIET', annualizedVol: 0.2 } });
    fund.sessions(9, {}, 12);
    expect(fund.sessions(3, unknown).at(-1)).toBe('DEFENSIVE');
    expect(fund.sessions(1, {}, 12)).toEqual(['NORMAL']);
  });

  test('lets a person who saw the storm end cut the dwell short, and overrules one who did not within two looks', () => {
    const fund = controller();
    fund.look({ market: { regime: 'BEAR_CRISIS', annualizedVol: 0.4 } });
    fund.sessions(3, {});
    fund.set({ mode: 'NORMAL' });
    expect(fund.sessions(3, {}, 30)).toEqual(['NORMAL', 'NORMAL', 'NORMAL']);
    expect(fund.sessions(1, { market: { regime: 'BULL_VOLATILE', annualizedVol: 0.31 } })).toEqual(['DEFENSIVE']);
    fund.set({ mode: 'NORMAL' });
    expect(fund.modes(2, { market: { regime: 'BULL_VOLATILE', annualizedVol: 0.31 } })).toEqual(['NORMAL', 'DEFENSIVE']);
  });

  test.each<[string, Partial<SteeringEvidence>, string]>([
    ['a crisis', { market: { regime: 'BEAR_CRISIS', annualizedVol: 0.2 } }, 'regime-bear-crisis'],
    ['a market that nobody can read', { market: refuse('market-history-stale') }, 'market-unknown: market-history-stale'],
    ['a drawdown that is no number', { fund: { equityUsd: 1, drawdownFrac: Number.NaN } }, 'fund-drawdown-unknown: not-a-number'],
    ['equity that nobody knows', { fund: refuse('equity-unknown') }, 'fund-unknown: equity-unknown'],
    [
      'a part that is down',
      { health: { ...calm.health, broker: { status: 'down', reasons: ['broker-silent'] } } },
      'broker-down: broker-silent',
    ],
    [
      'a part that was not checked',
      { health: { ...calm.health, data: { status: 'unknown', reasons: ['never-checked'] } } },
      'data-unknown: never-checked',
    ],
  ])('is DEFENSIVE at once for %s', (_what, evidence, reason) => {
    const { decision, reasons } = controller().look(evidence);
    expect(decision).toEqual({ kind: 'change', mode: 'DEFENSIVE' });
    expect(reasons).toContain(reason);
  });

  test('lets degraded health stand in NORMAL, and takes it out of AGGRESSIVE', () => {
    const degraded = { health: { ...calm.health, data: { status: 'degraded', reasons: [] } } } as const;
    expect(controller('NORMAL').modes(30, degraded).at(-1)).toBe('NORMAL');
    expect(controller('AGGRESSIVE').modes(2, degraded)).toEqual(['AGGRESSIVE', 'NORMAL']);
  });

  test('keeps the AGGRESSIVE that a person set, and once it had to leave it, returns no farther than NORMAL', () => {
    const fund = controller('AGGRESSIVE');
    expect(fund.modes(30).at(-1)).toBe('AGGRESSIVE');
    expect(fund.modes(2, { market: { regime: 'BULL_VOLATILE', annualizedVol: 0.2 } }).at(-1)).toBe('NORMAL');
    expect(fund.modes(60).at(-1)).toBe('NORMAL');
  });

  test('goes to AGGRESSIVE alone only where the policy lets it, one step at a time, in a quiet bull market', () => {
    const fund = controller('DEFENSIVE', { ...rules, loosestAlone: 'AGGRESSIVE' });
    const modes = fund.modes(40);
    expect(modes.filter((mode, i) => i > 0 && mode !== modes[i - 1])).toEqual(['NORMAL', 'AGGRESSIVE']);
    expect(modes.indexOf('AGGRESSIVE') - modes.indexOf('NORMAL')).toBeGreaterThanOrEqual(12);
    expect(fund.modes(2, { market: { regime: 'BEAR_QUIET', annualizedVol: 0.1 } }).at(-1)).toBe('NORMAL');
  });

  test('begins the cool-down of a change by hand at the look that sees it', () => {
    const fund = controller();
    fund.modes(40);
    fund.set({ mode: 'DEFENSIVE' });
    expect(fund.modes(12).at(-1)).toBe('DEFENSIVE');
    expect(fund.look().state.mode).toBe('NORMAL');
  });

  test('says what it waits for', () => {
    const fund = controller();
    fund.look({ fund: refuse('equity-unknown') });
    expect(fund.look().reasons).toEqual(['waits-before-loosening (looks 1, looksToLoosen 12, minutesSinceChange 5, coolDownMinutes 60)']);
  });

  test('blocks a strategy that lost too much, leaves it blocked, and counts anew once a person lets it go', () => {
    const fund = controller();
    const at = (equityUsd: number) => ({ strategies: [{ name: 'ensemble', equityUsd }] });
    fund.look(at(1_000_000));
    expect(fund.look(at(850_000)).decision).toEqual({ kind: 'keep' });
    const blocked = fund.look(at(840_000));
    expect(blocked.decision).toEqual({ kind: 'change', block: ['ensemble'] });
    expect(blocked.reasons).toEqual(['strategy-ensemble-drawdown-high (drawdownFrac 0.16, drawdownFracMax 0.15)']);
    expect(fund.look(at(1_100_000)).decision).toEqual({ kind: 'keep' });
    fund.look(at(840_000));
    fund.set({ block: [] });
    expect(fund.look(at(840_000)).decision).toEqual({ kind: 'keep' });
    expect(fund.look(at(700_000)).decision).toEqual({ kind: 'change', block: ['ensemble'] });
  });

  test('is no looser than NORMAL while a strategy cannot be measured', () => {
    const fund = controller('AGGRESSIVE');
    expect(fund.modes(2, { strategies: [{ name: 'pairs', equityUsd: null }] }).at(-1)).toBe('NORMAL');
  });
});
