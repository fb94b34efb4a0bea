/**
 * What every agent would have said on the last session of each month, and what came of it. Bars and facts are cut before that session as a cycle
 * cuts them; the return runs from its close over the next sessions, dividends included, and is held against the median company.
 *
 * Companies without a bar on the session before, or without as many after, are left out. Data quality is taken as 1.
 */
import { readFileSync } from 'node:fs';
import type { SymbolView } from '../../shared/domain/agents/agent.ts';
import { agents } from '../../shared/domain/agents/registry.ts';
import { standings } from '../../shared/domain/factors/rank.ts';
import { factorsNamed } from '../../shared/domain/factors/registry.ts';
import { realizedDailyVol } from '../../shared/domain/indicators/momentum.ts';
import { dividendAdjusted, totalReturns } from '../../shared/domain/indicators/returns.ts';
import { barsBefore, type DailyBars, lowerBound } from '../../shared/domain/market/bars.ts';
import { sessionsBack, sessionsBetween } from '../../shared/domain/market/calendar.ts';
import { addReturns, equalWeighted } from '../../shared/domain/market/equal-weighted.ts';
import { factsBefore, type SymbolFacts } from '../../shared/domain/market/facts.ts';
import { marketBefore } from '../../shared/domain/market/market-history.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { formatDay, parseDay } from '../../shared/kernel/days.ts';
import type { EpochDay } from '../../shared/kernel/units.ts';
import { readEarnings } from '../../shared/providers/files/earnings.ts';
import { factsOf } from '../../shared/providers/files/facts-of.ts';
import { readFundamentals } from '../../shared/providers/files/fundamentals.ts';
import { readNews } from '../../shared/providers/files/news.ts';
import { openDataset } from '../../shared/providers/files/open-dataset.ts';
import { type Judged, median } from './statistics.ts';

export interface Company {
  readonly bars: DailyBars;
  readonly facts: SymbolFacts;
}

const OPINIONS_MIN = 3;

export async function companies(folder: string): Promise<Company[]> {
  const read = (name: string): Uint8Array => readFileSync(`${folder}/${name}`);
  const fundamentals = ['fundamentals/sec_pit_sp500.csv.gz', 'fundamentals/pit_quarterly_wide.csv.gz'];
  const facts = {
    fundamentals: fundamentals.map((name) => readFundamentals(read(name), name)),
    earnings: [readEarnings(read('fundamentals/earnings_surprises_2012_2019.csv.gz'), 'earnings_surprises_2012_2019.csv.gz')],
    news: [readNews(read('news/dated_ticker_headlines.csv.gz'), 'dated_ticker_headlines.csv.gz')],
  };
  const dataset = await openDataset(read('daily/us_equities_daily.parquet'), 'us_equities_daily.parquet');
  const all = await dataset.bars(dataset.symbols);
  return all.map((bars) => ({ bars, facts: factsOf(bars, facts) }));
}

/** The last session of each month of those years. */
export function monthEnds(firstYear: number, lastYear: number): EpochDay[] {
  const sessions = [...sessionsBetween(parseDay(`${firstYear}-01-01`), parseDay(`${lastYear + 1}-01-31`))];
  return sessions.filter((day, i) => i + 1 < sessions.length && monthOf(day) !== monthOf(sessions[i + 1]!)) as EpochDay[];
}

/** By agent. `admits` says which companies an agent is judged on. */
export function judgedOpinions(
  all: readonly Company[],
  days: readonly EpochDay[],
  policy: Policy,
  forwardSessions: number,
  admits: (agent: string, symbol: string) => boolean,
): Map<string, Judged[]> {
  const market = equalWeighted(addReturns(all.map(({ bars }) => bars)));
  const asked = agents(policy.agents);
  const factors = factorsNamed(Object.keys(policy.factors.weights));
  const result = new Map<string, Judged[]>(asked.map(({ name }) => [name, []]));
  for (const [month, asOf] of days.entries()) {
    const seen = all.flatMap((company) => seenOn(company, asOf, forwardSessions, policy));
    if (seen.length === 0) continue;
    const middle = median(seen.map(({ forward }) => forward));
    const context = { asOf, market: marketBefore(market, asOf), sessionsPerYear: policy.signals.sessionsPerYear, rules: policy.factors };
    const ranked = standings(
      seen.map(({ view }) => view),
      context,
      factors,
    );
    for (const agent of asked) {
      const given = seen.flatMap(({ view, forward }, i) => {
        if (!admits(agent.name, view.symbol)) return [];
        const opinion = agent.opine({ ...view, factors: ranked[i]! });
        if (opinion.kind === 'abstain') return [];
        return [{ score: opinion.evidence.score!, confidence: opinion.confidence, relativeReturn: forward - middle }];
      });
      if (given.length >= OPINIONS_MIN) result.get(agent.name)!.push(...judged(given, month));
    }
  }
  return result;
}

function judged(given: ReadonlyArray<Pick<Judged, 'score' | 'confidence' | 'relativeReturn'>>, month: number): Judged[] {
  const middleScore = median(given.map(({ score }) => score));
  return given.map((one) => ({
    ...one,
    month,
    hit: sameSide(one.score, one.relativeReturn),
    relativeHit: sameSide(one.score - middleScore, one.relativeReturn),
  }));
}

const sameSide = (a: number, b: number): boolean | null => (a === 0 || b === 0 ? null : a > 0 === b > 0);

function seenOn(
  { bars, facts }: Company,
  asOf: EpochDay,
  forwardSessions: number,
  policy: Policy,
): Array<{ readonly view: SymbolView; readonly forward: number }> {
  const now = lowerBound(bars.day, asOf);
  const loaded = barsBefore(bars, asOf, policy.history.loadedSessions);
  if (loaded.day.length < policy.history.loadedSessions || bars.day[now] !== asOf || bars.day[now - 1] !== sessionsBack(asOf, 1)) return [];
  if (now + forwardSessions >= bars.day.length) return [];
  let growth = 1;
  for (let i = now + 1; i <= now + forwardSessions; i++) growth *= (bars.close[i]! + bars.dividend[i]!) / bars.close[i - 1]!;
  const dailyVol = realizedDailyVol(totalReturns(loaded), policy.signals.volatilityBars);
  if (!(dailyVol > 0 && Number.isFinite(growth))) return [];
  const view: SymbolView = {
    symbol: bars.symbol,
    asOf,
    bars: dividendAdjusted(loaded),
    dailyVol,
    dataQualityScore: 1,
    facts: factsBefore(facts, asOf),
    factors: [],
    rules: policy,
  };
  return [{ view, forward: growth - 1 }];
}

const monthOf = (day: number): string => formatDay(day as EpochDay).slice(0, 7);
