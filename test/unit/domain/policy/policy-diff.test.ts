import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { diffPolicies, loosening } from '../../../../shared/domain/policy/policy-diff.ts';

const scenario = { name: 'rates-up', indexReturnFrac: -0.1, source: 'made up' };

test('lists what changed by path, each with what it does to the limits', () => {
  const after = {
    ...defaultPolicy,
    strategies: { allow: ['ensemble', 'carry'], block: ['momentum'] },
    risk: { ...defaultPolicy.risk, cvarFracMax: 0.05 },
    factors: { ...defaultPolicy.factors, weights: { ...defaultPolicy.factors.weights, 'earnings-drift': 0 } },
    stress: [...defaultPolicy.stress.map((one) => (one.name === 'pandemic-2020' ? { ...one, indexReturnFrac: -0.3 } : one)), scenario],
  };
  expect(diffPolicies(defaultPolicy, after)).toEqual([
    { path: 'factors.weights.earnings-drift', from: 1, to: 0, effect: 'neutral' },
    { path: 'risk.cvarFracMax', from: 0.06, to: 0.05, effect: 'tightens' },
    { path: 'strategies.allow', from: ['ensemble'], to: ['ensemble', 'carry'], effect: 'loosens' },
    { path: 'strategies.block', from: [], to: ['momentum'], effect: 'tightens' },
    { path: 'stress[name=pandemic-2020].indexReturnFrac', from: -0.3392, to: -0.3, effect: 'loosens' },
    { path: 'stress[name=rates-up]', from: undefined, to: scenario, effect: 'tightens' },
  ]);
  expect(loosening(diffPolicies(defaultPolicy, after)).map(({ path }) => path)).toEqual([
    'strategies.allow',
    'stress[name=pandemic-2020].indexReturnFrac',
  ]);
});

test('is empty for the same policy, also when its keys stand in another order', () => {
  const turned = Object.fromEntries(Object.entries(defaultPolicy).reverse());
  expect(diffPolicies(defaultPolicy, turned)).toEqual([]);
});

test('names the whole list when its entries changed their order, and calls that neutral', () => {
  const after = { ...defaultPolicy, stress: [...defaultPolicy.stress].reverse() };
  expect(diffPolicies(defaultPolicy, after)).toMatchObject([{ path: 'stress', effect: 'neutral' }]);
});

test('does not let a milder scenario hide in a changed order', () => {
  const milder = [...defaultPolicy.stress].reverse().map((one) => ({ ...one, indexReturnFrac: one.indexReturnFrac / 2 }));
  expect(diffPolicies(defaultPolicy, { ...defaultPolicy, stress: milder })).toMatchObject([{ path: 'stress', effect: 'loosens' }]);
  expect(diffPolicies(defaultPolicy, { ...defaultPolicy, stress: [] })).toMatchObject([{ path: 'stress', effect: 'loosens' }]);
});

test('calls every difference from a document of another shape a loosening', () => {
  const older = { schema: 'ballast.policy/3', risk: defaultPolicy.risk };
  const changes = diffPolicies(older, defaultPolicy);
  expect(changes.find(({ path }) => path === 'schema')).toMatchObject({ effect: 'loosens' });
  expect(changes.find(({ path }) => path === 'steering')).toMatchObject({ from: undefined, effect: 'loosens' });
});
