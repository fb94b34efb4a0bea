/** Pass, Succeed and Fail: states that only shape data or end a block. */
import type { FailState, Json, PassState, SucceedState } from '../asl.ts';
import { StateFailure } from '../failure.ts';
import { evaluate, evaluateAftermath, leave, type Step, type Visit, wrongType } from '../frame.ts';

export async function visitPass(visit: Visit<PassState>): Promise<Step> {
  return leave(visit, await evaluateAftermath(visit, visit.state, visit.input, {}), visit.state.Next);
}

export async function visitSucceed(visit: Visit<SucceedState>): Promise<Step> {
  return leave(visit, await evaluateAftermath(visit, visit.state, visit.input, {}), undefined);
}

/** @throws StateFailure always: with the Error and Cause the state names. */
export async function visitFail(visit: Visit<FailState>): Promise<Step> {
  const error = await text(visit, visit.state.Error, 'Error');
  const cause = await text(visit, visit.state.Cause, 'Cause');
  throw new StateFailure(error, cause);
}

async function text(visit: Visit, template: string | undefined, field: string): Promise<string | undefined> {
  if (template === undefined) return undefined;
  const value: Json = await evaluate(visit, template, field);
  if (typeof value !== 'string') throw wrongType(visit, template, field, 'string', value);
  return value;
}
