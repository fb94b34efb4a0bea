/** Wait: until a number of seconds is over or an instant has come. */
import type { WaitState } from '../asl.ts';
import { evaluate, evaluateAftermath, evaluateNumber, leave, type Step, type Visit, wrongType } from '../frame.ts';
import { sleepUntil } from '../waiting.ts';

/** RFC 3339 with an upper-case T and a zone, as ASL wants its timestamps. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export async function visitWait(visit: Visit<WaitState>): Promise<Step> {
  const { frame, state, input } = visit;
  await sleepUntil(frame.run.engine.host.clock, await wakesAt(visit), frame.signal);
  return leave(visit, await evaluateAftermath(visit, state, input, {}), state.Next);
}

async function wakesAt(visit: Visit<WaitState>): Promise<number> {
  const { state, enteredAt } = visit;
  if (state.Seconds !== undefined) return enteredAt + 1000 * (await evaluateNumber(visit, state.Seconds, 'Seconds', { atLeast: 0 }));
  const template = state.Timestamp!;
  const timestamp = await evaluate(visit, template, 'Timestamp');
  if (typeof timestamp !== 'string' || !isTimestamp(timestamp)) throw wrongType(visit, template, 'Timestamp', 'timestamp', timestamp);
  return Date.parse(timestamp);
}

export const isTimestamp = (text: string): boolean => TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text));
