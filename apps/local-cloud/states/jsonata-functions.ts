/**
 * The functions Step Functions adds to JSONata, and the built-in ones that would read the machine's clock or dice:
 * those take the local cloud's, so that a seeded run repeats. `$eval` is refused, as AWS refuses it.
 *
 * Source: AWS Step Functions Developer Guide, "Transforming data with JSONata", JSONata functions provided by Step Functions.
 */
import { createHash } from 'node:crypto';
import type jsonata from 'jsonata';
import { seededRng } from '../../../shared/kernel/rng.ts';

export interface FunctionSources {
  now(): number;
  random(): number;
  newId(): string;
}

interface LibraryFunction {
  readonly name: string;
  readonly signature: string;
  readonly implementation: Parameters<jsonata.Expression['registerFunction']>[1];
}

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** `$range` may not build more than this many values, as States.ArrayRange may not. */
const RANGE_VALUES_MAX = 1000;

export function stepFunctionsLibrary(sources: FunctionSources): readonly LibraryFunction[] {
  return [
    { name: 'partition', signature: '<an:a>', implementation: partition },
    { name: 'range', signature: '<nnn:a>', implementation: range },
    { name: 'hash', signature: '<ss:s>', implementation: hash },
    { name: 'parse', signature: '<s:x>', implementation: parse },
    { name: 'uuid', signature: '<:s>', implementation: () => sources.newId() },
    {
      name: 'random',
      signature: '<n?:n>',
      implementation: (seed?: number) => (seed === undefined ? sources.random() : seededRng(String(seed)).uniform()),
    },
    { name: 'shuffle', signature: '<a:a>', implementation: (values?: unknown[]) => shuffled(values, sources) },
    { name: 'millis', signature: '<:n>', implementation: () => sources.now() },
    { name: 'now', signature: '<s?s?:s>', implementation: nowFunction(sources) },
    { name: 'eval', signature: '<sx?:x>', implementation: refuseEval },
  ];
}

function partition(values: readonly unknown[] | undefined, size: number): unknown[][] | undefined {
  if (values === undefined) return undefined;
  const chunk = Math.floor(size);
  if (chunk < 1) throw new Error('$partition takes a chunk size of at least 1');
  const chunks: unknown[][] = [];
  for (let start = 0; start < values.length; start += chunk) chunks.push(values.slice(start, start + chunk));
  return chunks;
}

function range(first: number, last: number, step: number): number[] {
  const [from, to, by] = [Math.floor(first), Math.floor(last), Math.floor(step)];
  if (by === 0) throw new Error('$range takes a step other than 0');
  const count = Math.floor((to - from) / by) + 1;
  if (count > RANGE_VALUES_MAX) throw new Error(`$range gives at most ${RANGE_VALUES_MAX} values`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => from + index * by);
}

function hash(text: string | undefined, algorithm: string): string | undefined {
  if (text === undefined) return undefined;
  const name = HASHES[algorithm];
  if (name === undefined) throw new Error(`$hash knows ${Object.keys(HASHES).join(', ')}, not ${algorithm}`);
  return createHash(name).update(text).digest('hex');
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('$parse was given text that is no JSON', { cause: error });
  }
}

/** Fisher and Yates, drawn from the seeded stream instead of Math.random. */
function shuffled(values: readonly unknown[] | undefined, { random }: FunctionSources): unknown[] | undefined {
  if (values === undefined) return undefined;
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    [result[last], result[chosen]] = [result[chosen], result[last]];
  }
  return result;
}

/** `$now` formats through JSONata's own `$fromMillis`; only the instant is ours. */
function nowFunction({ now }: FunctionSources) {
  return function (this: jsonata.Focus, picture?: string, timezone?: string): string {
    const fromMillis = this.environment.lookup('fromMillis') as { implementation(this: jsonata.Focus, ...parts: unknown[]): string };
    return fromMillis.implementation.call(this, now(), picture, timezone);
  };
}

function refuseEval(): never {
  throw new Error('$eval is not available in Step Functions; use $parse');
}
