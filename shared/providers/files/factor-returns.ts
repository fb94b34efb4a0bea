/**
 * Daily factor returns from a CSV as Kenneth French's library gives them: one row a session, percent per day, the excess return of the market, the
 * factors, and the risk-free rate.
 *
 * Source: E. F. Fama & K. R. French (2015), Journal of Financial Economics 116(1); the data library's "5 Factors (2x3) [Daily]".
 */
import { ContractViolation } from '../../kernel/errors.ts';
import type { EpochDay } from '../../kernel/units.ts';
import { type FactsLayout, factsRows } from './facts-csv.ts';

const factorNames = ['mkt_rf', 'smb', 'hml', 'rmw', 'cma'] as const;
type FactorName = (typeof factorNames)[number];
type Role = 'date' | 'rf' | FactorName;

const layout: FactsLayout<Role> = {
  columns: {
    date: ['date'],
    mkt_rf: ['mkt_rf', 'mktrf'],
    smb: ['smb'],
    hml: ['hml'],
    rmw: ['rmw'],
    cma: ['cma'],
    rf: ['rf'],
    ignored: [],
  },
  required: ['date', 'mkt_rf', 'smb', 'hml', 'rmw', 'cma', 'rf'],
};

/** One value per asked-for day; 1 is the whole; NaN for a day that the file has not. */
export interface FactorReturns {
  readonly factors: ReadonlyArray<{ readonly name: FactorName; readonly returns: Float64Array }>;
  readonly riskFree: Float64Array;
}

/** @throws ContractViolation naming file, line and column of what cannot be read, or of a number that is missing. */
export function readFactorReturns(bytes: Uint8Array, fileName: string, days: Int32Array): FactorReturns {
  const rows = new Map<EpochDay, Readonly<Record<FactorName | 'rf', number>>>();
  for (const row of factsRows(bytes, fileName, layout)) {
    const frac = (role: FactorName | 'rf'): number => {
      const percent = row.number(role);
      if (typeof percent !== 'number') throw row.malformed(role, 'a number is needed, percent per day');
      return percent / 100;
    };
    const day = row.day('date');
    if (rows.has(day))
      throw new ContractViolation(`${fileName} line ${row.line}: a day stands in it once`, { file: fileName, line: row.line });
    rows.set(day, { mkt_rf: frac('mkt_rf'), smb: frac('smb'), hml: frac('hml'), rmw: frac('rmw'), cma: frac('cma'), rf: frac('rf') });
  }
  const column = (name: FactorName | 'rf'): Float64Array =>
    Float64Array.from(days, (day) => rows.get(day as EpochDay)?.[name] ?? Number.NaN);
  return { factors: factorNames.map((name) => ({ name, returns: column(name) })), riskFree: column('rf') };
}
