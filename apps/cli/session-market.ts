/**
 * The market as the paper exchange sees it: the bars of a few sessions up to the one being traded, read from the lake with an
 * operator's rights. The fund's own reads end one session earlier; that is how an order can fill at a close that no
 * decision could have known.
 *
 * The lake's bars are adjusted for splits, so here nothing ever splits. Dividends are paid where that is asked for, of the sessions
 * that are loaded; an exchange that sleeps through more sessions than those misses what was paid in between.
 */
import type { DailyBars } from '../../shared/domain/market/bars.ts';
import { lowerBound } from '../../shared/domain/market/bars.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { EpochDay, Ticker } from '../../shared/kernel/units.ts';
import type { Lake } from '../../shared/stores/lake/index.ts';
import type { CorporateActions, MarketView, SessionBar } from '../paper-exchange/index.ts';

/** Enough to value a holding whose symbol did not trade for a week. */
const sessionsKept = 10;

export interface SessionMarketOptions {
  /** Whether holders get the dividends of the bars; they do not unless said so, because the ledger learns of them by reconciliation only. */
  readonly paysDividends?: boolean;
}

export class SessionMarket implements MarketView {
  readonly #paysDividends: boolean;
  #bars = new Map<string, DailyBars>();
  #loaded: string | undefined;

  constructor({ paysDividends = false }: SessionMarketOptions = {}) {
    this.#paysDividends = paysDividends;
  }

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

  actionsOn(symbol: Ticker, day: EpochDay): CorporateActions | undefined {
    const bars = this.#paysDividends ? this.#bars.get(symbol) : undefined;
    const row = bars ? lowerBound(bars.day, day) : 0;
    return bars?.day[row] === day ? { dividendUsd: bars.dividend[row]! } : undefined;
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
