/**
 * The work of one Distributed Map item: reads the bars of its symbols, profiles them as delivered, and writes them by year,
 * with what is known of the companies besides, and what they add to the market's returns.
 * A bad symbol is named with its reasons and stored like the others, so that a cycle can say why it does not trade;
 * it never fails the run. The same chunk writes the same objects, however often it is delivered.
 */
import { type DailyBars, lowerBound, sliceBars } from '../../domain/market/bars.ts';
import { nextSession } from '../../domain/market/calendar.ts';
import { addReturns } from '../../domain/market/equal-weighted.ts';
import type { GovernanceRules, QualityRules } from '../../domain/policy/policy.ts';
import { governSymbol } from '../../domain/quality/governance.ts';
import { qualityAsOf } from '../../domain/quality/judge.ts';
import { profileBars, type QualityProfile } from '../../domain/quality/profile.ts';
import { parseDay, yearOf } from '../../kernel/days.ts';
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import { inParallel } from '../../stores/lake/in-parallel.ts';
import { lakeKeys } from '../../stores/lake/keys.ts';
import type { Lake } from '../../stores/lake/lake.ts';
import type { BlockedSymbol, ChunkReport, IngestChunk } from './chunk.ts';
import { inDayOrder } from './day-order.ts';
import { openSource } from './source.ts';

export interface IngestRules {
  readonly quality: QualityRules;
  readonly governance: GovernanceRules;
}

export interface ChunkResult {
  readonly part: number;
  readonly symbolCount: number;
  readonly rows: number;
  readonly partCount: number;
  /** Judged by its own rows; whether a series is out of date is seen when the whole dataset is known. */
  readonly blocked: readonly BlockedSymbol[];
}

const putsAtOnce = 8;

export async function ingestChunk(
  chunk: IngestChunk,
  { lake, rules }: { readonly lake: Lake; readonly rules: IngestRules },
): Promise<ChunkResult> {
  const { datasetId, part } = chunk;
  const provider = await openSource(chunk.source, lake);
  const delivered = await provider.dailyBars(chunk.symbols as Ticker[]);
  const profiles = delivered.map((bars) => profileBars(bars, { adjustment: 'split-adjusted' }));
  const sorted = delivered.map(inDayOrder);

  const parts = await inParallel(byYear(sorted), putsAtOnce, ({ year, bars }) => lake.writeBarsPart({ datasetId, year, part, bars }));
  const factsParts = await lake.writeFacts(datasetId, part, await provider.facts(sorted));
  const qualityKey = await lake.writeProfiles(datasetId, part, profiles);
  const report: ChunkReport = {
    datasetId,
    part,
    rows: sorted.reduce((sum, { day }) => sum + day.length, 0),
    instruments: sorted.map(({ symbol, day }) => ({
      symbol,
      rows: day.length,
      firstDay: day[0]! as EpochDay,
      lastDay: day.at(-1)! as EpochDay,
      part,
    })),
    parts,
    factsParts,
    returns: addReturns(sorted),
    qualityKey,
    blocked: profiles.flatMap((profile) => blockedBy(profile, rules)),
  };
  await lake.putJson(lakeKeys.chunkReport(datasetId, part), report);
  return { part, symbolCount: sorted.length, rows: report.rows, partCount: parts.length, blocked: report.blocked };
}

/** Judged as of the session after its last row. */
function blockedBy(profile: QualityProfile, rules: IngestRules): BlockedSymbol[] {
  if (profile.lastDay === null) return [{ symbol: profile.symbol, state: 'QUARANTINED', reasons: ['no-history'] }];
  const { state, reasons } = governSymbol(qualityAsOf(profile, nextSession(profile.lastDay), rules.quality), rules.governance);
  return state === 'ACTIVE' ? [] : [{ symbol: profile.symbol, state, reasons: [...reasons] }];
}

interface YearOfBars {
  readonly year: number;
  readonly bars: DailyBars[];
}

function byYear(series: readonly DailyBars[]): YearOfBars[] {
  const years = new Map<number, DailyBars[]>();
  for (const bars of series) {
    for (let start = 0; start < bars.day.length; ) {
      const year = yearOf(bars.day[start]! as EpochDay);
      const end = lowerBound(bars.day, parseDay(`${String(year + 1).padStart(4, '0')}-01-01`));
      const ofYear = years.get(year) ?? [];
      ofYear.push(sliceBars(bars, start, end));
      years.set(year, ofYear);
      start = end;
    }
  }
  return [...years].map(([year, bars]) => ({ year, bars })).sort((a, b) => a.year - b.year);
}
