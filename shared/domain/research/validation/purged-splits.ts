/**
 * Cross-validation for labels that look ahead: what is trained on shares no bar with what is tested on.
 *
 * Observation i has a label that is decided by the bars from_i to to_i. A fold is a run of neighbouring observations; its span goes from the
 * smallest `from` to the largest `to` in it.
 * 1. Purge: an observation is not trained on when its span touches the span of a tested fold (both ends belong to a span).
 * 2. Embargo: nor when its span begins within `embargoBars` bars after the fold's span.
 * 3. K folds: each fold is tested once, the rest trains.
 * 4. Combinatorial: of N groups every choice of k is tested together, C(N, k) splits. Each group is tested in φ = C(N, k)·k/N of them, so
 *    φ whole backtest paths can be put together: path p takes of each group the p-th split that tests it.
 *
 * Source: M. López de Prado (2018), "Advances in Financial Machine Learning", sections 7.4.1, 7.4.2 and 12.4. His snippet 7.3 lets a training label
 * end on the bar on which the test begins; the rule of his text, taken here, does not.
 * Not covered: sample weights for labels that overlap within the training set (his ch. 4).
 */
import { type Refusal, refuse } from '../../../kernel/refusal.ts';
import { settingGap } from './figure.ts';

/** Bars that decide each observation's label, ends included; ascending by `from`. */
export interface LabelSpans {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Indices of observations, ascending. */
export interface PurgedSplit {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Left out of training because the spans touch, and because of the embargo alone. */
  readonly purged: number;
  readonly embargoed: number;
}

export type SplitRefusal = Refusal<'setting-invalid' | 'spans-invalid' | 'nothing-to-train-on'>;

/** One split per fold, in order. Folds differ in size by one at most, the earlier are the larger. */
export function purgedFolds(
  spans: LabelSpans,
  { folds, embargoBars }: { readonly folds: number; readonly embargoBars: number },
): readonly PurgedSplit[] | SplitRefusal {
  const gap = spansGap(spans, folds, embargoBars);
  if (gap) return gap;
  const groups = groupsOf(spans, folds);
  return trainable(groups.map((_, fold) => splitOf(spans, groups, [fold], embargoBars)));
}

export interface CombinatorialSplit extends PurgedSplit {
  /** Ascending. */
  readonly testGroups: readonly number[];
}

export interface CombinatorialPurged {
  readonly kind: 'combinatorial-purged';
  readonly groups: number;
  /** First observation of each group, and the number of observations at the end. */
  readonly groupStarts: Int32Array;
  /** In lexicographic order of their groups. */
  readonly splits: readonly CombinatorialSplit[];
  /** φ. */
  readonly paths: number;
  /** The split from which a path takes a group: element `path * groups + group`. */
  readonly splitOfPath: Int32Array;
}

/** Refuses more than 20,000 splits: each of them is a training. */
export function combinatorialPurged(
  spans: LabelSpans,
  { groups, testGroups, embargoBars }: { readonly groups: number; readonly testGroups: number; readonly embargoBars: number },
): CombinatorialPurged | SplitRefusal {
  const gap = spansGap(spans, groups, embargoBars) ?? invalid(settingGap('testGroups', testGroups, 1, groups - 1));
  if (gap) return gap;
  const count = binomial(groups, testGroups);
  if (count > SPLITS_MAX) return refuse('setting-invalid', { setting: 'groups', splits: count, splitsMax: SPLITS_MAX });
  const cut = groupsOf(spans, groups);
  const splits = combinations(groups, testGroups).map((chosen) => ({
    testGroups: chosen,
    ...splitOf(spans, cut, chosen, embargoBars),
  }));
  const checked = trainable(splits);
  if ('reason' in checked) return checked;
  const paths = (count * testGroups) / groups;
  return {
    kind: 'combinatorial-purged',
    groups,
    groupStarts: Int32Array.from([...cut.map(({ first }) => first), spans.from.length]),
    ...{ splits, paths },
    splitOfPath: assignPaths(splits, groups, paths),
  };
}

/** The whole history of each path: `outOfSample[split]` has one value per tested observation, in the order of the split's `test`. */
export function assemblePaths(plan: CombinatorialPurged, outOfSample: readonly Float64Array[]): Float64Array[] {
  const { groups, groupStarts, splits, paths, splitOfPath } = plan;
  return Array.from({ length: paths }, (_, path) => {
    const whole = new Float64Array(groupStarts[groups]!);
    for (let group = 0; group < groups; group++) {
      const split = splitOfPath[path * groups + group]!;
      let offset = 0;
      for (const before of splits[split]!.testGroups) if (before < group) offset += groupStarts[before + 1]! - groupStarts[before]!;
      const [first, end] = [groupStarts[group]!, groupStarts[group + 1]!];
      whole.set(outOfSample[split]!.subarray(offset, offset + end - first), first);
    }
    return whole;
  });
}

const SPLITS_MAX = 20_000;

interface Group {
  readonly first: number;
  readonly end: number;
  readonly fromBar: number;
  readonly toBar: number;
}

function groupsOf({ from, to }: LabelSpans, count: number): Group[] {
  const size = Math.floor(from.length / count);
  const larger = from.length % count;
  return Array.from({ length: count }, (_, group) => {
    const first = group * size + Math.min(group, larger);
    const end = first + size + (group < larger ? 1 : 0);
    return { first, end, fromBar: from[first]!, toBar: to.subarray(first, end).reduce((latest, bar) => Math.max(latest, bar)) };
  });
}

function splitOf({ from, to }: LabelSpans, groups: readonly Group[], tested: readonly number[], embargoBars: number): PurgedSplit {
  const folds = tested.map((index) => groups[index]!);
  const test = Int32Array.from(folds.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, k) => first + k)));
  const train: number[] = [];
  let [purged, embargoed] = [0, 0];
  for (let i = 0; i < from.length; i++) {
    if (folds.some(({ first, end }) => i >= first && i < end)) continue;
    if (folds.some(({ fromBar, toBar }) => from[i]! <= toBar && to[i]! >= fromBar)) purged++;
    else if (folds.some(({ toBar }) => from[i]! > toBar && from[i]! <= toBar + embargoBars)) embargoed++;
    else train.push(i);
  }
  return { train: Int32Array.from(train), test, purged, embargoed };
}

