/** What a strategy would see at a moment of a panel, without an engine: for tests that ask a strategy one question. */
import { sliceBars } from '../../../shared/domain/market/bars.ts';
import { dayAt, type Membership, type Panel, symbolsOf } from '../../../shared/domain/research/panel.ts';
import type { Desk, Now, OrderStrategy, Parameters, WeightStrategy } from '../../../shared/domain/research/strategy.ts';
import { invariant } from '../../../shared/kernel/errors.ts';

export interface HandAccount {
  readonly membership?: Membership;
  readonly equityUsd?: number;
  /** Signed, by symbol. */
  readonly shares?: Readonly<Record<string, number>>;
}

export function handNow(panel: Panel, moment: number, { membership, equityUsd = 1_000_000, shares = {} }: HandAccount = {}): Now {
  const symbols = symbolsOf(panel);
  const width = panel.day.length;
  const bars = (symbol: number): number =>
    panel.rowOf.subarray(symbol * width, symbol * width + moment + 1).findLast((row) => row >= 0)! + 1 || 0;
  const held = (symbol: number): number => shares[symbols[symbol]!] ?? 0;
  const column =
    (name: 'open' | 'high' | 'low' | 'close' | 'volume') =>
    (symbol: number, lag: number): number => {
      invariant(lag >= 0, 'a strategy reads bars at a lag of 0 or more', { lag });
      return panel.series[symbol]![name][bars(symbol) - 1 - lag] ?? Number.NaN;
    };
  const close = column('close');
  return {
    ...{ symbols, moment, day: dayAt(panel, moment), equityUsd },
    cashUsd: symbols.reduce((cash, _, symbol) => cash - (held(symbol) === 0 ? 0 : held(symbol) * close(symbol, 0)), equityUsd),
    trades: (symbol) => panel.rowOf[symbol * width + moment]! >= 0,
    isMember: (symbol) => membership === undefined || membership.mask[symbol * width + moment] === 1,
    bars,
    ...{ open: column('open'), high: column('high'), low: column('low'), close, volume: column('volume') },
    history: (symbol, count) => sliceBars(panel.series[symbol]!, Math.max(0, bars(symbol) - count), bars(symbol)),
    earnings: (symbol) => (panel.earnings?.[symbol] ?? []).filter(({ availableDay }) => availableDay < panel.day[moment]!),
    shares: held,
    weight: (symbol) => (held(symbol) * close(symbol, 0)) / equityUsd,
  };
}

/** Weights by symbol, without those that are 0; null where it is too early. */
export function weigh(strategy: WeightStrategy, now: Now, parameters: Parameters): Readonly<Record<string, number>> | null {
  const weights = new Float64Array(now.symbols.length);
  if (!strategy.weigh(now, withInitial(strategy, parameters), weights)) return null;
  return Object.fromEntries(now.symbols.flatMap((symbol, i) => (weights[i] === 0 ? [] : [[symbol, weights[i]!]])));
}

/** What a strategy of orders asks for at each moment in turn, in words; nothing is filled. */
export function ordersOf(strategy: OrderStrategy, panel: Panel, parameters: Parameters, account?: HandAccount): string[] {
  const asked: string[] = [];
  const { decide } = strategy.start(
    { frequency: panel.frequency, basis: panel.basis, symbols: symbolsOf(panel) },
    withInitial(strategy, parameters),
  );
  for (let moment = 0; moment < panel.day.length; moment++) {
    const say = (symbol: number, words: string): number => asked.push(`${moment} ${symbolsOf(panel)[symbol]} ${words}`);
    const desk: Desk = {
      submit: ({ symbol, side, shares, type, timeInForce }) => say(symbol, `${side} ${shares} ${type} ${timeInForce}`),
      cancel: () => undefined,
      replace: () => undefined,
      working: () => [],
      target: (symbol, weight) => say(symbol, `to ${weight}`),
    };
    decide(handNow(panel, moment, account), desk);
  }
  return asked;
}

/** With the initial value of what is not given. */
export const withInitial = ({ parameters }: Pick<WeightStrategy, 'parameters'>, given: Parameters = {}): Parameters => ({
  ...Object.fromEntries(Object.entries(parameters).map(([name, { initial }]) => [name, initial])),
  ...given,
});
