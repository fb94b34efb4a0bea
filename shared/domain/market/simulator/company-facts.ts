/**
 * What a simulated company tells of itself, given its prices: a report and an earnings release each quarter, and its headlines.
 *
 * 1. A quarter ends with a calendar month; the release follows when the price has its earnings jump: after the close of the session
 *    before, or before the open of the same. The report is filed with it or some sessions later, one to seven weeks after the quarter.   companyQuarters
 * 2. Sales grow with a trend of the company's own, a little with its price, and by chance; a margin turns them into earnings.
 * 3. Analysts expect the trend. What differs is the surprise, most of which the jump of the price is an answer to.
 *
 * Shares are those of the bars, today's; a split changes nothing here. Each kind of fact draws from a stream of its own, so adding
 * one leaves the others, and the prices, as they were. Levels are chosen, not fitted.
 */
import { yearOf } from '../../../kernel/days.ts';
import type { Rng } from '../../../kernel/rng.ts';
import type { EpochDay } from '../../../kernel/units.ts';
import type { SymbolFacts } from '../facts.ts';
import { dayOf, newYorkDay } from '../new-york-time.ts';
import type { CompanyHistory, EarningsMove } from './company-bars.ts';
import { companyNews } from './company-news.ts';
import type { CompanyQuarter } from './company-quarter.ts';
import type { SimulatedCompany } from './universe.ts';

/** Everything of a company, whichever days its bars are cut to afterwards. */
export function companyFacts(company: SimulatedCompany, history: CompanyHistory, rng: Rng): SymbolFacts {
  const quarters = companyQuarters(company, history, rng);
  return {
    symbol: company.symbol,
    reports: quarters.map(({ report }) => report).sort((a, b) => a.availableDay - b.availableDay),
    earnings: quarters.map(({ release }) => release).sort((a, b) => a.availableDay - b.availableDay),
    news: companyNews(company, history.bars, quarters, rng.fork('news')),
  };
}

/** The facts of the days from the first to the last of `day`; none for a company without bars. */
export function factsWithin({ symbol, reports, earnings, news }: SymbolFacts, day: Int32Array): SymbolFacts {
  const within = (known: EpochDay): boolean => day.length > 0 && known >= day[0]! && known <= day.at(-1)!;
  return {
    symbol,
    reports: reports.filter(({ availableDay }) => within(availableDay)),
    earnings: earnings.filter(({ availableDay }) => within(availableDay)),
    news: news.filter(({ publishedAt }) => within(newYorkDay(publishedAt))),
  };
}

const sessionsPerQuarter = 63;
/** Of what a company is worth, this much changes hands on a typical day. */
const turnoverFrac = 0.004;
/** A surprise of a tenth goes with a jump of 3 %. */
const surprisePerJump = 3;
const surpriseNoiseFrac = 0.03;
const surpriseMost = 0.6;
const growthPerReturn = 0.1;
const growthNoise = 0.015;
/** A report is filed with the release, or fewer sessions than this later. */
const filingSessionsMost = 4;
/** Companies that announce later than this many sessions into the calendar's quarter end their own a month after it. */
const lateSessions = 26;

/** What stays the same for a company: how its sales become earnings, assets and cash. */
interface Character {
  readonly quarterlyGrowth: number;
  readonly marginFrac: number;
  readonly assetsPerSales: number;
  readonly equityFrac: number;
  readonly cashPerIncome: number;
  readonly capexPerSales: number;
  readonly announcesAfterClose: boolean;
}

function characterOf({ sector }: SimulatedCompany, rng: Rng): Character {
  const between = (least: number, most: number): number => least + (most - least) * rng.uniform();
  return {
    quarterlyGrowth: between(0, 0.025),
    marginFrac: between(0.04, 0.24),
    assetsPerSales: sector === 'Financials' ? between(20, 40) : between(3, 8),
    equityFrac: sector === 'Financials' ? between(0.08, 0.14) : between(0.3, 0.65),
    cashPerIncome: between(1, 1.5),
    capexPerSales: between(0.015, 0.07),
    announcesAfterClose: rng.uniform() < 0.6,
  };
}

