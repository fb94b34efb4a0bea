/** The strategy kit finds what it is there to find: each planted fault breaks the card that is about it, and honest strategies break none. */
import { describe, expect, test } from 'vitest';
import {
  type Now,
  type OrderStrategy,
  SIGNAL,
  type SignalStrategy,
  type Strategy,
  type WeightStrategy,
} from '../../../shared/domain/research/strategy.ts';
import { strategyCards } from './strategy-kit.ts';

const described = { name: 'planted', about: 'Made for a test.', source: 'nobody', parameters: {} } as const;

/** Honest: the closes of a month that rose most, a third each. */
const honestScore = (now: Now, symbol: number): number => now.close(symbol, 0) / now.close(symbol, 20);

const weighing = (weigh: (now: Now, weights: Float64Array, parameters: Readonly<Record<string, number>>) => void): WeightStrategy => ({
  ...described,
  kind: 'weights',
  rebalance: 'month-end',
  weigh(now, parameters, weights) {
    weigh(now, weights, parameters);
    return true;
  },
});

const honestWeights = weighing((now, weights) => {
  const able = now.symbols
    .map((_, symbol) => symbol)
    .filter((symbol) => now.trades(symbol) && now.isMember(symbol) && honestScore(now, symbol) > 0);
  for (const symbol of able.toSorted((a, b) => honestScore(now, b) - honestScore(now, a)).slice(0, 3)) weights[symbol] = 0.3;
});

const signalling = (signal: (close: Float64Array, symbol: string) => Uint8Array): SignalStrategy => ({
  ...described,
  kind: 'signal',
  signal: ({ close, symbol }) => signal(close, symbol),
});

const honestSignal = signalling((close) => Uint8Array.from(close, (price, bar) => (price > close[bar - 5]! ? SIGNAL.long : SIGNAL.flat)));

const ordering = (decide: ReturnType<OrderStrategy['start']>['decide']): OrderStrategy => ({
  ...described,
  kind: 'orders',
  start: () => ({ decide }),
});

const honestOrders = ordering((now, desk) => {
  now.symbols.forEach((_, symbol) => {
    if (now.trades(symbol) && now.bars(symbol) % 50 === 20)
      desk.submit({ symbol, side: 'BUY', shares: 10, type: 'MARKET', timeInForce: 'DAY' });
  });
});

let calls = 0;
const flatSpec = { about: 'Bars', initial: 5, min: 1, max: 10, whole: true };

const planted: ReadonlyArray<{ readonly fault: string; readonly breaks: number; readonly strategy: Strategy }> = [
  { fault: 'has a name that is not in kebab-case', breaks: 1, strategy: { ...honestSignal, name: 'Bad Name' } },
  { fault: 'has no source', breaks: 1, strategy: { ...honestSignal, source: ' ' } },
  {
    fault: 'begins outside of its own bounds',
    breaks: 1,
    strategy: { ...honestSignal, parameters: { bars: { ...flatSpec, initial: 11 } } },
  },
  { fault: 'is in conflict with itself', breaks: 1, strategy: { ...honestSignal, conflict: () => 'fast must be below slow' } },
  { fault: 'never trades', breaks: 2, strategy: signalling((close) => new Uint8Array(close.length)) },
  {
    fault: 'draws lots',
    breaks: 3,
    strategy: signalling((close) => Uint8Array.from(close, () => (Math.random() < 0.5 ? SIGNAL.long : SIGNAL.flat))),
  },
  {
    fault: 'looks at the clock',
    breaks: 3,
    strategy: weighing((_, weights) => weights.fill((Math.floor(Date.now() / 86_400_000) % 7) / 100)),
  },
  { fault: 'remembers earlier runs', breaks: 3, strategy: weighing((_, weights) => weights.fill(calls++ / 1e4)) },
  {
    fault: 'writes to the prices',
    breaks: 3,
    strategy: signalling((close) => {
      close[0] = close[0]! + 0.25;
      return Uint8Array.from(close, (_, bar) => (bar % 9 === 0 ? SIGNAL.long : SIGNAL.flat));
    }),
  },
  {
    fault: 'buys before a rise',
    breaks: 4,
    strategy: signalling((close) => Uint8Array.from(close, (price, bar) => (close[bar + 1]! > price ? SIGNAL.long : SIGNAL.flat))),
  },
  {
    fault: 'looks behind its view',
    breaks: 4,
    strategy: weighing((now, weights) => {
      const { close } = now.history(0, 1);
      weights[0] = new Float64Array(close.buffer)[close.byteOffset / 8 + 1]! > close[0]! ? 0.5 : 0;
    }),
  },
  { fault: 'holds who is not in the index', breaks: 5, strategy: weighing((_, weights) => weights.fill(0.02)) },
  {
    fault: 'divides by a deviation of zero',
    breaks: 6,
    strategy: weighing((now, weights) => weights.fill(1 / (now.close(0, 0) - now.close(0, 1) || 0))),
  },
  {
    fault: 'cannot do without a second bar',
    breaks: 6,
    strategy: ordering((now, desk) => {
      desk.submit({ symbol: 0, side: 'BUY', shares: Math.abs(now.close(0, 1)), type: 'MARKET', timeInForce: 'DAY' });
    }),
  },
  {
    fault: 'goes by the alphabet',
    breaks: 7,
    strategy: weighing((now, weights) => {
      weights[now.symbols.findIndex((_, symbol) => now.trades(symbol) && now.isMember(symbol))] = 0.5;
    }),
  },
];

/** What a card finds; an error thrown is a finding too. */
function found(card: number, strategy: Strategy): readonly string[] {
  try {
    return strategyCards[card - 1]!.faults(strategy, { moments: 120, probes: 24 });
  } catch (error) {
    return [String(error)];
  }
}

describe('the strategy kit', () => {
  test.each(planted)('finds by card $breaks a strategy that $fault', ({ breaks, strategy }) => {
    expect(found(breaks, strategy)).not.toEqual([]);
  });

  test('has a planted fault for every card, and the cards are numbered', () => {
    expect(strategyCards.map(({ title }) => title.split(' ')[0])).toEqual(strategyCards.map((_, i) => String(i + 1)));
    expect(new Set(planted.map(({ breaks }) => breaks)).size).toBe(strategyCards.length);
  });

  test.each([
    ['signals', honestSignal],
    ['weights', honestWeights],
    ['orders', honestOrders],
  ])('has nothing to say of honest %s', (_, strategy) => {
    expect(strategyCards.flatMap((__, i) => found(i + 1, strategy))).toEqual([]);
  });
});
