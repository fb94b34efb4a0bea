/**
 * Whether a cycle, decided again, comes out as it did: every document of a phase and every decision record, canonical text against
 * canonical text. What differs is named by document and by the path of its first difference.
 */
import { canonicalJson } from '../../kernel/canonical-json.ts';
import type { CycleId } from '../../kernel/units.ts';

/** What a cycle leaves that can be made again, in the order it is made. */
export const replayedParts = ['signals', 'allocation', 'risk', 'permit', 'plan', 'decisions'] as const;
export type ReplayedPart = (typeof replayedParts)[number];

/** Undefined for a part that there is none of. */
export type CycleParts = Readonly<Record<ReplayedPart, unknown>>;

export interface Difference {
  readonly part: ReplayedPart;
  /** E.g. `symbols[3].opinions[0].mu`; empty when the whole part is missing on one side. */
  readonly path: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

export interface ReplayComparison {
  readonly cycleId: CycleId;
  readonly identical: boolean;
  /** The parts that were compared, with how many bytes agreed. */
  readonly compared: ReadonlyArray<{ readonly part: ReplayedPart; readonly bytes: number }>;
  /** The first difference of each part that has one. */
  readonly differences: readonly Difference[];
}

/** @throws ContractViolation for a part that has no canonical JSON. */
export function compareReplay(cycleId: CycleId, recorded: CycleParts, replayed: CycleParts): ReplayComparison {
  const compared: Array<{ part: ReplayedPart; bytes: number }> = [];
  const differences: Difference[] = [];
  for (const part of replayedParts) {
    const [before, after] = [textOf(recorded[part]), textOf(replayed[part])];
    if (before !== after) differences.push({ part, ...firstDifference(recorded[part], replayed[part]) });
    else if (before !== '') compared.push({ part, bytes: Buffer.byteLength(before) });
  }
  return { cycleId, identical: differences.length === 0, compared, differences };
}

const textOf = (value: unknown): string => (value === undefined ? '' : canonicalJson(value));

/** Depth first, keys in canonical order, so that the same two values always name the same place. */
export function firstDifference(recorded: unknown, replayed: unknown, path = ''): Omit<Difference, 'part'> {
  if (Array.isArray(recorded) && Array.isArray(replayed)) {
    for (let i = 0; i < Math.max(recorded.length, replayed.length); i++) {
      if (!same(recorded[i], replayed[i])) return firstDifference(recorded[i], replayed[i], `${path}[${i}]`);
    }
  }
  if (isRecord(recorded) && isRecord(replayed)) {
    for (const key of [...new Set([...Object.keys(recorded), ...Object.keys(replayed)])].sort()) {
      if (!same(recorded[key], replayed[key])) return firstDifference(recorded[key], replayed[key], path === '' ? key : `${path}.${key}`);
    }
  }
  return { path, recorded: recorded ?? null, replayed: replayed ?? null };
}

const same = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
