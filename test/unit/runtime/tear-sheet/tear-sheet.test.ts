/** The tear sheet as it is read: it stands alone, it is well formed whatever the run was, and no doubt about the run is missing from it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { backtest } from '../../../../shared/domain/research/engine/backtest.ts';
import type { Panel } from '../../../../shared/domain/research/panel.ts';
import { type BacktestResult, returnsOf } from '../../../../shared/domain/research/result.ts';
import type { BacktestRules } from '../../../../shared/domain/research/rules.ts';
import { smaCrossStrategy } from '../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import { stationaryBootstrap } from '../../../../shared/domain/research/validation/monte-carlo.ts';
import { statisticsOf } from '../../../../shared/domain/research/validation/statistics.ts';
import { isRefusal, refuse } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochDay, Ticker } from '../../../../shared/kernel/units.ts';
import { type TearSheetInput, tearSheet } from '../../../../shared/runtime/tear-sheet/tear-sheet.ts';
import { handRules, panelOf, simulatedPanel } from '../../../support/research/hand-panel.ts';
import { tagFaults } from '../../../support/tag-faults.ts';

const hostile = `<img src="https://evil.example/x" onerror='alert(1)'>&|*`;

function ran(panel: Panel, rules: Partial<BacktestRules> = {}): BacktestResult {
  const sizing = { kind: 'weight', frac: 0.2 } as const;
  const found = backtest({
    panel,
    strategy: smaCrossStrategy,
    parameters: { fast: 5, slow: 20 },
    rules: handRules({ sizing, ...rules }),
    membership: null,
  });
  if (isRefusal(found)) throw new Error(found.reason);
  return found;
}

/** What the command line gives it, all of it at its fullest. */
function inputOf(result: BacktestResult, changes: Partial<TearSheetInput> = {}): TearSheetInput {
  const returns = returnsOf(result);
  const factor = Float64Array.from(returns, (_, t) => 0.01 * Math.cos(t));
  const question = { benchmarkAnnualSharpe: 0, confidenceLevel: 0.95, returnsMin: 21, liquidity: null, riskFree: null };
  return {
    result,
    statistics: statisticsOf(result, {
      ...question,
      trials: { trials: 3, sharpe: { count: 3, squares: 0.001 } },
      factors: [{ name: 'market', returns: factor }],
    }),
    bootstrap: stationaryBootstrap(
      {
        returns,
        bars: returns.length,
        meanBlockBars: 5,
        draws: 20,
        points: Math.min(50, returns.length),
        drawdownFracs: [0.1],
        ruinGrowth: 0.5,
      },
      seededRng('fan'),
    ),
    benchmark: { name: 'market', growth: factor.map((one, t) => (t < 3 ? Number.NaN : 1 + one)) },
    lookAhead: { kind: 'clean', probes: 12, moments: [], changes: {}, refused: 0 },
    commandLine: `ballast backtest --strategy '${hostile}'`,
    ...changes,
  };
}

function pageOf(input: TearSheetInput): string {
  const page = tearSheet(input);
  if (isRefusal(page)) throw new Error(page.reason);
  return page;
}

const costs = { commissionBps: 1, commissionUsdPerShare: 0.01, commissionUsdMin: 1, spreadBps: 2, slippageBps: 1, impactCoefficient: 0.5 };
const margin: Partial<BacktestRules> = { account: { kind: 'margin', initialFrac: 0.5, maintenanceFrac: 0.25 }, allowShort: true, costs };
const market = simulatedPanel({ symbols: 6, moments: 500, seed: 'tear-sheet' });
const minutes = panelOf(
  { AAA: Array.from({ length: 60 }, (_, k) => 10 + Math.sin(k / 3)) },
  {
    days: Array.from({ length: 60 }, (_, k) => (k < 30 ? '2014-01-02' : '2014-01-03')),
    endMinutes: Array.from({ length: 60 }, (_, k) => 571 + (k % 30)),
  },
);
const runs: Record<string, BacktestResult> = {
  'two years with costs, long and short': ran(market, margin),
  'one session': ran(panelOf({ AAA: [10] })),
  'nothing traded': ran(panelOf({ AAA: Array(40).fill(10) })),
  'minutes of two days': ran(minutes),
};

describe.each(Object.keys(runs))('the page of a run: %s', (name) => {
  let page = '';
  beforeAll(() => {
    page = pageOf(
      inputOf({ ...runs[name]!, symbols: runs[name]!.symbols.map(() => hostile as Ticker), strategy: hostile, remarks: [hostile] }),
    );
  });

  test('is well formed, loads nothing and runs nothing', () => {
    expect(tagFaults(page)).toEqual([]);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(page.match(/(?:src|href|xlink:href|action|data)="(?!#)[^"]*"/g)).toBeNull();
    expect(page).not.toMatch(/url\(|@import|@font-face/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).toContain('&lt;img src=&quot;https://evil.example');
  });

  test('describes every picture, names every id once, and links to sections that are there', () => {
    const pictures = page.match(/<svg [^>]*>/g) ?? [];
    expect(page.match(/<desc /g) ?? []).toHaveLength(pictures.length);
    const ids = [...page.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g)].flatMap(([, targets]) => targets!.split(' '));
    expect(links.filter((target) => !ids.includes(target))).toEqual([]);
  });

  test('has no number that is none', () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object|>null</);
  });
});

