/** Agents by name: a policy lists names, this finds them. A new agent is one file and one line here. */
import { ContractViolation } from '../../kernel/errors.ts';
import { type Agent, abstain } from './agent.ts';
import { technicalAgent } from './technical.ts';

const known: readonly Agent[] = [technicalAgent, withoutData('sentiment'), withoutData('valuation'), withoutData('fundamental')];

export const agentNames: readonly string[] = known.map(({ name }) => name);

/** The agents a policy names, in its order. @throws ContractViolation for a name nobody has. */
export function agents(names: readonly string[]): Agent[] {
  return names.map((name) => {
    const agent = known.find((candidate) => candidate.name === name);
    if (agent === undefined) throw new ContractViolation(`"${name}" is no agent: known are ${agentNames.join(', ')}`, { name });
    return agent;
  });
}

/** An agent whose data is not collected yet: it abstains, which the record shows. */
function withoutData(name: string): Agent {
  return { name, opine: () => abstain(name, 'no-data') };
}
