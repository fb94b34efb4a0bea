/** Quarterly reports from a CSV: one row for each company and quarter, with the day it was first published. */
import type { FundamentalReport } from '../../domain/market/facts.ts';
import { type FactsLayout, type FactsRow, factsRows } from './facts-csv.ts';
import type { FactsFile, ReadFact } from './facts-file.ts';
import { siftFacts } from './sift-facts.ts';

const amountNames = {
  revenueUsd: ['revenue', 'revenues', 'total_revenue'],
  netIncomeUsd: ['net_income'],
  totalAssetsUsd: ['total_assets'],
  equityUsd: ['equity', 'stockholders_equity'],
  operatingCashFlowUsd: ['operating_cf', 'operating_cash_flow'],
  capitalExpenditureUsd: ['capex', 'capital_expenditure'],
  freeCashFlowUsd: ['free_cash_flow', 'fcf'],
  sharesOutstanding: ['shares_outstanding'],
} as const satisfies Partial<Record<keyof FundamentalReport, readonly string[]>>;

type Amount = keyof typeof amountNames;
type Role = 'symbol' | 'periodEnd' | 'availableDay' | Amount;
const amountRoles = Object.keys(amountNames) as Amount[];

const layout: FactsLayout<Role> = {
  columns: {
    symbol: ['symbol', 'ticker'],
    periodEnd: ['period_end'],
    availableDay: ['available_date'],
    ...amountNames,
    ignored: ['source', 'currency', 'form', 'cik'],
  },
  required: ['symbol', 'periodEnd', 'availableDay'],
  oneOf: amountRoles,
};

/**
 * Amounts are US dollars for the quarter alone, capital expenditure positive where money was spent; an empty cell is not reported.
 * Rejected: a record available before its period ended, one with a number that is not finite, and lines that contradict each other.
 * @throws ContractViolation naming file, line and column of what cannot be read.
 */
export function readFundamentals(bytes: Uint8Array, fileName: string): FactsFile<FundamentalReport> {
  return siftFacts(factsRows(bytes, fileName, layout).map(readReport), fileName);
}

function readReport(row: FactsRow<Role>): ReadFact<FundamentalReport> {
  const symbol = row.ticker('symbol');
  const periodEnd = row.day('periodEnd');
  const availableDay = row.day('availableDay');
  const about = { symbol, line: row.line, periodEnd, availableDay, key: `${periodEnd} ${availableDay}` };
  const amounts = amountRoles.map((role) => [role, row.number(role)] as const);
  if (availableDay < periodEnd) return { ...about, fact: 'available-before-period-end' };
  if (amounts.some(([, value]) => value === 'not-finite')) return { ...about, fact: 'number-not-finite' };
  const known = Object.fromEntries(amounts) as Record<Amount, number | null>;
  return { ...about, fact: { periodEnd, availableDay, ...known } };
}
