/**
 * A sweep or a search by the state machine rather than by threads of the command: the panel is put under the hash of its content, the machine is started or
 * found running, and what it wrote is fetched. The same question gives the same table and the same populations either way, and is counted as the same
 * trials; what the machine cannot be asked is refused here, before anything is put.
 */
import * as z from 'zod';
import { EpochState, type EvolutionRequest, SweepOutcome, type SweepRequest } from '../../../shared/contracts/research.ts';
import type { EvolutionState } from '../../../shared/domain/research/evolution/evolution.ts';
import { combinationsIn, type Grid } from '../../../shared/domain/research/fast/grid.ts';
import { whyNotFast } from '../../../shared/domain/research/fast/sweep-signals.ts';
import type { Panel } from '../../../shared/domain/research/panel.ts';
import { costOfEvolution, type EvolutionCost } from '../../../shared/domain/research/price-model.ts';
import type { Parameters } from '../../../shared/domain/research/strategy.ts';
import { evolvedFamily } from '../../../shared/domain/research/trial-identity.ts';
import { invariant } from '../../../shared/kernel/errors.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { decodeSweepTable } from '../../../shared/runtime/research/sweep-table.ts';
import { researchKeys } from '../../../shared/stores/research-results.ts';
import type { CommandHost } from '../command-host.ts';
import { BadInput, CommandFailed, exitCodes } from '../outcome.ts';
import { policyActor } from '../policy-actor.ts';
import { confidenceLevel, epochSettings, holdOutFrac, purgeMoments, type Search } from './evolve-run.ts';
import { failuresText, type Items, runMachine } from './machine-execution.ts';
import { atStation, type Station, type StationArguments } from './machine-station.ts';
import { progressBar } from './progress-bar.ts';
import type { Market, Question } from './question.ts';
import { withCalledRuns } from './research-work.ts';
import type { SweepRun } from './sweep-run.ts';

export interface MachineArguments extends StationArguments {
  /** Run by the state machine: on this machine's local cloud, or with --aws in the account. */
  readonly machine?: boolean;
}

export interface SweepByMachine extends MachineArguments {
  readonly grid: string;
  readonly params?: Parameters;
  /** At least so many. */
  readonly chunks?: number;
}

/** Bars times combinations of a chunk in the local cloud, where nothing is billed and a second of work is lost at most; on AWS the plan says how many. */
const barColumnsPerChunk = 10_000_000;
const chunksMax = 10_000;

/** @throws BadInput for what the machine does not run, CommandFailed naming the chunks that failed. */
export async function sweepByMachine(question: Question, grid: Grid, options: SweepByMachine, { io }: CommandHost): Promise<SweepRun> {
  const { panel, strategy, rules, range } = question;
  const slow = whyNotFast({ panel, strategy, rules });
  if (slow !== null) throw new BadInput(`--machine sweeps by the vectorised path alone, and not here: ${slow}. Leave it out.`);
  assertTravels(question);
  const actor = await policyActor(options, undefined);
  const combinations = combinationsIn(grid);
  return atStation(options, io, async (station) => {
    const chunksMin = options.chunks ?? (station.isOnAws ? undefined : localChunks(combinations, barsOf(panel)));
    const request: SweepRequest = {
      panelId: await station.results.putPanel(panel),
      ...{ strategy: strategy.name, grid: gridText(options), rules, fromMoment: range.fromMoment, actor },
      ...(chunksMin === undefined ? {} : { chunksMin }),
    };
    const family = { strategy: strategy.name, datasetSha256: panel.source.sha256 };
    const bar = machineBar(io, { title: 'Sweeping', unit: 'chunks' });
    const { output, startedAtMs } = await runMachine(station, 'research-sweep', request, bar.look).finally(async () => {
      bar.end();
      await station.countHere(family);
    });
    const outcome = SweepOutcome.parse(JSON.parse(output));
    if (outcome.resultKey === null) throw partial(outcome);
    const bytes = await station.results.parquet(outcome.resultKey);
    invariant(!isRefusal(bytes), 'a sweep that is complete has its result', { sweepId: outcome.sweepId });
    const job = { kind: 'sweep', strategy: strategy.name, grid, rules, range, membership: null } as const;
    return {
      table: withCalledRuns(job, panel, await decodeSweepTable(bytes)),
      ...{ combinations, chunks: outcome.chunks, notFastBecause: null },
      chunksFound: await chunksBefore(station, outcome, startedAtMs),
    };
  });
}

/** The grid as it was written, with what is fixed as single values behind it: as `gridOf` puts them. */
const gridText = ({ grid, params = {} }: Pick<SweepByMachine, 'grid' | 'params'>): string =>
  [grid, ...Object.entries(params).map(([name, value]) => `${name}=${value}`)].join(',');

