/**
 * The same rule over the same bars in other engines: final equity as published beside the bars (reference/README.md of the data pack), on which
 * backtesting.py, backtrader, vectorbt and bt agree to 1e-14 relative, each where it supports the size.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { backtest } from '../../../../../shared/domain/research/engine/backtest.ts';
import type { FillRule, Sizing } from '../../../../../shared/domain/research/rules.ts';
import { smaCrossStrategy } from '../../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import { isRefusal } from '../../../../../shared/kernel/refusal.ts';
import { handRules, panelOf } from '../../../../support/research/hand-panel.ts';

const file = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'reference', 'ohlcv_S000.csv.gz');
const present = existsSync(file);

type Bar = [number, number, number, number, number];

function readPanel() {
  const [, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const cells = lines.map((line) => line.split(','));
  const rows = cells.map((cell): Bar => {
    const [open, high, low, close, volume] = cell.slice(2, 7).map(Number) as Bar;
    return [open, high, low, close, volume];
  });
  return panelOf({ S000: rows }, { days: cells.map(([day]) => day!) });
}

const fixed: Sizing = { kind: 'shares', shares: 100 };
const fractional: Sizing = { kind: 'all-cash', whole: false };
const whole: Sizing = { kind: 'all-cash', whole: true };

const rows: ReadonlyArray<readonly [FillRule, string, Sizing, number]> = [
  ['next-open', '100 shares', fixed, 1043597.4995],
  ['signal-close', '100 shares', fixed, 1040299.50284],
  ['next-open', 'all cash', fractional, 948491.3501149627],
  ['signal-close', 'all cash', fractional, 885541.2775676138],
  ['next-open', 'all cash in whole shares', whole, 948241.529141],
  ['signal-close', 'all cash in whole shares', whole, 885172.890414],
];

describe.skipIf(!present)('final equity of an SMA 10/30 crossover, as other engines have it (needs market data)', () => {
  test.each(rows)('%s, %s', (fill, _size, sizing, finalEquityUsd) => {
    const result = backtest({
      panel: readPanel(),
      strategy: smaCrossStrategy,
      parameters: { fast: 10, slow: 30 },
      rules: handRules({ fill, sizing, costs: { ...handRules().costs, commissionBps: 10 } }),
      membership: null,
    });
    if (isRefusal(result)) throw new Error(JSON.stringify(result));
    expect(result.bars).toBe(2520);
    expect(result.fills.count).toBe(100);
    expect(Math.abs(result.equity.equityUsd.at(-1)! / finalEquityUsd - 1)).toBeLessThan(1e-12);
  });
});
