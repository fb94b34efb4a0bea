/**
 * What several files of facts know of one company, as its bars need it: in order, each quarter once, and in the bars' shares.
 *
 * A vendor gives a history in the shares of its last day, with every split up to then divided out; so do our bars. Where the files
 * end on different days, the splits in between are still to be applied: seven dollars a share before a four-for-one split are
 * 1.75 after it, four million shares sixteen. The ratio of earnings to price is the same before and after, so this tells nothing
 * of the future to whoever decides before the split.
 *
 * Not covered: splits after the last bar that only one of the vendors has applied, which no file tells of.
 */
import type { EarningsRelease, FundamentalReport, Headline, SymbolFacts } from '../../domain/market/facts.ts';
import type { EpochDay } from '../../kernel/units.ts';
import type { RawBars } from '../provider.ts';
import type { FactsFile } from './facts-file.ts';
import { mergeReports } from './merge-reports.ts';

export interface OpenedFacts {
  readonly fundamentals: readonly FactsFile<FundamentalReport>[];
  readonly earnings: readonly FactsFile<EarningsRelease>[];
  readonly news: readonly FactsFile<Headline>[];
}

export function factsOf(bars: RawBars, { fundamentals, earnings, news }: OpenedFacts): SymbolFacts {
  const { symbol } = bars;
  const reports = fundamentals.map((file) => inSharesOf(bars, file, withShares));
  const releases = earnings.flatMap((file) => inSharesOf(bars, file, perShare));
  const headlines = news.flatMap((file) => file.facts.get(symbol) ?? []);
  return {
    symbol,
    reports: mergeReports(reports),
    earnings: firstOfEach(releases, ({ availableDay }) => `${availableDay}`).sort((a, b) => a.availableDay - b.availableDay),
    news: firstOfEach(headlines, ({ publishedAt, text }) => `${publishedAt} ${text}`).sort((a, b) => a.publishedAt - b.publishedAt),
  };
}

/** The file's facts of the company; `convert` is given how many of the bars' shares one of the file's shares has become. */
function inSharesOf<Fact>(bars: RawBars, file: FactsFile<Fact>, convert: (fact: Fact, newPerOld: number) => Fact): readonly Fact[] {
  const facts = file.facts.get(bars.symbol) ?? [];
  const newPerOld = splitsAfter(bars, file.lastDay);
  return newPerOld === 1 ? facts : facts.map((fact) => convert(fact, newPerOld));
}

function splitsAfter({ day, splitRatio }: RawBars, last: EpochDay): number {
  let product = 1;
  for (let row = 0; row < day.length; row++) if (day[row]! > last && splitRatio[row]! > 0) product *= splitRatio[row]!;
  return product;
}

const withShares = (report: FundamentalReport, newPerOld: number): FundamentalReport => ({
  ...report,
  sharesOutstanding: report.sharesOutstanding === null ? null : report.sharesOutstanding * newPerOld,
});

const perShare = (release: EarningsRelease, newPerOld: number): EarningsRelease => ({
  ...release,
  epsUsd: release.epsUsd / newPerOld,
  epsEstimateUsd: release.epsEstimateUsd === null ? null : release.epsEstimateUsd / newPerOld,
});

/** Where two files tell of the same, the one named first is believed. */
function firstOfEach<Fact>(facts: readonly Fact[], keyOf: (fact: Fact) => string): Fact[] {
  const first = new Map<string, Fact>();
  for (const fact of facts) {
    const key = keyOf(fact);
    if (!first.has(key)) first.set(key, fact);
  }
  return [...first.values()];
}
