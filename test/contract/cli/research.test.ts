import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { seededRng } from '../../../shared/kernel/rng.ts';
import { ballast, oneLine, projectRoot, scratch } from './support/cli.ts';

const reference = resolve(projectRoot, process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'reference/ohlcv_S000.csv.gz');

/** A seeded walk of 555 business days in two symbols. */
function barsCsv(): string {
  const rng = seededRng('research-cli');
  const price = { AAA: 50, BBB: 80 };
  const rows: string[] = [];
  for (let day = Date.UTC(2018, 0, 1), bars = 0; bars < 555; day += 86_400_000) {
    if ([0, 6].includes(new Date(day).getUTCDay())) continue;
    bars++;
    for (const symbol of ['AAA', 'BBB'] as const) {
      const open = price[symbol] * Math.exp(0.004 * rng.normal());
      const close = open * Math.exp(0.0003 + 0.012 * rng.normal());
      price[symbol] = close;
      const [high, low] = [Math.max(open, close) * 1.003, Math.min(open, close) * 0.997];
      rows.push([new Date(day).toISOString().slice(0, 10), symbol, open, high, low, close, 1_000_000].join(','));
    }
  }
  return `date,symbol,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

beforeAll(() => {
  mkdirSync(scratch, { recursive: true });
  writeFileSync(join(scratch, 'bars.csv'), barsCsv());
});

const state = ['--state', 'research-state'].map((word, at) => (at === 0 ? word : join(scratch, word)));
const one = ['--data', 'bars.csv', '--symbols', 'AAA', '--commission-bps', '10', '--size', 'all-cash', ...state];
const cross = ['--strategy', 'sma-cross', ...one];

async function documentOf<Document = Record<string, unknown>>(...argv: string[]): Promise<Document> {
  const { code, stdout, stderr } = await ballast(...argv, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  return JSON.parse(stdout) as Document;
}

interface RunDocument {
  readonly finalEquity: number;
  readonly cash: number;
  readonly orders: number;
  readonly fees: number;
  readonly trialsCounted: number;
  readonly range: { readonly from: string };
  readonly survivorship: { readonly kind: string };
  readonly stats: Readonly<Record<string, number>>;
  readonly trades: ReadonlyArray<{ readonly symbol: string; readonly profit: number; readonly open: boolean; readonly fee: number }>;
}

describe('ballast backtest', () => {
  test.skipIf(!existsSync(reference)).each([
    ['next-open', 'shares:100', 1043597.4995],
    ['signal-close', 'all-cash', 885541.2775676138],
    ['signal-close', 'all-cash-whole', 885172.890414],
  ])('filled at %s with %s ends where the outside engines do (skipped without the reference data)', async (fill, size, finalEquity) => {
    const argv = ['--params', 'fast=10,slow=30', '--data', reference, '--symbols', 'S000', '--cash', '1000000', '--commission-bps', '10'];
    const run = await documentOf<RunDocument>('backtest', '--strategy', 'sma-cross', ...argv, '--fill', fill, '--size', size, ...state);
    expect(run.finalEquity / finalEquity).toBeCloseTo(1, 9);
    expect(run.orders).toBe(100);
  });

  test('is one JSON document whose money adds up, and says what it was', async () => {
    const run = await documentOf<RunDocument>('backtest', ...cross, '--from', '2018-06-01');
    expect(run.trades.every(({ symbol, fee }) => symbol === 'AAA' && fee > 0)).toBe(true);
    expect(run.trades.reduce((sum, { profit }) => sum + profit, 1_000_000)).toBeCloseTo(run.finalEquity, 4);
    expect(run.trades.reduce((sum, { fee }) => sum + fee, 0)).toBeCloseTo(run.fees, 6);
    expect(run).toMatchObject({
      range: { from: '2018-06-01' },
      survivorship: { kind: 'unproven' },
      strategy: 'sma-cross',
      params: { fast: 10, slow: 30 },
    });
    expect(run.stats.totalReturnFrac).toBeCloseTo(run.finalEquity / 1e6 - 1, 12);
  });

  test('is for people: assumptions, figures, pictures, trades; free trading is said to be free', async () => {
    const free = cross.filter((word, at) => word !== '--commission-bps' && cross[at - 1] !== '--commission-bps');
    const { code, stdout, stderr } = await ballast('backtest', ...free);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^sma-cross {2}fast=10 slow=30\nbars\.csv: AAA, 2018-01-01 to 2020-02-14, 555 bars\n/);
    expect(stdout).toMatch(/fills at next-open; size all-cash\nNo costs were charged; no interest\nSurvivorship unproven/);
    expect(stdout).toMatch(/^Deflated Sharpe: .* trials? of sma-cross counted on these data, this one included\./m);
    expect(stdout).toMatch(/^Drawdown: \d/m);
    expect(stdout).not.toMatch(/NaN|undefined|\[object/);
  });

  test('counts every trial once, and the same run again not at all', async () => {
    const fresh = [...cross.slice(0, -1), join(scratch, 'counting')];
    const count = async (...more: string[]): Promise<number> =>
      (await documentOf<RunDocument>('backtest', ...fresh, ...more)).trialsCounted;
    expect([await count(), await count(), await count('--params', 'fast=5'), await count('--fill', 'next-close')]).toEqual([1, 1, 2, 3]);
    const swept = await documentOf<RunDocument>('sweep', ...fresh, '--grid', 'fast=2..4,slow=10..20:5');
    expect(swept).toMatchObject({ trialsCounted: 12, combinations: 9, backtests: 9 });
    const again = await documentOf<{ readonly families: readonly object[] }>('trials', '--state', join(scratch, 'counting'));
    expect(again.families).toMatchObject([{ strategy: 'sma-cross', trials: 12, batches: 4 }]);
  });

  test('writes the tear sheet and Parquet, and finds no look-ahead where there is none', async () => {
    const { code, stdout, stderr } = await ballast('backtest', ...cross, '--out', 'sheet', '--fuzz', '9');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'tearsheet.html, equity.parquet, fills.parquet, trades.parquet are in sheet.\n' });
    expect(stdout).toMatch(/^No look-ahead found: 9 futures changed/m);
    expect(readFileSync(join(scratch, 'sheet/tearsheet.html'), 'utf8')).toMatch(/^<!doctype html>/);
    for (const name of ['equity', 'fills', 'trades'])
      expect(
        readFileSync(join(scratch, `sheet/${name}.parquet`))
          .subarray(0, 4)
          .toString(),
      ).toBe('PAR1');
  });

  test('lists the strategies', async () => {
    const { strategies } = await documentOf<{ readonly strategies: ReadonlyArray<{ readonly name: string }> }>('backtest', '--list');
    expect(strategies.length).toBeGreaterThanOrEqual(10);
    expect((await ballast('backtest', '--help')).stdout).toMatch(/^ {2}sma-cross +fast=10 \(1\.\.1000\) {2}slow=30/m);
  });

  test('whose trial cannot be counted is not shown', async () => {
    const broken = join(scratch, 'broken');
    await ballast('backtest', ...cross.slice(0, -1), broken);
    writeFileSync(join(broken, 'research/cloud/dynamodb/tables/ballast-dev-trials.jsonl'), 'half a li');
    const { code, stdout, stderr } = await ballast('backtest', ...cross.slice(0, -1), broken);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(oneLine(/The trial could not be counted, so its result is not shown/));
  });

  test('that no MLflow server takes is shown, and fails in one line', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => gone.on('listening', done));
    const { port } = gone.address() as AddressInfo;
    await new Promise((done) => gone.close(done));
    const { code, stdout, stderr } = await ballast('backtest', ...cross, '--mlflow', `http://127.0.0.1:${port}`, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ strategy: 'sma-cross' });
    expect(stderr).toMatch(oneLine(/MLflow is not reachable/));
  });
});

