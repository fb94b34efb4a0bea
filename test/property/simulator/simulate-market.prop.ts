/**
 * What must hold of a simulated market, for every seed:
 *  1. The same seed gives the same bytes, and another seed others.
 *  2. Every bar of a sound company is consistent, its price positive, its days those of the exchange.
 *  3. Returns are as market returns are (Cont 2001, "Empirical properties of asset returns"): fat tails, clustered volatility,
 *     and correlations that are higher in a crisis.
 *  4. Each deliberate defect is blocked by the quality gate, and nothing else is but the delisted company.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DailyBars } from '../../../shared/domain/market/bars.ts';
import { nextSession } from '../../../shared/domain/market/calendar.ts';
import { deliberateDefects } from '../../../shared/domain/market/simulator/defects.ts';
import { type SimulatedMarket, simulatedTo, simulateMarket } from '../../../shared/domain/market/simulator/simulate-market.ts';
import { simulatedDelisting, simulatedSplits, simulatedUniverse } from '../../../shared/domain/market/simulator/universe.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { governSymbol } from '../../../shared/domain/quality/governance.ts';
import { qualityAsOf } from '../../../shared/domain/quality/judge.ts';
import { profileBars } from '../../../shared/domain/quality/profile.ts';

const aSeed = fc.integer({ min: 0, max: 1_000_000 });
const unsound = new Set<string>([...deliberateDefects.map(({ symbol }) => symbol), simulatedDelisting.symbol]);

const sound = (market: SimulatedMarket): DailyBars[] => [...market.bars.values()].filter(({ symbol }) => !unsound.has(symbol));

const logReturns = (bars: DailyBars): Float64Array => bars.close.slice(1).map((close, row) => Math.log(close / bars.close[row]!));

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, index) => (value - meanA) * (b[index]! - meanB)));
  return covariance / Math.sqrt(mean(a.map((value) => (value - meanA) ** 2)) * mean(b.map((value) => (value - meanB) ** 2)));
}

function kurtosis(values: Float64Array): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 4)) / mean(values.map((value) => (value - middle) ** 2)) ** 2;
}

/** Mean correlation of neighbours in the universe, over the sessions picked. */
function averageCorrelation(series: readonly Float64Array[], rows: readonly number[]): number {
  const picked = series.map((returns) => rows.map((row) => returns[row]!));
  return mean(picked.slice(1).map((returns, index) => correlation(returns, picked[index]!)));
}

describe('a simulated market', () => {
  test('1. is the same for the same seed, and another for another', () => {
    fc.assert(
      fc.property(aSeed, (seed) => {
        const market = simulateMarket({ seed });
        expect(simulateMarket({ seed })).toEqual(market);
        expect(simulateMarket({ seed: seed + 1 }).bars.get('QALD' as never)).not.toEqual(market.bars.get('QALD' as never));
      }),
      { numRuns: 3 },
    );
  });

  test('2. has sixty companies over eleven sectors, with consistent bars on exchange days', () => {
    expect(simulatedUniverse).toHaveLength(60);
    expect(new Set(simulatedUniverse.map(({ symbol }) => symbol)).size).toBe(60);
    expect(new Set(simulatedUniverse.map(({ sector }) => sector)).size).toBe(11);
    fc.assert(
      fc.property(aSeed, (seed) => {
        const market = simulateMarket({ seed });
        let bad = 0;
        for (const bars of sound(market)) {
          expect(bars.day).toEqual(market.sessions);
          for (let row = 0; row < bars.day.length; row++) {
            const [low, high] = [bars.low[row]!, bars.high[row]!];
            const inside = (price: number): boolean => price >= low && price <= high;
            if (!(low > 0 && inside(bars.open[row]!) && inside(bars.close[row]!) && bars.volume[row]! > 0 && bars.dividend[row]! >= 0))
              bad++;
          }
        }
        expect(bad).toBe(0);
        for (const { symbol, ratio, session } of simulatedSplits) expect(market.bars.get(symbol)!.splitRatio[session]).toBe(ratio);
      }),
      { numRuns: 10 },
    );
  });

  test('3. has fat tails, clustered volatility, and correlations that rise in a crisis', () => {
    fc.assert(
      fc.property(aSeed, (seed) => {
        const market = simulateMarket({ seed });
        const returns = sound(market).map(logReturns);
        expect(mean(returns.map(kurtosis))).toBeGreaterThan(3.5);
        const clustering = returns.map((series) => {
          const size = Array.from(series, Math.abs);
          return correlation(size.slice(1), size.slice(0, -1));
        });
        expect(mean(clustering)).toBeGreaterThan(0.05);
        const rowsIn = (regime: string): number[] =>
          market.factors.regimes.flatMap((entry, session) => (entry === regime && session > 0 ? [session - 1] : []));
        expect(averageCorrelation(returns, rowsIn('crisis'))).toBeGreaterThan(averageCorrelation(returns, rowsIn('bull-quiet')) + 0.1);
      }),
      { numRuns: 8 },
    );
  });

  test('4. is blocked where it was spoilt on purpose, and only there', () => {
    fc.assert(
      fc.property(aSeed, (seed) => {
        const blocked = [...simulateMarket({ seed }).bars.values()].flatMap((bars) => {
          const quality = qualityAsOf(profileBars(bars, { adjustment: 'split-adjusted' }), nextSession(simulatedTo), defaultPolicy.quality);
          const { state, reasons } = governSymbol(quality, defaultPolicy.governance);
          return state === 'ACTIVE' ? [] : [`${bars.symbol} ${reasons.join('+')}`];
        });
        expect(blocked.sort()).toEqual([
          'QGRA duplicate-date',
          'QHUL last-bar-stale',
          'QLUX unexplained-split-like-move',
          'QNOV zero-or-negative-price',
          'QSHE last-bar-stale',
          'ZTEA history-too-short',
        ]);
      }),
      { numRuns: 40 },
    );
  });
});
