import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { registries } from '../../scripts/generate-registries.ts';
import { knownAgents } from '../../shared/domain/agents/known-agents.ts';
import { knownFactors } from '../../shared/domain/factors/known-factors.ts';
import { knownStrategies } from '../../shared/domain/research/known-strategies.ts';

test.each(registries())('$path lists every file of its kind; write it again with node scripts/generate-registries.ts', ({ path, text }) => {
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test.each([
  ['agents', knownAgents],
  ['factors', knownFactors],
  ['strategies', knownStrategies],
])('no two %s share a name', (_, known) => {
  expect(known.length).toBeGreaterThan(0);
  expect(new Set(known.map(({ name }) => name)).size).toBe(known.length);
});
