/**
 * The book that a cycle left, put through the policy's stress scenarios and, with a file of the index, through episodes as they happened.
 * The book is the weights that risk approved; each holding's beta is the one that risk measured, or 1 where it measured none because the
 * cycle wanted to leave the holding and was not let.
 */

import type { StressScenario } from '../../shared/domain/policy/policy.ts';
import { type Episode, replayEpisode } from '../../shared/domain/risk/episode.ts';
import { gainsAlong, type StressedHolding, stressLosses } from '../../shared/domain/risk/stress.ts';
import { formatDay, tryParseDay } from '../../shared/kernel/days.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { CycleId, EpochDay } from '../../shared/kernel/units.ts';
import type { CycleDocumentTypes } from '../../shared/runtime/cycle-documents.ts';
import { BadInput, CommandFailed, exitCodes } from './outcome.ts';

/** Daily closes of the market, by day. */
export interface IndexSeries {
  readonly name: string;
  readonly days: Int32Array;
  readonly closes: Float64Array;
}

export interface BookHolding extends StressedHolding {
  /** Nobody measured its beta in that cycle; it is taken to move with the market. */
  readonly betaAssumed: boolean;
}

export interface ScenarioLoss {
  readonly name: string;
  readonly indexReturnFrac: number;
  /** The whole move at once. */
  readonly lossFrac: number;
  /** The worst day of the episode replayed; null without a file that covers it. */
  readonly replayedLossFrac: number | null;
}

export interface Replay {
  readonly name: string;
  readonly index: string;
  readonly from: string;
  readonly to: string;
  readonly days: readonly string[];
  /** Since the close of `from`, as fractions; of the book, of equity. */
  readonly indexReturnFracs: readonly number[];
  readonly bookReturnFracs: readonly number[];
  readonly indexEndReturnFrac: number;
  readonly indexPeakToTroughFrac: number;
  readonly worstIndexDay: string;
  readonly worstIndexDayReturnFrac: number;
  readonly lossFrac: number;
}

/** The stable document of `ballast stress --json`. */
export interface StressTest {
  readonly cycleId: CycleId;
  readonly equityUsd: number;
  readonly lossFracMax: number;
  readonly grossFrac: number;
  readonly beta: number;
  readonly holdings: readonly BookHolding[];
  readonly scenarios: readonly ScenarioLoss[];
  readonly replay: Replay | null;
}

export interface StressQuestion {
  readonly cycleId: CycleId;
  readonly policy: CycleDocumentTypes['policy'];
  readonly portfolio: CycleDocumentTypes['portfolio'];
  readonly allocation: CycleDocumentTypes['allocation'];
  readonly risk: CycleDocumentTypes['risk'];
  readonly scenarios: readonly StressScenario[];
  readonly index: IndexSeries | null;
  /** An episode that no scenario names. */
  readonly episode: { readonly from: EpochDay; readonly to: EpochDay } | null;
}

/** @throws BadInput for dates the index does not have, CommandFailed where the book cannot be measured. */
export function stressTest(question: StressQuestion): StressTest {
  const { cycleId, policy, portfolio, scenarios, index, episode } = question;
  const holdings = holdingsOf(question);
  const episodes = new Map(index === null ? [] : scenarios.flatMap((scenario) => episodeOf(scenario, index)));
  const atOnce = lossesOf(holdings, scenarios);
  const replayed = lossesOf(holdings, scenarios, episodes);
  const losses = scenarios.map(({ name, indexReturnFrac }, i): ScenarioLoss => {
    return { name, indexReturnFrac, lossFrac: atOnce[i]!, replayedLossFrac: episodes.has(name) ? replayed[i]! : null };
  });
  return {
    cycleId,
    equityUsd: portfolio.equityUsd,
    lossFracMax: policy.risk.stressLossFracMax,
    grossFrac: holdings.reduce((sum, { weight }) => sum + Math.abs(weight), 0),
    beta: holdings.reduce((sum, { weight, beta }) => sum + weight * beta, 0),
    holdings,
    scenarios: losses,
    replay: index === null ? null : replayOf(holdings, index, episode, losses, scenarios, episodes),
  };
}

function holdingsOf({ allocation, risk }: StressQuestion): BookHolding[] {
  const sectors = new Map(allocation.symbols.map(({ symbol, sector }) => [symbol, sector]));
  const betas = new Map(risk.assessment.perSymbol.map(({ symbol, beta }) => [symbol, beta]));
  return risk.approved
    .filter(({ weight }) => weight !== 0)
    .map(({ symbol, weight }) => {
      const beta = betas.get(symbol);
      return { symbol, sector: sectors.get(symbol) ?? null, weight, beta: beta ?? 1, betaAssumed: beta === undefined };
    });
}

