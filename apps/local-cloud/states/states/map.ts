/** Map: the items to iterate over, and which of the two modes does it. */
import { isDistributed, isObject, type Json, type MapState } from '../asl.ts';
import { payloadText } from '../failure.ts';
import { evaluate, evaluateAftermath, evaluateNumber, leave, type Step, type Visit, wrongType } from '../frame.ts';
import { runDistributed } from '../map/distributed.ts';
import { runInline } from '../map/inline.ts';
import { readItems } from '../map/item-reader.ts';
import type { MapItem } from '../map/map-item.ts';
import { withRecovery } from '../recovery.ts';

/** What AWS allows at once; MaxConcurrency 0 means as many as it likes. */
const INLINE_CONCURRENCY_MAX = 40;
const DISTRIBUTED_CONCURRENCY_MAX = 10_000;

export function visitMap(visit: Visit<MapState>): Promise<Step> {
  return withRecovery(visit, async (retryCount) => {
    const { frame, state, name } = visit;
    const items = state.ItemReader ? await readItems(visit, state.ItemReader) : await itemsOf(visit);
    const wanted =
      state.MaxConcurrency === undefined
        ? 0
        : await evaluateNumber(visit, state.MaxConcurrency, 'MaxConcurrency', { atLeast: 0, whole: true });
    const allowed = isDistributed(state) ? DISTRIBUTED_CONCURRENCY_MAX : INLINE_CONCURRENCY_MAX;
    const concurrency = wanted === 0 ? allowed : Math.min(wanted, allowed);

    frame.run.history.record(frame.thread, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
    const run = isDistributed(state) ? runDistributed : runInline;
    const { result, lastEventId } = await run(visit, items, concurrency);
    frame.run.history.record(frame.thread, 'MapStateSucceeded', undefined, { follows: lastEventId });
    payloadText(result, `The result of the state '${name}'`);
    return leave(visit, await evaluateAftermath(visit, state, result, { result, retryCount }), state.Next, lastEventId);
  });
}

async function itemsOf(visit: Visit<MapState>): Promise<readonly MapItem[]> {
  const template = visit.state.Items;
  const value = template === undefined ? visit.input : await evaluate(visit, template, 'Items');
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => ({ value: item, input: item }));
  if (isObject(value)) return Object.entries(value).map(([key, item]) => ({ key, value: item, input: { Key: key, Value: item } }));
  throw wrongType(visit, template ?? '$states.input', 'Items', 'array', value);
}