describe('other research', () => {
  test('a walk forward chooses in training alone, and chains what followed', async () => {
    const windows = ['--grid', 'fast=2..4,slow=10..20:5', '--train', '150', '--test', '100', '--embargo', '5'];
    const walk = await documentOf<{ readonly folds: ReadonlyArray<{ readonly testReturnFrac: number }>; readonly finalEquity: number }>(
      ...['walk-forward', ...cross, ...windows],
    );
    expect(walk.folds).toHaveLength(4);
    expect(walk.folds.reduce((money, { testReturnFrac }) => money * (1 + testReturnFrac), 1e6)).toBeCloseTo(walk.finalEquity, 4);
    expect(walk).toMatchObject({ fits: 36 });
    expect((await ballast('walk-forward', ...cross, ...windows, '--folds', '2')).stdout).toMatch(/^Out of sample: \$1,000,000\.00 became/m);
  });

  test('a sweep says how much of its best is luck, and writes its page and table', async () => {
    const swept = ['sweep', ...cross, '--grid', 'fast=2..6,slow=10..30:5', '--out', 'swept'];
    const { code, stdout, stderr } = await ballast(...swept);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'sweep.parquet and sweep.html are in swept.\n' });
    expect(stdout).toMatch(/^(Probability of overfitting|Overfitting): /m);
    expect(stdout).toMatch(/^Against AAA held: so many worthless ones would show as much with p [=<] [01]\.\d{3} /m);
    expect(stdout).toMatch(/^All 25 combinations were compared\.$/m);
    expect(stdout).toMatch(/^slow 10 ┤[·░▒▓█◆]{10}$/m);
    expect(stdout).toMatch(/^One step from the best \(/m);
    expect(stdout).not.toMatch(/NaN|undefined|\[object/);
    expect(readFileSync(join(scratch, 'swept/sweep.html'), 'utf8')).toMatch(/^<!doctype html>/);
    const document = await documentOf<{ readonly overfitting: { readonly compared: number }; readonly plateau: object }>(
      ...swept.slice(0, -2),
      '--overfit',
      '5',
    );
    expect(document.overfitting.compared).toBeGreaterThanOrEqual(5);
    expect(document.overfitting.compared).toBeLessThanOrEqual(6);
    expect(Object.keys(document.plateau)).toEqual(['neighbours', 'meanPerBar', 'lowestPerBar']);
  });

  test('a walk forward writes what followed as one run, and histories their fan', async () => {
    const windows = ['--grid', 'fast=2..4,slow=10..20:5', '--train', '150', '--test', '100', '--embargo', '5', '--overfit', '0'];
    const walk = await ballast('walk-forward', ...cross, ...windows, '--out', 'walked');
    expect(walk).toMatchObject({ code: 0, stderr: 'tearsheet.html, equity.parquet, fills.parquet, trades.parquet are in walked.\n' });
    const sheet = readFileSync(join(scratch, 'walked/tearsheet.html'), 'utf8');
    expect(sheet).toMatch(/<h1>sma-cross, walked forward/);
    expect(sheet).toMatch(/Parameters were chosen anew for each of 4 windows/);
    const drawn = await ballast('montecarlo', ...cross, '--paths', '200', '--out', 'drawn');
    expect(drawn.stderr).toMatch(/fan\.parquet are in drawn\.$/m);
    expect(readFileSync(join(scratch, 'drawn/tearsheet.html'), 'utf8')).toMatch(/200 histories by the stationary bootstrap/);
  });

  test('histories are drawn the same from the same seed, by blocks or by trades', async () => {
    const drawn = (...more: string[]) => documentOf('montecarlo', ...cross, '--paths', '200', ...more);
    const [first, again, other] = [await drawn(), await drawn(), await drawn('--seed', '2')];
    expect(again).toEqual(first);
    expect(other.finalGrowth).not.toEqual(first.finalGrowth);
    expect(await drawn('--shuffle-trades')).toMatchObject({ method: 'trade-shuffle', meanBlockBars: null });
  });

  test('a search goes on from its last epoch, counts its genomes once, and ends the same', async () => {
    const search = [
      'evolve',
      '--data',
      'bars.csv',
      '--commission-bps',
      '5',
      '--population',
      '6',
      '--islands',
      '2',
      '--workers',
      '0',
      ...state,
    ];
    const ten = await documentOf(...search, '--generations', '10');
    expect(ten).toMatchObject({ trials: 132, trialsCounted: 132 });
    expect(await documentOf(...search, '--generations', '10')).toEqual(ten);
  });
});