/** Path p of a group is the p-th split that tests it. */
function assignPaths(splits: readonly CombinatorialSplit[], groups: number, paths: number): Int32Array {
  const assigned = new Int32Array(paths * groups);
  const next = new Int32Array(groups);
  for (const [split, { testGroups }] of splits.entries()) {
    for (const group of testGroups) {
      assigned[next[group]! * groups + group] = split;
      next[group]!++;
    }
  }
  return assigned;
}

function spansGap({ from, to }: LabelSpans, groups: number, embargoBars: number): SplitRefusal | null {
  if (from.length !== to.length) return refuse('spans-invalid', { from: from.length, to: to.length });
  for (let i = 0; i < from.length; i++) {
    if (to[i]! < from[i]! || from[i]! < (from[i - 1] ?? from[i]!)) return refuse('spans-invalid', { at: i, from: from[i], to: to[i] });
  }
  return invalid(settingGap('groups', groups, 2, from.length) ?? settingGap('embargoBars', embargoBars, 0, Number.MAX_SAFE_INTEGER));
}

const invalid = (gap: Refusal | null): SplitRefusal | null => (gap ? refuse('setting-invalid', gap.details) : null);

function trainable<Split extends PurgedSplit>(splits: readonly Split[]): readonly Split[] | SplitRefusal {
  const empty = splits.findIndex(({ train }) => train.length === 0);
  return empty === -1 ? splits : refuse('nothing-to-train-on', { split: empty, ...{ purged: splits[empty]!.purged } });
}

const binomial = (n: number, k: number): number => {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return Math.round(value);
};

function combinations(n: number, k: number, first = 0): number[][] {
  if (k === 0) return [[]];
  const found: number[][] = [];
  for (let head = first; head <= n - k; head++) {
    for (const tail of combinations(n, k - 1, head + 1)) found.push([head, ...tail]);
  }
  return found;
}
