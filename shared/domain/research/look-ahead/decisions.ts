/** What a strategy decided, moment by moment, written down beside the run that it decides for. */
import type { Ticker } from '../../../kernel/units.ts';
import type { Now, OrderRequest, OrderStrategy, Strategy, WeightStrategy } from '../strategy.ts';

/** One decision; `value` is the weights of all symbols, the target, or an order in words. */
export interface Decision {
  readonly moment: number;
  readonly field: 'weight' | 'order' | 'cancel' | 'replace' | 'target';
  /** Index; null where it is about all symbols. */
  readonly symbol: number | null;
  readonly value: string | number | Float64Array;
}

/** The same strategy, with every decision added to `log`. A signal strategy decides in its column, which is compared as it is. */
export function recording(strategy: Strategy, log: Decision[]): Strategy {
  if (strategy.kind === 'weights') return recordingWeights(strategy, log);
  return strategy.kind === 'orders' ? recordingOrders(strategy, log) : strategy;
}

const recordingWeights = (strategy: WeightStrategy, log: Decision[]): WeightStrategy => ({
  ...strategy,
  weigh(now, parameters, weights) {
    const isWeighed = strategy.weigh(now, parameters, weights);
    const value = isWeighed ? weights.slice() : 'nothing to change';
    log.push({ moment: now.moment, field: 'weight', symbol: null, value });
    return isWeighed;
  },
});

const recordingOrders = (strategy: OrderStrategy, log: Decision[]): OrderStrategy => ({
  ...strategy,
  start(market, parameters) {
    const { decide } = strategy.start(market, parameters);
    return {
      decide(now: Now, desk) {
        const add = (field: Decision['field'], symbol: number | null, value: Decision['value']): void => {
          log.push({ moment: now.moment, field, symbol, value });
        };
        decide(now, {
          submit(order) {
            add('order', order.symbol, wordsOf(order));
            return desk.submit(order);
          },
          cancel(order) {
            add('cancel', null, order);
            desk.cancel(order);
          },
          replace(order, shares, limitPriceUsd) {
            add('replace', null, `${order} to ${shares} at ${limitPriceUsd ?? 'the market'}`);
            desk.replace(order, shares, limitPriceUsd);
          },
          working: (symbol) => desk.working(symbol),
          target(symbol, weight) {
            add('target', symbol, weight);
            desk.target(symbol, weight);
          },
        });
      },
    };
  },
});

/** As text that says every digit: JavaScript's numbers are written so that they are read back to the same bits. */
const wordsOf = ({ side, shares, type, timeInForce, limitPriceUsd, stopPriceUsd }: OrderRequest): string =>
  [side, shares, type, timeInForce, limitPriceUsd, stopPriceUsd].filter((part) => part !== undefined).join(' ');

export interface Difference {
  readonly moment: number;
  readonly symbol: Ticker | null;
  readonly field: string;
  readonly seen: string | number;
  readonly wouldBe: string | number;
}

/** The first decision up to and with `moment` that is not the same in both, to the bit; undefined where all are. */
export function firstDifference(
  seen: readonly Decision[],
  wouldBe: readonly Decision[],
  moment: number,
  symbols: readonly Ticker[],
): Difference | undefined {
  const known = seen.filter((decision) => decision.moment <= moment);
  const other = wouldBe.filter((decision) => decision.moment <= moment);
  for (let i = 0; i < Math.max(known.length, other.length); i++) {
    const found = differenceOf(known[i], other[i], symbols);
    if (found !== undefined) return found;
  }
  return undefined;
}

function differenceOf(seen: Decision | undefined, wouldBe: Decision | undefined, symbols: readonly Ticker[]): Difference | undefined {
  const { moment, field, symbol } = [seen, wouldBe].filter((one) => one !== undefined).toSorted((a, b) => a.moment - b.moment)[0]!;
  const sameKind = seen?.moment === wouldBe?.moment && seen?.field === wouldBe?.field && seen?.symbol === wouldBe?.symbol;
  if (sameKind && seen?.value instanceof Float64Array && wouldBe?.value instanceof Float64Array) {
    const [a, b] = [seen.value, wouldBe.value];
    const at = a.findIndex((weight, i) => !Object.is(weight, b[i]));
    return at < 0 ? undefined : { moment, symbol: symbols[at]!, field, seen: a[at]!, wouldBe: b[at]! };
  }
  if (sameKind && Object.is(seen?.value, wouldBe?.value)) return undefined;
  const of = symbol === null ? null : symbols[symbol]!;
  return { moment, symbol: of, field, seen: inShort(seen), wouldBe: inShort(wouldBe) };
}

const inShort = (decision: Decision | undefined): string | number => {
  if (decision === undefined) return 'nothing';
  return decision.value instanceof Float64Array ? 'weights' : decision.value;
};
