/**
 * The meta strategy controller over any sequence of looks, changes by people among them:
 * 1. it never flaps: before it loosens, the cool-down has passed since the last change of either kind;
 * 2. it never waits to tighten longer than `looksToTighten` looks, and not at all for what must not wait;
 * 3. it loosens by one step, and never past `loosestAlone`;
 * 4. the same looks give the same decisions; a look delivered again, or late, changes nothing;
 * 6. what the market tightened loosens no sooner than `dwellSessions` sessions of a calmer market later, however many looks those hold.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type RiskMode,
  riskModes,
  type SteeringRules,
  defaultSteeringRules as standard,
} from '../../../../shared/domain/policy/steering-rules.ts';
import { heardOf, type SteeringEvidence, targetOf } from '../../../../shared/domain/steering/evidence.ts';
import { applyHealth, applyLook, type SteeringState } from '../../../../shared/domain/steering/steer.ts';
import { refuse } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay, EpochMs } from '../../../../shared/kernel/units.ts';

const minuteMs = 60_000;
const healthy = { status: 'healthy', reasons: [] } as const;
const rank = (mode: RiskMode): number => riskModes.indexOf(mode);

const aStatus = fc.constantFrom('healthy', 'healthy', 'healthy', 'healthy', 'degraded', 'down', 'unknown');
const anEvidence: fc.Arbitrary<SteeringEvidence> = fc
  .record({
    market: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({
          regime: fc.constantFrom('BULL_QUIET', 'BULL_VOLATILE', 'BEAR_QUIET', 'BEAR_CRISIS'),
          annualizedVol: fc.double({ min: 0.05, max: 0.5 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant(refuse('market-history-stale')) },
    ),
    drawdownFrac: fc.oneof(
      { weight: 9, arbitrary: fc.double({ min: 0, max: 0.2, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    ),
    status: aStatus,
    equityUsd: fc.double({ min: 1, max: 2e6, noNaN: true }),
  })
  .map(({ market, drawdownFrac, status, equityUsd }) => ({
    market,
    fund: { equityUsd, drawdownFrac },
    health: { data: { status, reasons: [] }, broker: healthy, audit: healthy, cycle: healthy },
    strategies: [{ name: 'ensemble', equityUsd }],
  }));

const rules: fc.Arbitrary<SteeringRules> = fc
  .record({
    loosestAlone: fc.constantFrom(...riskModes),
    looksToTighten: fc.integer({ min: 1, max: 4 }),
    looksToLoosen: fc.integer({ min: 1, max: 6 }),
    dwellSessions: fc.integer({ min: 1, max: 5 }),
    coolDownMinutes: fc.integer({ min: 0, max: 40 }),
  })
  .map((some) => ({ ...standard, ...some }));

interface Step {
  readonly evidence: SteeringEvidence;
  readonly minutes: number;
  /** Whether a session begins with it. */
  readonly begins: boolean;
  /** What a person sets before the look; null leaves the mode alone. */
  readonly byHand: RiskMode | null;
}
const aStep = fc.record({
  evidence: anEvidence,
  minutes: fc.integer({ min: 1, max: 30 }),
  begins: fc.boolean(),
  byHand: fc.option(fc.constantFrom(...riskModes), { freq: 12 }),
});
/** Runs of the same evidence, for looks that agree. */
const steps = fc
  .array(fc.record({ step: aStep, times: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 14 })
  .map((runs) =>
    runs.flatMap(({ step, times }): Step[] => Array.from({ length: times }, (_, i) => (i === 0 ? step : { ...step, byHand: null }))),
  );

interface Seen {
  readonly at: number;
  readonly session: number;
  /** What the market alone bears, and what of it does not wait; null where nobody can read it. */
  readonly market: { readonly bears: RiskMode; readonly atOnce: RiskMode } | null;
  readonly before: RiskMode;
  readonly after: RiskMode;
  readonly byHand: boolean;
  readonly target: RiskMode;
  readonly urgent: RiskMode;
}

/** A fund under the controller. `again` delivers every look twice, and an old one after it. */
function run(sequence: readonly Step[], by: SteeringRules, again = false): { seen: Seen[]; state: SteeringState | null } {
  let state: SteeringState | null = null;
  let [mode, block]: [RiskMode, readonly string[]] = ['NORMAL', []];
  let at = 0;
  let session = 20_000;
  const seen: Seen[] = [];
  const past: Parameters<typeof applyLook>[1][] = [];
  for (const [i, { evidence, minutes, begins, byHand }] of sequence.entries()) {
    at += minutes * minuteMs;
    session += begins ? 1 : 0;
    const isByHand: boolean = byHand !== null && byHand !== mode;
    mode = byHand ?? mode;
    const look = { id: `tick-${i}`, at: at as EpochMs, session: session as EpochDay, standing: { mode, block }, evidence };
    const { voices, market } = heardOf(evidence, state?.bands ?? { annualizedVol: false, drawdownFrac: false }, by);
    const steered = applyLook(state, look, by);
    const before: RiskMode = mode;
    state = steered.state;
    if (steered.decision.kind === 'change') [mode, block] = [steered.decision.mode ?? mode, steered.decision.block ?? block];
    seen.push({
      at,
      session,
      market,
      before,
      after: mode,
      byHand: isByHand,
      target: targetOf(voices),
      urgent: targetOf(voices.filter(({ atOnce }) => atOnce)),
    });
    past.push({ ...look, standing: { mode, block } });
    if (again) {
      for (const old of [past.at(-1)!, past[Math.floor(past.length / 2)]!]) {
        const repeated = applyLook(state, { ...old, standing: { mode, block } }, by);
        expect(repeated).toMatchObject({ state, decision: { kind: 'keep' } });
      }
    }
  }
  return { seen, state };
}

/** The last look at which the market alone asked, as long as it must, for less than that mode; null where a person has set it since. */
function lastTightening(seen: readonly Seen[], than: RiskMode, { looksToTighten }: SteeringRules): number | null {
  let [last, inARow]: [number | null, number] = [null, 0];
  for (const [i, { market, byHand, before }] of seen.entries()) {
    if (byHand) inARow = 0;
    if (byHand && rank(before) >= rank(than)) last = null;
    if (market === null) continue;
    inARow = rank(market.bears) < rank(than) ? inARow + 1 : 0;
    if (inARow >= looksToTighten || rank(market.atOnce) < rank(than)) last = i;
  }
  return last;
}

describe('any sequence of looks', () => {
  test('1. between any change and a loosening lies the cool-down', () => {
    fc.assert(
      fc.property(steps, rules, (sequence, by) => {
        let changedAt: number | null = null;
        for (const { at, before, after, byHand } of run(sequence, by).seen) {
          if (byHand) changedAt = at;
          if (rank(after) > rank(before)) {
            if (changedAt !== null) expect(at - changedAt).toBeGreaterThanOrEqual(by.coolDownMinutes * minuteMs);
          }
          if (after !== before) changedAt = at;
        }
      }),
    );
  });

  test('2. once so many looks in a row ask for a mode, it is no looser than that; at once for what must not wait', () => {
    fc.assert(
      fc.property(steps, rules, (sequence, by) => {
        let since = 0;
        const { seen } = run(sequence, by);
        for (const [i, { after, byHand, urgent }] of seen.entries()) {
          if (byHand) since = i;
          expect(rank(after)).toBeLessThanOrEqual(rank(urgent));
          if (i - since + 1 < by.looksToTighten) continue;
          const latest = seen.slice(i - by.looksToTighten + 1, i + 1);
          expect(rank(after)).toBeLessThanOrEqual(Math.max(...latest.map(({ target }) => rank(target))));
        }
      }),
    );
  });

  test('3. it loosens one step, only where every one of `looksToLoosen` looks bears it, and never past what it may alone', () => {
    fc.assert(
      fc.property(steps, rules, (sequence, by) => {
        const { seen } = run(sequence, by);
        for (const [i, { before, after }] of seen.entries()) {
          if (rank(after) <= rank(before)) continue;
          expect(rank(after)).toBe(rank(before) + 1);
          expect(rank(after)).toBeLessThanOrEqual(rank(by.loosestAlone));
          expect(i + 1).toBeGreaterThanOrEqual(by.looksToLoosen);
          for (const { target } of seen.slice(i + 1 - by.looksToLoosen, i + 1)) expect(rank(target)).toBeGreaterThanOrEqual(rank(after));
        }
      }),
    );
  });

  test('4. the same looks give the same decisions, also when each is delivered again and late', () => {
    fc.assert(
      fc.property(steps, rules, (sequence, by) => {
        expect(run(sequence, by, true)).toEqual(run(sequence, by));
      }),
    );
  });

  test('5. a look between ticks only tightens, for a part that is down or unknown, and never twice', () => {
    fc.assert(
      fc.property(steps, rules, aStatus, (sequence, by, status) => {
        const { state } = run(sequence, by);
        const standing = { mode: state!.mode, block: [] };
        const look = { id: 'event', at: (state!.lookedAt + 1) as EpochMs, standing, health: { broker: { status, reasons: [] } } };
        const { state: after, decision } = applyHealth(state, look);
        expect(after.mode).toBe(status === 'down' || status === 'unknown' ? 'DEFENSIVE' : standing.mode);
        expect(decision.kind).toBe(after.mode === standing.mode ? 'keep' : 'change');
        expect(applyHealth(after, { ...look, standing: { ...standing, mode: after.mode } })).toMatchObject({
          state: after,
          decision: { kind: 'keep' },
        });
      }),
    );
  });

  test('6. what the market tightened loosens after `dwellSessions` sessions that bear it, each counted once', () => {
    fc.assert(
      fc.property(steps, rules, (sequence, by) => {
        const { seen } = run(sequence, by);
        for (const [i, { before, after, byHand }] of seen.entries()) {
          if (byHand || rank(after) <= rank(before)) continue;
          const tightenedAt = lastTightening(seen.slice(0, i + 1), after, by);
          if (tightenedAt === null) continue;
          const since = seen
            .slice(tightenedAt + 1, i + 1)
            .filter(({ market, session }) => market !== null && session > seen[tightenedAt]!.session);
          expect(new Set(since.map(({ session }) => session)).size).toBeGreaterThanOrEqual(by.dwellSessions);
        }
      }),
    );
  });
});
