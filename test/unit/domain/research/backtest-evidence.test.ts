/** Worked by hand: one symbol, 10 shares of it, no costs, so that equity moves by ten times the price. */
import { describe, expect, test } from 'vitest';
import { backtestEvidenceOf } from '../../../../shared/domain/research/backtest-evidence.ts';
import type { BacktestResult } from '../../../../shared/domain/research/result.ts';
import { panelOf } from '../../../support/research/hand-panel.ts';
import { order, play, type Script } from '../../../support/research/scripted.ts';

const trials = { trials: 7, sharpe: { count: 6, squares: 0.2 } };
// Bought at the open after a decision, sold likewise; bars stand at one price.
const panel = panelOf({ AAA: [100, 100, 110, 99, 99, 100, 100, 90, 95, 95] });
const script: Script = {
  0: (desk) => desk.submit(order('BUY', 10)),
  1: (desk) => desk.submit(order('SELL', 10)),
  5: (desk) => desk.submit(order('BUY', 10)),
  6: (desk) => desk.submit(order('SELL', 10)),
};
const whole = play(panel, script, { cashUsd: 1000 });
const idle = play(panel, {}, { cashUsd: 1000 });

function evidence(training: BacktestResult, holdOut: BacktestResult) {
  const found = backtestEvidenceOf({ training, holdOut }, trials);
  if ('kind' in found) throw new Error(JSON.stringify(found));
  return found;
}

describe('the evidence of two runs', () => {
  test('has the figures that come out by hand', () => {
    // Bought at 100 and sold at 110: 1,000 becomes 1,100. Bought at 100 and sold at 90: 1,000 dollars of 1,100 fall by 100, to 1,000.
    const { holdOut, barsPerYear } = evidence(whole, whole);
    expect(holdOut).toMatchObject({ trades: 2, winFrac: 0.5, sharpe: { bars: 10 } });
    expect(holdOut.maxDrawdownFrac).toBeCloseTo(100 / 1100, 15);
    expect(holdOut.sharpe.meanFrac).toBeCloseTo((0.1 - 100 / 1100) / 10, 15);
    expect(barsPerYear).toBe(252);
  });

  test('keeps the count of trials and is named by all that is in it', () => {
    const first = evidence(whole, whole);
    expect(first.trials).toEqual(trials);
    expect(evidence(whole, whole).evidenceId).toBe(first.evidenceId);
    const more = backtestEvidenceOf({ training: whole, holdOut: whole }, { ...trials, trials: 8 });
    expect('kind' in more ? more : more.evidenceId).not.toBe(first.evidenceId);
  });

  test('is refused where a run never moved, and for runs of different rules', () => {
    expect(backtestEvidenceOf({ training: whole, holdOut: idle }, trials)).toMatchObject({ kind: 'refused', reason: 'nothing-varies' });
    const richer = play(panel, script, { cashUsd: 2000 });
    expect(backtestEvidenceOf({ training: whole, holdOut: richer }, trials)).toMatchObject({ kind: 'refused', reason: 'runs-differ' });
  });
});
