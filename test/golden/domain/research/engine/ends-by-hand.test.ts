/** When a symbol has no bar any more, worked out with pencil and paper: announced ends, ends that nobody knew of, and halts. */
import { describe, expect, test } from 'vitest';
import type { Ending } from '../../../../../shared/domain/research/panel.ts';
import type { Desk } from '../../../../../shared/domain/research/strategy.ts';
import type { Ticker } from '../../../../../shared/kernel/units.ts';
import { panelOf } from '../../../../support/research/hand-panel.ts';
import { fillsOf, order, play } from '../../../../support/research/scripted.ts';

describe('symbols that end', () => {
  const panel = panelOf({ AAA: [20, 20, 12, 5], BBB: [1, 1, 1, 1, 1, 1] });
  const script = {
    0: (desk: Desk) => desk.submit(order('BUY', 100)),
    2: (desk: Desk) => void desk.submit(order('SELL', 100, { type: 'LIMIT', limitPriceUsd: 30, timeInForce: 'GTC' })),
  };

  test('a delisted holding is closed at the last close times the recovery, at the moment after', () => {
    const endings = new Map<Ticker, Ending>([['AAA' as Ticker, { kind: 'delisted', recoveryFrac: 0.3 }]]);
    const result = play(panel, script, { cashUsd: 10_000 }, { endings });
    expect(fillsOf(result)).toEqual([
      [1, 100, 20],
      [4, -100, 1.5],
    ]);
    expect([...result.equity.equityUsd]).toEqual([10_000, 10_000, 9_200, 8_500, 8_150, 8_150]);
    expect(result.fills.order[1]).toBe(-1);
    expect(result.orders.cancelled).toBe(1);
    expect(result.remarks).toEqual(['holdings of delisted symbols closed at their last close times the recovery: 1']);
  });

  /** AAA has four bars, BBB as many as the axis has moments. */
  const silentFor = (sessions: number) => panelOf({ AAA: [20, 20, 12, 5], BBB: Array.from({ length: 4 + sessions }, () => 1) });

  test('without a known reason it is closed at the last close, in the tenth session without a bar', () => {
    const result = play(silentFor(12), script, { cashUsd: 10_000 });
    expect(fillsOf(result)).toEqual([
      [1, 100, 20],
      [13, -100, 5],
    ]);
    expect([...result.equity.cashUsd.slice(12)]).toEqual([8_000, 8_500, 8_500, 8_500]);
    expect([...result.equity.equityUsd.slice(3)]).toEqual(Array.from({ length: 13 }, () => 8_500));
    expect(result.orders.cancelled).toBe(1);
    expect(result.remarks).toEqual([
      'holdings whose bars end without a known reason, closed at their last close after 10 sessions without one: 1',
    ]);
  });

  test('where nothing is held of it, its orders are cancelled and nothing is said', () => {
    const endings = new Map<Ticker, Ending>([['AAA' as Ticker, { kind: 'delisted', recoveryFrac: 0.3 }]]);
    const waits = { 2: (desk: Desk) => desk.submit(order('BUY', 1, { type: 'LIMIT', limitPriceUsd: 1, timeInForce: 'GTC' })) };
    for (const result of [play(silentFor(12), waits), play(silentFor(12), waits, {}, { endings })]) {
      expect(result.fills.count).toBe(0);
      expect(result.orders.cancelled).toBe(1);
      expect(result.remarks).toEqual([]);
    }
  });

  test('until then it stands at its last close and its order works on, as in a halt', () => {
    const result = play(silentFor(9), script, { cashUsd: 10_000 });
    expect(result.equity.cashUsd[12]).toBe(8_000);
    expect(result.equity.longUsd[12]).toBe(500);
    expect(result.orders.cancelled).toBe(0);
    expect(result.remarks).toEqual(['holdings at the end of the run whose symbol has no bar on that day, at an earlier close: 1']);
  });

  test('an end without a reason but with a recovery waits as long', () => {
    const endings = new Map<Ticker, Ending>([['AAA' as Ticker, { kind: 'unknown', recoveryFrac: 0.5 }]]);
    expect(fillsOf(play(silentFor(10), script, { cashUsd: 10_000 }, { endings }))[1]).toEqual([13, -100, 2.5]);
  });

  test('of minutes, sessions are counted and not bars', () => {
    const days = ['2014-01-02', '2014-01-02', '2014-01-03', '2014-01-06', '2014-01-07', '2014-01-08', '2014-01-09', '2014-01-10'];
    const later = ['2014-01-13', '2014-01-14', '2014-01-15', '2014-01-16', '2014-01-16', '2014-01-17'];
    const axis = { days: [...days, ...later], endMinutes: [571, 572, ...days.slice(2).map(() => 571), 571, 571, 571, 571, 572, 571] };
    const minutes = panelOf({ AAA: [20, 20], BBB: Array.from({ length: 14 }, () => 1) }, axis);
    const result = play(minutes, { 0: (desk) => desk.submit(order('BUY', 100)) }, { cashUsd: 10_000 });
    expect(fillsOf(result)[1]).toEqual([12, -100, 20]);
  });
});

test('a symbol that does not trade in the last minute of the data has not ended', () => {
  const minutes = panelOf(
    { AAA: [10, 10, null], BBB: [1, 1, 1] },
    { days: ['2014-01-02', '2014-01-02', '2014-01-02'], endMinutes: [958, 959, 960] },
  );
  const result = play(minutes, { 0: (desk) => desk.submit(order('BUY', 10)) }, { cashUsd: 1_000 });
  expect(result.equity.longUsd[2]).toBe(100);
  expect(result.remarks).toEqual([]);
});
