/** Sectors of symbols, from a CSV with the columns symbol and sector. They limit what a trading cycle may hold of one of them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Panel, symbolsOf } from '../../../shared/domain/research/panel.ts';
import type { Ticker } from '../../../shared/kernel/units.ts';
import { type FactsLayout, factsRows } from '../../../shared/providers/files/facts-csv.ts';
import { BadInput } from '../outcome.ts';

const layout: FactsLayout<'symbol' | 'sector'> = {
  columns: {
    symbol: ['symbol', 'ticker'],
    sector: ['sector', 'gics_sector'],
    ignored: ['name', 'security', 'sub_industry', 'industry', 'date_added', 'cik', 'asof'],
  },
  required: ['symbol', 'sector'],
};

const namesShown = 8;

/** @throws BadInput or ContractViolation naming file, line and column of what cannot be read. */
export function withSectors(panel: Panel, given: string, cwd: string): { readonly panel: Panel; readonly notes: readonly string[] } {
  const path = resolve(cwd, given);
  if (!existsSync(path) || !statSync(path).isFile()) throw new BadInput(`--sectors: there is no file ${path}. Check the path.`);
  const name = basename(path);
  const sectorOf = sectorsFromCsv(readFileSync(path), name);
  const symbols = symbolsOf(panel);
  const without = symbols.filter((symbol) => !sectorOf.has(symbol));
  const shown = `${without.slice(0, namesShown).join(', ')}${without.length > namesShown ? ' …' : ''}`;
  return {
    panel: { ...panel, sectors: symbols.map((symbol) => sectorOf.get(symbol) ?? null) },
    notes: without.length === 0 ? [] : [`${name} knows no sector of ${without.length} of ${symbols.length} symbols: ${shown}.`],
  };
}

/** An empty sector is none. */
export function sectorsFromCsv(bytes: Uint8Array, fileName: string): ReadonlyMap<Ticker, string> {
  const sectorOf = new Map<Ticker, string>();
  for (const row of factsRows(bytes, fileName, layout)) {
    const [symbol, sector] = [row.ticker('symbol'), row.text('sector')];
    if (sector === '') continue;
    if ((sectorOf.get(symbol) ?? sector) !== sector) throw row.malformed('sector', `${symbol} has one sector, and another stands above`);
    sectorOf.set(symbol, sector);
  }
  return sectorOf;
}
