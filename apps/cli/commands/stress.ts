/** `ballast stress [cycle]`: what the book would lose in the policy's scenarios, and in an episode of history, day by day. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Policy, StressScenario } from '../../../shared/domain/policy/policy.ts';
import type { CycleId, EpochDay, Ticker } from '../../../shared/kernel/units.ts';
import { openDataset } from '../../../shared/providers/files/open-dataset.ts';
import { CycleDocuments, type CycleDocumentTypes } from '../../../shared/runtime/cycle-documents.ts';
import type { Lake } from '../../../shared/stores/lake/index.ts';
import type { CommandHost } from '../command-host.ts';
import { findCycle, withLake } from '../cycle-lookup.ts';
import type { StoresArguments } from '../deployed-fund.ts';
import { nearest } from '../nearest.ts';
import type { OperatorStores } from '../operator-stores.ts';
import { BadInput, type ExitCode, exitCodes } from '../outcome.ts';
import { renderStressTest } from '../render/stress.ts';
import { type IndexSeries, type StressQuestion, stressTest } from '../stress-test.ts';

interface StressOptions extends StoresArguments {
  /** A cycle id, its day, or `latest`. */
  readonly cycle: string;
  readonly scenario?: string;
  readonly index?: string;
  readonly indexSymbol?: string;
  readonly from?: EpochDay;
  readonly to?: EpochDay;
  readonly json?: boolean;
}

const defaultIndex = '^GSPC';

export async function showStress(options: StressOptions, host: CommandHost): Promise<ExitCode> {
  const episode = episodeAsked(options);
  const index = await indexFrom(options, host.cwd);
  return withLake(options, host, async (stores, lake) => {
    const book = await bookOf(stores, lake, options.cycle);
    const test = stressTest({ ...book, scenarios: scenariosAsked(options.scenario, book.policy), index, episode });
    host.io.out(options.json ? JSON.stringify(test) : renderStressTest(test, host.io));
    return exitCodes.done;
  });
}

function episodeAsked({ from, to, index, indexSymbol, scenario }: StressOptions): StressQuestion['episode'] {
  if (from === undefined && to === undefined) {
    if (indexSymbol !== undefined && index === undefined)
      throw new BadInput('--index-symbol goes with --index: name the file that holds it.');
    return null;
  }
  if (from === undefined || to === undefined)
    throw new BadInput('--from and --to go together: they are the closes an episode begins and ends at.');
  if (index === undefined) throw new BadInput('--from and --to go with --index: name a file with daily bars of the index.');
  if (scenario !== undefined) throw new BadInput('--scenario names its own dates: leave it out, or --from and --to.');
  return { from, to };
}

/** The last cycle that came as far as a book; a cycle named must have one. */
async function bookOf(
  { audit }: OperatorStores,
  lake: Lake,
  wanted: string,
): Promise<Pick<StressQuestion, 'cycleId' | 'policy' | 'portfolio' | 'allocation' | 'risk'>> {
  const named = await findCycle(audit, lake, wanted);
  const candidates = wanted === 'latest' ? (await audit.cycles()).reverse() : [named];
  for (const cycleId of candidates) {
    const documents = await documentsOf(lake, cycleId);
    if (documents !== undefined) return { cycleId, ...documents };
  }
  throw new BadInput(
    `${wanted === 'latest' ? 'No cycle' : `Cycle ${named} never`} came as far as risk, so there is no book to stress: "ballast audit" says how it ended.`,
  );
}

async function documentsOf(
  lake: Lake,
  cycleId: CycleId,
): Promise<Pick<CycleDocumentTypes, 'policy' | 'portfolio' | 'allocation' | 'risk'> | undefined> {
  const documents = new CycleDocuments(lake, cycleId);
  const [policy, portfolio, allocation, risk] = await Promise.all([
    documents.find('policy'),
    documents.find('portfolio'),
    documents.find('allocation'),
    documents.find('risk'),
  ]);
  return policy && portfolio && allocation && risk ? { policy, portfolio, allocation, risk } : undefined;
}

function scenariosAsked(wanted: string | undefined, { stress }: Policy): readonly StressScenario[] {
  if (wanted === undefined) return stress;
  const found = stress.filter(({ name }) => name === wanted);
  if (found.length > 0) return found;
  const names = stress.map(({ name }) => name);
  const near = nearest(wanted, names, 3);
  throw new BadInput(
    `There is no scenario "${wanted}" in the policy of that cycle. ${near.length > 0 ? 'Near it' : 'It has'}: ${(near.length > 0 ? near : names).join(', ')}.`,
  );
}

async function indexFrom({ index: path, indexSymbol = defaultIndex }: StressOptions, cwd: string): Promise<IndexSeries | null> {
  if (path === undefined) return null;
  const file = resolve(cwd, path);
  if (!existsSync(file) || !statSync(file).isFile()) throw new BadInput(`--index: there is no file ${file}. Check the path.`);
  const dataset = await openDataset(readFileSync(file), basename(file));
  const [bars] = await dataset.bars([indexSymbol as Ticker]);
  if (bars !== undefined) return { name: indexSymbol, days: bars.day, closes: bars.close };
  const near = nearest(indexSymbol, dataset.symbols, 3);
  const held =
    near.length > 0
      ? `Near it: ${near.join(', ')}`
      : `It has ${dataset.symbols.slice(0, 5).join(', ')}${dataset.symbols.length > 5 ? ' …' : ''}`;
  throw new BadInput(`${basename(file)} holds no symbol ${indexSymbol}. ${held}; --index-symbol names one.`);
}
