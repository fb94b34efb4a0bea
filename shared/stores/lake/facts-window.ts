/** Which facts a decision on a day may be handed: those known before it, and not so old that nobody asks for them. */
import { factsBefore, type SymbolFacts } from '../../domain/market/facts.ts';
import { newYorkDay } from '../../domain/market/new-york-time.ts';
import { yearOf } from '../../kernel/days.ts';
import type { EpochDay } from '../../kernel/units.ts';

/** Six years: five of growth need a sixth to begin from. */
export const reportsBackDays = 2196;
/** Twice what any reader of news counts: after two months a headline is in the price. */
export const newsBackDays = 60;

export function factsInWindow(facts: SymbolFacts, before: EpochDay): SymbolFacts {
  const { symbol, reports, earnings, news } = factsBefore(facts, before);
  return {
    symbol,
    reports: reports.filter(({ availableDay }) => availableDay >= before - reportsBackDays),
    earnings: earnings.filter(({ availableDay }) => availableDay >= before - reportsBackDays),
    news: news.filter(({ publishedAt }) => newYorkDay(publishedAt) >= before - newsBackDays),
  };
}

/** The New York years whose headlines lie in the window. */
export const newsYears = (before: EpochDay): { readonly first: number; readonly last: number } => ({
  first: yearOf((before - newsBackDays) as EpochDay),
  last: yearOf((before - 1) as EpochDay),
});
