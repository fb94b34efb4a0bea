/**
 * The S&P 500 on the five factors of Fama and French, ten years of days, against numpy (make-real-factors-golden.py prints the figures). The index is
 * without dividends, so its alpha is what they paid: minus two per cent a year.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { attributeToFactors } from '../../../../../shared/domain/research/validation/factor-attribution.ts';

const folder = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'index');
const names = ['mkt_rf', 'smb', 'hml', 'rmw', 'cma'];
const numpy = {
  beta: [0.9945008827985137, -0.11039656286358587, 0.02133088481319212, 0.06402484058531621, 0.03246399590624904],
  tValues: [465.3915000508612, -40.102472331899435, 5.936204858010223, 17.63406041136994, 5.983053234123881],
  alpha: -7.746050721792633e-5,
  alphaTValue: -6.94428836065675,
  rSquared: 0.997491834123739,
};

function rowsOf(name: string): Record<string, string>[] {
  const [head, ...lines] = gunzipSync(readFileSync(join(folder, name)))
    .toString()
    .trim()
    .split(/\r?\n/);
  const columns = head!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((text, k) => [columns[k], text])) as Record<string, string>);
}

function read() {
  const closes = rowsOf('us_indices_daily.csv.gz').filter(({ symbol }) => symbol === '^GSPC');
  const returns = new Map(closes.slice(1).map(({ date, close }, k) => [date, Number(close) / Number(closes[k]!.close) - 1]));
  const days = rowsOf('fama_french_5f_daily.csv.gz').filter(({ date }) => date! >= '2014' && date! < '2024' && returns.has(date));
  return {
    excess: Float64Array.from(days, ({ date, rf }) => returns.get(date)! - Number(rf) / 100),
    factors: names.map((name) => ({ name, returns: Float64Array.from(days, (row) => Number(row[name]) / 100) })),
  };
}

describe.skipIf(!existsSync(folder))('the S&P 500 on five factors', () => {
  test('has the loadings, t-values and alpha of numpy', () => {
    const { excess, factors } = read();
    const result = attributeToFactors(excess, factors, { barsPerYear: 252, lags: 8 });
    if (result.kind === 'refused') throw new Error(result.reason);
    expect(result.bars).toBe(2516);
    expect(result.loadings.map(({ factor }) => factor)).toEqual(names);
    for (const [k, { beta, tValue }] of result.loadings.entries()) {
      expect(Math.abs(beta / numpy.beta[k]! - 1)).toBeLessThan(1e-9);
      expect(Math.abs(tValue / numpy.tValues[k]! - 1)).toBeLessThan(1e-9);
    }
    expect(Math.abs(result.alphaPerBarFrac / numpy.alpha - 1)).toBeLessThan(1e-9);
    expect(Math.abs(result.alphaTValue / numpy.alphaTValue - 1)).toBeLessThan(1e-9);
    expect(result.rSquared).toBeCloseTo(numpy.rSquared, 12);
    expect(result.alphaAnnualFrac).toBeCloseTo(-0.0195, 4);
  });
});
