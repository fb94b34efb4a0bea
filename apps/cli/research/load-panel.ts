/**
 * The market that a research command runs over, from a file or from the seeded simulator.
 *
 *   1. Bars: .parquet by DuckDB, which reads no other symbols and days than were asked for (daily-parquet.ts); .csv and .csv.gz by the scanner that
 *      ingest has; a CSV with a time of day is minute bars. No `--data`: the simulator that `ballast cycle` trades, without the series that it
 *      spoils on purpose.
 *   2. What the prices are: by the user's word, held against the splits that the file lists.                                 inBasis
 *   3. One panel, or one line that says what is wrong with which symbol, and what to do.
 *
 * Tickers are text and never anything else: TRUE, NA and ON are companies. Not covered: minute bars in Parquet.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { EarningsRelease } from '../../../shared/domain/market/facts.ts';
import { simulateMarket } from '../../../shared/domain/market/simulator/simulate-market.ts';
import { firstFault, panelFrom } from '../../../shared/domain/research/build-panel.ts';
import type { Panel, PriceBasis, Series } from '../../../shared/domain/research/panel.ts';
import { splitEvidence, totalReturn } from '../../../shared/domain/research/price-basis.ts';
import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { splitAdjusted } from '../../../shared/providers/files/adjust-splits.ts';
import { readEarnings } from '../../../shared/providers/files/earnings.ts';
import { factsOf } from '../../../shared/providers/files/facts-of.ts';
import { simulatorName } from '../../../shared/providers/simulator.ts';
import { nearest } from '../nearest.ts';
import { BadInput } from '../outcome.ts';
import { readCsvBars } from './csv-bars.ts';
import { readDailyParquet } from './daily-parquet.ts';
import type { PanelRequest, ReadBars } from './panel-request.ts';

export interface LoadedPanel {
  readonly panel: Panel;
  /** What a reader of the result must know; one line each. */
  readonly notes: readonly string[];
}

/** @throws BadInput or ContractViolation with one line that names file, column, row or symbol, and what to do. */
export async function loadPanel(request: PanelRequest, cwd: string): Promise<LoadedPanel> {
  if (request.data === undefined) return simulatedPanel(request);
  const path = existingFile(request.data, '--data', cwd);
  const read = await readBars(path, request);
  refuseUnknownSymbols(request.symbols, read);
  const basis = request.prices ?? read.basis;
  const series = inBasis(read, basis);
  const earnings = request.earnings === undefined ? undefined : earningsOf(series, existingFile(request.earnings, '--earnings', cwd));
  const panel = panelFrom(series, { name: read.fileName, frequency: read.frequency, basis, ...(earnings ? { earnings } : {}) });
  if (isRefusal(panel)) throw new BadInput(sentenceOf(panel, request));
  return { panel, notes: read.notes };
}

async function readBars(path: string, request: PanelRequest): Promise<ReadBars> {
  const name = path.toLowerCase();
  if (name.endsWith('.parquet')) return readDailyParquet(path, request);
  if (name.endsWith('.csv') || name.endsWith('.csv.gz')) return readCsvBars(readFileSync(path), basename(path), request);
  throw new BadInput(`--data: ${basename(path)} has no ending known here: give a .csv, .csv.gz or .parquet file.`);
}

