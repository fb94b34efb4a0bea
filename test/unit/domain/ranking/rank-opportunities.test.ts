import { describe, expect, test } from 'vitest';
import type { SymbolInput } from '../../../../shared/domain/cycle/index.ts';
import type { DailyBars } from '../../../../shared/domain/market/bars.ts';
import { sessionsBack, sessionsBetween } from '../../../../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import type { Policy } from '../../../../shared/domain/policy/policy.ts';
import { quarterVol } from '../../../../shared/domain/ranking/measure-symbol.ts';
import type { Prediction } from '../../../../shared/domain/ranking/predictions.ts';
import { type Ranking, rankOpportunities } from '../../../../shared/domain/ranking/rank-opportunities.ts';
import type { Ticker } from '../../../../shared/kernel/units.ts';
import { asOf, symbolInput, ticker, toBars, walk } from '../fixtures.ts';

const days = [...sessionsBetween(sessionsBack(asOf, 252), sessionsBack(asOf, 1))];
const letsAll: Policy = { ...defaultPolicy, ranking: { ...defaultPolicy.ranking, spreadBpsMax: 10_000, annualizedVolMax: 10 } };
const active = { state: 'ACTIVE', reasons: [] } as const;

/** Ordinary bars with one thing about them changed. */
function listed(
  symbol: string,
  change: (bars: DailyBars) => Partial<DailyBars> = () => ({}),
): Pick<SymbolInput, 'symbol' | 'governance' | 'bars'> {
  const bars = toBars(symbol, walk(symbol, 252));
  return { symbol: ticker(symbol), governance: active, bars: { ...bars, ...change(bars) } };
}

const scaled = (values: Float64Array, by: number): Float64Array => values.map((value) => value * by);
const ordinary = Array.from({ length: 12 }, (_, i) => listed(`ORD${i}`));
const promising: Prediction = { dailyExcessReturn: 0.001, conviction: 0.05 };
const everyone = (inputs: typeof ordinary, prediction: Prediction = promising): Map<Ticker, Prediction> =>
  new Map(inputs.map(({ symbol }) => [symbol, prediction]));

const rank = (symbols: typeof ordinary, { policy = letsAll, predictions = everyone(symbols) } = {}): Ranking =>
  rankOpportunities({ symbols, predictions, policy });
const reasonsOf = ({ filtered }: Ranking, symbol: string): readonly string[] | undefined =>
  filtered.find((one) => one.symbol === symbol)?.reasons;

describe('the filters', () => {
  const withRanking = (ranking: Partial<Policy['ranking']>): Policy => ({ ...letsAll, ranking: { ...letsAll.ranking, ...ranking } });

  test('nothing is filtered where nothing is wrong', () => {
    expect(rank(ordinary).filtered).toEqual([]);
  });

  test('a symbol that governance blocks is filtered for the reasons of governance', () => {
    const young = symbolInput('YOUNG', walk('YOUNG', 1100));
    expect(reasonsOf(rank([...ordinary, young]), 'YOUNG')).toEqual(['history-too-short']);
  });

  test('a history shorter than the policy loads is filtered', () => {
    const short = { ...listed('SHORT'), bars: toBars('SHORT', walk('SHORT', 251)) };
    expect(reasonsOf(rank([...ordinary, short]), 'SHORT')).toEqual(['history-too-short']);
    expect(reasonsOf(rank([...ordinary, { ...short, bars: null }]), 'SHORT')).toEqual(['history-too-short']);
  });

  test.each(['close', 'high', 'low', 'volume'] as const)('a missing %s is filtered, never guessed', (field) => {
    const holed = listed('HOLED', (bars) => ({ [field]: bars[field].map((value, i) => (i === 250 ? Number.NaN : value)) }));
    expect(reasonsOf(rank([...ordinary, holed]), 'HOLED')).toEqual(['measures-not-finite']);
  });

  test('a price that never moves has no measures', () => {
    const still = new Float64Array(days.length).fill(50);
    const dead = listed('DEAD', () => ({ open: still, high: still, low: still, close: still }));
    expect(reasonsOf(rank([...ordinary, dead]), 'DEAD')).toEqual(['measures-not-finite']);
  });

  test('each limit filters under its own name', () => {
    const cheap = listed('CHEAP', ({ open, high, low, close, volume }) => ({
      ...{ open: scaled(open, 0.01), high: scaled(high, 0.01), low: scaled(low, 0.01), close: scaled(close, 0.01) },
      volume: scaled(volume, 100),
    }));
    expect(reasonsOf(rank([...ordinary, cheap]), 'CHEAP')).toEqual(['price-too-low']);
    const thin = listed('THIN', ({ volume }) => ({ volume: scaled(volume, 1e-3) }));
    expect(reasonsOf(rank([...ordinary, thin]), 'THIN')).toContain('dollar-volume-too-low');
    const all = ordinary.length;
    expect(rank(ordinary, { policy: withRanking({ spreadBpsMax: 0.01 }) }).filtered).toHaveLength(all);
    expect(reasonsOf(rank(ordinary, { policy: withRanking({ spreadBpsMax: 0.01 }) }), 'ORD0')).toEqual(['spread-too-wide']);
    expect(reasonsOf(rank(ordinary, { policy: withRanking({ annualizedVolMax: 0.01 }) }), 'ORD0')).toEqual(['volatility-too-high']);
    expect(reasonsOf(rank(ordinary, { policy: withRanking({ participationFracMax: 1e-9 }) }), 'ORD0')).toEqual(['capacity-too-small']);
    const restricted = { ...letsAll, execution: { ...letsAll.execution, restricted: ['ORD3'] } };
    expect(reasonsOf(rank(ordinary, { policy: restricted }), 'ORD3')).toEqual(['restricted']);
  });

  test('all reasons of a symbol are told', () => {
    const policy = withRanking({ annualizedVolMax: 0.01, spreadBpsMax: 0.01, priceUsdMin: 1e6 });
    expect(reasonsOf(rank(ordinary, { policy }), 'ORD1')).toEqual(['price-too-low', 'spread-too-wide', 'volatility-too-high']);
  });

  test('an expected edge that does not pay its round trip is filtered, and the absence of an opinion is not', () => {
    const { ranked } = rank(ordinary);
    const { cost, edgeBps } = ranked.find(({ symbol }) => symbol === 'ORD5')!;
    // 0.1 % a session over the 21 of the policy are 210 basis points.
    expect(edgeBps! + cost.roundTripBps).toBeCloseTo(210, 9);
    const barelyNot = { dailyExcessReturn: cost.roundTripBps / 21 / 10_000 - 1e-9, conviction: 0.01 };
    const predictions = everyone(ordinary).set(ticker('ORD5'), barelyNot);
    expect(reasonsOf(rank(ordinary, { predictions }), 'ORD5')).toEqual(['edge-below-cost']);
    predictions.delete(ticker('ORD5'));
    expect(reasonsOf(rank(ordinary, { predictions }), 'ORD5')).toBeUndefined();
  });

  test('an expected fall is an edge only where shorts are allowed', () => {
    const predictions = everyone(ordinary, { dailyExcessReturn: -0.001, conviction: -0.05 });
    expect(rank(ordinary, { predictions }).ranked).toEqual([]);
    const mayShort = { ...letsAll, portfolio: { ...letsAll.portfolio, allowShort: true } };
    expect(rank(ordinary, { predictions, policy: mayShort }).filtered).toEqual([]);
  });
});

