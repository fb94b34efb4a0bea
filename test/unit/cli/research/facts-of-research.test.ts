import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { factsHash } from '../../../../apps/cli/research/checkpoints.ts';
import { attributionOf, loadFactors } from '../../../../apps/cli/research/factors.ts';
import { sectorsFromCsv, withSectors } from '../../../../apps/cli/research/load-sectors.ts';
import { backtest } from '../../../../shared/domain/research/engine/backtest.ts';
import { strategyNamed } from '../../../../shared/domain/research/registry.ts';
import { freeCosts, noFinancing } from '../../../../shared/domain/research/rules.ts';
import { formatDay } from '../../../../shared/kernel/days.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';
import { panelOf } from '../../../support/research/hand-panel.ts';

const scratch = mkdtempSync(join(tmpdir(), 'ballast-facts-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const written = (name: string, text: string): string => {
  writeFileSync(join(scratch, name), text);
  return name;
};
const csv = (text: string): Uint8Array => new TextEncoder().encode(text);

const rng = seededRng('facts-of-research');
const bars = 120;
const factor = () => Array.from({ length: bars }, () => 0.01 * rng.normal());
const [market, smb, hml, rmw, cma] = [factor(), factor(), factor(), factor(), factor()];
const riskFree = 0.0001;
/** Alpha 0.0005 a session, market 0.8, the rest nothing, and what no factor explains. */
const earned = market.map((one) => riskFree + 0.0005 + 0.8 * one + 0.001 * rng.normal());
let close = 100;
const prices = earned.map((one, at) => {
  if (at > 0) close *= 1 + one;
  return close;
});
const panel = panelOf({ AAA: prices, BBB: prices.map(() => 50) });
const pct = (frac: number): string => (frac * 100).toFixed(10);
const rowOf = (at: number): string =>
  [formatDay(panel.day[at]! as EpochDay), ...[market[at]!, smb[at]!, hml[at]!, rmw[at]!, cma[at]!, riskFree].map(pct)].join(',');
const factorsCsv = (rows: number): string =>
  `date,mkt_rf,smb,hml,rmw,cma,rf\n${Array.from({ length: rows }, (_, at) => rowOf(at)).join('\n')}\n`;

const result = (() => {
  const run = backtest({
    ...{
      panel,
      strategy: strategyNamed('momentum')!,
      parameters: { lookback: 1, top: 1, gross: 1 },
      membership: null,
      rebalance: 'every-bar',
    },
    rules: {
      ...{ cashUsd: 1e6, fill: 'next-close', sizing: { kind: 'all-cash', whole: false }, costs: freeCosts, financing: noFinancing },
      ...{ account: { kind: 'cash' }, allowShort: false, wholeShares: false, participationFracMax: null, sessionsPerYear: 252 },
    },
  });
  if (isRefusal(run)) throw new Error(run.reason);
  // Held from the first moment to the last: what the factors are to explain is then known.
  return { ...run, equity: { ...run.equity, equityUsd: Float64Array.from(prices, (price) => price * 10_000) } };
})();

describe('factors of a file', () => {
  test('explain what they made, and leave the rest as alpha over the risk-free rate', () => {
    const attribution = attributionOf(result, loadFactors(written('factors.csv', factorsCsv(bars)), panel, scratch));
    if (isRefusal(attribution)) throw new Error(attribution.reason);
    const betas = Object.fromEntries(attribution.loadings.map(({ factor: name, beta }) => [name, beta]));
    expect(betas.mkt_rf).toBeCloseTo(0.8, 1);
    for (const none of ['smb', 'hml', 'rmw', 'cma']) expect(Math.abs(betas[none]!)).toBeLessThan(0.05);
    expect(attribution.alphaAnnualFrac / (0.0005 * 252)).toBeGreaterThan(0.5);
    expect(attribution.alphaAnnualFrac / (0.0005 * 252)).toBeLessThan(1.6);
    expect(attribution.bars).toBe(bars);
  });

  test('that end early are said to, and only the sessions that they have are used', () => {
    const file = loadFactors(written('short.csv', factorsCsv(90)), panel, scratch);
    expect(file.notes).toEqual([
      expect.stringMatching(/^short\.csv has no returns for 30 of 120 sessions \(2014-05-\d\d to 2014-06-\d\d\)/),
    ]);
    expect(attributionOf(result, file)).toMatchObject({ bars: 90 });
  });

  test('of other years explain nothing, and a file that is not there is named', () => {
    const other = loadFactors(written('other.csv', 'date,mkt_rf,smb,hml,rmw,cma,rf\n1999-01-04,1,1,1,1,1,0\n'), panel, scratch);
    expect(attributionOf(result, other)).toMatchObject({ reason: 'no-factors' });
    expect(() => loadFactors('gone.csv', panel, scratch)).toThrow(/--factors: there is no file .*gone\.csv/);
    expect(() => loadFactors('factors.csv', { ...panel, frequency: 'minute' }, scratch)).toThrow(/these bars are of minutes/);
  });
});

describe('sectors of a file', () => {
  test('go to their symbols, and who has none is said', () => {
    const { panel: known, notes } = withSectors(
      panel,
      written('sectors.csv', 'symbol,name,sector\nBBB,B Inc,Energy\nZZZ,Z,Utilities\n'),
      scratch,
    );
    expect(known.sectors).toEqual([null, 'Energy']);
    expect(notes).toEqual(['sectors.csv knows no sector of 1 of 2 symbols: AAA.']);
    expect(() => withSectors(panel, 'gone.csv', scratch)).toThrow(/--sectors: there is no file/);
  });

  test('may repeat, and may not contradict each other', () => {
    expect([...sectorsFromCsv(csv('ticker,sector\nNA,Energy\nNA,Energy\nON,\n'), 's.csv')]).toEqual([['NA', 'Energy']]);
    expect(() => sectorsFromCsv(csv('symbol,sector\nAAA,Energy\nAAA,Health Care\n'), 's.csv')).toThrow(
      /s\.csv line 3, column sector: .*AAA has one sector/,
    );
  });
});

describe('what a sweep is kept under', () => {
  test('changes with sectors, earnings and membership, which the hash of the bars does not know', () => {
    const membership = { name: 'm', mask: new Uint8Array(2 * bars).fill(1), listed: new Int32Array(bars), priced: new Int32Array(bars) };
    const other = { ...membership, mask: membership.mask.map((_, at) => at % 2) };
    const hashes = [
      factsHash(panel, null),
      factsHash({ ...panel, sectors: ['Energy', null] }, null),
      factsHash({ ...panel, earnings: [[], []] }, null),
      factsHash(panel, membership),
      factsHash(panel, other),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(factsHash(panel, { ...membership })).toBe(hashes[3]);
  });
});