function lossesOf(
  holdings: readonly BookHolding[],
  scenarios: readonly StressScenario[],
  episodes?: ReadonlyMap<string, Pick<Episode, 'returns'>>,
): number[] {
  const results = stressLosses(holdings, scenarios, episodes);
  if (isRefusal(results))
    throw new CommandFailed(exitCodes.failed, `The book cannot be stressed: ${results.reason} ${JSON.stringify(results.details)}.`);
  return results.map(({ lossFrac }) => lossFrac);
}

/** A scenario that is no episode, or one the file does not reach, is not replayed. */
function episodeOf({ name, from, to }: StressScenario, index: IndexSeries): Array<[string, Episode]> {
  const [first, last] = [tryParseDay(from ?? ''), tryParseDay(to ?? '')];
  if (first === undefined || last === undefined) return [];
  const episode = replayEpisode(index.days, index.closes, first, last);
  return isRefusal(episode) ? [] : [[name, episode]];
}

/** Day by day: of the episode asked for, else of the scenario that costs the book most. */
function replayOf(
  holdings: readonly BookHolding[],
  index: IndexSeries,
  asked: StressQuestion['episode'],
  losses: readonly ScenarioLoss[],
  scenarios: readonly StressScenario[],
  episodes: ReadonlyMap<string, Episode>,
): Replay | null {
  if (asked !== null) {
    const episode = replayEpisode(index.days, index.closes, asked.from, asked.to);
    if (isRefusal(episode)) throw new BadInput(whyNoEpisode(index, asked));
    const name = `${formatDay(asked.from)} to ${formatDay(asked.to)}`;
    const scenario: StressScenario = { name, indexReturnFrac: episode.endReturnFrac, source: index.name };
    return replay(holdings, index, scenario, episode, asked.from);
  }
  const worst = losses.reduce<ScenarioLoss | undefined>(
    (found, loss) =>
      loss.replayedLossFrac !== null && loss.replayedLossFrac > (found?.replayedLossFrac ?? Number.NEGATIVE_INFINITY) ? loss : found,
    undefined,
  );
  if (worst === undefined) return null;
  const scenario = scenarios.find(({ name }) => name === worst.name)!;
  return replay(holdings, index, scenario, episodes.get(worst.name)!, tryParseDay(scenario.from!)!);
}

function replay(holdings: readonly BookHolding[], index: IndexSeries, scenario: StressScenario, episode: Episode, from: EpochDay): Replay {
  const path = (some: readonly StressedHolding[]): number[] => [0, ...gainsAlong(some, scenario, episode.returns)];
  const market: StressedHolding = { symbol: holdings[0]?.symbol ?? ('' as StressedHolding['symbol']), sector: null, weight: 1, beta: 1 };
  return {
    name: scenario.name,
    index: index.name,
    from: formatDay(from),
    to: formatDay(episode.days.at(-1)! as EpochDay),
    days: [from, ...episode.days].map((day) => formatDay(day as EpochDay)),
    indexReturnFracs: [
      0,
      ...gainsAlong([market], { ...scenario, sectorReturnFracs: undefined, symbolReturnFracs: undefined }, episode.returns),
    ],
    bookReturnFracs: path(holdings),
    indexEndReturnFrac: episode.endReturnFrac,
    indexPeakToTroughFrac: episode.peakToTroughFrac,
    worstIndexDay: formatDay(episode.worstDay),
    worstIndexDayReturnFrac: episode.worstDayReturnFrac,
    lossFrac: lossesOf(holdings, [scenario], new Map([[scenario.name, episode]]))[0]!,
  };
}

/** Names the closes of the file around each date that it does not have. */
function whyNoEpisode({ name, days }: IndexSeries, { from, to }: { readonly from: EpochDay; readonly to: EpochDay }): string {
  if (from >= to) return '--from must lie before --to.';
  const missing = [
    { option: '--from', day: from },
    { option: '--to', day: to },
  ].filter(({ day }) => !days.includes(day));
  if (missing.length === 0) return `The closes of ${name} between ${formatDay(from)} and ${formatDay(to)} are not all positive numbers.`;
  const { option, day } = missing[0]!;
  const around = [days.findLast((one) => one < day), days.find((one) => one > day)].filter((one) => one !== undefined);
  return `${option}: ${name} has no close on ${formatDay(day)}. Near it: ${around.map((one) => formatDay(one as EpochDay)).join(', ')}.`;
}