function simulatedPanel({ symbols, prices, earnings, seed }: PanelRequest): LoadedPanel {
  if (earnings !== undefined) throw new BadInput('--earnings goes with --data; the simulator knows its own.');
  if (prices === 'as-traded') throw new BadInput('--prices as-traded goes with --data: the simulator gives split-adjusted prices.');
  const name = simulatorName(seed);
  const market = simulateMarket({ seed });
  const all = [...market.bars.values()].map((bars): Series => ({ ...bars, endMinute: null }));
  refuseUnknownSymbols(symbols, { fileName: `The ${name}`, symbols: all.map(({ symbol }) => symbol) });
  const asked = all.filter(({ symbol }) => symbols === undefined || symbols.includes(symbol));
  const spoilt = asked.filter((bars) => firstFault(bars, 'daily') !== null).map(({ symbol }) => symbol);
  const sound = asked.filter(({ symbol }) => !spoilt.includes(symbol));
  const panel = panelFrom(prices === 'total-return' ? sound.map(totalReturn) : sound, {
    name,
    frequency: 'daily',
    basis: prices ?? 'split-adjusted',
    earnings: new Map([...market.facts].map(([symbol, facts]) => [symbol, facts.earnings])),
  });
  if (isRefusal(panel)) throw new BadInput(`${name}: the bars of ${spoilt.join(', ')} are spoilt on purpose; name another of --symbols.`);
  const left = spoilt.length === 0 ? [] : [`Left out, since the simulator spoils them on purpose: ${spoilt.join(', ')}.`];
  return { panel, notes: [`Prices are simulated (seed ${seed}): they say nothing of what a strategy would have earned.`, ...left] };
}

function existingFile(given: string, option: string, cwd: string): string {
  const path = resolve(cwd, given);
  if (!existsSync(path)) throw new BadInput(`${option}: there is no file ${path}. Check the path.`);
  if (!statSync(path).isFile()) throw new BadInput(`${option}: ${path} is a folder. Name a file in it.`);
  return path;
}

function refuseUnknownSymbols(wanted: readonly string[] | undefined, held: Pick<ReadBars, 'fileName' | 'symbols'>): void {
  const known = new Set<string>(held.symbols);
  const unknown = wanted?.find((symbol) => !known.has(symbol));
  if (unknown === undefined) return;
  const near = nearest(unknown.toUpperCase(), held.symbols, 3);
  const few = held.symbols.slice(0, 8).join(', ');
  const hint = near.length > 0 ? `Near it: ${near.join(', ')}.` : `It has ${few}${held.symbols.length > 8 ? ' …' : ''}.`;
  throw new BadInput(`--symbols: ${held.fileName} holds no symbol ${unknown}. ${hint}`);
}

/** @throws BadInput where the splits that the file lists say that its prices are something else. */
function inBasis({ fileName, frequency, basis, series }: ReadBars, wanted: PriceBasis): readonly Series[] {
  if (frequency === 'minute') return series;
  const { asTraded, splitAdjusted: adjusted } = splitEvidence(series);
  const splits = asTraded + adjusted;
  if (basis === 'as-traded') {
    if (wanted === 'as-traded') return series;
    const inOneUnit = series.map((bars): Series => ({ ...splitAdjusted(bars), endMinute: null }));
    return wanted === 'total-return' ? inOneUnit.map(totalReturn) : inOneUnit;
  }
  if (wanted === 'as-traded') {
    if (adjusted <= asTraded) return series;
    throw new BadInput(
      `--prices: ${fileName} is not as traded: at ${adjusted} of ${splits} splits its prices do not move. Use --prices split-adjusted.`,
    );
  }
  if (asTraded > adjusted)
    throw new BadInput(`--prices: ${fileName} is as traded: at ${asTraded} of ${splits} splits its prices jump. Use --prices as-traded.`);
  // Where no dividend is listed, they are in the prices by the user's word, or there were none.
  return wanted === 'total-return' ? series.map(totalReturn) : series;
}

function earningsOf(series: readonly Series[], path: string): Map<Ticker, readonly EarningsRelease[]> {
  const opened = { fundamentals: [], earnings: [readEarnings(readFileSync(path), basename(path))], news: [] };
  return new Map(series.map((bars) => [bars.symbol, factsOf(bars, opened).earnings]));
}

function sentenceOf({ reason, details }: Refusal, { symbols, firstDay, lastDay }: PanelRequest): string {
  const { name, symbol, day, field, problem } = details as Record<string, string>;
  if (reason === 'no-bars') {
    const narrowed = symbols !== undefined || firstDay !== undefined || lastDay !== undefined;
    return `--data: ${name} holds no bars${narrowed ? ' of these symbols and days' : ''}.`;
  }
  return `--data: ${name}: ${symbol} on ${day}, ${field}: ${problem?.replaceAll('-', ' ')}. Repair the file, or leave the symbol out with --symbols.`;
}
