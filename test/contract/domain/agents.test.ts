/** Every agent of the house through the kit that is handed to those who write their own. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knownAgents } from '../../../shared/domain/agents/known-agents.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { agentKit, neededBy } from '../kits/agent-kit.ts';

const folder = new URL('../../../shared/domain/agents/', import.meta.url);

test('every agent bears the name of its file', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.agent.ts'));
  expect(knownAgents.map(({ name }) => `${name}.agent.ts`).sort()).toEqual(files.sort());
});

test('the policy gives an information coefficient to every agent it asks', () => {
  const { agents, signals } = defaultPolicy;
  expect(agents.filter((name) => !(name in signals.informationCoefficients))).toEqual([]);
});

for (const agent of knownAgents) agentKit(agent, { abstainsWithout: neededBy(agent) ?? 'prices' });

test.each([
  ['technical', 'prices'],
  ['sentiment', 'facts'],
  ['valuation', 'facts'],
  ['fundamental', 'facts'],
  ['factors', 'factors'],
])('%s abstains without %s', (name, kind) => {
  expect(neededBy(knownAgents.find((agent) => agent.name === name)!)).toBe(kind);
});
