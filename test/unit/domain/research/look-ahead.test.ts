/** The fuzzer finds what it is there to find: each planted strategy knows something too early, and the honest ones beside it do not. */
import { describe, expect, test } from 'vitest';
import type { EarningsRelease } from '../../../../shared/domain/market/facts.ts';
import { fuzzLookAhead, type LookAheadQuestion, type StrategyMaker } from '../../../../shared/domain/research/look-ahead.ts';
import { momentumStrategy } from '../../../../shared/domain/research/strategies/momentum.strategy.ts';
import { smaCrossStrategy } from '../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import {
  type Now,
  type OrderStrategy,
  SIGNAL,
  type SignalStrategy,
  type WeightStrategy,
} from '../../../../shared/domain/research/strategy.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { handRules, membershipOf, simulatedPanel } from '../../../support/research/hand-panel.ts';

const MOMENTS = 130;
const described = { name: 'planted', about: 'For a test.', source: 'made up', parameters: {} } as const;
const panel = simulatedPanel({ symbols: 6, moments: MOMENTS, seed: 'look-ahead', missingFrac: 0.01 });
const membership = membershipOf(panel, (symbol, moment) => (Number(symbol.slice(1)) + Math.floor(moment / 7)) % 3 !== 0);
const releases = Array.from(
  { length: 6 },
  (_, i): EarningsRelease => ({
    ...{ availableDay: panel.day[5 + 6 * i]! as EpochDay, session: 'post', epsUsd: 1 + (i % 3), epsEstimateUsd: 1.5 },
  }),
);
const withEarnings = { ...panel, earnings: panel.series.map((_, s) => releases.map((one) => ({ ...one, epsUsd: one.epsUsd * (s + 1) }))) };

const signal = (enters: (close: Float64Array, bar: number, volume: Float64Array) => boolean): SignalStrategy => ({
  ...described,
  kind: 'signal',
  signal: ({ close, volume }) => Uint8Array.from(close, (_, bar) => (enters(close, bar, volume) ? SIGNAL.long : SIGNAL.flat)),
});

const weights = (score: (now: Now, symbol: number) => number): WeightStrategy => ({
  ...described,
  kind: 'weights',
  rebalance: 'week-end',
  weigh(now, _, out) {
    const scores = now.symbols.map((__, symbol) => score(now, symbol));
    const best = scores.indexOf(Math.max(...scores.filter((one) => !Number.isNaN(one))));
    if (best >= 0) out[best] = 0.5;
    return best >= 0;
  },
});

const orders = (decide: ReturnType<OrderStrategy['start']>['decide']): OrderStrategy => ({
  ...described,
  kind: 'orders',
  start: () => ({ decide }),
});

/** Momentum as it would rank if tomorrow's closes were today's. */
const peekingMomentum: StrategyMaker = ({ series, rowOf, day }) =>
  weights((now, symbol) => {
    const tomorrow = rowOf[symbol * day.length + now.moment + 1] ?? -1;
    return (series[symbol]!.close[tomorrow] ?? Number.NaN) / now.close(symbol, 20);
  });

const question = (strategy: LookAheadQuestion['strategy'], more: Partial<LookAheadQuestion> = {}): LookAheadQuestion => ({
  ...{ panel, strategy, parameters: {}, membership: null },
  rules: handRules({ sizing: { kind: 'weight', frac: 0.1 } }),
  ...more,
});

const fuzz = (of: LookAheadQuestion, probes = 44, seed = 'fuzz') => fuzzLookAhead(of, { rng: seededRng(seed), probes });

const deviations = (close: Float64Array): Float64Array => {
  const mean = close.reduce((sum, value) => sum + value, 0) / close.length;
  const deviation = Math.sqrt(close.reduce((sum, value) => sum + (value - mean) ** 2, 0) / close.length);
  return close.map((value) => (value - mean) / deviation);
};

