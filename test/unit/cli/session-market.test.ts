/** The exchange's view of the lake: the session under way included, and dividends only where they are asked for. */
import { describe, expect, test } from 'vitest';
import { SessionMarket, type SessionMarketOptions } from '../../../apps/cli/session-market.ts';
import type { DailyBars } from '../../../shared/domain/market/bars.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import type { EpochDay, Ticker } from '../../../shared/kernel/units.ts';
import type { Lake } from '../../../shared/stores/lake/index.ts';

const good = 'GOOD' as Ticker;
const session = parseDay('2019-06-11');
const bars: DailyBars = {
  symbol: good,
  day: Int32Array.of(session - 1, session),
  open: Float64Array.of(99, 101),
  high: Float64Array.of(101, 103),
  low: Float64Array.of(98, 100),
  close: Float64Array.of(100, 102),
  volume: Float64Array.of(1000, 2000),
  dividend: Float64Array.of(0, 0.51),
  splitRatio: Float64Array.of(1, 4),
};

async function marketOf(options?: SessionMarketOptions): Promise<SessionMarket> {
  const market = new SessionMarket(options);
  const lake: Pick<Lake, 'readBars'> = { readBars: () => Promise.resolve([bars]) };
  await market.load(lake as Lake, 'set', session);
  return market;
}

describe('the market of a session', () => {
  test('holds the session under way', async () => {
    const market = await marketOf();
    expect(market.barOn(good, session)).toEqual({ open: 101, high: 103, low: 100, close: 102, volume: 2000 });
    expect(market.barOn(good, (session + 1) as EpochDay)).toBeUndefined();
    expect(market.lastClose(good, session)).toBe(102);
  });

  test('pays dividends where that is asked for, and never splits what is adjusted for splits', async () => {
    expect((await marketOf()).actionsOn(good, session)).toBeUndefined();
    const paying = await marketOf({ paysDividends: true });
    expect(paying.actionsOn(good, session)).toEqual({ dividendUsd: 0.51 });
    expect(paying.actionsOn(good, (session + 1) as EpochDay)).toBeUndefined();
    expect(paying.actionsOn('NONE' as Ticker, session)).toBeUndefined();
  });
});
