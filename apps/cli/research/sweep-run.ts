/**
 * A sweep on this machine: the grid in chunks of about a second each, on as many threads as asked for. Every finished chunk is kept, so a sweep that was
 * stopped goes on where it was; what it finds does not depend on threads, on interruptions, or on the order in which chunks end.
 */
import { chunksOf, combinationsIn, combinationsOf, type Grid, parseGrid } from '../../../shared/domain/research/fast/grid.ts';
import { whyNotFast } from '../../../shared/domain/research/fast/sweep-signals.ts';
import type { Parameters, Strategy } from '../../../shared/domain/research/strategy.ts';
import { decodeSweepTable, encodeSweepTable, joinSweepTables, type SweepTable } from '../../../shared/runtime/research/sweep-table.ts';
import type { CommandHost } from '../command-host.ts';
import { BadInput } from '../outcome.ts';
import { Checkpoints, factsHash } from './checkpoints.ts';
import { interruptible } from './interruptible.ts';
import { progressBar } from './progress-bar.ts';
import type { Question } from './question.ts';
import { orBadInput } from './refusals.ts';
import type { SweepJob, Task } from './research-work.ts';
import { openCrew } from './worker-pool.ts';

/** Bars times combinations in a chunk; the event engine is slower by about as much. */
const barColumnsPerChunk = { fast: 10_000_000, event: 500_000 };

export interface SweepRun {
  readonly table: SweepTable;
  readonly combinations: number;
  readonly chunks: number;
  /** Chunks that an earlier run had finished. */
  readonly chunksFound: number;
  /** Why the event engine was used; null on the vectorised path. */
  readonly notFastBecause: string | null;
}

export interface SweepPlace {
  readonly state: string;
  readonly workers: number;
  readonly perChunk?: typeof barColumnsPerChunk;
}

/** The grid with what is not swept in it as single values. @throws BadInput in one line. */
export function gridOf(text: string, strategy: Strategy, fixed: Parameters = {}): Grid {
  const grid = orBadInput(parseGrid(text));
  const twice = Object.keys(fixed).find((name) => grid.names.includes(name));
  if (twice !== undefined) throw new BadInput(`--params: ${twice} is in the grid too: keep one of the two.`);
  const names = [...grid.names, ...Object.keys(fixed)];
  const values = [...grid.values, ...Object.values(fixed).map((value) => [value])];
  // Names and bounds now, before any data are read; values that do not fit each other are skipped one by one.
  orBadInput(combinationsOf(strategy, { names, values }, { first: 0, count: 1 }));
  return { names, values };
}

export async function runSweepOf(
  { strategy, panel, rules, membership, rebalance, range }: Question,
  grid: Grid,
  { state, workers, perChunk = barColumnsPerChunk }: SweepPlace,
  { io }: Pick<CommandHost, 'io'>,
): Promise<SweepRun> {
  const job: SweepJob = {
    kind: 'sweep',
    strategy: strategy.name,
    grid,
    rules,
    range,
    membership,
    ...(rebalance === undefined ? {} : { rebalance }),
  };
  const notFastBecause = whyNotFast({ panel, strategy, rules });
  const barsEach = panel.series.reduce((bars, { day }) => bars + day.length, 0);
  const size = Math.max(1, Math.floor((notFastBecause === null ? perChunk.fast : perChunk.event) / barsEach));
  const chunks = chunksOf(grid, size);
  const symbols = panel.series.map(({ symbol }) => symbol);
  const kept = Checkpoints.of(
    'sweeps',
    { ...job, membership: membership?.name ?? null, facts: factsHash(panel, membership), size, symbols, dataset: panel.source.sha256 },
    state,
  );
  const tables = await Promise.all(chunks.map((_, index) => readChunk(kept, index)));
  const chunksFound = tables.filter((table) => table !== undefined).length;
  const tasks = chunks.flatMap((chunk, index): Task[] => (tables[index] === undefined ? [{ kind: 'sweep', index, chunk }] : []));
  const combinations = combinationsIn(grid);
  const countOf = (index: number): number => chunks[index]!.count;
  let done = chunks.reduce((sum, _, index) => sum + (tables[index] === undefined ? 0 : countOf(index)), 0);
  const bar = progressBar(io, { title: 'Sweeping', unit: 'combinations', total: combinations, alreadyDone: done });
  const crew = openCrew({ job, panel, workers });
  const stopped = (): string =>
    `Stopped: ${count(done)} of ${count(combinations)} combinations are done and kept. The same command goes on from there.`;
  const swept = (): Promise<void> =>
    crew.run(tasks, (piece) => {
      if (piece.kind !== 'sweep') return;
      kept.write(chunkName(piece.index), encodeSweepTable(piece.table));
      tables[piece.index] = piece.table;
      done += countOf(piece.index);
      bar.update(done);
    });
  try {
    await interruptible(io, stopped, swept);
  } finally {
    crew.close();
    bar.end();
  }
  return { table: joinSweepTables(tables.map((table) => table!)), combinations, chunks: chunks.length, chunksFound, notFastBecause };
}

const count = (value: number): string => value.toLocaleString('en-US');

const chunkName = (index: number): string => `chunk-${index}.parquet`;

async function readChunk(kept: Checkpoints, index: number): Promise<SweepTable | undefined> {
  const bytes = kept.read(chunkName(index));
  return bytes === undefined ? undefined : decodeSweepTable(bytes);
}
