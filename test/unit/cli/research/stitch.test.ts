import { describe, expect, test } from 'vitest';
import type { Question } from '../../../../apps/cli/research/question.ts';
import { runQuestion } from '../../../../apps/cli/research/run-question.ts';
import { stitched, type Window } from '../../../../apps/cli/research/stitch.ts';
import { strategyNamed } from '../../../../shared/domain/research/registry.ts';
import { returnsOf } from '../../../../shared/domain/research/result.ts';
import { freeCosts, noFinancing } from '../../../../shared/domain/research/rules.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import { panelOf } from '../../../support/research/hand-panel.ts';

const rng = seededRng('stitch');
let price = 100;
const panel = panelOf({ AAA: Array.from({ length: 90 }, () => (price *= Math.exp(0.01 * rng.normal()))) });
const question: Question = {
  ...{ panel, strategy: strategyNamed('sma-cross')!, parameters: { fast: 2, slow: 5 }, membership: null, notes: [], factors: null },
  rules: {
    ...{ cashUsd: 1000, fill: 'next-open', sizing: { kind: 'all-cash', whole: false }, costs: { ...freeCosts, commissionBps: 10 } },
    ...{ financing: noFinancing, account: { kind: 'cash' }, allowShort: false, wholeShares: false },
    ...{ participationFracMax: null, sessionsPerYear: 252 },
  },
  range: { fromMoment: 0, toMoment: 89 },
};

/** Traded, idle, traded; each with the money of the one before. */
function walked(): Window[] {
  const windows: Window[] = [];
  let openingUsd = 1000;
  for (const [fromMoment, toMoment, trades] of [
    [20, 39, true],
    [40, 49, false],
    [50, 89, true],
  ] as const) {
    const test = { fromMoment, toMoment };
    const result = trades ? runQuestion({ ...question, range: test, rules: { ...question.rules, cashUsd: openingUsd } }) : null;
    windows.push({ test, openingUsd, result });
    openingUsd = result?.equity.equityUsd.at(-1) ?? openingUsd;
  }
  return windows;
}

describe('the tests of a walk forward as one run', () => {
  const windows = walked();
  const whole = stitched(panel, windows, ['how it was chosen']);

  test('have the returns of their windows, one after another, and none where the money lay idle', () => {
    const parts = windows.flatMap(({ result, test: { fromMoment, toMoment } }) =>
      result === null ? Array.from({ length: toMoment - fromMoment + 1 }, () => 0) : [...returnsOf(result)],
    );
    expect(whole.day).toEqual(panel.day.slice(20, 90));
    for (const [at, one] of returnsOf(whole).entries()) expect(Math.abs(one - parts[at]!)).toBeLessThan(1e-12);
    expect(whole.rules.cashUsd).toBe(1000);
  });

  test('have trades and fills of all windows at their own moments, and money that adds up', () => {
    const count = windows.reduce((sum, { result }) => sum + (result?.trades.count ?? 0), 0);
    expect(whole.trades.count).toBe(count);
    const profit = whole.trades.profitUsd.reduce((sum, one) => sum + one, 0);
    expect(1000 + profit).toBeCloseTo(whole.equity.equityUsd.at(-1)!, 8);
    expect([...whole.fills.moment]).toEqual([...whole.fills.moment].toSorted((a, b) => a - b));
    const fees = whole.fills.feeUsd.reduce((sum, one) => sum + one, 0);
    expect(0 - whole.flows.feesUsd).toBeCloseTo(fees, 10);
    const first = windows[0]!.result!;
    const openInFirst = first.trades.isOpen.reduce((sum, one) => sum + one, 0);
    expect(whole.trades.isOpen.subarray(0, first.trades.count).reduce((sum, one) => sum + one, 0)).toBe(0);
    expect(openInFirst).toBeLessThanOrEqual(1);
  });

  test('say what they are', () => {
    expect(whole).toMatchObject({ strategy: 'sma-cross, walked forward', parameters: {} });
    expect(whole.remarks[0]).toBe('how it was chosen');
  });
});
