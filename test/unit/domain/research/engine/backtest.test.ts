import { describe, expect, test } from 'vitest';
import { backtest } from '../../../../../shared/domain/research/engine/backtest.ts';
import type { Ending } from '../../../../../shared/domain/research/panel.ts';
import { returnsOf } from '../../../../../shared/domain/research/result.ts';
import type { BacktestRules } from '../../../../../shared/domain/research/rules.ts';
import { type Now, SIGNAL, type SignalStrategy, type WeightStrategy } from '../../../../../shared/domain/research/strategy.ts';
import { InvariantViolation } from '../../../../../shared/kernel/errors.ts';
import type { Ticker } from '../../../../../shared/kernel/units.ts';
import { handRules, membershipOf, panelOf } from '../../../../support/research/hand-panel.ts';
import { answered, fillsOf, order, play, scripted } from '../../../../support/research/scripted.ts';

const flat = panelOf({ AAA: [10, 11, 12, 13], BBB: [10, 10, 10, 10] });
const described = { about: 'Of a test.', source: 'the test', parameters: {} };

const says = (signals: readonly number[]): SignalStrategy => ({
  ...{ ...described, kind: 'signal', name: 'says' },
  signal: (series) => Uint8Array.from(series.day, (_, bar) => signals[bar] ?? SIGNAL.none),
});
const weighs = (weigh: WeightStrategy['weigh'], rebalance: WeightStrategy['rebalance'] = 'every-bar'): WeightStrategy => ({
  ...{ ...described, kind: 'weights', name: 'weighs', rebalance, weigh },
});

describe('refuses', () => {
  const ask = (given: Partial<Parameters<typeof backtest>[0]>) =>
    backtest({ panel: flat, strategy: scripted({}), parameters: {}, rules: handRules(), membership: null, ...given });

  test('a panel without bars, a range outside of it', () => {
    expect(ask({ panel: panelOf({}) })).toMatchObject({ kind: 'refused', reason: 'no-bars' });
    expect(ask({ fromMoment: 3, toMoment: 2 })).toMatchObject({ kind: 'refused', reason: 'no-bars' });
    expect(ask({ toMoment: 4 })).toMatchObject({ kind: 'refused', reason: 'no-bars' });
  });

  test('bars that nothing can be filled against, and says which', () => {
    expect(ask({ panel: panelOf({ AAA: [10, Number.NaN] }) })).toMatchObject({
      reason: 'bars-invalid',
      details: { symbol: 'AAA', row: 1 },
    });
    expect(ask({ panel: panelOf({ AAA: [10, [10, 10, 10, 10, -1]] }) })).toMatchObject({ reason: 'bars-invalid' });
    expect(ask({ panel: panelOf({ AAA: [[0, 1, 0, 1, 1]] }) })).toMatchObject({ reason: 'bars-invalid' });
  });

  test('parameters that the strategy does not have', () => {
    expect(ask({ parameters: { fast: 3 } })).toMatchObject({ reason: 'parameter-unknown' });
  });

  test.each<readonly [string, Partial<BacktestRules>]>([
    ['cashUsd is a positive amount', { cashUsd: 0 }],
    ['selling short takes a margin account', { allowShort: true }],
    ['maintenanceFrac is above 0 and at most initialFrac', { account: { kind: 'margin', initialFrac: 0.3, maintenanceFrac: 0.5 } }],
    ['participationFracMax is above 0 and at most 1', { participationFracMax: 0 }],
    ['costs are finite and not negative', { costs: { ...handRules().costs, slippageBps: Number.NaN } }],
    ['a size in shares is a whole number where orders are whole shares', { sizing: { kind: 'shares', shares: 1.5 }, wholeShares: true }],
  ])('rules that cannot be kept: %s', (rule, given) => {
    expect(ask({ rules: handRules(given) })).toMatchObject({ reason: 'rules-invalid', details: { rule } });
  });

  test('an ending whose recovery is negative', () => {
    const endings = new Map<Ticker, Ending>([['AAA' as Ticker, { kind: 'delisted', recoveryFrac: -1 }]]);
    expect(ask({ endings })).toMatchObject({ reason: 'rules-invalid' });
  });
});

