/** Agents by name: a policy lists names, this finds them. A new agent is one file `<name>.agent.ts` in this folder. */
import { ContractViolation } from '../../kernel/errors.ts';
import type { Agent } from './agent.ts';
import { knownAgents } from './known-agents.ts';

export const agentNames: readonly string[] = knownAgents.map(({ name }) => name);

/** The agents a policy names, in its order. @throws ContractViolation for a name nobody has. */
export function agents(names: readonly string[]): Agent[] {
  return names.map((name) => {
    const agent = knownAgents.find((candidate) => candidate.name === name);
    if (agent === undefined) throw new ContractViolation(`"${name}" is no agent: known are ${agentNames.join(', ')}`, { name });
    return agent;
  });
}
