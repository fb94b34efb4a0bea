/** What a diff says is what changed: applied to the one policy it gives the other, and read backwards it gives the first. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../../../shared/domain/policy/policy.ts';
import { diffPolicies, loosening } from '../../../../shared/domain/policy/policy-diff.ts';
import { applyChanges } from '../../../../shared/domain/policy/policy-patch.ts';
import { canonicalJson } from '../../../../shared/kernel/canonical-json.ts';

const frac = fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100);
const names = fc.uniqueArray(fc.constantFrom('ensemble', 'carry', 'momentum', 'value'), { maxLength: 4 });
const scenario = fc.record({
  name: fc.constantFrom('black-monday-1987', 'financial-crisis-2008', 'pandemic-2020', 'a "new" one', 'x]y'),
  indexReturnFrac: frac.map((size) => -size),
  source: fc.constant('made up'),
  symbolReturnFracs: fc.option(fc.dictionary(fc.constantFrom('BRK.B', 'A B', 'SPY'), frac), { nil: undefined }),
});

/** Policies near the default one, over every kind of change there is: numbers, words, sets, records, entries, parts that come and go. */
const policies: fc.Arbitrary<Policy> = fc
  .record({
    cvarFracMax: frac,
    allowShort: fc.boolean(),
    allow: names,
    block: names,
    mode: fc.constantFrom('DEFENSIVE', 'NORMAL', 'AGGRESSIVE'),
    judgedSessions: fc.option(fc.integer({ min: 1, max: 500 }), { nil: null }),
    rule: fc.oneof(
      fc.constant({ kind: 'all' as const }),
      names.map((symbols) => ({ kind: 'list' as const, symbols })),
    ),
    weights: fc.dictionary(fc.constantFrom('earnings-drift', 'news.sentiment', 'x y', '1'), frac),
    quietHours: fc.option(fc.record({ from: fc.constantFrom('22:00', '23:00'), to: fc.constant('06:00') }), { nil: null }),
    stress: fc.uniqueArray(scenario, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
    ramp: fc.array(frac, { minLength: 1, maxLength: 5 }),
  })
  .map(({ cvarFracMax, allowShort, allow, block, mode, judgedSessions, rule, weights, quietHours, stress, ramp }) => ({
    ...defaultPolicy,
    risk: { ...defaultPolicy.risk, cvarFracMax },
    portfolio: { ...defaultPolicy.portfolio, allowShort },
    strategies: { allow, block },
    steering: { ...defaultPolicy.steering, mode },
    quality: { ...defaultPolicy.quality, judgedSessions },
    universe: { ...defaultPolicy.universe, rule },
    factors: { ...defaultPolicy.factors, weights },
    alerts: { ...defaultPolicy.alerts, quietHours },
    recovery: { ...defaultPolicy.recovery, rampFracs: ramp },
    stress,
  }));

test('the changes applied to the one policy give the other, byte for byte, and back', () => {
  fc.assert(
    fc.property(policies, policies, (before, after) => {
      const changes = diffPolicies(before, after);
      expect(canonicalJson(applyChanges(before, changes)) === canonicalJson(after)).toBe(true);
      expect(canonicalJson(applyChanges(after, diffPolicies(after, before))) === canonicalJson(before)).toBe(true);
      expect(new Set(changes.map(({ path }) => path)).size).toBe(changes.length);
    }),
    { numRuns: 300 },
  );
});

test('what tightens one way loosens the other way, and never tightens both ways', () => {
  fc.assert(
    fc.property(policies, policies, (before, after) => {
      const back = new Map(diffPolicies(after, before).map(({ path, effect }) => [path, effect]));
      for (const { path, effect } of diffPolicies(before, after)) {
        if (effect === 'tightens') expect([path, back.get(path) ?? 'loosens']).toEqual([path, 'loosens']);
        if (effect === 'neutral') expect([path, back.get(path) ?? 'neutral']).toEqual([path, 'neutral']);
      }
    }),
    { numRuns: 300 },
  );
});

/** Else a person could loosen a limit in steps of which none asks for a second one. */
test('no chain of changes that one person may publish ends with a looser limit than it began with', () => {
  fc.assert(
    fc.property(fc.array(policies, { minLength: 2, maxLength: 6 }), ([first, ...later]) => {
      let inForce = first!;
      for (const next of later) if (loosening(diffPolicies(inForce, next)).length === 0) inForce = next;
      expect(loosening(diffPolicies(first!, inForce)).filter(({ path }) => !path.startsWith('stress'))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