describe('signals', () => {
  const { long, flat: out, short, none } = SIGNAL;
  const run = (signals: readonly number[], rules: Partial<BacktestRules> = {}, panel = panelOf({ AAA: [10, 10, 20, 20, 10, 10] })) =>
    answered({ panel, strategy: says(signals), parameters: {}, rules: handRules({ cashUsd: 1_000, ...rules }), membership: null });

  test('go in once, however often they say it, and out once', () => {
    const result = run([long, long, none, out, out]);
    expect(fillsOf(result)).toEqual([
      [1, 100, 10],
      [4, -100, 10],
    ]);
    expect(result.orders.submitted).toBe(2);
  });

  test('a flip is two orders, and all cash is what there is after the first', () => {
    const margin: Partial<BacktestRules> = { allowShort: true, account: { kind: 'margin', initialFrac: 1, maintenanceFrac: 0.25 } };
    const result = run([long, short, none, long], margin);
    expect(fillsOf(result)).toEqual([
      [1, 100, 10],
      [2, -100, 20],
      [2, -100, 20],
      [4, 100, 10],
      [4, 300, 10],
    ]);
    expect([...result.trades.profitUsd]).toEqual([1_000, 1_000, 0]);
  });

  test('short means flat where shorts are not allowed', () => {
    expect(fillsOf(run([long, none, short]))).toEqual([
      [1, 100, 10],
      [3, -100, 20],
    ]);
  });

  test('an entry in a gap is not chased; an exit in a gap leaves at the next bar', () => {
    const panel = panelOf({ AAA: [10, null, 20, 20, null, 10], BBB: [1, 1, 1, 1, 1, 1] });
    const onlyFirst: SignalStrategy = {
      ...says([]),
      signal: ({ symbol, day }) => Uint8Array.from(day, (_, bar) => (symbol === 'AAA' ? ([long, long, out, none][bar] ?? none) : none)),
    };
    const result = answered({ panel, strategy: onlyFirst, parameters: {}, rules: handRules({ cashUsd: 1_000 }), membership: null });
    expect(fillsOf(result)).toEqual([
      [3, 50, 20],
      [5, -50, 10],
    ]);
    expect(result.orders.expired).toBe(1);
  });

  test('a reason to leave cancels what is left of the entry', () => {
    const bar = [10, 10, 10, 10, 100] as const;
    const minutes = panelOf(
      { AAA: [bar, bar, bar, bar, bar, bar] },
      { days: Array.from({ length: 6 }, () => '2014-01-02'), endMinutes: [571, 572, 573, 574, 575, 576] },
    );
    const result = run([long, none, out], { sizing: { kind: 'shares', shares: 100 }, participationFracMax: 0.1 }, minutes);
    expect(fillsOf(result)).toEqual([
      [1, 10, 10],
      [2, 10, 10],
      [3, -10, 10],
      [4, -10, 10],
    ]);
    expect(result.orders).toMatchObject({ submitted: 2, filled: 2, cancelled: 1 });
  });

  test('a part of equity is sized at the close that it was decided on', () => {
    expect(fillsOf(run([none, long], { sizing: { kind: 'weight', frac: 0.5 }, wholeShares: true }))).toEqual([[2, 50, 20]]);
  });

  test('a strategy that does not answer for each bar has broken its contract', () => {
    const short = { ...says([]), signal: () => new Uint8Array(1) };
    expect(() => answered({ panel: flat, strategy: short, parameters: {}, rules: handRules(), membership: null })).toThrow(
      InvariantViolation,
    );
  });
});

describe('weights', () => {
  const run = (strategy: WeightStrategy, rules: Partial<BacktestRules> = {}) =>
    answered({ panel: flat, strategy, parameters: {}, rules: handRules({ cashUsd: 1_000, ...rules }), membership: null });

  test('are shares at the decision, rounded toward zero; NaN leaves a position and zero closes it', () => {
    const plan = [
      [0.55, 0.2],
      [Number.NaN, 0],
    ];
    const result = run(
      weighs((now, _, weights) => {
        weights.set(plan[now.moment] ?? []);
        return now.moment < plan.length;
      }),
      { wholeShares: true },
    );
    expect(fillsOf(result)).toEqual([
      [1, 55, 11],
      [1, 20, 10],
      [2, -20, 10],
    ]);
  });

  test('too early changes nothing', () => {
    expect(run(weighs(() => false)).orders.submitted).toBe(0);
  });

  test('the last session of a month decides, not the last bar of the data', () => {
    const seen: number[] = [];
    const days = ['2014-01-30', '2014-01-31', '2014-02-03', '2014-02-27'];
    const strategy = weighs((now) => seen.push(now.moment) < 0, 'month-end');
    answered({ panel: panelOf({ AAA: [1, 1, 1, 1] }, { days }), strategy, parameters: {}, rules: handRules(), membership: null });
    expect(seen).toEqual([1]);
  });

  test('a weight for a symbol without a price yet is dropped, and said', () => {
    const late = panelOf({ AAA: [null, 10, 10], BBB: [1, 1, 1] });
    const strategy = weighs((now, _, weights) => {
      weights[0] = 0.5;
      return now.moment === 0;
    });
    const result = answered({ panel: late, strategy, parameters: {}, rules: handRules(), membership: null });
    expect(result.fills.count).toBe(0);
    expect(result.remarks).toEqual(['weights given to symbols without a price yet, and dropped: 1']);
  });
});

