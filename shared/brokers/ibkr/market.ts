/**
 * What TWS knows of securities and sessions. Prices are the last trade and its time, to the second; a symbol of which TWS tells only one of
 * the two is left out, because a price without its age is no price here.
 *
 * Hours: TWS tells those of today and the next days with a security's definition, and those of past days as a historical schedule. SPY stands for the market;
 * TWS's clock counts whole seconds.
 */
import type { ContractDetails } from '@stoqey/ib/dist/api/contract/contractDetails.js';
import { BarSizeSetting } from '@stoqey/ib/dist/api/historical/bar-size-setting.js';
import { newYorkDay, newYorkInstant } from '../../domain/market/calendar.ts';
import { ContractViolation, TransientFailure } from '../../kernel/errors.ts';
import { refuse } from '../../kernel/refusal.ts';
import type { EpochDay, EpochMs, Price, Ticker } from '../../kernel/units.ts';
import type { BrokerAsset, BrokerClock, BrokerSession, LatestPrice, NotFound } from '../broker.ts';
import { stockContract } from './contract.ts';
import { isWithoutMarketData } from './error-meaning.ts';
import type { TwsSession } from './session.ts';
import { dayFromTws, sessionsFromHours } from './times.ts';

const MARKET = 'SPY' as Ticker;
/** TWS takes a hundred market data requests at once. */
const QUOTES_AT_ONCE = 50;
const [LAST, LAST_TIMESTAMP, SHORTABLE] = [4, 45, 46];
const SHORTABLE_TICKS = '236';
/** Above 2.5, at least a thousand shares can be borrowed now (TWS API, "Tick Types", generic tick 236). */
const SHORTABLE_NOW = 2.5;
const NO_SUCH_SECURITY = 200;
const DAYS_PER_YEAR = 365;
const MS_PER_SECOND = 1000;

export async function readAsset(session: TwsSession, symbol: Ticker): Promise<BrokerAsset | NotFound> {
  const listed = await contractDetails(session, symbol);
  if (listed.length === 0) return refuse('not-found', { symbol });
  const [details] = listed;
  // A ticker that is several securities to TWS is none that an order could name.
  const tradable = listed.length === 1 && takesOrders(details!);
  const shortable = tradable && (await isShortable(session, symbol));
  return { symbol, tradable, shortable, fractionable: (details!.minSize ?? 1) < 1 };
}

export async function readLatestPrices(session: TwsSession, symbols: readonly Ticker[]): Promise<readonly LatestPrice[]> {
  const found: LatestPrice[] = [];
  for (let start = 0; start < symbols.length; start += QUOTES_AT_ONCE) {
    const prices = await Promise.all(symbols.slice(start, start + QUOTES_AT_ONCE).map((symbol) => readLatestPrice(session, symbol)));
    for (const price of prices) if (price) found.push(price);
  }
  return found;
}

export async function readClock(session: TwsSession): Promise<BrokerClock> {
  const [seconds, hours] = await Promise.all([currentTime(session), hoursAhead(session)]);
  const now = (seconds * MS_PER_SECOND) as EpochMs;
  const sessions = [...hours.values()].filter((day) => day !== null).map(instantsOf);
  const isOpen = sessions.some(({ opensAt, closesAt }) => opensAt <= now && now < closesAt);
  const nextOpen = sessions.find(({ opensAt }) => opensAt > now);
  const nextClose = sessions.find(({ closesAt }) => closesAt > now);
  if (!nextOpen || !nextClose) throw new ContractViolation('TWS tells the hours of the next session', { hours: [...hours.keys()] });
  return { now, isOpen, nextOpenAt: nextOpen.opensAt, nextCloseAt: nextClose.closesAt };
}

/** @throws ContractViolation for days after those that TWS tells the hours of. */
export async function readCalendar(session: TwsSession, from: EpochDay, to: EpochDay): Promise<readonly BrokerSession[]> {
  if (to < from) return [];
  const [seconds, ahead] = await Promise.all([currentTime(session), hoursAhead(session)]);
  const today = newYorkDay((seconds * MS_PER_SECOND) as EpochMs);
  const lastDay = Math.max(...ahead.keys()) as EpochDay;
  if (to > lastDay) throw new ContractViolation('TWS tells the hours of the next days only', { to, lastDay });
  const past = from < today ? await pastSessions(session, today - from) : [];
  const sessions = new Map(past.map((day) => [day.day, day]));
  for (const [day, hours] of ahead) {
    if (hours) sessions.set(day, hours);
    else sessions.delete(day);
  }
  return [...sessions.values()].filter(({ day }) => day >= from && day <= to).sort((a, b) => a.day - b.day);
}

const takesOrders = ({ orderTypes = '', ineligibilityReasonList = [] }: ContractDetails): boolean =>
  orderTypes.split(',').includes('LMT') && ineligibilityReasonList.length === 0;