describe('the score', () => {
  test('is the weighted mean of ranks that follow from the measures shown', () => {
    const predictions = new Map(ordinary.map(({ symbol }, i) => [symbol, { dailyExcessReturn: 0.001, conviction: 0.01 * i }]));
    const { ranked } = rank(ordinary, { predictions });
    /** How many are lower, ties counted half, over the others: written out, without sorting. */
    const rankOf = (values: readonly number[], i: number): number =>
      values.reduce((sum, value, j) => sum + (j === i ? 0 : value < values[i]! ? 1 : value === values[i] ? 0.5 : 0), 0) /
      (values.length - 1);
    const of = (value: (one: (typeof ranked)[number]) => number): number[] => ranked.map(value);
    ranked.forEach((one, i) => {
      expect(one.parts.trend).toBeCloseTo(
        rankOf(
          of(({ measures }) => measures.trendStrength),
          i,
        ),
        12,
      );
      expect(one.parts.volatility).toBeCloseTo(
        (rankOf(
          of(({ measures }) => -measures.rangeFrac),
          i,
        ) +
          rankOf(
            of(({ measures }) => -measures.bandWidthFrac),
            i,
          )) /
          2,
        12,
      );
      expect(one.parts.liquidity).toBeCloseTo(
        (rankOf(
          of(({ measures }) => measures.dollarVolume),
          i,
        ) +
          rankOf(
            of(({ measures }) => -measures.spreadBps),
            i,
          )) /
          2,
        12,
      );
      const netPerRisk = of(({ measures, cost }) => (measures.quarterReturn - cost.roundTripBps / 1e4) / quarterVol(measures.dailyVol));
      expect(one.parts.performance).toBeCloseTo(rankOf(netPerRisk, i), 12);
      expect(one.parts.prediction).toBeCloseTo(
        rankOf(
          of(({ prediction }) => prediction!.conviction),
          i,
        ),
        12,
      );
      const { trend, volatility, liquidity, performance, prediction } = one.parts;
      expect(one.score).toBeCloseTo(0.25 * trend + 0.15 * volatility + 0.2 * liquidity + 0.15 * performance + 0.25 * prediction, 12);
      expect(one.rank).toBe(i + 1);
    });
    expect(of(({ score }) => score)).toEqual(of(({ score }) => score).toSorted((a, b) => b - a));
  });

  test('lists no more than topN, best first', () => {
    const { ranked, listed: names } = rank(ordinary, { policy: { ...letsAll, ranking: { ...letsAll.ranking, topN: 5 } } });
    expect(ranked).toHaveLength(12);
    expect(names).toEqual(ranked.slice(0, 5).map(({ symbol }) => symbol));
  });

  test('equal symbols share their ranks and go by name', () => {
    const twin = (symbol: string) => ({ ...listed('SAME'), symbol: ticker(symbol) });
    const { ranked } = rank([twin('B'), twin('C'), twin('A')]);
    expect(ranked.map(({ symbol, score }) => [symbol, score])).toEqual([
      ['A', 0.5],
      ['B', 0.5],
      ['C', 0.5],
    ]);
  });

  test('without an opinion a symbol has the middle rank of the prediction', () => {
    const predictions = everyone(ordinary);
    predictions.delete(ticker('ORD7'));
    const { ranked } = rank(ordinary, { predictions });
    expect(ranked.find(({ symbol }) => symbol === 'ORD7')).toMatchObject({ prediction: null, edgeBps: null, parts: { prediction: 0.5 } });
  });

  test('one symbol alone has the middle of everything, and none at all an empty list', () => {
    expect(rank([ordinary[0]!]).ranked[0]).toMatchObject({ score: 0.5, rank: 1 });
    expect(rank([])).toEqual({ ranked: [], listed: [], filtered: [] });
  });
});