describe('what a strategy sees', () => {
  const at = (moment: number, look: (now: Now) => unknown, given: Parameters<typeof play>[3] = {}): unknown => {
    const seen: unknown[] = [];
    play(panelOf({ AAA: [10, 11, null, 13], BBB: [null, 20, 21, 22] }), { [moment]: (_, now) => seen.push(look(now)) }, {}, given);
    return seen[0];
  };

  test('bars backwards from the latest, NaN before the first', () => {
    expect(at(2, (now) => [now.close(0, 0), now.close(0, 1), now.close(0, 2), now.bars(0), now.trades(0)])).toEqual([
      11,
      10,
      Number.NaN,
      2,
      false,
    ]);
    expect(at(0, (now) => [now.close(1, 0), now.bars(1), now.history(1, 5).day.length])).toEqual([Number.NaN, 0, 0]);
    expect([...(at(3, (now) => now.history(0, 2).close) as Float64Array)]).toEqual([11, 13]);
  });

  test('never the future', () => {
    expect(() => at(1, (now) => now.close(0, -1))).toThrow(InvariantViolation);
    expect(() => at(1, (now) => now.open(0, Number.NaN))).toThrow(InvariantViolation);
  });

  test('who belongs to the index at the moment', () => {
    const panel = panelOf({ AAA: [1, 1], BBB: [1, 1] });
    const membership = membershipOf(panel, (symbol, moment) => symbol === 'AAA' || moment === 1);
    const seen: boolean[] = [];
    const result = play(
      panel,
      { 0: (_, now) => seen.push(now.isMember(0), now.isMember(1)), 1: (_, now) => seen.push(now.isMember(1)) },
      {},
      { membership },
    );
    expect(seen).toEqual([true, false, true]);
    expect(result.survivorship).toEqual({ kind: 'proven', membership: 'by hand' });
    const unpriced = play(panel, {}, {}, { membership: membershipOf(panel, () => true, 2) });
    expect(unpriced.survivorship).toMatchObject({ kind: 'unproven', reason: 'members-without-prices', coverageFrac: 0.5 });
    expect(play(panel, {}).survivorship).toMatchObject({ kind: 'unproven', reason: 'no-membership' });
  });

  test('announcements from before the session, and its own position', () => {
    const release = { availableDay: 16073, session: 'post', epsUsd: 1, epsEstimateUsd: null } as const;
    const panel = panelOf({ AAA: [10, 10, 10] }, { earnings: { AAA: [release as never] } });
    const seen: unknown[] = [];
    const look = (_: unknown, now: Now) => seen.push([now.earnings(0).length, now.shares(0), now.weight(0)]);
    play(panel, { 0: (desk) => desk.submit(order('BUY', 50)), 1: look, 2: look }, { cashUsd: 1_000 });
    expect(seen).toEqual([
      [0, 50, 0.5],
      [1, 50, 0.5],
    ]);
  });
});

describe('a range of the axis', () => {
  test('has the bars before it as history, and moments of its own', () => {
    const seen: number[] = [];
    const result = play(
      flat,
      { 1: (desk, now) => seen.push(now.bars(0), desk.submit(order('BUY', 1))) },
      { cashUsd: 100 },
      { fromMoment: 1, toMoment: 2 },
    );
    expect(seen[0]).toBe(2);
    expect(fillsOf(result)).toEqual([[1, 1, 12]]);
    expect([...result.day]).toEqual([...flat.day.slice(1, 3)]);
    expect([...result.trades.entryMoment, ...result.trades.exitMoment]).toEqual([1, 1]);
    expect(result.bars).toBe(4);
    expect([...returnsOf(result)]).toEqual([0, 0]);
  });
});
