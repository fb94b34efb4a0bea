/**
 * Where orders go: taken in at the end of a moment, filled at the bars that follow, ended by their time in force.
 *
 * Orders are always looked at in one sequence: sells before buys, then by symbol, then by number.
 *
 *   taken in      whole shares are cut down to whole; a margin account checks its initial margin (initial-margin.ts); all cash waits to be sized.
 *   at a bar      the price by bar-path.ts, moved by execution-cost.ts but never past a limit; at most the participation cap of the bar's volume,
 *                 of each order. A zero-volume bar so fills nothing under a cap, and everything without one.
 *   no bar        nothing fills across a gap: a MARKET DAY order expires, other DAY orders at their session's end, IOC and FOK are cancelled.
 *   cash account  a buy beyond the cash at its fill is cut to what the cash pays for, commission included, and the rest cancelled; a sell beyond
 *                 what is held is cut to it. Nothing left: rejected.
 *   session's end what is left of a DAY order expires; of an IOC it is cancelled at its first bar.
 *
 * A sale is never refused for its commission, so a minimum commission above the proceeds can take a cash account's last cents below zero.
 * Not covered: queue position (a limit that is touched is filled), orders hidden from the bar, odd-lot venues.
 */
import type { BacktestRules, TradingCosts } from '../rules.ts';
import { marketPrice, pathPrice, triggers } from './bar-path.ts';
import type { Book } from './book.ts';
import {
  affordableShares,
  type BuyTerms,
  commissionUsd,
  costsPerTradedShare,
  fixedPriceCostFrac,
  impactFracOfOneShare,
} from './execution-cost.ts';
import { admits } from './initial-margin.ts';
import type { MarketView } from './market-view.ts';
import type { RejectReason, Tally } from './tally.ts';
import { type OrderTicket, WorkingOrder } from './working-order.ts';

/** A quantity this much short of what was wanted, relatively, is the rounding of floats. */
const ROUNDING_FRAC = 1e-9;
/** The most of a price that costs may take from a sell. */
const PRICE_COST_FRAC_MAX = 0.99;

export class Exchange {
  readonly #view: MarketView;
  readonly #rules: BacktestRules;
  readonly #book: Book;
  readonly #tally: Tally;
  readonly #fixedCostFrac: number;
  readonly #isWhole: boolean;
  #working: WorkingOrder[] = [];
  #arrived: WorkingOrder[] = [];
  readonly #workingIn: Int32Array;
  #next = 0;

