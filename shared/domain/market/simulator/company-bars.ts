/**
 * The daily bars of one simulated company, given the factors that move all of them, and which sessions opened on its earnings.
 *
 * 1. Return: market beta times the market, its sector, its own clustered shocks, and a slow drift of its own
 *    (half-life about three months), which is the momentum that a trend follower may find.          advance
 * 2. Once a quarter earnings: a jump overnight, after which the drift leans the same way.
 * 3. The return is split into a gap overnight and a walk in the session; the range comes from the session's volatility.
 * 4. Dividends leave the price on the ex-date; volume grows with the size of the move.
 *
 * Prices are in today's shares: a split is marked on its ex-date and moves nothing.
 */
import type { Rng } from '../../../kernel/rng.ts';
import type { DailyBars } from '../bars.ts';
import type { MarketFactors } from './market-factors.ts';
import { regimeTraits } from './regimes.ts';
import { clusteredShocks, heavyTailed } from './shocks.ts';
import type { SimulatedCompany } from './universe.ts';

const sessionsPerYear = 252;
const sessionsPerQuarter = 63;
const driftMemory = Math.exp(-1 / 90);
/** Standard deviation of the slow drift, a session. */
const driftSpread = 0.0009;
const equityPremiumDaily = 0.0001;
const earningsJumpVol = 0.03;
const earningsJumpMost = 0.12;
/** Of an earnings jump, this much is added to each following session's drift, fading with it. */
const earningsDriftFrac = 0.003;
/** No ordinary session moves further; moves of half the price are left to the deliberate defects. */
const logReturnMost = 0.2;
const overnightFrac = 0.3;
const overnightNoiseFrac = 0.3;
const rangeFrac = 0.4;

interface SessionMove {
  readonly gap: number;
  readonly walk: number;
  readonly dailyVol: number;
  readonly isEarnings: boolean;
  /** Part of the gap; 0 without earnings. */
  readonly jump: number;
}

/** A session that opens on the news of a quarter. */
export interface EarningsMove {
  /** Counted from the first. */
  readonly session: number;
  /** What the news alone did to the price overnight. */
  readonly jumpLogReturn: number;
}

export interface CompanyHistory {
  readonly bars: DailyBars;
  readonly earnings: readonly EarningsMove[];
}

export function companyHistory(company: SimulatedCompany, factors: MarketFactors, day: Int32Array, rng: Rng): CompanyHistory {
  const rows = day.length;
  const column = (): Float64Array => new Float64Array(rows);
  const bars = { open: column(), high: column(), low: column(), close: column(), volume: column(), dividend: column() };
  const nextMove = moves(company, factors, rng.fork('returns'));
  const shapeRng = rng.fork('shape');
  const dividendOffset = Math.floor(rng.fork('dividends').uniform() * sessionsPerQuarter);

  const earnings: EarningsMove[] = [];
  let last = company.firstPriceUsd;
  let busyness = 0;
  for (let row = 0; row < rows; row++) {
    const move = nextMove(row);
    if (move.isEarnings) earnings.push({ session: row, jumpLogReturn: move.jump });
    const dividend = paysOn(company, row, dividendOffset) ? cents4((last * company.dividendYieldFrac) / 4) : 0;
    const open = last * Math.exp(move.gap) - dividend;
    const close = open * Math.exp(move.walk);
    const reach = move.dailyVol * rangeFrac;
    bars.dividend[row] = dividend;
    bars.open[row] = cents4(open);
    bars.close[row] = cents4(close);
    bars.high[row] = cents4(Math.max(open, close) * Math.exp(reach * Math.abs(shapeRng.normal())));
    bars.low[row] = cents4(Math.min(open, close) * Math.exp(-reach * Math.abs(shapeRng.normal())));

    busyness = 0.7 * busyness + 0.2 * shapeRng.normal();
    const excitement = Math.min(3, Math.abs(move.gap + move.walk) / move.dailyVol) * 0.22 + (move.isEarnings ? 0.8 : 0);
    bars.volume[row] = Math.round(((company.dailyValueUsdM * 1e6) / close) * Math.exp(busyness + excitement - 0.25));
    last = close;
  }
  return { bars: { symbol: company.symbol, day, ...bars, splitRatio: column().fill(1) }, earnings };
}

/** The log return of each session in turn, as gap and walk; sessions must be asked for in order. */
function moves(company: SimulatedCompany, factors: MarketFactors, rng: Rng): (session: number) => SessionMove {
  const sector = factors.sectors.get(company.sector)!;
  const ownShocks = clusteredShocks(rng.fork('own'));
  const dailyOwnVol = company.annualizedOwnVol / Math.sqrt(sessionsPerYear);
  const earningsOffset = 8 + Math.floor(rng.uniform() * 30);
  let drift = driftSpread * rng.normal();

  return (session) => {
    const { dailyMarketVol, dailySectorVol, ownVolMultiple } = regimeTraits[factors.regimes[session]!];
    const ownScale = dailyOwnVol * ownVolMultiple;
    const own = ownScale * ownShocks.next();
    const dailyVol = Math.hypot(company.marketBeta * dailyMarketVol, dailySectorVol, ownScale * ownShocks.scale);
    const isEarnings = session % sessionsPerQuarter === earningsOffset;
    const jump = isEarnings ? clamp(earningsJumpVol * heavyTailed(rng), earningsJumpMost) : 0;

    drift = driftMemory * drift + driftSpread * Math.sqrt(1 - driftMemory * driftMemory) * rng.normal() + earningsDriftFrac * jump;
    const quiet = equityPremiumDaily + company.marketBeta * factors.market[session]! + sector[session]! + own + drift;
    const total = clamp(quiet + jump, logReturnMost);
    const gap = clamp(overnightFrac * (total - jump) + overnightNoiseFrac * dailyVol * rng.normal() + jump, logReturnMost);
    return { gap, walk: total - gap, dailyVol, isEarnings, jump };
  };
}

const paysOn = (company: SimulatedCompany, session: number, offset: number): boolean =>
  company.dividendYieldFrac > 0 && session > 0 && session % sessionsPerQuarter === offset;

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

/** Vendors give split-adjusted prices with 4 decimals. */
const cents4 = (value: number): number => Math.round(value * 10_000) / 10_000;
