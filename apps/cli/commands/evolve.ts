/**
 * `ballast evolve`: a genetic search for trading rules. Every genome that was evaluated is counted as a trial; the best is judged with all of them counted,
 * where it was bred and in a hold-out that no genome saw. Stopped by Ctrl-C, the same search goes on after the last epoch that was complete.
 */
import { describe } from '../../../shared/domain/research/evolution/describe-genome.ts';
import { frontOf, trialsOf } from '../../../shared/domain/research/evolution/evolution.ts';
import { groundOf } from '../../../shared/domain/research/evolution/ground.ts';
import { judgeSearch } from '../../../shared/domain/research/evolution/judge-search.ts';
import type { CommandHost } from '../command-host.ts';
import { type ExitCode, exitCodes } from '../outcome.ts';
import { evolutionDocument, renderEvolution } from '../render/research/evolve.ts';
import { confidenceLevel, evolve, planOf, type SearchArguments } from '../research/evolve-run.ts';
import { keepFinding } from '../research/findings.ts';
import { costOfSearch, costText, evolveByMachine, type MachineArguments } from '../research/machine-run.ts';
import type { MarketArguments } from '../research/options.ts';
import { openMarket } from '../research/question.ts';
import { orBadInput } from '../research/refusals.ts';
import { evolutionBatchOf } from '../research/trial-batch.ts';
import { countTrials, type LedgerArguments } from '../research/trial-book.ts';

export interface EvolveArguments extends MarketArguments, SearchArguments, LedgerArguments, MachineArguments {
  readonly top: number;
  readonly json?: boolean;
}

export async function runEvolve(options: EvolveArguments, host: CommandHost): Promise<ExitCode> {
  const market = await openMarket(options, host);
  const search = planOf(options, market);
  // What cannot be searched is said before anything is bred.
  const ground = orBadInput(groundOf({ panel: market.panel, cacheBytesMax: 64 * 1024 * 1024 }));
  const states = await (options.machine ? evolveByMachine : evolve)(search, market, options, host);
  const { trials, sharpe } = trialsOf(states);
  const tried = `${options.islands} islands of ${options.population}, ${options.generations} generations, seed ${options.seed}`;
  const batch = { command: 'evolve', tried, trials, sharpe } as const;
  const counted = await evolutionBatchOf(market, search, batch, options);
  const family = await countTrials(counted, options);
  const verdict = judgeSearch({ states, ground, ranges: search.ranges, rules: search.rules, confidenceLevel });
  const { batchId: findingId, datasetSha256 } = counted;
  const symbols = market.panel.series.map(({ symbol }) => symbol);
  keepFinding({ findingId, datasetSha256, symbols, rules: search.rules, verdict }, options.state);
  const front = states.flatMap((state) => frontOf(state)).filter(({ id }, at, all) => all.findIndex((other) => other.id === id) === at);
  const shown = {
    ...{ market, search, verdict, family, asked: options },
    front: front
      .sort((a, b) => (b.evaluation.sharpe ?? 0) - (a.evaluation.sharpe ?? 0) || (a.id < b.id ? -1 : 1))
      .slice(0, options.top)
      .map((individual) => ({ ...individual, reads: describe(individual.genome) })),
  };
  const onAws = costOfSearch(search, market);
  const kept = `This search is ${findingId.slice(0, 16)}: "ballast strategies propose --from-evolution ${findingId.slice(0, 16)}" takes its best through the gates.`;
  host.io.out(
    options.json
      ? JSON.stringify({ ...evolutionDocument(shown), findingId, aws: onAws })
      : `${renderEvolution(shown, host.io)}\n\n${kept}\n${costText(onAws)}`,
  );
  return exitCodes.done;
}
