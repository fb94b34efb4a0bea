/**
 * One symbol, one column of signals, one account: the event engine's run without its orders, books and logs, in one pass over the bars.
 *
 * It does the engine's arithmetic in the engine's order (engine/backtest.ts, decide-signals.ts, exchange.ts), with the engine's own functions where
 * money is computed, so that cash, equity, fees and every fill are the same to the last bit; test/property holds it to that. What makes it short: alone
 * in its account, without a cap, an order fills at the next bar or never, so at a decision nothing is working.
 *
 *   exit       GTC: fills at the symbol's next bar, whenever that is, before an entry of the same decision.
 *   entry      DAY: fills at the next moment, or expires where the symbol has no bar there. Cash accounts cut it to what the cash pays for.
 *   margin     the initial margin is checked as the engine checks it. A margin call ends the pass: what the broker then does is the engine's to say, and
 *              `isCalled` says that it must be asked.
 *
 * Of each moment the return is equity over the equity before; of the first, over the opening cash. Sharpe is per bar, mean over the sample deviation
 * (1/(n − 1)), from sums of returns and of their squares: with means a hundredth of the deviation that costs no more than the last digit.
 * Drawdown is from the highest equity so far, the opening cash included.
 */
import { marketPrice } from '../engine/bar-path.ts';
import { affordableShares, commissionUsd, costsPerTradedShare, fixedPriceCostFrac } from '../engine/execution-cost.ts';
import type { BacktestRules } from '../rules.ts';
import { SIGNAL } from '../strategy.ts';
import type { FastMarket } from './fast-market.ts';

/** The engine's constants of the same meaning. */
const ROUNDING_FRAC = 1e-9;
const NOTHING_SHARES = 1e-9;
const PRICE_COST_FRAC_MAX = 0.99;
/** Spread below this part of the mean square is rounding: nothing varied. */
const VARIANCE_ROUNDING_FRAC = 1e-12;

/** Told of each fill of an order, at the moment of the panel's axis. */
export type FillListener = (moment: number, signedShares: number, priceUsd: number, feeUsd: number) => void;

export class SignalRun {
  readonly #market: FastMarket;
  readonly #rules: BacktestRules;
  readonly #onFill: FillListener | null;
  readonly #costFrac: number;
  readonly #isWhole: boolean;
  readonly #maintenanceFrac: number;
  #shares = 0;
  cashUsd = 0;
  feesUsd = 0;
  /** Orders filled at least in part. */
  ordersFilled = 0;
  equityUsd = 0;
  sharpePerBar = Number.NaN;
  maxDrawdownFrac = 0;
  isCalled = false;
  /** Shares to sell (negative) or to buy back; 0 is no exit. */
  #exit = 0;
  /** 1 buys, −1 sells short, 0 is no entry. */
  #entry = 0;
  /** NaN is all cash. */
  #entryShares = 0;
  #entryMoment = 0;

  constructor(market: FastMarket, rules: BacktestRules, onFill: FillListener | null = null) {
    this.#market = market;
    this.#rules = rules;
    this.#onFill = onFill;
    this.#costFrac = fixedPriceCostFrac(rules.costs);
    this.#isWhole = rules.wholeShares || (rules.sizing.kind === 'all-cash' && rules.sizing.whole);
    this.#maintenanceFrac = rules.account.kind === 'margin' ? rules.account.maintenanceFrac : Number.NEGATIVE_INFINITY;
  }

  /** From the opening cash to the end of the range; may be called again for other signals. */
  run(signals: Uint8Array): void {
    this.#begin();
    const { firstRow, endRow, paidUsd, series } = this.#market;
    const { close } = series;
    const maintenanceFrac = this.#maintenanceFrac;
    let [shares, cash, before, peak, drawdown, sum, squares] = [0, this.cashUsd, this.cashUsd, this.cashUsd, 0, 0, 0];
    let works = false;
    for (let row = firstRow; row < endRow; ) {
      if (signals[row] !== SIGNAL.none || works || (shares !== 0 && paidUsd !== null && paidUsd[row] !== 0)) {
        this.#step(row, signals[row]!);
        shares = this.#shares;
        cash = this.cashUsd;
        works = this.#exit !== 0 || this.#entry !== 0;
        if (this.isCalled) return;
      } else if (shares === 0) {
        // Out of the market nothing changes until something is said.
        do row++;
        while (row < endRow && signals[row] === SIGNAL.none);
        continue;
      }
      do {
        const valueUsd = shares * close[row]!;
        const equity = cash + valueUsd;
        if (shares !== 0 && equity < maintenanceFrac * Math.abs(valueUsd)) {
          this.isCalled = true;
          return;
        }
        const change = equity / before - 1;
        sum += change;
        squares += change * change;
        before = equity;
        if (equity > peak) peak = equity;
        else if (peak - equity > drawdown * peak) drawdown = (peak - equity) / peak;
        row++;
      } while (shares !== 0 && !works && row < endRow && signals[row] === SIGNAL.none && (paidUsd === null || paidUsd[row] === 0));
    }
    this.#closeEnded();
    const atEnd = this.#shares === 0 ? this.cashUsd : this.cashUsd + this.#shares * close[endRow - 1]!;
    const change = atEnd / before - 1;
    this.equityUsd = atEnd;
    this.maxDrawdownFrac = Math.max(drawdown, (peak - atEnd) / peak);
    this.sharpePerBar = sharpeOf(sum + change, squares + change * change, this.#market.moments);
  }

  #begin(): void {
    this.#shares = 0;
    this.cashUsd = this.#rules.cashUsd;
    this.feesUsd = 0;
    this.ordersFilled = 0;
    this.isCalled = false;
    this.#exit = 0;
    this.#entry = 0;
    this.equityUsd = Number.NaN;
    this.sharpePerBar = Number.NaN;
    this.maxDrawdownFrac = Number.NaN;
  }

