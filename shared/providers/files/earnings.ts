/** Earnings releases from a CSV: one row for each company and announcement, with what analysts had expected. */
import type { EarningsRelease } from '../../domain/market/facts.ts';
import { type FactsLayout, type FactsRow, factsRows } from './facts-csv.ts';
import type { FactsFile, ReadFact } from './facts-file.ts';
import { siftFacts } from './sift-facts.ts';

type Role = 'symbol' | 'date' | 'epsUsd' | 'epsEstimateUsd' | 'session';

const layout: FactsLayout<Role> = {
  columns: {
    symbol: ['symbol', 'ticker'],
    date: ['date', 'announcement_date'],
    epsUsd: ['eps', 'reported_eps'],
    epsEstimateUsd: ['eps_est', 'eps_estimate'],
    session: ['release_time'],
    // The quarter is not needed: a release counts from its own day. The surprise is the difference of two columns that are read.
    ignored: ['qtr', 'quarter', 'surp', 'surprise', 'source'],
  },
  required: ['symbol', 'date', 'epsUsd'],
};

const sessions: Readonly<Record<string, EarningsRelease['session']>> = { pre: 'pre', post: 'post', '': 'unknown', unknown: 'unknown' };

/**
 * Dollars per share, in the shares of the file's last day, as vendors give a history that splits have passed through.
 * Rejected: a release without its earnings (it is announced, not made), one with a number that is not finite, and lines of the
 * same company and day that contradict each other.
 * @throws ContractViolation naming file, line and column of what cannot be read.
 */
export function readEarnings(bytes: Uint8Array, fileName: string): FactsFile<EarningsRelease> {
  return siftFacts(factsRows(bytes, fileName, layout).map(readRelease), fileName);
}

function readRelease(row: FactsRow<Role>): ReadFact<EarningsRelease> {
  const availableDay = row.day('date');
  const about = { symbol: row.ticker('symbol'), line: row.line, periodEnd: null, availableDay, key: `${availableDay}` };
  const session = sessions[row.text('session').toLowerCase()];
  if (session === undefined) throw row.malformed('session', 'write pre or post, or nothing where it is not known');
  const epsUsd = row.number('epsUsd');
  const epsEstimateUsd = row.number('epsEstimateUsd');
  if (epsUsd === 'not-finite' || epsEstimateUsd === 'not-finite') return { ...about, fact: 'number-not-finite' };
  if (epsUsd === null) return { ...about, fact: 'no-earnings-per-share' };
  return { ...about, fact: { availableDay, session, epsUsd, epsEstimateUsd } };
}
