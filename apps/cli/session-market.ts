/**
 * The market as the paper exchange sees it: the bars of a few sessions up to the one being traded, read from the lake with an
 * operator's rights. The fund's own reads end one session earlier; that is how an order can fill at a close that no
 * decision could have known.
 */
import type { DailyBars } from '../../shared/domain/market/bars.ts';
import { lowerBound } from '../../shared/domain/market/bars.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { EpochDay, Ticker } from '../../shared/kernel/units.ts';
import type { Lake } from '../../shared/stores/lake/index.ts';
import type { MarketView, SessionBar } from '../paper-exchange/index.ts';

/** Enough to value a holding whose symbol did not trade for a week. */
const sessionsKept = 10;

export class SessionMarket implements MarketView {
  #bars = new Map<string, DailyBars>();
  #loaded: string | undefined;

  async load(lake: Lake, datasetId: string, session: EpochDay): Promise<void> {
    const wanted = `${datasetId}/${session}`;
    if (this.#loaded === wanted) return;
    const bars = await lake.readBars({ datasetId, before: (session + 1) as EpochDay, sessions: sessionsKept });
    if (isRefusal(bars)) return;
    this.#bars = new Map(bars.map((one) => [one.symbol, one]));
    this.#loaded = wanted;
  }

  barOn(symbol: Ticker, day: EpochDay): SessionBar | undefined {
    const bars = this.#bars.get(symbol);
    if (!bars) return undefined;
    const row = lowerBound(bars.day, day);
    if (bars.day[row] !== day) return undefined;
    return { open: bars.open[row]!, high: bars.high[row]!, low: bars.low[row]!, close: bars.close[row]!, volume: bars.volume[row]! };
  }

  /** Of that session or the last one before it among those loaded. */
  lastClose(symbol: Ticker, session: EpochDay): number | undefined {
    const bars = this.#bars.get(symbol);
    return bars?.close[lowerBound(bars.day, session + 1) - 1];
  }

  isTradable(symbol: Ticker): boolean {
    return this.#bars.has(symbol);
  }

  symbols(): readonly Ticker[] {
    return [...this.#bars.keys()] as Ticker[];
  }
}
