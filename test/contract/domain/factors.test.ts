/** Every factor of the house through the kit that is handed to those who write their own. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knownFactors } from '../../../shared/domain/factors/known-factors.ts';
import { factorKit, neededBy } from '../kits/factor-kit.ts';

const folder = new URL('../../../shared/domain/factors/', import.meta.url);

test('every factor bears the name of its file', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.factor.ts'));
  expect(knownFactors.map(({ name }) => `${name}.factor.ts`).sort()).toEqual(files.sort());
});

for (const factor of knownFactors) factorKit(factor, { abstainsWithout: neededBy(factor) ?? 'prices' });

test.each([
  ['volatility-scaled-momentum', 'prices'],
  ['betting-against-beta', 'prices'],
  ['quality-minus-junk', 'facts'],
  ['earnings-drift', 'facts'],
  ['news-sentiment', 'facts'],
])('%s is absent without %s', (name, kind) => {
  expect(neededBy(knownFactors.find((factor) => factor.name === name)!)).toBe(kind);
});
