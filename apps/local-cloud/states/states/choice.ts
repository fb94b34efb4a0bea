/** Choice: the first rule whose condition is true decides; the state's own Assign and Output belong to Default alone. */
import type { ChoiceState } from '../asl.ts';
import { StateFailure } from '../failure.ts';
import { evaluate, evaluateAftermath, leave, type Step, type Visit, wrongType } from '../frame.ts';

export async function visitChoice(visit: Visit<ChoiceState>): Promise<Step> {
  const { state, input, name } = visit;
  for (const [index, rule] of state.Choices.entries()) {
    const field = `Choices[${index}]`;
    const holds = await evaluate(visit, rule.Condition, `${field}/Condition`);
    if (typeof holds !== 'boolean') throw wrongType(visit, rule.Condition, `${field}/Condition`, 'boolean', holds);
    if (holds) return leave(visit, await evaluateAftermath(visit, rule, input, {}, `${field}/`), rule.Next);
  }
  if (state.Default === undefined)
    throw new StateFailure('States.NoChoiceMatched', `No choice of the state '${name}' matched, and it has no Default.`);
  return leave(visit, await evaluateAftermath(visit, state, input, {}), state.Default);
}
