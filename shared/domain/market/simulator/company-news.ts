/**
 * Headlines of a simulated company, in the manner of a newswire: its earnings against what was expected, what it says of the year
 * to come, analysts who change their minds after the price has moved, large moves of a day, and things that mean nothing.
 * All of it tells of what has happened by the minute it is published; nothing of what will.
 */
import type { Rng } from '../../../kernel/rng.ts';
import type { EpochDay } from '../../../kernel/units.ts';
import type { DailyBars } from '../bars.ts';
import type { Headline } from '../facts.ts';
import { newYorkInstant } from '../new-york-time.ts';
import type { CompanyQuarter } from './company-quarter.ts';
import type { SimulatedCompany } from './universe.ts';

type Teller = (name: string) => string;

const brokers = ['Merrowby Research', 'Tallis & Crane', 'Northgate Securities', 'Halloway Partners', 'Quillfeather Markets'] as const;

const analystGood: readonly ((name: string, broker: string) => string)[] = [
  (name, broker) => `${broker} upgrades ${name} to Buy`,
  (name, broker) => `${broker} raises price target on ${name}`,
  (name, broker) => `${broker} initiates coverage on ${name} with Outperform rating`,
];
const analystBad: readonly ((name: string, broker: string) => string)[] = [
  (name, broker) => `${broker} downgrades ${name} to Sell`,
  (name, broker) => `${broker} cuts price target on ${name}`,
  (name, broker) => `${broker} initiates coverage on ${name} with Underperform rating`,
];
const eventsGood: readonly Teller[] = [
  (name) => `${name} wins multi-year supply contract`,
  (name) => `${name} announces new share repurchase program`,
  (name) => `${name} completes acquisition, sees strong growth`,
];
const eventsBad: readonly Teller[] = [
  (name) => `${name} faces lawsuit over disclosures`,
  (name) => `${name} to recall products after safety concerns`,
  (name) => `${name} finance chief resigns amid accounting probe`,
];
const eventsNeutral: readonly Teller[] = [
  (name) => `${name} to present at investor conference`,
  (name) => `${name} names new board member`,
  (name) => `A look at ${name} ahead of the quarter`,
  (name) => `${name} schedules annual meeting of shareholders`,
  (name) => `Stocks to watch: ${name} among companies with unusual volume`,
];

/** Chances a session. */
const analystChance = 0.028;
const eventChance = 0.045;
const moverChance = 0.6;
const largeMoveFrac = 0.035;
const trendSessions = 21;
/** An analyst who acts follows the last month's price this often. */
const analystFollowsFrac = 0.7;
const inLineFrac = 0.02;
const guidanceFrac = 0.06;
const guidanceChance = 0.45;

/** Ascending by instant. */
export function companyNews(company: SimulatedCompany, bars: DailyBars, quarters: readonly CompanyQuarter[], rng: Rng): Headline[] {
  const news = [
    ...earningsNews(company, quarters, rng.fork('earnings')),
    ...analystNews(company, bars, rng.fork('analysts')),
    ...moveNews(company, bars, rng.fork('moves')),
    ...otherNews(company, bars, rng.fork('events')),
  ];
  return news.sort((a, b) => a.publishedAt - b.publishedAt);
}

function earningsNews({ name }: SimulatedCompany, quarters: readonly CompanyQuarter[], rng: Rng): Headline[] {
  return quarters.flatMap(({ release: { availableDay, session, epsUsd, epsEstimateUsd }, surpriseFrac }) => {
    const hour = session === 'post' ? 16 : 7;
    const minute = 5 + Math.floor(30 * rng.uniform());
    const told = `${name} EPS ${dollars(epsUsd)}`;
    const expected = `${dollars(epsEstimateUsd ?? epsUsd)} estimate`;
    const verb = surpriseFrac > inLineFrac ? 'beats' : surpriseFrac < -inLineFrac ? 'misses' : 'in line with';
    const result = headline(availableDay, hour, minute, `${told} ${verb} ${expected}`);
    const speaksOfTheYear = rng.uniform() < guidanceChance && Math.abs(surpriseFrac) > guidanceFrac;
    if (!speaksOfTheYear) return [result];
    return [result, headline(availableDay, hour, minute + 10, `${name} ${surpriseFrac > 0 ? 'raises' : 'cuts'} full-year guidance`)];
  });
}

const dollars = (amount: number): string => `${amount < 0 ? '-' : ''}$${Math.abs(amount).toFixed(2)}`;

function analystNews({ name }: SimulatedCompany, { day, close }: DailyBars, rng: Rng): Headline[] {
  return onSomeSessions(day, analystChance, rng, (session) => {
    const follows = rng.uniform() < analystFollowsFrac;
    const broker = pick(brokers, rng);
    const isGood = close[session - 1]! > close[Math.max(0, session - 1 - trendSessions)]! === follows;
    return headline(day[session]!, 8, Math.floor(60 * rng.uniform()), pick(isGood ? analystGood : analystBad, rng)(name, broker));
  });
}

function moveNews({ name }: SimulatedCompany, { day, close }: DailyBars, rng: Rng): Headline[] {
  return onSomeSessions(day, moverChance, rng, (session) => {
    const moved = close[session]! / close[session - 1]! - 1;
    if (Math.abs(moved) < largeMoveFrac) return undefined;
    return headline(day[session]!, 16, 30, `${name} shares ${moved > 0 ? 'jump' : 'fall'} ${Math.abs(100 * moved).toFixed(1)}%`);
  });
}

function otherNews({ name }: SimulatedCompany, { day }: DailyBars, rng: Rng): Headline[] {
  return onSomeSessions(day, eventChance, rng, (session) => {
    const drawn = rng.uniform();
    const tellers = drawn < 0.2 ? eventsGood : drawn < 0.35 ? eventsBad : eventsNeutral;
    return headline(day[session]!, 10 + Math.floor(6 * rng.uniform()), Math.floor(60 * rng.uniform()), pick(tellers, rng)(name));
  });
}

/** From the second session on: news tells of a session before. */
function onSomeSessions(day: Int32Array, chance: number, rng: Rng, tell: (session: number) => Headline | undefined): Headline[] {
  const told: Headline[] = [];
  for (let session = 1; session < day.length; session++) {
    if (rng.uniform() >= chance) continue;
    const one = tell(session);
    if (one !== undefined) told.push(one);
  }
  return told;
}

const pick = <Item>(items: readonly Item[], rng: Rng): Item => items[Math.floor(items.length * rng.uniform())]!;

const headline = (day: number, hour: number, minute: number, text: string): Headline => ({
  publishedAt: newYorkInstant(day as EpochDay, hour, minute),
  text,
});
