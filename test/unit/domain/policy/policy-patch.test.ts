import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { diffPolicies } from '../../../../shared/domain/policy/policy-diff.ts';
import { patchPolicy, pathsOf } from '../../../../shared/domain/policy/policy-patch.ts';
import { pathText, tryParsePath } from '../../../../shared/domain/policy/policy-patch-path.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';

const changesOf = (path: string, value: unknown) => {
  const patched = patchPolicy(defaultPolicy, [{ path, value }]);
  if (isRefusal(patched)) return patched.reason;
  return diffPolicies(defaultPolicy, patched).map((change) => change.path);
};

describe('a patch', () => {
  test.each<readonly [string, unknown, readonly string[]]>([
    ['risk.cvarFracMax', 0.05, ['risk.cvarFracMax']],
    ['stress[name=pandemic-2020].indexReturnFrac', -0.4, ['stress[name=pandemic-2020].indexReturnFrac']],
    ['stress[name=pandemic-2020].symbolReturnFracs["BRK.B"]', -0.4, ['stress[name=pandemic-2020].symbolReturnFracs']],
    ['stress[name=new one]', { name: 'new one' }, ['stress[name=new one]']],
    ['stress[name=pandemic-2020]', undefined, ['stress[name=pandemic-2020]']],
    ['factors.weights.new-factor', 1, ['factors.weights.new-factor']],
    ['execution.algo.bucketMinutes', 5, ['execution.algo.bucketMinutes']],
    ['execution.algo', { kind: 'none' }, []],
    ['alerts.quietHours', null, ['alerts.quietHours']],
    ['universe.rule.symbols', ['A'], ['universe.rule.symbols']],
  ])('sets %s', (path, value, changed) => {
    expect(changesOf(path, value)).toEqual(changed);
  });

  test.each([
    'risk.cvarFracMx',
    'risks.cvarFracMax',
    'risk.cvarFracMax.high',
    'risk',
    'risk..cvarFracMax',
    '',
    '.risk',
    'risk[0]',
    'stress[name=x].indexReturnFrac',
    '__proto__.x',
    'risk.constructor',
  ])('refuses %j, or leaves a policy that the schema refuses', (path) => {
    if (path === 'risk') expect(changesOf(path, 1)).toEqual(['risk']);
    else expect(changesOf(path, 1)).toBe('no-such-setting');
  });

  test('leaves the policy it was taken of as it was', () => {
    const before = JSON.stringify(defaultPolicy);
    patchPolicy(defaultPolicy, [{ path: 'stress[name=pandemic-2020].indexReturnFrac', value: -1 }]);
    expect(JSON.stringify(defaultPolicy)).toBe(before);
  });
});

test('every path of a policy is read back as it was written', () => {
  const paths = pathsOf(defaultPolicy);
  expect(paths).toContain('stress[name=pandemic-2020].indexReturnFrac');
  expect(paths.map((path) => pathText(tryParsePath(path)!))).toEqual(paths);
});

test.each([
  [
    [
      { kind: 'key', key: 'a' },
      { kind: 'key', key: 'BRK.B' },
    ] as const,
    'a["BRK.B"]',
  ],
  [[{ kind: 'key', key: 'a b' }] as const, '["a b"]'],
  [
    [
      { kind: 'key', key: 's' },
      { kind: 'entry', name: 'a]"b' },
    ] as const,
    's[name="a]\\"b"]',
  ],
])('%j is written %s and read back', (path, text) => {
  expect(pathText(path)).toBe(text);
  expect(tryParsePath(text)).toEqual(path);
});
