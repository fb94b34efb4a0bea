import { describe, expect, test } from 'vitest';
import { pairsStrategy } from '../../../../../shared/domain/research/strategies/pairs.strategy.ts';
import { formPairs } from '../../../../../shared/domain/research/strategies/parts/form-pairs.ts';
import { ordersOf } from '../../../../support/research/hand-now.ts';
import { type HandBar, panelOf } from '../../../../support/research/hand-panel.ts';

/** TWIN follows LEAD with a wobble of ±1 around it; FAR goes its own way. Six bars of formation, then what a test says. */
const lead = [100, 102, 100, 102, 100, 102, 100];
const twin = [100, 101, 101, 101, 101, 101, 100];
const far = [100, 110, 120, 130, 140, 150, 160];
const market = (leadAfter: readonly HandBar[], twinAfter: readonly HandBar[]) =>
  panelOf({ FAR: [...far, ...leadAfter.map(() => 160)], LEAD: [...lead, ...leadAfter], TWIN: [...twin, ...twinAfter] });
const parameters = { formation: 6, trading: 4, pairs: 1, open: 2, gross: 1 };

describe('the formation of pairs', () => {
  const { series } = market([], []);
  const windows = series.map((bars, symbol) => ({ symbol, bars }));

  test('takes the two whose indices were closest, and the deviation of their difference', () => {
    // LEAD − TWIN, in indices: 0, .01, −.01, .01, −.01, .01, 0.
    const mean = 0.01 / 7;
    const deviation = Math.sqrt((3 * (0.01 - mean) ** 2 + 2 * (-0.01 - mean) ** 2 + 2 * mean ** 2) / 6);
    const [pair, ...others] = formPairs(windows, 7, 1, 'split-adjusted');
    expect(others).toEqual([]);
    expect(pair).toMatchObject({ first: 1, second: 2 });
    expect(pair!.deviation).toBeCloseTo(deviation, 12);
  });

  test('leaves out who missed a session, and a twin that is no different at all', () => {
    const gap = panelOf({ LEAD: [100, ...lead], TWIN: [100, ...twin.slice(0, 3), null, ...twin.slice(4)] }).series;
    expect(
      formPairs(
        gap.map((bars, symbol) => ({ symbol, bars })),
        8,
        1,
        'split-adjusted',
      ),
    ).toEqual([]);
    const same = panelOf({ LEAD: lead, TWIN: lead }).series;
    expect(
      formPairs(
        same.map((bars, symbol) => ({ symbol, bars })),
        7,
        1,
        'split-adjusted',
      ),
    ).toEqual([]);
  });

  test('counts a dividend as what it is worth to a holder', () => {
    const paid = panelOf({ LEAD: [100, 100, 100], PAYS: [100, 95, 95.5], TWIN: [100, 99, 100] }, { dividends: { PAYS: { 1: 5 } } });
    const formed = formPairs(
      paid.series.map((bars, symbol) => ({ symbol, bars })),
      3,
      1,
      'split-adjusted',
    );
    expect(formed).toMatchObject([{ first: 0, second: 1 }]);
  });
});

describe('pairs', () => {
  test('buys the fallen and sells the risen at two deviations, and closes where they meet', () => {
    // Trading begins after bar 6; LEAD is 3 % above TWIN at bar 7, 1 % at bar 8, and below at bar 9.
    const asked = ordersOf(pairsStrategy, market([103, 101, 99], [100, 100, 100]), parameters);
    expect(asked).toEqual(['7 LEAD to -0.5', '7 TWIN to 0.5', '9 LEAD to 0', '9 TWIN to 0']);
  });

  test('leaves a difference within two deviations alone', () => {
    expect(ordersOf(pairsStrategy, market([101.5, 101.5], [100, 100]), parameters)).toEqual([]);
  });

  test('closes what is open when trading ends', () => {
    const asked = ordersOf(pairsStrategy, market([103, 104, 105, 106, 107], [100, 100, 100, 100, 100]), parameters);
    expect(asked.filter((words) => words.startsWith('10 '))).toEqual(['10 LEAD to 0', '10 TWIN to 0']);
  });

  test('gives a pair up whose one side has not traded for five sessions', () => {
    const silent = new Array<null>(6).fill(null);
    const asked = ordersOf(pairsStrategy, market([103, 103, 103, 103, 103, 103, 103], [100, ...silent]), { ...parameters, trading: 20 });
    expect(asked).toEqual(['7 LEAD to -0.5', '7 TWIN to 0.5', '12 LEAD to 0', '12 TWIN to 0']);
  });
});