  constructor(view: MarketView, rules: BacktestRules, book: Book, tally: Tally) {
    this.#view = view;
    this.#rules = rules;
    this.#book = book;
    this.#tally = tally;
    this.#fixedCostFrac = fixedPriceCostFrac(rules.costs);
    this.#isWhole = rules.wholeShares || (rules.sizing.kind === 'all-cash' && rules.sizing.whole);
    this.#workingIn = new Int32Array(view.symbols);
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  submit(ticket: OrderTicket, moment: number): WorkingOrder {
    const atClose = this.#rules.fill === 'signal-close' && ticket.type === 'MARKET' && !ticket.forced;
    const shares = ticket.shares === 'all-cash' ? ticket.shares : this.#lots(ticket.shares);
    const order = new WorkingOrder(this.#next++, { ...ticket, shares }, atClose ? moment : moment + 1);
    this.#arrived.push(order);
    this.#workingIn[order.symbol]!++;
    this.#tally.submitted++;
    return order;
  }

  /** The strategy's orders of the symbol that are not over, by number; the cuts of a margin call are not among them, so it cannot touch those. */
  workingIn(symbol: number): readonly WorkingOrder[] {
    return this.#allIn(symbol).filter(({ forced }) => !forced);
  }

  isIdleIn(symbol: number): boolean {
    return this.#workingIn[symbol] === 0;
  }

  find(number: number): WorkingOrder | undefined {
    const isIt = (order: WorkingOrder): boolean => order.number === number && !order.isOver && !order.forced;
    return this.#working.find(isIt) ?? this.#arrived.find(isIt);
  }

  cancel(order: WorkingOrder): void {
    order.cancel();
    this.#tally.cancelled++;
    this.#workingIn[order.symbol]!--;
  }

  /** Shares in all. At or below what has filled the rest is cancelled; an order that is not sized yet takes no size from here. */
  replace(order: WorkingOrder, shares: number): void {
    const quantity = this.#lots(shares);
    if (quantity <= order.cumulative) this.cancel(order);
    else if (order.isSized) order.replace(quantity);
  }

  cancelIn(symbol: number): void {
    for (const order of this.workingIn(symbol)) this.cancel(order);
  }

  /** Of a symbol that is no more. */
  cancelAllIn(symbol: number): void {
    for (const order of this.#allIn(symbol)) this.cancel(order);
  }

  /** What a margin call ends: all that could add exposure, and the cuts of an earlier call; an order that only leaves goes on. */
  cancelForMarginCall(): void {
    for (const order of [...this.#working, ...this.#arrived]) {
      if (!order.isOver && (order.forced || !order.reduceOnly)) this.cancel(order);
    }
  }

  /** Takes in what was submitted at this moment. True where some of it can fill at this very close. */
  takeIn(moment: number, blocked: 'margin-call' | 'no-equity' | null): boolean {
    if (this.#arrived.length === 0) return false;
    const arrived = this.#arrived.filter((order) => !order.isOver).sort(inSequence);
    this.#arrived = [];
    const isAdmitted = admits(this.#rules, this.#book, this.#view, this.#working, moment);
    let atClose = false;
    for (const order of arrived) {
      if (blocked !== null && !order.reduceOnly) this.#reject(order, blocked);
      else if (order.isSized && this.#isWhole && order.quantity < 1) this.#reject(order, 'less-than-one-share');
      else if (!isAdmitted(order)) this.#reject(order, 'initial-margin');
      else {
        if (order.isSized) order.acknowledge();
        this.#working.push(order);
        atClose ||= this.#rules.fill === 'signal-close' && order.type === 'MARKET' && !order.forced;
      }
    }
    this.#working = this.#working.filter((order) => !order.isOver).sort(inSequence);
    return atClose;
  }

  /** All working orders against the bars of a moment. `onlyNew`: those that arrived at this very close. */
  match(moment: number, onlyNew: boolean): void {
    const { rowOf, day } = this.#view.panel;
    const { moments } = this.#view;
    const isSessionEnd = moment + 1 >= moments || day[moment + 1] !== day[moment];
    let over = 0;
    for (const order of this.#working) {
      if (order.firstMoment > moment || (onlyNew && order.firstMoment !== moment)) continue;
      if (!order.isOver) {
        const row = rowOf[order.symbol * moments + moment]!;
        if (row >= 0) this.#against(order, moment, row);
        if (!order.isOver) this.#lapse(order, row >= 0, isSessionEnd);
      }
      if (order.isOver) over++;
    }
    if (over > 0) this.#working = this.#working.filter((order) => !order.isOver);
  }

  /** Shares and prices of working orders in a symbol that splits. */
  split(symbol: number, ratio: number): void {
    for (const order of this.#allIn(symbol)) {
      order.limitPriceUsd /= ratio;
      order.stopPriceUsd /= ratio;
      if (!order.isSized) continue;
      const leaves = order.leaves * ratio;
      const kept = this.#isWhole ? Math.floor(leaves) : leaves;
      if (kept > 0) order.replace(order.cumulative + kept);
      else this.cancel(order);
    }
  }

  #allIn(symbol: number): readonly WorkingOrder[] {
    if (this.#workingIn[symbol] === 0) return [];
    const own = [...this.#working, ...this.#arrived].filter((order) => order.symbol === symbol && !order.isOver);
    return own.sort((a, b) => a.number - b.number);
  }

  #against(order: WorkingOrder, moment: number, row: number): void {
    const { symbol } = order;
    const open = this.#view.open[symbol]![row]!;
    const high = this.#view.high[symbol]![row]!;
    const low = this.#view.low[symbol]![row]!;
    const close = this.#view.close[symbol]![row]!;
    const marketUsd = order.forced ? open : marketPrice(this.#rules.fill, open, high, low, close);
    const baseUsd = pathPrice(order, marketUsd, open, high, low, close);
    if (!order.isTriggered && order.stopPriceUsd > 0) order.isTriggered = triggers(order, open, high, low);
    if (!Number.isNaN(baseUsd)) this.#fillAt(order, moment, row, baseUsd);
  }

  #fillAt(order: WorkingOrder, moment: number, row: number, baseUsd: number): void {
    const impact = impactFracOfOneShare(this.#view, order.symbol, row, this.#rules.costs);
    const laterSplits = this.#view.laterSplits[order.symbol]?.[row] ?? 1;
    const costs = costsPerTradedShare(this.#rules.costs, laterSplits);
    const wanted = this.#wanted(order, { basePriceUsd: baseUsd, impactFracOfOneShare: impact }, costs);
    if (typeof wanted === 'string') {
      this.#reject(order, wanted);
      return;
    }
    const available = this.#available(order, wanted, row);
    const falls = order.timeInForce === 'FOK' && available < order.leaves;
    if (available <= 0 || falls) return;
    const priceUsd = movedPrice(order, baseUsd, this.#fixedCostFrac + (impact > 0 ? impact * Math.sqrt(available) : 0));
    if (order.cumulative === 0) this.#tally.filled++;
    if (Number.isNaN(impact)) this.#tally.note('impactUnknown');
    order.fill(available, priceUsd);
    order.tradedShares += available / laterSplits;
    const feesUsd = commissionUsd(this.#rules.costs, order.tradedShares, order.filledUsd);
    const feeUsd = feesUsd - order.chargedUsd;
    order.chargedUsd = feesUsd;
    const signedShares = order.buys ? available : -available;
    const priceCostUsd = Math.abs(priceUsd - baseUsd) * available;
    this.#book.fill({ moment, symbol: order.symbol, order: order.number, signedShares, priceUsd, feeUsd, priceCostUsd });
    if (order.isOver) this.#workingIn[order.symbol]!--;
    else if (available === wanted) this.#end(order, 'CANCELLED');
  }

  /** What is left of it, as far as cash and holdings allow; why not, where that is nothing. */
  #wanted(order: WorkingOrder, price: Omit<BuyTerms, 'budgetUsd'>, costs: TradingCosts): number | RejectReason {
    const held = this.#book.shares[order.symbol]!;
    if (!order.isSized) {
      const shares = this.#lots(affordableShares({ budgetUsd: this.#budgetUsd(), ...price }, costs));
      if (!(shares > 0)) return 'insufficient-cash';
      order.size(shares);
      order.acknowledge();
      return shares;
    }
    const { leaves } = order;
    if (order.reduceOnly) return Math.min(leaves, Math.max(0, order.buys ? -held : held)) || 'nothing-to-close';
    if (!order.buys) return this.#rules.allowShort ? leaves : Math.min(leaves, Math.max(0, held)) || 'no-shares-to-sell';
    if (this.#rules.account.kind === 'margin') return leaves;
    const affordable = affordableShares({ budgetUsd: this.#book.cashUsd, ...price }, costs);
    if (affordable >= leaves * (1 - ROUNDING_FRAC)) return leaves;
    const cut = this.#lots(affordable);
    if (!(cut > 0)) return 'insufficient-cash';
    this.#tally.note('cutToCash');
    return cut;
  }

  #available(order: WorkingOrder, wanted: number, row: number): number {
    const { participationFracMax } = this.#rules;
    if (participationFracMax === null) return wanted;
    const cap = this.#lots(participationFracMax * this.#view.volume[order.symbol]![row]!);
    if (cap >= wanted) return wanted;
    this.#tally.note('cappedFills');
    return cap;
  }

  /** What its time in force leaves of it after a moment that could have filled it. */
  #lapse(order: WorkingOrder, hasBar: boolean, isSessionEnd: boolean): void {
    if (order.isImmediate) {
      this.#end(order, 'CANCELLED');
      return;
    }
    if (order.timeInForce !== 'DAY') return;
    const inGap = !hasBar && order.type === 'MARKET';
    if (!inGap && !isSessionEnd) return;
    if (!hasBar) this.#tally.note('expiredInGap');
    this.#end(order, 'EXPIRED');
  }

  #reject(order: WorkingOrder, reason: RejectReason): void {
    if (order.cumulative > 0) {
      this.#end(order, 'CANCELLED');
      return;
    }
    if (order.state === 'PENDING') order.refuse();
    else order.end('REJECTED');
    this.#tally.reject(reason);
    this.#workingIn[order.symbol]!--;
  }

  #end(order: WorkingOrder, state: 'CANCELLED' | 'EXPIRED'): void {
    order.end(state);
    if (state === 'CANCELLED') this.#tally.cancelled++;
    else this.#tally.expired++;
    this.#workingIn[order.symbol]!--;
  }

  /** Cash, and in a margin account no more than the initial margin lets it control. */
  #budgetUsd(): number {
    const { account } = this.#rules;
    if (account.kind === 'cash') return this.#book.cashUsd;
    const { equityUsd, grossUsd } = this.#book.exposureNow();
    return Math.min(this.#book.cashUsd, equityUsd / account.initialFrac - grossUsd);
  }

  #lots(shares: number): number {
    return this.#isWhole ? Math.floor(shares) : shares;
  }
}

const inSequence = (a: WorkingOrder, b: WorkingOrder): number =>
  Number(a.buys) - Number(b.buys) || a.symbol - b.symbol || a.number - b.number;

/** A limit's price is never worse than its limit. */
function movedPrice({ buys, limitPriceUsd }: WorkingOrder, baseUsd: number, costFrac: number): number {
  if (buys) {
    const priceUsd = baseUsd * (1 + costFrac);
    return priceUsd > limitPriceUsd ? limitPriceUsd : priceUsd;
  }
  const priceUsd = baseUsd * (1 - Math.min(costFrac, PRICE_COST_FRAC_MAX));
  return priceUsd < limitPriceUsd ? limitPriceUsd : priceUsd;
}
