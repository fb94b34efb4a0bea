/**
 * The returns of many combinations of a sweep, bar by bar: what the measures of overfitting compare. A combination's column is that of all its
 * accounts together, one for each symbol where the sweep gives it several.
 *
 * On the vectorised path a run is done again with its fills written down, and equity is put together from them: cash less what was bought, plus what
 * was paid, plus shares at the close. A run that ended in a margin call, and every run off that path, is done by the event engine.
 * Nothing is counted as a trial here: all of these runs were counted by the sweep that chose them.
 */
import { type FastMarket, fastMarketOf, panelOfOne } from '../../../shared/domain/research/fast/fast-market.ts';
import { type Combinations, parametersAt } from '../../../shared/domain/research/fast/grid.ts';
import { sharingColumns } from '../../../shared/domain/research/fast/shared-column.ts';
import { SignalRun } from '../../../shared/domain/research/fast/signal-run.ts';
import { whyNotFast } from '../../../shared/domain/research/fast/sweep-signals.ts';
import type { BacktestRules } from '../../../shared/domain/research/rules.ts';
import type { SignalStrategy } from '../../../shared/domain/research/strategy.ts';
import type { Progress } from './progress-bar.ts';
import type { Question } from './question.ts';
import { runQuestion } from './run-question.ts';

/** One column per combination, one value per moment of the question's range; `progress` counts combinations. */
export async function returnColumns(question: Question, combinations: Combinations, progress: Progress): Promise<readonly Float64Array[]> {
  const { panel, strategy, rules, range } = question;
  const moments = range.toMoment - range.fromMoment + 1;
  const equity = Array.from(combinations.number, () => new Float64Array(moments));
  const isOwn = strategy.kind === 'signal';
  const accounts = isOwn ? panel.series.length : 1;
  const isFast = whyNotFast(question) === null;
  for (let account = 0; account < accounts; account++) {
    if (isFast && isOwn) sharingColumns(() => addFastEquity(question, strategy, account, combinations, equity));
    else
      await addEventEquity(question, account, combinations, equity, (done) =>
        progress.update(Math.floor((account * equity.length + done) / accounts)),
      );
    progress.update(Math.floor(((account + 1) * equity.length) / accounts));
    await new Promise(setImmediate);
  }
  for (const column of equity) intoReturns(column, rules.cashUsd * accounts);
  return equity;
}

function addFastEquity(
  question: Question,
  strategy: SignalStrategy,
  symbol: number,
  combinations: Combinations,
  equity: readonly Float64Array[],
): void {
  const { panel, rules, range } = question;
  const market = fastMarketOf(panel, symbol, { fromMoment: range.fromMoment, toMoment: range.toMoment + 1 }, new Map());
  const fills = new AccountColumns(range.toMoment - range.fromMoment + 1);
  const run = new SignalRun(market, rules, (moment, shares, priceUsd, feeUsd) =>
    fills.add(moment - range.fromMoment, shares, shares * priceUsd + feeUsd),
  );
  for (const [index, column] of equity.entries()) {
    const parameters = parametersAt(combinations, index);
    fills.clear();
    run.run(strategy.signal(market.series, parameters));
    if (run.isCalled) addResult(question, symbol, parameters, column);
    else fills.addEquity(market, rules, range.fromMoment, column);
  }
}

/** What one account bought at each moment, and what it paid for it. */
class AccountColumns {
  readonly #shares: Float64Array;
  readonly #paidUsd: Float64Array;

  constructor(moments: number) {
    this.#shares = new Float64Array(moments);
    this.#paidUsd = new Float64Array(moments);
  }

  clear(): void {
    this.#shares.fill(0);
    this.#paidUsd.fill(0);
  }

  add(at: number, signedShares: number, paidUsd: number): void {
    this.#shares[at]! += signedShares;
    this.#paidUsd[at]! += paidUsd;
  }

  /** Onto `equity`. A symbol that has ended keeps its last close: the engine pays that out for it, since no other worth of it was given. */
  addEquity({ series, momentOf, paidUsd, firstRow, endRow }: FastMarket, rules: BacktestRules, from: number, equity: Float64Array): void {
    let [row, shares, cashUsd, closeUsd] = [firstRow, 0, rules.cashUsd, 0];
    for (let at = 0; at < equity.length; at++) {
      if (row < endRow && momentOf[row] === from + at) {
        if (paidUsd !== null) cashUsd += shares * paidUsd[row]!;
        shares += this.#shares[at]!;
        cashUsd -= this.#paidUsd[at]!;
        closeUsd = series.close[row]!;
        row++;
      }
      equity[at]! += cashUsd + shares * closeUsd;
    }
  }
}

async function addEventEquity(
  question: Question,
  account: number,
  combinations: Combinations,
  equity: readonly Float64Array[],
  done: (combinations: number) => void,
): Promise<void> {
  for (const [index, column] of equity.entries()) {
    addResult(question, account, parametersAt(combinations, index), column);
    done(index + 1);
    await new Promise(setImmediate);
  }
}

function addResult(question: Question, account: number, parameters: Question['parameters'], equity: Float64Array): void {
  const isOneOfMany = question.strategy.kind === 'signal' && question.panel.series.length > 1;
  const own = isOneOfMany ? { panel: panelOfOne(question.panel, account), membership: null } : {};
  const result = runQuestion({ ...question, ...own, parameters });
  for (const [at, usd] of result.equity.equityUsd.entries()) equity[at]! += usd;
}

/** In place. Equity at or below zero ends the chain: nothing is earned or lost after it. */
function intoReturns(equity: Float64Array, openingUsd: number): void {
  let before = openingUsd;
  for (let at = 0; at < equity.length; at++) {
    const now = equity[at]!;
    equity[at] = before > 0 ? now / before - 1 : 0;
    before = now;
  }
}