const planted: ReadonlyArray<{ readonly fault: string; readonly field: string; readonly of: LookAheadQuestion }> = [
  { fault: 'buys before a rise', field: 'signal', of: question(signal((close, bar) => close[bar + 1]! > close[bar]!)) },
  { fault: 'scales by the whole sample', field: 'signal', of: question(signal((close, bar) => deviations(close)[bar]! < -1)) },
  { fault: 'waits for the lowest close of all', field: 'signal', of: question(signal((close, bar) => close[bar] === Math.min(...close))) },
  { fault: 'goes by tomorrow’s volume', field: 'signal', of: question(signal((_, bar, volume) => volume[bar + 1]! > 1_200_000)) },
  { fault: 'counts the bars that are still to come', field: 'signal', of: question(signal((close, bar) => close.length - bar > 60)) },
  {
    fault: 'sees that a price will be missing',
    field: 'signal',
    of: question(signal((close, bar) => close.subarray(bar).some((price) => Number.isNaN(price)))),
  },
  { fault: 'ranks by tomorrow’s closes', field: 'weight', of: question(peekingMomentum) },
  {
    fault: 'ranks by the bar that lies behind its view',
    field: 'weight',
    of: question(
      weights((now, symbol) => {
        const { close } = now.history(symbol, 5);
        return new Float64Array(close.buffer)[close.byteOffset / 8 + close.length] ?? Number.NaN;
      }),
    ),
  },
  {
    fault: 'buys what will join the index tomorrow',
    field: 'weight',
    of: question(
      (_, members) => weights((now, symbol) => members!.mask[symbol * MOMENTS + now.moment + 1]! - Number(now.isMember(symbol))),
      { membership },
    ),
  },
  {
    fault: 'reads the earnings of next week',
    field: 'weight',
    of: question(
      ({ earnings }) =>
        weights((now, symbol) => earnings![symbol]!.findLast(({ availableDay }) => availableDay < now.day + 7)?.epsUsd ?? 0),
      {
        panel: withEarnings,
      },
    ),
  },
  {
    fault: 'buys before a dividend',
    field: 'target',
    of: question(({ series, rowOf }) =>
      orders((now, desk) => desk.target(0, (series[0]!.dividend[rowOf[now.moment]! + 1] ?? 0) > 0 ? 0.5 : 0)),
    ),
  },
  {
    fault: 'sells what will be delisted',
    field: 'order',
    of: question(({ series }) =>
      orders((now, desk) => {
        const isFirst = now.bars(1) === 1 && now.trades(1);
        const ends = series[1]!.day.at(-1)! < panel.day.at(-1)!;
        if (isFirst) desk.submit({ symbol: 1, side: 'BUY', shares: ends ? 5 : 10, type: 'MARKET', timeInForce: 'DAY' });
      }),
    ),
  },
];

describe('the look-ahead fuzzer', () => {
  test.each(planted)('finds a strategy that $fault', ({ field, of }) => {
    const found = fuzz(of);
    expect(found).toMatchObject({ kind: 'looks-ahead', field });
  });

  test('names the first decision that differs, the day, the symbol, and what was changed behind which moment', () => {
    const found = fuzz(question(signal((close, bar) => close[bar + 1]! > close[bar]!)));
    if (found.kind !== 'looks-ahead') throw new Error('a look one bar ahead is found');
    // One bar ahead: the only decision that may differ is the last one before the future begins.
    const { moment, knownUntil, day, symbol, seen, wouldBe } = found;
    expect({ moment, day }).toEqual({ moment: knownUntil, day: panel.day[moment] });
    const s = panel.series.findIndex((one) => one.symbol === symbol);
    const row = panel.rowOf[s * MOMENTS + moment]!;
    const { close } = panel.series[s]!;
    expect([seen, wouldBe]).toEqual(close[row + 1]! > close[row]! ? [SIGNAL.long, SIGNAL.flat] : [SIGNAL.flat, SIGNAL.long]);
  });

  test('has nothing to say of strategies that keep to the past, and counts what it tried', () => {
    const momentum = question(momentumStrategy, { parameters: { lookback: 20, top: 2 }, membership, rebalance: 'week-end' });
    const sma = question(smaCrossStrategy, { parameters: { fast: 3, slow: 8 } });
    expect(fuzz(momentum, 33)).toMatchObject({ kind: 'clean', probes: 33, refused: 0 });
    expect(fuzz(sma, 33)).toMatchObject({ kind: 'clean', probes: 33, changes: { 'not-a-number': expect.any(Number) } });
  });

  test('tries the same futures for the same seed', () => {
    const of = question(smaCrossStrategy, { parameters: { fast: 3, slow: 8 } });
    expect(fuzz(of, 12)).toEqual(fuzz(of, 12));
    expect(fuzz(of, 12)).not.toEqual(fuzz(of, 12, 'another'));
  });

  test('refuses what the engine refuses, and finds no future behind a single moment', () => {
    expect(fuzz(question(smaCrossStrategy, { parameters: { fast: 30, slow: 8 } }))).toMatchObject({
      kind: 'refused',
      reason: 'parameters-conflict',
    });
    const single = simulatedPanel({ symbols: 2, moments: 1, seed: 'single' });
    expect(fuzz(question(smaCrossStrategy, { panel: single }))).toMatchObject({ kind: 'clean', probes: 0 });
  });

  test('cannot find a parameter that was chosen on the whole sample', () => {
    const best = [5, 10, 20].toSorted((a, b) => panel.series[0]!.close.at(-a)! - panel.series[0]!.close.at(-b)!)[0]!;
    expect(fuzz(question(smaCrossStrategy, { parameters: { fast: 3, slow: best } }))).toMatchObject({ kind: 'clean' });
  });
});