const localChunks = (combinations: number, bars: number): number =>
  Math.min(chunksMax, combinations, Math.max(1, Math.ceil((combinations * bars) / barColumnsPerChunk)));

const barsOf = ({ series }: Panel): number => series.reduce((bars, { day }) => bars + day.length, 0);

function partial({ failed, chunks }: SweepOutcome): CommandFailed {
  const named = failuresText(failed.map(({ chunk, error }) => ({ item: `chunk ${chunk}`, error })));
  const text = `${failed.length} of ${chunks} chunks failed: ${named}. The others are kept and counted; the same command runs these alone.`;
  return new CommandFailed(exitCodes.failed, text.replaceAll(/\s*\n\s*/g, ' '));
}

/** Those stored before this execution began, as far as whole seconds tell. */
async function chunksBefore({ results }: Station, { sweepId, chunks }: SweepOutcome, startedAtMs: number): Promise<number> {
  const startedSecondMs = Math.floor(startedAtMs / 1000) * 1000;
  const stored = await Promise.all(Array.from({ length: chunks }, (_, chunk) => results.storedAt(researchKeys.chunk(sweepId, chunk))));
  return stored.filter((at) => !isRefusal(at) && at < startedSecondMs).length;
}

/** What a search costs on AWS, at whole epochs. */
export function costOfSearch(search: Search, { panel }: Pick<Market, 'panel'>): Pick<EvolutionCost, 'usd' | 'usdPer10kBacktests'> {
  const { islands, plan, generations } = search;
  const { generationsPerEpoch } = epochSettings(search);
  const epochs = Math.ceil(generations / generationsPerEpoch);
  const work = { islands, epochs, generationsPerEpoch, populationSize: plan.populationSize, bars: barsOf(panel) };
  const { usd, usdPer10kBacktests } = costOfEvolution(work);
  return { usd, usdPer10kBacktests };
}

export const costText = ({ usd, usdPer10kBacktests }: Pick<EvolutionCost, 'usd' | 'usdPer10kBacktests'>): string =>
  `On AWS: about ${usd.toFixed(4)} USD, ${usdPer10kBacktests.toFixed(4)} USD per 10,000 genomes (list prices)`;

const FinishedEvolution = z.object({ evolutionId: z.string() });

/** All islands after the last epoch. @throws BadInput for what the machine does not run, CommandFailed naming the islands that failed. */
export async function evolveByMachine(
  search: Search,
  market: Market,
  options: MachineArguments,
  { io }: CommandHost,
): Promise<readonly EvolutionState[]> {
  const { generationsPerEpoch, migrants } = epochSettings(search);
  const { islands, generations, plan, rules } = search;
  if (generations % generationsPerEpoch !== 0)
    throw new BadInput(`--machine runs whole epochs: --generations is below ${generationsPerEpoch} or a multiple of it.`);
  assertTravels(market);
  const epochs = generations / generationsPerEpoch;
  const { panel, range } = market;
  const actor = await policyActor(options, undefined);
  return atStation(options, io, async (station) => {
    const request: EvolutionRequest = {
      panelId: await station.results.putPanel(panel),
      ...{ actor, islands, epochs, generationsPerEpoch, migrants, holdOutFrac, purgeMoments, confidenceLevel, search: plan },
      rules: { costBps: rules.costBps, borrowAnnualFrac: rules.borrowAnnualFrac, momentsPerYear: rules.momentsPerYear },
      fromMoment: range.fromMoment,
    };
    const bar = machineBar(io, { title: 'Evolving', unit: 'islands', total: islands * epochs });
    const { output } = await runMachine(station, 'evolve-strategies', request, bar.look).finally(async () => {
      bar.end();
      await station.countHere({ strategy: evolvedFamily, datasetSha256: panel.source.sha256 });
    });
    const { evolutionId } = FinishedEvolution.parse(JSON.parse(output));
    if (station.isOnAws) io.err(`Its result is in the research bucket: ${researchKeys.evolutionResult(evolutionId)}`);
    const states = await station.results.json(researchKeys.epoch(evolutionId, epochs - 1), EpochState);
    invariant(!isRefusal(states), 'an evolution that is complete has its populations', { evolutionId });
    return states;
  });
}

function assertTravels({ membership }: Pick<Market, 'membership'>): void {
  if (membership !== null)
    throw new BadInput('--machine: the list of --universe does not travel with the panel. Leave one of the two out.');
}

/** Drawn from the first look at which the total is known. */
function machineBar(
  io: CommandHost['io'],
  { title, unit, total }: { readonly title: string; readonly unit: string; readonly total?: number },
) {
  let bar: ReturnType<typeof progressBar> | undefined;
  return {
    look: (items: Items): void => {
      const whole = total ?? items.total;
      if (whole === 0) return;
      bar ??= progressBar(io, { title, unit, total: whole });
      bar.update(items.done);
    },
    end: (): void => bar?.end(),
  };
}
