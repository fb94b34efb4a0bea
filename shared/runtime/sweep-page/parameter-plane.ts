/**
 * A sweep seen as a plane: the Sharpe ratio over two of its parameters, the others as the best combination has them; and the plateau, what
 * the combinations next to the best one show. A best that stands alone among poor neighbours is an accident of its values.
 *
 *   axes      the two that are asked for, else the two with the most values; with one parameter that varies, that one alone.
 *   cells     NaN where a combination was skipped or has no ratio. More values than cells: a cell is the mean of its values.
 *   plateau   all combinations whose every parameter is at most one step of the grid from the best one's.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';

/** A combination and what became of it. */
export interface SweptRun {
  readonly parameters: Readonly<Record<string, number>>;
  readonly sharpePerBar: number;
}

/** A parameter that takes more than one value in the sweep, its values ascending. */
export interface SweptParameter {
  readonly name: string;
  readonly values: readonly number[];
}

export interface PlaneAxis {
  readonly name: string;
  /** Of each cell the first and the last value in it. */
  readonly cells: ReadonlyArray<{ readonly from: number; readonly to: number }>;
}

export interface ParameterPlane {
  readonly across: PlaneAxis;
  /** Null where one parameter varies. */
  readonly down: PlaneAxis | null;
  /** Element `row * across.cells.length + column`; the first row is the lowest value. */
  readonly sharpePerBar: Float64Array;
  /** The cell of the best. */
  readonly best: { readonly column: number; readonly row: number };
  /** Parameters that vary in the sweep and are fixed here, at the best one's values. */
  readonly fixed: Readonly<Record<string, number>>;
  /** Values in a cell, at most. */
  readonly perCell: number;
}

export interface Plateau {
  readonly neighbours: number;
  readonly meanPerBar: number;
  readonly lowestPerBar: number;
}

/** In the order of the combination's own parameters. */
export function sweptParameters(runs: readonly SweptRun[]): readonly SweptParameter[] {
  const [first] = runs;
  return Object.keys(first?.parameters ?? {}).flatMap((name): SweptParameter[] => {
    const values = [...new Set(runs.map(({ parameters }) => parameters[name]!))].sort((a, b) => a - b);
    return values.length > 1 ? [{ name, values }] : [];
  });
}

/** `runs`: the best first. Refuses axes that do not vary, and runs of which nothing does. */
export function planeOf(
  runs: readonly SweptRun[],
  { axes, columnsMax, rowsMax }: { readonly axes: readonly [string, string] | null; readonly columnsMax: number; readonly rowsMax: number },
): ParameterPlane | Refusal<'axis-does-not-vary' | 'nothing-varies'> {
  const swept = sweptParameters(runs);
  const [best] = runs;
  if (best === undefined || swept.length === 0) return refuse('nothing-varies', { runs: runs.length });
  const wrong = axes?.find((name) => !swept.some((one) => one.name === name));
  if (wrong !== undefined) return refuse('axis-does-not-vary', { axis: wrong, varying: swept.map(({ name }) => name) });
  const [first, second] = axes?.map((name) => swept.find((one) => one.name === name)!) ?? widest(swept);
  const others = swept.filter((one) => one !== first && one !== second);
  const [across, down] = [cut(first!, columnsMax), second === undefined || second === first ? null : cut(second, rowsMax)];
  const columns = across.axis.cells.length;
  const cells = columns * (down?.axis.cells.length ?? 1);
  const [sums, counts] = [new Float64Array(cells), new Int32Array(cells)];
  const cellOf = ({ parameters }: SweptRun): readonly [number, number] => [
    across.cellOf(parameters[across.axis.name]!),
    down?.cellOf(parameters[down.axis.name]!) ?? 0,
  ];
  for (const run of runs) {
    if (!Number.isFinite(run.sharpePerBar) || others.some(({ name }) => run.parameters[name] !== best.parameters[name])) continue;
    const [column, row] = cellOf(run);
    sums[row * columns + column]! += run.sharpePerBar;
    counts[row * columns + column]! += 1;
  }
  const [column, row] = cellOf(best);
  return {
    ...{ across: across.axis, down: down?.axis ?? null },
    sharpePerBar: sums.map((sum, cell) => sum / counts[cell]!),
    best: { column, row },
    fixed: Object.fromEntries(others.map(({ name }) => [name, best.parameters[name]!])),
    perCell: across.perCell * (down?.perCell ?? 1),
  };
}

/** `runs`: the best first. Null where it has no neighbour with a ratio. */
export function plateauOf(runs: readonly SweptRun[]): Plateau | null {
  const [best, ...others] = runs;
  const swept = sweptParameters(runs);
  if (best === undefined || swept.length === 0) return null;
  const isNext = ({ parameters }: SweptRun): boolean =>
    swept.every(({ name, values }) => Math.abs(values.indexOf(parameters[name]!) - values.indexOf(best.parameters[name]!)) <= 1);
  const around = others.filter((run) => Number.isFinite(run.sharpePerBar) && isNext(run)).map(({ sharpePerBar }) => sharpePerBar);
  if (around.length === 0) return null;
  const sum = around.reduce((all, one) => all + one, 0);
  return { neighbours: around.length, meanPerBar: sum / around.length, lowestPerBar: Math.min(...around) };
}

/** The two with the most values, in the order of the parameters. */
function widest(swept: readonly SweptParameter[]): readonly SweptParameter[] {
  const chosen = swept.toSorted((a, b) => b.values.length - a.values.length).slice(0, 2);
  return swept.filter((one) => chosen.includes(one));
}

interface Cut {
  readonly axis: PlaneAxis;
  readonly cellOf: (value: number) => number;
  readonly perCell: number;
}

/** Into at most so many cells of equally many values. */
function cut({ name, values }: SweptParameter, cellsMax: number): Cut {
  const perCell = Math.ceil(values.length / cellsMax);
  const cells = Array.from({ length: Math.ceil(values.length / perCell) }, (_, cell) => ({
    from: values[cell * perCell]!,
    to: values[Math.min(values.length, (cell + 1) * perCell) - 1]!,
  }));
  const placeOf = new Map(values.map((value, place) => [value, Math.floor(place / perCell)]));
  return { axis: { name, cells }, cellOf: (value) => placeOf.get(value)!, perCell };
}
