import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { effectOf, limitClassOf } from '../../../../shared/domain/policy/hard-limits-effect.ts';
import { settingAt } from '../../../../shared/domain/policy/policy-patch.ts';
import { type PathStep, tryParsePath } from '../../../../shared/domain/policy/policy-patch-path.ts';
import { workedPolicy } from '../../../support/small-fund.ts';
import { leavesOf } from './leaves.ts';

const path = (text: string): readonly PathStep[] => tryParsePath(text)!;

describe('the table of hard limits', () => {
  test.each([
    ['the default policy', defaultPolicy],
    [
      'a policy with a list, worked orders and scenarios of its own',
      { ...workedPolicy, stress: [{ ...defaultPolicy.stress[0]!, symbolReturnFracs: { 'BRK.B': -0.3 } }] },
    ],
  ])('has a class for every setting of %s', (_what, policy) => {
    const leaves = leavesOf(policy);
    expect(leaves.length).toBeGreaterThan(150);
    expect(leaves.filter((leaf) => limitClassOf(path(leaf)) === undefined)).toEqual([]);
  });

  test('calls neutral what only shapes opinions, and nothing in a section that limits risk but what no limit is held against', () => {
    const neutral = leavesOf(defaultPolicy).filter((leaf) => limitClassOf(path(leaf)) === 'neutral');
    const sections = new Set(neutral.map((leaf) => leaf.split(/[.[]/)[0]!));
    expect([...sections].sort()).toEqual(
      ['agents', 'alerts', 'factors', 'overlays', 'ranking', 'sentiment', 'signals', 'stress', 'valuation'].sort(),
    );
    expect(
      neutral
        .filter((leaf) => /^(alerts|overlays|ranking|stress)/.test(leaf))
        .filter((leaf) => !/tailHedge|ranking\.weights|\.(from|to|source)$|channels\.(LOW|MEDIUM)|quietHours/.test(leaf)),
    ).toEqual([]);
  });
});

/** Each row by hand: what a risk officer would call it. */
const judged: readonly (readonly [path: string, from: unknown, to: unknown, effect: string])[] = [
  ['risk.cvarFracMax', 0.06, 0.05, 'tightens'],
  ['risk.cvarFracMax', 0.06, 0.07, 'loosens'],
  ['risk.cvarFracMax', 0.06, 0.06, 'neutral'],
  ['risk.cvarFracMax', 0.06, null, 'loosens'],
  ['risk.confidenceLevel', 0.95, 0.99, 'tightens'],
  ['risk.returnSessions', 251, 500, 'loosens'],
  ['governance.qualityScoreMin', 0.6, 0.5, 'loosens'],
  ['governance.qualityScoreMin', 0.6, 0.7, 'tightens'],
  ['portfolio.allowShort', false, true, 'loosens'],
  ['portfolio.allowShort', true, false, 'tightens'],
  ['overlays.volatilityStop.enabled', true, false, 'loosens'],
  ['overlays.volatilityStop.enabled', false, true, 'tightens'],
  ['overlays.tailHedge.coveredFrac', 0.5, 0, 'neutral'],
  ['execution.restricted', ['GME'], ['GME', 'AMC'], 'tightens'],
  ['execution.restricted', ['GME'], ['AMC'], 'loosens'],
  ['execution.restricted', ['GME', 'AMC'], ['AMC', 'GME'], 'neutral'],
  ['execution.algo.kind', 'none', 'vwap', 'loosens'],
  ['universe.exclude', ['A'], [], 'loosens'],
  ['universe.rule.kind', 'all', 'list', 'tightens'],
  ['universe.rule.kind', 'list', 'all', 'loosens'],
  ['universe.rule.symbols', undefined, ['A'], 'tightens'],
  ['universe.rule.symbols', ['A'], undefined, 'loosens'],
  ['universe.rule.symbols', ['A'], ['A', 'B'], 'loosens'],
  ['universe.rule.symbols', ['A', 'B'], ['B'], 'tightens'],
  ['strategies.allow', ['ensemble'], ['ensemble', 'carry'], 'loosens'],
  ['strategies.allow', ['ensemble'], [], 'tightens'],
  ['strategies.block', ['carry'], [], 'loosens'],
  ['strategies.block', [], ['carry'], 'tightens'],
  ['steering.mode', 'NORMAL', 'AGGRESSIVE', 'loosens'],
  ['steering.mode', 'NORMAL', 'DEFENSIVE', 'tightens'],
  ['steering.mode', 'NORMAL', 'RECKLESS', 'loosens'],
  ['steering.loosestAlone', 'AGGRESSIVE', 'NORMAL', 'tightens'],
  ['steering.modes.DEFENSIVE.confidenceAdded', 0.2, 0.1, 'loosens'],
  ['ranking.gate', 'listed', 'off', 'loosens'],
  ['ranking.gate', 'off', 'listed', 'tightens'],
  ['tail.limitMethods', ['historical', 'evt'], ['historical'], 'loosens'],
  ['breakers.cvarBreachesToHalt', 3, 2, 'tightens'],
  ['recovery.rampFracs', [0.2, 0.6], [0.2, 0.4, 0.6], 'tightens'],
  ['recovery.rampFracs', [0.2, 0.6], [0.2], 'loosens'],
  ['recovery.rampFracs', [0.2, 0.6], [0.1, 0.7], 'loosens'],
  ['recovery.rampFracs', [0.2], [0.2, 1], 'neutral'],
  ['stress[name=crash].indexReturnFrac', -0.2, -0.3, 'tightens'],
  ['stress[name=crash].indexReturnFrac', -0.2, -0.1, 'loosens'],
  ['stress[name=crash].indexReturnFrac', -0.2, 0.3, 'loosens'],
  ['stress[name=crash].symbolReturnFracs["BRK.B"]', undefined, -0.9, 'loosens'],
  ['stress[name=crash]', { name: 'crash' }, undefined, 'loosens'],
  ['stress[name=crash]', undefined, { name: 'crash' }, 'tightens'],
  ['capital.initialEquityUsd', 1_000_000, 900_000, 'loosens'],
  ['alerts.channels.CRITICAL', ['sns', 'slack'], ['slack'], 'loosens'],
  ['alerts.channels.LOW', ['slack'], [], 'neutral'],
  ['factors.weights.betting-against-beta', 1, 0, 'neutral'],
  ['risk.leverageFracMax', undefined, 2, 'loosens'],
  ['leverage.fracMax', 1, 0.5, 'loosens'],
  ['risk', { cvarFracMax: 0.06 }, undefined, 'loosens'],
];

test.each(judged)('%s from %j to %j %s', (text, from, to, effect) => {
  expect(effectOf(path(text), from, to)).toBe(effect);
});

test('what a class says of numbers holds at every setting of that class: there and back is one tightening and one loosening', () => {
  const numbers = leavesOf(defaultPolicy).filter((leaf) => /^(lower|higher)-tightens$/.test(String(limitClassOf(path(leaf)))));
  expect(numbers.length).toBeGreaterThan(70);
  for (const leaf of numbers) {
    const value = settingAt(defaultPolicy, path(leaf)) as number;
    const effects = [effectOf(path(leaf), value, value + 1), effectOf(path(leaf), value + 1, value)];
    expect([leaf, ...effects]).toEqual([
      leaf,
      ...(limitClassOf(path(leaf)) === 'lower-tightens' ? ['loosens', 'tightens'] : ['tightens', 'loosens']),
    ]);
  }
});
