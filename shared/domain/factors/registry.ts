/** Factors by name: a policy lists names, this finds them. A new factor is one file `<name>.factor.ts` in this folder. */
import { ContractViolation } from '../../kernel/errors.ts';
import type { Factor } from './factor.ts';
import { knownFactors } from './known-factors.ts';

export const factorNames: readonly string[] = knownFactors.map(({ name }) => name);

/** The factors a policy names, in its order. @throws ContractViolation for a name nobody has. */
export function factorsNamed(names: readonly string[]): Factor[] {
  return names.map((name) => {
    const factor = knownFactors.find((candidate) => candidate.name === name);
    if (factor === undefined) throw new ContractViolation(`"${name}" is no factor: known are ${factorNames.join(', ')}`, { name });
    return factor;
  });
}