describe('what cannot be used is one line that says what to do', () => {
  test.each<[readonly string[], RegExp]>([
    [['backtest', ...one], /--strategy names what is run: .*sma-cross/],
    [['backtest', '--strategy', 'sma-cros', ...one], /no strategy "sma-cros"\. Near it: sma-cross/],
    [['backtest', ...cross, '--params', 'fsat=3'], /no parameter "fsat"\. Near it: fast/],
    [['backtest', ...cross, '--params', 'fast=0'], /fast of sma-cross is a whole number from 1 to 1000, and not 0/],
    [['backtest', ...cross, '--params', 'fast=30,slow=30'], /fast must be below slow/],
    [['backtest', '--strategy', 'sma-cross', '--data', 'bars.csv'], /add --size shares:100, all-cash/],
    [['backtest', ...cross, '--symbols', 'AAAA'], /holds no symbol AAAA\. Near it: AAA/],
    [['backtest', ...cross, '--data', 'gone.csv'], /there is no file .*gone\.csv/],
    [['backtest', ...cross, '--from', '2030-01-01'], /the data end on 2020-02-14/],
    [['backtest', ...cross, '--from', '2019-02-01', '--to', '2019-01-01'], /--from must not come after --to/],
    [['backtest', ...cross, '--allow-short'], /--allow-short goes with --margin/],
    [['backtest', ...cross, '--rebalance', 'month-end'], /--rebalance goes with strategies of weights/],
    [['backtest', ...cross, '--fill', 'open'], /Allowed choices are next-open/],
    [['sweep', ...cross, '--grid', 'fast=1..2000'], /fast of sma-cross is a whole number from 1 to 1000/],
    [
      ['sweep', ...cross, '--grid', 'fast=2..4', '--axes', 'fast,slow'],
      /--axes: slow takes no two values in the grid\. Those that do: fast\./,
    ],
    [['sweep', ...cross, '--grid', 'fast=2..4', '--axes', 'fast'], /two parameters of the grid, e\.g\. fast,slow/],
    [['backtest', ...cross, '--factors', 'gone.csv'], /--factors: there is no file .*gone\.csv/],
    [['backtest', ...cross, '--sectors', 'bars.csv'], /bars\.csv: unknown column "date"/],
    [['sweep', ...cross, '--grid', 'fast'], /is no part of a grid/],
    [
      ['walk-forward', ...cross, '--grid', 'fast=2..4', '--train', '900', '--test', '10', '--embargo', '0'],
      /901 bars at least, and the data have 555/,
    ],
    [['evolve', '--data', 'bars.csv', '--to', '2018-12-31', '--commission-bps', '1'], /and a search needs 520/],
    [['trials', '--family', 'sma-crss', ...state], /Nothing was tried of "sma-crss" yet\. Near it: sma-cross/],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await ballast(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(oneLine(message));
  });
});