describe('a reader is told', () => {
  const result = runs['two years with costs, long and short']!;
  const full = inputOf(result);
  const stampsOf = (page: string): string[] =>
    [...page.matchAll(/<li class="stamp (\w+)"><strong>([\w-]+)/g)].map(([, tone, title]) => `${title} ${tone}`);

  test('in red that survivors alone may have been looked at, and not where membership is proven', () => {
    expect(stampsOf(pageOf(full))).toContain('Survivorship bad');
    const proven = { ...result, survivorship: { kind: 'proven', membership: 'list' } as const };
    expect(stampsOf(pageOf({ ...full, result: proven }))).toContain('Survivorship good');
  });

  test('of a look ahead what it changed and when, and of a run that was not tested that it was not', () => {
    const caught = {
      moment: 3,
      symbol: 'S001' as Ticker,
      field: 'weight',
      seen: 0.1,
      wouldBe: 0,
      day: 16_000 as EpochDay,
      knownUntil: 3,
      change: 'noise',
    } as const;
    const page = pageOf({ ...full, lookAhead: { kind: 'looks-ahead', ...caught } });
    expect(page).toContain('caught on 2013-10-22: the weight of S001 was 0.1 and would be 0 in another future (noise)');
    expect(stampsOf(page)).toContain('Look-ahead bad');
    expect(stampsOf(pageOf({ ...full, lookAhead: null }))).toContain('Look-ahead doubtful');
  });

  test('how many trials were counted, and why there is no figure where there is none', () => {
    expect(pageOf(full)).toContain('3 counted trials; deflated Sharpe ratio');
    const page = pageOf({ ...full, statistics: refuse('equity-not-positive'), bootstrap: refuse('too-few-returns', { has: 1, wants: 2 }) });
    expect(page).toContain('No statistics: equity was zero or below.');
    expect(page).toContain('No histories were drawn: too few returns yet (1 of 2).');
  });

  test('that nothing was charged, and that fills are at a price nobody gets', () => {
    expect(stampsOf(pageOf({ ...full, result: ran(market, { fill: 'signal-close' }) }))).toEqual(
      expect.arrayContaining(['Fills bad', 'Costs doubtful']),
    );
    expect(stampsOf(pageOf(full))).not.toContain('Costs doubtful');
  });

  test('every assumption', () => {
    const page = pageOf(full);
    const world = ['$1,000,000', '20.00 % of equity', 'margin: gross exposure up to 2.00 times equity', 'no cap', '252 sessions'];
    const charged = [
      '1.00 bp of the notional',
      '$0.0100',
      '2.00 bp, half of it',
      '1.00 bp on each side',
      '0.50 · daily volatility',
      'the open of the symbol’s next bar',
    ];
    expect([...world, ...charged].filter((words) => !page.includes(words))).toEqual([]);
  });

  test('where the profit came from: the parts sum to it', () => {
    const page = pageOf(full);
    const rows = page.match(/it sums to the profit<\/caption>.*?<\/table>/)![0];
    const amounts = [...rows.matchAll(/([+−]?)\$([\d,]+(?:\.\d+)?)</g)].map(
      ([, sign, text]) => (sign === '−' ? -1 : 1) * Number(text!.replaceAll(',', '')),
    );
    const parts = amounts.slice(0, -1).reduce((sum, one) => sum + one, 0);
    expect(Math.abs(parts - amounts.at(-1)!)).toBeLessThanOrEqual(3);
    expect(amounts.at(-1)).toBeCloseTo(result.equity.equityUsd.at(-1)! - 1_000_000, 0);
  });
});

test('twenty years with 40,000 trades stay below 1.5 MB, and say where the others are', () => {
  const [moments, trades] = [5_040, 40_000];
  const small = runs['two years with costs, long and short']!;
  const rng = seededRng('big');
  let equity = 1_000_000;
  const equityUsd = Float64Array.from({ length: moments }, () => (equity *= 1 + 0.01 * rng.normal()));
  const column = (value: (k: number) => number): Float64Array => Float64Array.from({ length: trades }, (_, k) => value(k));
  const places = (value: (k: number) => number): Int32Array => Int32Array.from({ length: trades }, (_, k) => value(k));
  const half = equityUsd.map((one) => one / 2);
  const big: BacktestResult = {
    ...small,
    day: Int32Array.from({ length: moments }, (_, t) => 12_000 + Math.floor((t * 7) / 5)),
    equity: { equityUsd, cashUsd: half, longUsd: half, shortUsd: half.map((one) => one / 3), tradedUsd: half.map((one) => one / 10) },
    trades: {
      count: trades,
      symbol: places((k) => k % small.symbols.length),
      entryMoment: places((k) => k % (moments - 10)),
      exitMoment: places((k) => (k % (moments - 10)) + 5),
      signedShares: column((k) => 1_000 + k),
      entryPriceUsd: column(() => 123.45),
      exitPriceUsd: column(() => 234.56),
      feeUsd: column(() => 1.23),
      profitUsd: column(() => 1_000 * rng.normal()),
      isOpen: new Uint8Array(trades),
    },
  };
  const page = pageOf({ ...inputOf(small), result: big, benchmark: null });
  expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
  expect(page).toContain('The other 37,000 are in trades.parquet.');
  expect(tagFaults(page)).toEqual([]);
});

test('the same input gives the same bytes, and a run without bars is refused', () => {
  const result = runs['minutes of two days']!;
  expect(pageOf(inputOf(result))).toBe(pageOf(inputOf(result)));
  expect(tearSheet(inputOf(result, { result: { ...result, day: new Int32Array(0) } }))).toMatchObject({ reason: 'no-bars' });
});
