/** What leaves a run besides its summary: the tear sheet and the columns as Parquet in a folder, and a run on an MLflow server. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { returnsOf } from '../../../shared/domain/research/result.ts';
import { type MonteCarlo, stationaryBootstrap } from '../../../shared/domain/research/validation/monte-carlo.ts';
import type { Refusal } from '../../../shared/kernel/refusal.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { metric, param, tag } from '../../../shared/runtime/mlflow/entities.ts';
import { exportFailure, exportRun } from '../../../shared/runtime/mlflow/export-run.ts';
import { resultFiles } from '../../../shared/runtime/research-results/result-parquet.ts';
import { tearSheet } from '../../../shared/runtime/tear-sheet/tear-sheet.ts';
import { encodeColumns } from '../../../shared/stores/columns-parquet.ts';
import type { CommandHost } from '../command-host.ts';
import { progress } from '../io.ts';
import { BadInput, CommandFailed, exitCodes } from '../outcome.ts';
import { sizeText } from '../render/research/headline.ts';
import type { ShownRun } from '../render/research/run.ts';
import { flatStatistics } from './assessment.ts';
import { equalWeightGrowth } from './benchmark.ts';
import type { Question } from './question.ts';
import { orBadInput } from './refusals.ts';

const tearSheetName = 'tearsheet.html';
const bootstrap = { draws: 1000, points: 100, drawdownFracs: [0.1, 0.2, 0.3, 0.5], ruinGrowth: 0.5, meanBlockBars: 'automatic' } as const;

/** `typed`: the words after the program's name, for the sheet's header; `drawn`: histories that are there already. */
export function writeRun(
  run: ShownRun,
  { panel, range }: Pick<Question, 'panel' | 'range'>,
  to: { readonly out: string; readonly seed: number; readonly typed: readonly string[]; readonly drawn?: MonteCarlo },
  host: CommandHost,
): void {
  const { result, statistics, fuzz } = run;
  progress(host.io, 'Writing the tear sheet …');
  const sheet = tearSheet({
    ...{ result, statistics, lookAhead: fuzz, bootstrap: to.drawn ?? fanOf(run, to.seed) },
    benchmark: equalWeightGrowth(panel, range),
    commandLine: commandLineOf(to.typed),
  });
  const files = new Map<string, string | Uint8Array>([
    [tearSheetName, orBadInput(sheet)],
    ...resultFiles(result),
    ...(to.drawn ? [['fan.parquet', fanFile(to.drawn)] as const] : []),
  ]);
  writeFiles(to.out, files, host);
  host.io.err(`${[...files.keys()].join(', ')} are in ${to.out}.`);
}

/** @throws BadInput where nothing can be written. */
export function writeFiles(directory: string, files: ReadonlyMap<string, string | Uint8Array>, { cwd }: CommandHost): void {
  const folder = resolve(cwd, directory);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
  } catch (error) {
    throw new BadInput(`--out: nothing can be written to ${folder} (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

/** Growth of 1 at some returns of the drawn histories, by quantile. */
function fanFile({ fan }: MonteCarlo): Uint8Array {
  const { returns, p5, p25, p50, p75, p95 } = fan;
  const growth = Object.entries({ p5, p25, p50, p75, p95 }).map(([name, values]) => ({ name, kind: 'double' as const, values }));
  return encodeColumns('fan', [{ name: 'returns', kind: 'int32', values: returns }, ...growth]);
}

function fanOf({ result }: ShownRun, seed: number): MonteCarlo | Refusal {
  const returns = returnsOf(result);
  const points = Math.max(1, Math.min(bootstrap.points, returns.length));
  return stationaryBootstrap({ ...bootstrap, points, returns, bars: returns.length }, seededRng(seed).fork('tear-sheet'));
}

/** As it can be typed again. */
export const commandLineOf = (typed: readonly string[]): string => ['ballast', ...typed].map(quoted).join(' ');

const quoted = (word: string): string => (/^[\w.,:=/|+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** @throws CommandFailed in one line where the server does not take it. */
export async function exportToMlflow(
  run: ShownRun,
  to: { readonly address: string; readonly startedAtMs: number; readonly out?: string | undefined; readonly seed: number },
  { io, cwd }: CommandHost,
): Promise<void> {
  const token = process.env.MLFLOW_TRACKING_TOKEN;
  const parts = { fetch: globalThis.fetch, rng: seededRng(to.startedAtMs), ...(token === undefined ? {} : { token }) };
  const exported = await exportRun(to.address, mlflowRun(run, to, cwd), parts);
  if (isRefusal(exported)) throw new CommandFailed(exitCodes.failed, exportFailure(exported));
  io.err(`The run is in MLflow: ${exported.url}`);
}

function mlflowRun(
  { result, statistics, family }: ShownRun,
  to: { readonly startedAtMs: number; readonly out?: string | undefined },
  cwd: string,
) {
  const endedAtMs = Date.now();
  const { strategy, parameters, rules, source, survivorship } = result;
  const { unknown: _without, ...figures } = flatStatistics(statistics);
  const numbers = { ...figures, finalEquityUsd: result.equity.equityUsd.at(-1), trialsCounted: family.trials };
  return {
    ...{ experiment: `ballast/${strategy}`, startedAtMs: to.startedAtMs, endedAtMs },
    name: `${strategy} ${Object.values(parameters).join('-')}`,
    metrics: Object.entries(numbers).flatMap(([name, value]) => (typeof value === 'number' ? metric(name, value, endedAtMs) : [])),
    params: [
      ...Object.entries(parameters).map(([name, value]) => param(name, String(value))),
      ...[param('fill', rules.fill), param('size', sizeText(rules.sizing)), param('cashUsd', String(rules.cashUsd))],
      ...Object.entries(rules.costs).map(([name, value]) => param(name, String(value))),
    ],
    tags: [
      ...[
        tag('ballast.dataset', source.name),
        tag('ballast.dataset_sha256', source.sha256),
        tag('ballast.survivorship', survivorship.kind),
      ],
      ...(to.out === undefined ? [] : [tag('ballast.tear_sheet', resolve(cwd, to.out, tearSheetName))]),
    ],
  };
}
