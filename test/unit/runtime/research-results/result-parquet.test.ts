/** What other tools read: DuckDB opens the files and finds the names, the types and the figures. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backtest } from '../../../../shared/domain/research/engine/backtest.ts';
import { type BacktestResult, returnsOf } from '../../../../shared/domain/research/result.ts';
import { smaCrossStrategy } from '../../../../shared/domain/research/strategies/sma-cross.strategy.ts';
import { formatDay } from '../../../../shared/kernel/days.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { resultFiles } from '../../../../shared/runtime/research-results/result-parquet.ts';
import { encodeColumns } from '../../../../shared/stores/columns-parquet.ts';
import { handRules, panelOf, simulatedPanel } from '../../../support/research/hand-panel.ts';

const folder = mkdtempSync(join(tmpdir(), 'ballast-results-'));
const panel = simulatedPanel({ symbols: 3, moments: 120, seed: 'parquet' });
const result = ran(panel);
let query: (sql: string) => Promise<Record<string, unknown>[]>;

beforeAll(async () => {
  write('', result);
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  query = async (sql) =>
    (await connection.runAndReadAll(sql.replaceAll(/\{(.+?)\}/g, (_, name) => `'${join(folder, name)}'`))).getRowObjectsJS();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the files of a backtest, as DuckDB reads them', () => {
  test.each([
    [
      'equity',
      {
        date: 'DATE',
        equity_usd: 'DOUBLE',
        cash_usd: 'DOUBLE',
        long_usd: 'DOUBLE',
        short_usd: 'DOUBLE',
        traded_usd: 'DOUBLE',
        return_frac: 'DOUBLE',
      },
    ],
    [
      'fills',
      {
        date: 'DATE',
        symbol: 'VARCHAR',
        order_id: 'INTEGER',
        signed_shares: 'DOUBLE',
        price_usd: 'DOUBLE',
        fee_usd: 'DOUBLE',
        price_cost_usd: 'DOUBLE',
      },
    ],
    [
      'trades',
      {
        symbol: 'VARCHAR',
        entry_date: 'DATE',
        exit_date: 'DATE',
        signed_shares: 'DOUBLE',
        entry_price_usd: 'DOUBLE',
        exit_price_usd: 'DOUBLE',
        fee_usd: 'DOUBLE',
        profit_usd: 'DOUBLE',
        is_open: 'BOOLEAN',
      },
    ],
  ])('%s has the columns that are documented', async (name, columns) => {
    const described = await query(`describe select * from {${name}.parquet}`);
    expect(Object.fromEntries(described.map((row) => [row.column_name, row.column_type]))).toEqual(columns);
  });

  test('hold every moment, fill and trade with its figures to the last bit', async () => {
    const equity = await query('select cast(date as varchar) as day, equity_usd, return_frac from {equity.parquet}');
    expect(equity.map(({ day }) => day)).toEqual(Array.from(result.day, (day) => formatDay(day as EpochDay)));
    expect(equity.map(({ equity_usd }) => equity_usd)).toEqual([...result.equity.equityUsd]);
    expect(equity.map(({ return_frac }) => return_frac)).toEqual([...returnsOf(result)]);
    const fills = await query('select symbol, signed_shares, price_usd from {fills.parquet}');
    expect(fills.map(({ symbol }) => symbol)).toEqual(Array.from(result.fills.symbol, (symbol) => result.symbols[symbol]));
    expect(fills.map(({ price_usd }) => price_usd)).toEqual([...result.fills.priceUsd]);
    const trades = await query('select profit_usd, is_open from {trades.parquet}');
    expect(trades.length).toBeGreaterThan(3);
    expect(trades.map(({ is_open }) => is_open)).toEqual(Array.from(result.trades.isOpen, Boolean));
  });

  test('say in their metadata what was run', async () => {
    const [row] = await query(`select decode(value) as run from parquet_kv_metadata({trades.parquet}) where decode(key) = 'ballast'`);
    expect(JSON.parse(String(row!.run))).toMatchObject({
      strategy: 'sma-cross',
      parameters: { fast: 3 },
      source: panel.source,
      rules: result.rules,
    });
  });

  test('have all their columns where nothing was traded', async () => {
    write('flat-', ran(panelOf({ AAA: [10, 10, 10, 10] })));
    expect(await query('select count(*)::int as rows from {flat-trades.parquet}')).toEqual([{ rows: 0 }]);
    expect(await query('describe select * from {flat-fills.parquet}')).toHaveLength(7);
  });

  test('have the minutes of a run over minutes', async () => {
    write('minute-', ran(panelOf({ AAA: [10, 11, 12, 11] }, { days: Array(4).fill('2014-01-02'), endMinutes: [571, 572, 573, 574] })));
    expect(await query('select end_minute from {minute-equity.parquet}')).toEqual(
      [571, 572, 573, 574].map((end_minute) => ({ end_minute })),
    );
  });

  test('are the same bytes for the same run', () => {
    const [first, second] = [resultFiles(result), resultFiles(ran(panel))];
    for (const [name, bytes] of first) expect(Buffer.compare(bytes, second.get(name)!), name).toBe(0);
  });
});

test('a table keeps tickers that look like something else, NaN, and refuses columns of unequal length', async () => {
  const symbol = { name: 'symbol', kind: 'text', values: ['NA', 'TRUE', '', '1e3'] } as const;
  const value = { name: 'value', kind: 'double', values: Float64Array.of(1, Number.NaN, -0, 4) } as const;
  writeFileSync(join(folder, 'odd.parquet'), encodeColumns('odd', [symbol, value]));
  expect((await query('select symbol from {odd.parquet}')).map((row) => row.symbol)).toEqual(symbol.values);
  expect(await query('select isnan(value) as none from {odd.parquet}')).toEqual([false, true, false, false].map((none) => ({ none })));
  expect(() => encodeColumns('odd', [symbol, { ...value, values: new Float64Array(3) }])).toThrow('as many rows');
  expect(() => encodeColumns('odd', [symbol, symbol])).toThrow('every column once');
});

function ran(over: typeof panel): BacktestResult {
  const found = backtest({
    panel: over,
    strategy: smaCrossStrategy,
    parameters: { fast: 3, slow: 8 },
    rules: handRules({ sizing: { kind: 'weight', frac: 0.3 } }),
    membership: null,
  });
  if (isRefusal(found)) throw new Error(found.reason);
  return found;
}

function write(prefix: string, of: BacktestResult): void {
  for (const [name, bytes] of resultFiles(of)) writeFileSync(join(folder, prefix + name), bytes);
}
