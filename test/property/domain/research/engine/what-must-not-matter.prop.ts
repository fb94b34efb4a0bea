/** What a run must not depend on: in which shares prices are, into how many orders a trade is cut, and what nobody could know. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Panel } from '../../../../../shared/domain/research/panel.ts';
import type { BacktestResult } from '../../../../../shared/domain/research/result.ts';
import { donchianStrategy } from '../../../../../shared/domain/research/strategies/donchian.strategy.ts';
import { lowVolStrategy } from '../../../../../shared/domain/research/strategies/low-vol.strategy.ts';
import { momentumStrategy } from '../../../../../shared/domain/research/strategies/momentum.strategy.ts';
import { pairsStrategy } from '../../../../../shared/domain/research/strategies/pairs.strategy.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import type { OrderStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { erratic, eventful, MOMENTS, markets, near, rulesOf, SYMBOLS, splitInTwo, turning } from '../../../../support/research/erratic.ts';
import { type HandBar, handRules, panelOf, simulatedBars, simulatedPanel } from '../../../../support/research/hand-panel.ts';
import { answered } from '../../../../support/research/scripted.ts';

describe('what must not matter', () => {
  test('whether a split is in the prices or in the shares', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const rules = rulesOf({ ...market, isCostly: false, wholeShares: false, isCapped: false });
        const adjusted = simulatedPanel({ symbols: SYMBOLS, moments: MOMENTS, seed: String(market.seed), missingFrac: 0.1 });
        const series = adjusted.series
          .map((own) => splitInTwo(own, Math.floor(own.day.length / 2)))
          .map((own) => ({ ...own, dividend: own.dividend.fill(0) }));
        const run = (panel: Panel) => answered({ panel, strategy: turning, parameters: {}, rules, membership: null }).equity.equityUsd;
        const traded = run({ ...adjusted, basis: 'as-traded', series });
        for (const [moment, equityUsd] of run(adjusted).entries()) near(equityUsd, traded[moment]!);
      }),
      { numRuns: 20 },
    );
  });

  test('nor to a strategy that reads prices: as traded, it decides as it does on split-adjusted ones', () => {
    const strategies = [
      [momentumStrategy, { lookback: 5, top: 2 }],
      [lowVolStrategy, { lookback: 6, top: 2 }],
      [smaCrossStrategy, { fast: 2, slow: 5 }],
      [donchianStrategy, { entry: 6, exit: 3 }],
      [pairsStrategy, { formation: 12, trading: 20, pairs: 1, open: 0.5 }],
    ] as const;
    fc.assert(
      fc.property(markets, fc.constantFrom(...strategies), (market, [strategy, parameters]) => {
        const rules = rulesOf({ ...market, isMargin: true, wholeShares: false, isCapped: false });
        const adjusted = simulatedPanel({
          symbols: SYMBOLS,
          moments: MOMENTS,
          seed: String(market.seed),
          missingFrac: 0.05,
          dailyVol: 0.04,
        });
        const traded = adjusted.series.map((own) => splitInTwo(own, Math.floor(own.day.length / 2)));
        const recorded = adjusted.series.map((own, s) => ({ ...own, splitRatio: traded[s]!.splitRatio, dividend: own.dividend.fill(0) }));
        const panels: readonly Panel[] = [
          { ...adjusted, series: recorded },
          { ...adjusted, basis: 'as-traded', series: traded.map((own) => ({ ...own, dividend: own.dividend.fill(0) })) },
        ];
        const [one, other] = panels.map((panel) =>
          answered({ panel, strategy, parameters, rules, membership: null, rebalance: 'week-end' }),
        );
        expect([...other!.fills.moment]).toEqual([...one!.fills.moment]);
        expect([...other!.fills.symbol]).toEqual([...one!.fills.symbol]);
        for (const [moment, equityUsd] of one!.equity.equityUsd.entries()) near(equityUsd, other!.equity.equityUsd[moment]!);
        near(one!.flows.feesUsd, other!.flows.feesUsd);
      }),
      { numRuns: 60 },
    );
  });

  test('whether an order is placed whole or in parts, where nothing costs anything', () => {
    const inParts = (parts: number): OrderStrategy => ({
      ...{ kind: 'orders', name: 'in-parts', about: 'Buys and sells.', source: 'the test', parameters: {} },
      start: () => ({
        decide(now, desk) {
          const side = now.moment % 7 < 4 ? 'BUY' : 'SELL';
          for (let part = 0; part < parts; part++)
            desk.submit({ symbol: now.moment % SYMBOLS, side, shares: 120 / parts, type: 'MARKET', timeInForce: 'DAY' });
        },
      }),
    });
    fc.assert(
      fc.property(markets, fc.integer({ min: 2, max: 5 }), (market, parts) => {
        const rules = handRules({
          fill: market.fill,
          cashUsd: 10_000_000,
          allowShort: true,
          account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.4 },
        });
        const panel = eventful(market.seed);
        const run = (strategy: OrderStrategy) => answered({ panel, strategy, parameters: {}, rules, membership: null }).equity.equityUsd;
        const whole = run(inParts(1));
        for (const [moment, equityUsd] of run(inParts(parts)).entries()) near(equityUsd, whole[moment]!);
      }),
      { numRuns: 20 },
    );
  });

  test('no crossover trades before its slow average has its bars', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 3, max: 30 }), (market, slow) => {
        const panel = simulatedPanel({ symbols: SYMBOLS, moments: MOMENTS, seed: String(market.seed), dailyVol: 0.05 });
        const result = answered({
          panel,
          strategy: smaCrossStrategy,
          parameters: { fast: 2, slow },
          rules: rulesOf(market),
          membership: null,
        });
        const earliest = market.fill === 'signal-close' ? slow : slow + 1;
        expect(Math.min(earliest, ...result.fills.moment)).toBe(earliest);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a symbol that falls silent', () => {
  test('is the same run until its tenth session without a bar, whether it has ended or comes back then', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 10, max: 45 }), fc.boolean(), (market, last, isErratic) => {
        const rows = simulatedBars({ symbols: SYMBOLS, moments: MOMENTS, seed: String(market.seed), missingFrac: 0.05, dailyVol: 0.04 });
        const falling = rows.S000!.map((bar, moment): HandBar => (moment === last ? 50 : bar));
        const strategy = isErratic ? erratic(market.seed) : turning;
        const run = (isSilent: (moment: number) => boolean): BacktestResult => {
          const panel = panelOf({ ...rows, S000: falling.map((bar, moment) => (isSilent(moment) ? null : bar)) });
          return answered({ panel, strategy, parameters: {}, rules: rulesOf(market), membership: null });
        };
        const known = last + 10;
        const [ended, back] = [run((moment) => moment > last), run((moment) => moment > last && moment < known)];
        expect(ended.equity.equityUsd.slice(0, known)).toEqual(back.equity.equityUsd.slice(0, known));
        expect(ended.equity.cashUsd.slice(0, known)).toEqual(back.equity.cashUsd.slice(0, known));
        const until = ({ fills }: BacktestResult): number[][] =>
          Array.from(fills.moment, (moment, i) => [moment, fills.symbol[i]!, fills.signedShares[i]!]).filter(([moment]) => moment! < known);
        expect(until(ended)).toEqual(until(back));
      }),
      { numRuns: 40 },
    );
  });
});
