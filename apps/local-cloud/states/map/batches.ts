/** ItemBatcher: several items to one child execution, by number or by size, with an input common to all batches. */
import { isObject, type Json, type JsonObject, type MapState } from '../asl.ts';
import { evaluate, evaluateNumber, type Visit } from '../frame.ts';

export interface Batch {
  readonly input: Json;
  readonly itemCount: number;
}

export async function batchesOf(visit: Visit<MapState>, inputs: readonly Json[]): Promise<readonly Batch[]> {
  const { ItemBatcher: batcher } = visit.state;
  if (batcher === undefined) return inputs.map((input) => ({ input, itemCount: 1 }));
  const itemsMax = await limitOf(visit, batcher, 'MaxItemsPerBatch');
  const bytesMax = await limitOf(visit, batcher, 'MaxInputBytesPerBatch');
  const common = batcher.BatchInput === undefined ? undefined : await evaluate(visit, batcher.BatchInput, 'ItemBatcher/BatchInput');
  const shared: JsonObject = isObject(common) ? { BatchInput: common } : {};
  return grouped(inputs, itemsMax, bytesMax, Buffer.byteLength(JSON.stringify({ ...shared, Items: [] }))).map((Items) => ({
    input: { ...shared, Items },
    itemCount: Items.length,
  }));
}

async function limitOf(visit: Visit<MapState>, batcher: JsonObject, name: string): Promise<number> {
  const template = batcher[name];
  if (typeof template !== 'number' && typeof template !== 'string') return Number.POSITIVE_INFINITY;
  return evaluateNumber(visit, template, `ItemBatcher/${name}`, { atLeast: 1, whole: true });
}

/** An item larger than the byte limit still gets a batch of its own. */
function grouped(inputs: readonly Json[], itemsMax: number, bytesMax: number, emptyBytes: number): Json[][] {
  const groups: Json[][] = [];
  let bytes = 0;
  for (const input of inputs) {
    const inputBytes = Buffer.byteLength(JSON.stringify(input)) + 1;
    const group = groups.at(-1);
    if (group && group.length < itemsMax && bytes + inputBytes <= bytesMax) {
      group.push(input);
      bytes += inputBytes;
    } else {
      groups.push([input]);
      bytes = emptyBytes + inputBytes;
    }
  }
  return groups;
}