  /** A bar at which something happens: income, fills of what works, a decision. */
  #step(row: number, signal: number): void {
    const { paidUsd, series } = this.#market;
    if (paidUsd !== null && this.#shares !== 0 && paidUsd[row] !== 0) this.cashUsd += this.#shares * paidUsd[row]!;
    this.#fillWhatWorks(row);
    if (signal === SIGNAL.none) return;
    const valueUsd = this.#shares * series.close[row]!;
    const equityUsd = this.cashUsd + valueUsd;
    this.isCalled = this.#shares !== 0 && equityUsd < this.#maintenanceFrac * Math.abs(valueUsd);
    if (this.isCalled || equityUsd <= 0) return;
    this.#decide(row, signal, equityUsd);
    if (this.#rules.fill === 'signal-close') this.#fillWhatWorks(row);
  }

  #decide(row: number, signal: number, equityUsd: number): void {
    const wanted = signal === SIGNAL.long ? 1 : signal === SIGNAL.short && this.#rules.allowShort ? -1 : 0;
    if (Math.sign(this.#shares) === wanted) return;
    this.#exit = -this.#shares;
    if (wanted === 0) return;
    const closeUsd = this.#market.series.close[row]!;
    const { sizing, account } = this.#rules;
    const asked = sizing.kind === 'shares' ? sizing.shares : sizing.kind === 'weight' ? (sizing.frac * equityUsd) / closeUsd : Number.NaN;
    if (asked <= 0) return;
    const shares = this.#lots(asked);
    if (this.#isWhole && shares < 1) return;
    // What is held goes first, at the same close, so that the entry alone is exposed.
    if (account.kind === 'margin' && shares * closeUsd > (equityUsd / account.initialFrac) * (1 + ROUNDING_FRAC)) return;
    this.#entry = wanted;
    this.#entryShares = shares;
    this.#entryMoment = this.#market.momentOf[row]! + (this.#rules.fill === 'signal-close' ? 0 : 1);
  }

  #fillWhatWorks(row: number): void {
    const { open, high, low, close } = this.#market.series;
    if (this.#exit === 0 && this.#entry === 0) return;
    const baseUsd = marketPrice(this.#rules.fill, open[row]!, high[row]!, low[row]!, close[row]!);
    if (this.#exit !== 0) this.#fill(row, this.#exit, baseUsd);
    this.#exit = 0;
    if (this.#entry !== 0 && this.#entryMoment === this.#market.momentOf[row]) {
      const shares = this.#sized(row, baseUsd);
      if (shares > 0) this.#fill(row, this.#entry * shares, baseUsd);
    }
    this.#entry = 0;
  }

  /** Of the entry, what can be paid; not above zero: rejected. */
  #sized(row: number, baseUsd: number): number {
    const { account } = this.#rules;
    const costs = costsPerTradedShare(this.#rules.costs, this.#market.laterSplits?.[row] ?? 1);
    const isAllCash = Number.isNaN(this.#entryShares);
    if (!isAllCash && account.kind === 'margin') return this.#entryShares;
    const budgetUsd = account.kind === 'cash' ? this.cashUsd : Math.min(this.cashUsd, this.cashUsd / account.initialFrac);
    const affordable = affordableShares({ budgetUsd, basePriceUsd: baseUsd, impactFracOfOneShare: 0 }, costs);
    if (!isAllCash && affordable >= this.#entryShares * (1 - ROUNDING_FRAC)) return this.#entryShares;
    return this.#lots(affordable);
  }

  #fill(row: number, signedShares: number, baseUsd: number): void {
    const shares = Math.abs(signedShares);
    const priceUsd = baseUsd * (signedShares > 0 ? 1 + this.#costFrac : 1 - Math.min(this.#costFrac, PRICE_COST_FRAC_MAX));
    const feeUsd = commissionUsd(this.#rules.costs, shares / (this.#market.laterSplits?.[row] ?? 1), shares * priceUsd);
    this.cashUsd -= signedShares * priceUsd + feeUsd;
    this.feesUsd += feeUsd;
    this.ordersFilled++;
    const after = this.#shares + signedShares;
    this.#shares = Math.abs(after) < NOTHING_SHARES ? 0 : after;
    this.#onFill?.(this.#market.momentOf[row]!, signedShares, priceUsd, feeUsd);
  }

  /** What is held of a symbol that has ended is paid out, without an order and a fee. */
  #closeEnded(): void {
    const { recoveryFrac, series, endRow } = this.#market;
    if (Number.isNaN(recoveryFrac) || this.#shares === 0) return;
    this.cashUsd -= -this.#shares * (series.close[endRow - 1]! * recoveryFrac);
    this.#shares = 0;
  }

  #lots(shares: number): number {
    return this.#isWhole ? Math.floor(shares) : shares;
  }
}

/** NaN where nothing varied, or there is but one return. */
function sharpeOf(sum: number, squares: number, count: number): number {
  const mean = sum / count;
  const variance = (squares - sum * mean) / (count - 1);
  return variance > (squares / count) * VARIANCE_ROUNDING_FRAC ? mean / Math.sqrt(variance) : Number.NaN;
}
