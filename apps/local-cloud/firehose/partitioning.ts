/**
 * How a record finds its folder: the keys that a jq query takes from it, put into the prefix where it says `!{partitionKeyFromQuery:…}`.
 * Of jq there is what partition keys are made of: an object of paths, each with an optional slice of a text, e.g. `{dt: .at[0:10]}`; of prefix
 * expressions also `!{firehose:error-output-type}`. Everything else is refused by name, and so are Lambda keys and `!{timestamp:…}`.
 * Source: "Dynamic partitioning in Amazon Data Firehose" and "Understand custom prefixes for Amazon S3 objects".
 */
import { notEmulated } from '../service.ts';

/** Keys of one record; null when it has none of them, which fails the record. */
export type KeyQuery = (record: unknown) => Readonly<Record<string, string>> | null;

interface KeyPath {
  readonly key: string;
  readonly members: readonly string[];
  readonly slice?: readonly [number, number];
}

/** @throws AwsError NotEmulated for jq that is more than paths. */
export function compileKeyQuery(query: string): KeyQuery {
  const inside = /^\s*\{(.*)\}\s*$/s.exec(query)?.[1];
  if (inside === undefined) throw notEmulated('firehose', `the partition key query ${query}`);
  const paths = inside.split(',').map((part) => keyPathOf(part, query));
  return (record) => {
    const keys: Record<string, string> = {};
    for (const { key, members, slice } of paths) {
      const value = members.reduce<unknown>(
        (within, member) => (typeof within === 'object' && within !== null ? (within as Record<string, unknown>)[member] : undefined),
        record,
      );
      if (typeof value !== 'string' && typeof value !== 'number') return null;
      keys[key] = slice ? String(value).slice(...slice) : String(value);
      if (keys[key] === '') return null;
    }
    return keys;
  };
}

function keyPathOf(part: string, query: string): KeyPath {
  const match = /^\s*"?(\w+)"?\s*:\s*((?:\.\w+)+)(?:\[(\d+):(\d+)\])?\s*$/.exec(part);
  if (!match) throw notEmulated('firehose', `the partition key query ${query}`);
  const [, key = '', path = '', from, to] = match;
  const members = path.slice(1).split('.');
  return from === undefined ? { key, members } : { key, members, slice: [Number(from), Number(to)] };
}

const expression = /!\{([^}]*)\}/g;

/** @throws AwsError NotEmulated for an expression that is not one of `allowed`. */
export function assertPrefix(prefix: string, allowed: readonly string[]): void {
  for (const [, inside = ''] of prefix.matchAll(expression))
    if (!allowed.includes(inside)) throw notEmulated('firehose', `the prefix expression !{${inside}}`);
}

export const filledPrefix = (prefix: string, values: Readonly<Record<string, string>>): string =>
  prefix.replaceAll(expression, (_whole, inside: string) => values[inside] ?? '');

export const keyExpression = (key: string): string => `partitionKeyFromQuery:${key}`;

export const errorTypeExpression = 'firehose:error-output-type';
