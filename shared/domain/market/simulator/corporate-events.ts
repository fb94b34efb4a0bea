/** Splits and the one delisting of the simulated market, put on finished bars. */
import { type DailyBars, sliceBars } from '../bars.ts';
import { simulatedDelisting, simulatedSplits } from './universe.ts';

export function withCorporateEvents(bars: DailyBars): DailyBars {
  const split = simulatedSplits.find(({ symbol }) => symbol === bars.symbol);
  const marked = split !== undefined && split.session < bars.day.length ? markSplit(bars, split.session, split.ratio) : bars;
  return bars.symbol === simulatedDelisting.symbol ? takenOver(marked) : marked;
}

function markSplit(bars: DailyBars, session: number, ratio: number): DailyBars {
  const splitRatio = bars.splitRatio.slice();
  splitRatio[session] = ratio;
  return { ...bars, splitRatio };
}

/** After the offer the price stays within a few tenths of a percent of it, until the last session. */
function takenOver(bars: DailyBars): DailyBars {
  const { lastSession, offerSessions, offerPremiumFrac } = simulatedDelisting;
  if (bars.day.length <= lastSession) return bars;
  const offeredAt = lastSession - offerSessions;
  const offerUsd = bars.close[offeredAt - 1]! * (1 + offerPremiumFrac);
  const closing = bars.close.slice();
  const settled = (column: Float64Array): Float64Array =>
    column.map((value, row) => (row < offeredAt ? value : near(offerUsd, value / closing[row]!)));
  const ended = { ...bars, open: settled(bars.open), high: settled(bars.high), low: settled(bars.low), close: settled(bars.close) };
  return sliceBars(ended, 0, lastSession + 1);
}

/** The shape of the bar at a tenth of its size, so that low, open, close and high keep their order. */
const near = (offerUsd: number, relativeToClose: number): number =>
  Math.round(offerUsd * (1 + (relativeToClose - 1) / 10) * 10_000) / 10_000;
