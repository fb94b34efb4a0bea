/** One item of a Map: what the iteration gets, and what `$states.context.Map.Item` says of it. */
import type { Json, JsonObject } from '../asl.ts';

export interface MapItem {
  readonly value: Json;
  /** The iteration's input unless ItemSelector makes another: the value itself, or key and value of an object's member. */
  readonly input: Json;
  readonly key?: string;
  /** Where an ItemReader found it. */
  readonly source?: string;
}

export const mapContextOf = (item: MapItem, index: number): JsonObject => ({
  Item: {
    Index: index,
    Value: item.value,
    ...(item.key === undefined ? {} : { Key: item.key }),
    ...(item.source === undefined ? {} : { Source: item.source }),
  },
});
