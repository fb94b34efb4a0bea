/** What both kits mean by the same: the same bytes, frozen input, another time, a name that can be matched. */
import { vi } from 'vitest';

/** As text; tells NaN from null and −0 from 0, which JSON alone does not. */
export const bytesOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Float64Array || part instanceof Int32Array) return Array.from(part, inWords);
    return typeof part === 'number' ? inWords(part) : part;
  });

const inWords = (value: number): number | string =>
  Object.is(value, -0) ? 'minus zero' : Number.isFinite(value) ? value : `number ${value}`;

/** Objects and lists, as deep as they go. The engine freezes no typed array, which is why the bytes of what was handed over are compared. */
export function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) deepFrozen(part);
  return Object.freeze(value);
}

/** What `work` gives on two days a decade apart, one with the lowest and one with the highest luck there is. */
export function atTwoTimes<Value>(work: () => Value): readonly [Value, Value] {
  const at = (now: string, luck: number): Value => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(luck);
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'hrtime'], now: new Date(now) });
    try {
      return work();
    } finally {
      vi.useRealTimers();
      random.mockRestore();
    }
  };
  return [at('2014-03-01T09:00:00Z', 0), at('2024-10-20T21:30:00Z', 1 - Number.EPSILON / 2)];
}

/** Kebab-case that begins with a letter, so that a file and a constant can be named after it. */
export const isKebab = (text: string): boolean => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text);
