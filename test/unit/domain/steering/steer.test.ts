import { describe, expect, test } from 'vitest';
import { type RiskMode, defaultSteeringRules as rules } from '../../../../shared/domain/policy/steering-rules.ts';
import type { SteeringEvidence } from '../../../../shared/domain/steering/evidence.ts';
import { applyLook, type Steered, type SteeringState } from '../../../../shared/domain/steering/steer.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const healthy = { status: 'healthy', reasons: [] } as const;
const calm: SteeringEvidence = {
  market: { regime: 'BULL_QUIET', annualizedVol: 0.12 },
  fund: { equityUsd: 1e6, drawdownFrac: 0.01 },
  health: { data: healthy, broker: healthy, audit: healthy, cycle: healthy },
  strategies: [{ name: 'ensemble', equityUsd: 1e6 }],
};

/** A controller, looked at every five minutes. */
function controller(mode: RiskMode = 'NORMAL', by = rules) {
  let state: SteeringState | null = null;
  let [standing, looks] = [{ mode, block: [] as readonly string[] }, 0];
  return {
    set(to: Partial<typeof standing>): void {
      standing = { ...standing, ...to };
    },
    look(evidence: Partial<SteeringEvidence> = {}): Steered {
      const at = (++looks * 300_000) as EpochMs;
      const steered = applyLook(state, { id: `tick-${looks}`, at, standing, evidence: { ...calm, ...evidence } }, by);
      state = steered.state;
      if (steered.decision.kind === 'change')
        standing = { mode: steered.decision.mode ?? standing.mode, block: steered.decision.block ?? standing.block };
      return steered;
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
    expect(fund.modes(20, vol(0.23)).at(-1)).toBe('DEFENSIVE');
    expect(fund.modes(11, vol(0.21)).at(-1)).toBe('DEFENSIVE');
    expect(fund.look(vol(0.21)).state.mode).toBe('NORMAL');
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
