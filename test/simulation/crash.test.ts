/**
 * A market that falls in one session, read from a file: nothing is told to risk but prices.
 *
 * | what the fall takes of the fund | stated action                                                    |
 * |---------------------------------|------------------------------------------------------------------|
 * | less than the drawdown limit    | volatility stops sell what fell                                  |
 * | more than it                    | on record; what shrinks the book passes, nothing is bought after |
 * | just under a quarter            | as before, control stays RUNNING                                 |
 * | a quarter                       | control HALTED, no order                                         |
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import { type DailyBars, lowerBound, sliceBars } from '../../shared/domain/market/bars.ts';
import { simulateMarket } from '../../shared/domain/market/simulator/simulate-market.ts';
import { parseDay } from '../../shared/kernel/days.ts';
import type { Ticker } from '../../shared/kernel/units.ts';
import { ingestCsv, linesOf } from '../support/bars-csv.ts';
import { bootFund, type TestFund } from '../support/boot-fund.ts';
import { expectLedgerIsExchange } from '../support/reconciliation.ts';
import { alertsOf, changed, checksOf, type PolicyChange, sessionsFrom, smallSymbols } from '../support/small-fund.ts';

/** Bought at the close of the first; the market falls in the second; the third sees it. */
const [bought, fell, after, later] = sessionsFrom('2024-11-20', 4) as [string, string, string, string];
/** Each in a sector of its own, so that no sector's limit keeps the fund from being invested. */
const sectors = Object.fromEntries(smallSymbols.map((symbol) => [symbol, `Sector of ${symbol}`]));
let series: readonly DailyBars[];
let investedFrac: number;

beforeAll(async () => {
  const { bars } = simulateMarket({ seed: 1 });
  series = smallSymbols.map((symbol) => bars.get(symbol as Ticker)!).map((all) => sliceBars(all, all.day.length - 1400, all.day.length));
  await using fund = await fundIn(0);
  const { cash, equity } = await fund.cycleOn(bought);
  investedFrac = 1 - cash / equity;
  expect(investedFrac).toBeGreaterThan(0.26);
});

/** Every price falls by that much and stays there, while ten times as many dollars are traded: a crash, and no split that nobody filed. */
function fallen(bars: DailyBars, fallFrac: number): DailyBars {
  const row = lowerBound(bars.day, parseDay(fell));
  const lowered = (prices: Float64Array): Float64Array => prices.map((price, i) => (i < row ? price : price * (1 - fallFrac)));
  return {
    ...bars,
    ...{ open: lowered(bars.open), high: lowered(bars.high), low: lowered(bars.low), close: lowered(bars.close) },
    volume: bars.volume.map((volume, i) => (i === row ? (10 * volume) / (1 - fallFrac) : volume)),
  };
}

interface FallingFund extends AsyncDisposable {
  readonly fund: TestFund;
  cycleOn(day: string): Promise<CycleReport>;
}

const eager: PolicyChange = (policy) => ({
  ...changed('portfolio', { turnoverFracMax: 1, entryStepFracMax: 0.1 })(policy),
  ensemble: { ...policy.ensemble, kellyGamma: 1, entryZScoreMin: 0 },
});

/** A fund that buys as much as it may at once, in a market that falls so. */
async function fundIn(fallFrac: number): Promise<FallingFund> {
  const fund = await bootFund({ data: false, policy: eager });
  const { datasetId } = await ingestCsv(
    fund,
    series.flatMap((bars) => linesOf(fallFrac === 0 ? bars : fallen(bars, fallFrac))),
    sectors,
  );
  return { fund, cycleOn: (day) => fund.cycle(day, datasetId), [Symbol.asyncDispose]: () => fund[Symbol.asyncDispose]() };
}

/** The fund after a fall that takes that much of its equity. */
async function afterLosing(lossFrac: number) {
  const falling = await fundIn(lossFrac / investedFrac);
  await falling.cycleOn(bought);
  const sent = falling.fund.wire.ordersSent;
  const report = await falling.cycleOn(after);
  return { ...falling, report, sent };
}

const verdictOf = (report: CycleReport) => {
  const { decision, reasons } = checksOf(report.decisions[0]!);
  return { decision, reasons };
};

/** The volatility stops sell whatever is held; nothing is bought. */
function expectAllSold({ report, fund }: { report: CycleReport; fund: TestFund }): void {
  expect(report.orders.length).toBeGreaterThan(1);
  expect(report.orders.filter(({ side }) => side !== 'SELL')).toEqual([]);
  expect(
    report.decisions.filter(({ final_decision: decision }) => decision === 'EXECUTE_SELL').map(({ reason_codes: [why] }) => why),
  ).toEqual(report.orders.map(() => 'volatility-stop'));
  expect([...fund.fund.exchange.state().positions.keys()]).toEqual([]);
}

describe('a market that falls in one session', () => {
  test('and takes a sixth of the fund: within the drawdown limit; its volatility stops sell what fell', async () => {
    await using lost = await afterLosing(1 / 6);
    expect(verdictOf(lost.report)).toEqual({ decision: 'ALLOW', reasons: [] });
    expectAllSold(lost);
    await expectLedgerIsExchange(lost.fund);
  });

  test('and takes a fifth of the fund: over it; what only shrinks the book is let through, and nothing is bought after it', async () => {
    await using lost = await afterLosing(1 / 5);
    expect(verdictOf(lost.report).reasons).toEqual(['drawdown-over-limit']);
    expectAllSold(lost);
    const next = await lost.cycleOn(later);
    expect(next).toMatchObject({ outcome: 'no-trade', orders: [] });
    expect(verdictOf(next).reasons).toEqual(['drawdown-over-limit']);
    await expectLedgerIsExchange(lost.fund);
  });

  test('and takes just under a quarter of the fund: control stays RUNNING, and nobody is told of a halt', async () => {
    await using lost = await afterLosing(0.249);
    expect(await lost.fund.fund.control.read()).toMatchObject({ state: 'RUNNING' });
    expectAllSold(lost);
    expect(alertsOf(lost.fund).filter((text) => text.includes('HALTED'))).toEqual([]);
  });

  test('and takes just over a quarter of the fund: HALTED, not one order more, and a person decides how it goes on', async () => {
    await using lost = await afterLosing(0.251);
    expect(lost.report).toMatchObject({ outcome: 'halted', orders: [] });
    expect(verdictOf(lost.report)).toEqual({ decision: 'FREEZE', reasons: ['halted-loss-limit', 'drawdown-over-limit'] });
    expect(await lost.fund.fund.control.read()).toMatchObject({ state: 'HALTED', actor: `cycle/${lost.report.cycleId}` });
    const ofTheCycle = alertsOf(lost.fund).filter((text) => !text.includes('Policy version'));
    expect(ofTheCycle).toEqual([expect.stringContaining('Risk says FREEZE'), expect.stringMatching(/HALTED .*loss-limit/)]);
    expect(await lost.cycleOn(later)).toMatchObject({ outcome: 'refused', refusal: { reason: 'trading-halted' } });
    expect(lost.fund.wire.ordersSent).toBe(lost.sent);
    await expectLedgerIsExchange(lost.fund);
  });
});