function companyQuarters(company: SimulatedCompany, { bars, earnings }: CompanyHistory, rng: Rng): CompanyQuarter[] {
  const character = characterOf(company, rng.fork('character'));
  const reportRng = rng.fork('reports');
  const surpriseRng = rng.fork('surprises');
  const worthUsd = (company.dailyValueUsdM * 1e6) / turnoverFrac;
  const sharesOutstanding = Math.round(worthUsd / company.firstPriceUsd);
  const earningsYieldFrac = 0.03 + 0.05 * rng.fork('yield').uniform();
  const firstMonth = monthAfterFirstQuarter(earnings[0], bars.day);

  let salesUsd = (worthUsd * earningsYieldFrac) / 4 / character.marginFrac;
  return earnings.map(({ session, jumpLogReturn }, quarter) => {
    const before = Math.max(0, session - sessionsPerQuarter);
    const priceGrowth = Math.log(bars.close[session - 1]! / bars.close[before]!);
    salesUsd *= Math.exp(character.quarterlyGrowth + growthPerReturn * priceGrowth + growthNoise * reportRng.normal());
    const drawn = surprisePerJump * jumpLogReturn + surpriseNoiseFrac * surpriseRng.normal();
    const surpriseFrac = Math.max(-surpriseMost, Math.min(surpriseMost, drawn));

    const epsEstimateUsd = cents((salesUsd * character.marginFrac) / sharesOutstanding);
    const epsUsd = cents(epsEstimateUsd * (1 + surpriseFrac));
    const announced = character.announcesAfterClose ? session - 1 : session;
    const announcedOn = bars.day[announced]! as EpochDay;
    const filed = Math.min(bars.day.length - 1, announced + Math.floor(filingSessionsMost * reportRng.uniform()));
    const availableDay = bars.day[filed]! as EpochDay;
    const periodEnd = monthEnd(firstMonth.year, firstMonth.month + 3 * quarter);

    const netIncomeUsd = thousands(epsUsd * sharesOutstanding);
    const operatingCashFlowUsd = thousands(netIncomeUsd * character.cashPerIncome * (1 + 0.1 * reportRng.normal()));
    const capitalExpenditureUsd = thousands(salesUsd * character.capexPerSales * (1 + 0.1 * Math.abs(reportRng.normal())));
    const totalAssetsUsd = thousands(salesUsd * character.assetsPerSales);
    return {
      surpriseFrac,
      release: { availableDay: announcedOn, session: character.announcesAfterClose ? 'post' : 'pre', epsUsd, epsEstimateUsd },
      report: {
        periodEnd,
        availableDay,
        revenueUsd: thousands(salesUsd),
        netIncomeUsd,
        totalAssetsUsd,
        equityUsd: thousands(totalAssetsUsd * character.equityFrac),
        operatingCashFlowUsd,
        capitalExpenditureUsd,
        freeCashFlowUsd: operatingCashFlowUsd - capitalExpenditureUsd,
        sharesOutstanding,
      },
    };
  });
}

/** The month with whose end the first quarter told of has ended: the calendar's last quarter, or a month later. */
function monthAfterFirstQuarter(first: EarningsMove | undefined, day: Int32Array): { readonly year: number; readonly month: number } {
  const year = yearOf((day[0] ?? 0) as EpochDay);
  return { year, month: first !== undefined && first.session > lateSessions ? 1 : 0 };
}

/** The last day of a month counted from January of that year, which is 1; 0 is the December before, 13 the January after. */
const monthEnd = (year: number, month: number): EpochDay => (dayOf(year, month + 1, 1) - 1) as EpochDay;

const cents = (value: number): number => Math.round(value * 100) / 100;
const thousands = (value: number): number => Math.round(value / 1000) * 1000;