function contractDetails(session: TwsSession, symbol: Ticker): Promise<readonly ContractDetails[]> {
  return session.ask<readonly ContractDetails[]>('contract details', (turn) => {
    const listed: ContractDetails[] = [];
    turn.on('contractDetails', (requestId, details) => {
      if (requestId === turn.id) listed.push(details);
    });
    turn.on('contractDetailsEnd', (requestId) => {
      if (requestId === turn.id) turn.answer(listed);
    });
    turn.on('error', (error, code, id) => {
      if (id !== turn.id) return;
      if (code === NO_SUCH_SECURITY) turn.answer([]);
      else turn.fail(new TransientFailure(`TWS did not tell the contract: ${error.message}`, { symbol, code }));
    });
    turn.api.reqContractDetails(turn.id, stockContract(symbol));
  });
}

/** What TWS does not tell, it does not lend. */
async function isShortable(session: TwsSession, symbol: Ticker): Promise<boolean> {
  const asked = session.ask<boolean>('shortable shares', (turn) => {
    turn.on('tickGeneric', (requestId, field, value) => {
      if (requestId !== turn.id || field !== SHORTABLE) return;
      turn.api.cancelMktData(turn.id);
      turn.answer(value > SHORTABLE_NOW);
    });
    turn.on('error', (error, code, id) => {
      if (id !== turn.id) return;
      if (isWithoutMarketData(code)) turn.answer(false);
      else turn.fail(new TransientFailure(`TWS did not tell what can be borrowed: ${error.message}`, { symbol, code }));
    });
    turn.api.reqMktData(turn.id, stockContract(symbol), SHORTABLE_TICKS, false, false);
  });
  return asked.catch((error: unknown) => {
    if (error instanceof TransientFailure) return false;
    throw error;
  });
}

function readLatestPrice(session: TwsSession, symbol: Ticker): Promise<LatestPrice | undefined> {
  return session.ask<LatestPrice | undefined>('latest price', (turn) => {
    let [price, at] = [undefined as number | undefined, undefined as number | undefined];
    const settle = () => {
      if (price !== undefined && at !== undefined) turn.answer({ symbol, priceUsd: price as Price, at: at as EpochMs });
    };
    turn.on('tickPrice', (requestId, field, told) => {
      if (requestId !== turn.id || field !== LAST || !(told > 0)) return;
      price = told;
      settle();
    });
    turn.on('tickString', (requestId, field, told) => {
      if (requestId !== turn.id || field !== LAST_TIMESTAMP || !/^\d+$/.test(told)) return;
      at = Number(told) * MS_PER_SECOND;
      settle();
    });
    turn.on('tickSnapshotEnd', (requestId) => {
      if (requestId === turn.id) turn.answer(undefined);
    });
    turn.on('error', (error, code, id) => {
      if (id !== turn.id) return;
      if (isWithoutMarketData(code)) turn.answer(undefined);
      else turn.fail(new TransientFailure(`TWS did not tell the price: ${error.message}`, { symbol, code }));
    });
    turn.api.reqMktData(turn.id, stockContract(symbol), '', true, false);
  });
}

const currentTime = (session: TwsSession): Promise<number> =>
  session.askInLine<number>('time', (turn) => {
    turn.on('currentTime', (seconds) => turn.answer(seconds));
    turn.api.reqCurrentTime();
  });

async function hoursAhead(session: TwsSession): Promise<ReadonlyMap<EpochDay, BrokerSession | null>> {
  const [details] = await contractDetails(session, MARKET);
  if (!details?.liquidHours) throw new ContractViolation('TWS tells the trading hours of a listed security', { symbol: MARKET });
  return sessionsFromHours(details.liquidHours);
}

function pastSessions(session: TwsSession, days: number): Promise<readonly BrokerSession[]> {
  const duration = days < DAYS_PER_YEAR ? `${days + 1} D` : `${Math.ceil((days + 1) / DAYS_PER_YEAR)} Y`;
  return session.ask<readonly BrokerSession[]>('past sessions', (turn) => {
    turn.on('historicalSchedule', (requestId, _from, _to, _zone, sessions) => {
      if (requestId !== turn.id) return;
      const read = sessions.map(({ refDate, startDateTime, endDateTime }) => ({
        day: dayFromTws(refDate),
        opensAt: startDateTime.slice(9, 14),
        closesAt: endDateTime.slice(9, 14),
      }));
      if (read.some(({ day }) => day === undefined))
        turn.fail(new ContractViolation('a session has a date', { refDates: sessions.length }));
      else turn.answer(read as BrokerSession[]);
    });
    turn.on('error', (error, code, id) => {
      if (id === turn.id) turn.fail(new TransientFailure(`TWS did not tell past sessions: ${error.message}`, { code }));
    });
    turn.api.reqHistoricalData(turn.id, stockContract(MARKET), '', duration, BarSizeSetting.DAYS_ONE, 'SCHEDULE', 1, 1, false);
  });
}

function instantsOf({ day, opensAt, closesAt }: BrokerSession): { readonly opensAt: EpochMs; readonly closesAt: EpochMs } {
  const at = (text: string) => newYorkInstant(day, Number(text.slice(0, 2)), Number(text.slice(3, 5)));
  return { opensAt: at(opensAt), closesAt: at(closesAt) };
}
