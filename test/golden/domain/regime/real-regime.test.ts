/**
 * The regime of real markets. The expectations are the record, not our figures: the S&P 500 fell 57 % from October 2007 to March 2009,
 * 19 % from April to October 2011, most of it in the days around the downgrade of US debt, 34 % in February and March 2020, and 25 %
 * in 2022 without a crash; 2017 had the lowest volatility since the 1960s; 1990, 2015 and 2018 saw corrections of a tenth to a fifth
 * that were over within months.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sessionsBetween } from '../../../../shared/domain/market/calendar.ts';
import type { MarketHistory } from '../../../../shared/domain/market/market-history.ts';
import { defaultRegimeRules, type RegimeName } from '../../../../shared/domain/policy/regime-rules.ts';
import { readRegime } from '../../../../shared/domain/regime/read-regime.ts';
import type { RegimeReading } from '../../../../shared/domain/regime/regime.ts';
import { parseDay } from '../../../../shared/kernel/days.ts';
import { isRefusal } from '../../../../shared/kernel/refusal.ts';
import { seededRng } from '../../../../shared/kernel/rng.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';

const file = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'index/us_indices_daily.csv.gz');
const present = existsSync(file);

/** Daily returns of the S&P 500, without dividends, from 1980 on. */
function marketHistory(): MarketHistory {
  const rows = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  const closes = rows.map((row) => row.split(',')).filter(([symbol, date]) => symbol === '^GSPC' && date! >= '1980-01-01');
  return {
    name: '^GSPC',
    day: Int32Array.from(closes.slice(1), ([, date]) => parseDay(date!)),
    simpleReturn: Float64Array.from(closes.slice(1), ([, , , , , close], at) => Number(close) / Number(closes[at]![5]) - 1),
  };
}

const history = present ? marketHistory() : undefined;

function readingOf(session: EpochDay): RegimeReading {
  const reading = readRegime(history!, session, defaultRegimeRules, seededRng('regime'));
  if (isRefusal(reading)) throw new Error(reading.reason);
  return reading;
}

describe('the regime of the S&P 500', () => {
  test.skipIf(!present).each<[string, string, RegimeName]>([
    ['the autumn of 2008', '2008-10-10', 'BEAR_CRISIS'],
    ['the first session after the downgrade of 2011, known up to the Friday before: the market is 12 % down', '2011-08-08', 'BEAR_QUIET'],
    ['and three sessions later', '2011-08-11', 'BEAR_CRISIS'],
    ['the calm of 2017', '2017-06-01', 'BULL_QUIET'],
    ['March 2020', '2020-03-16', 'BEAR_CRISIS'],
    ['the bear market of 2022', '2022-06-16', 'BEAR_QUIET'],
    ['the week after Black Monday', '1987-10-26', 'BEAR_CRISIS'],
    ['the correction of 1990', '1990-10-01', 'BEAR_QUIET'],
    ['that of 2015', '2015-09-15', 'BEAR_QUIET'],
    ['that of 2018', '2018-12-26', 'BEAR_QUIET'],
    ['the long calm of 1995', '1995-06-01', 'BULL_QUIET'],
    ['February 2018, when volatility doubled near the high', '2018-02-12', 'BULL_VOLATILE'],
  ])('%s (%s) is %s (needs market data)', (_, date, name) => {
    const reading = readingOf(parseDay(date));
    expect(reading.name).toBe(name);
    expect(reading.evidence.settledSessions).toBeGreaterThan(252);
  });

  test.skipIf(!present)('goes down into the crash of 2020 step by step and does not flap (needs market data)', () => {
    const names = [...sessionsBetween(parseDay('2020-02-19'), parseDay('2020-04-15'))].map(
      (session) => readingOf(session as EpochDay).name,
    );
    const sequence = names.filter((name, at) => name !== names[at - 1]);
    expect(sequence).toEqual(['BULL_QUIET', 'BULL_VOLATILE', 'BEAR_QUIET', 'BEAR_CRISIS']);
    // Out of the market before the sessions of −7.6, −9.5 and −12.0 % (9, 12 and 16 March).
    expect(names[[...sessionsBetween(parseDay('2020-02-19'), parseDay('2020-03-09'))].length - 1]).toBe('BEAR_CRISIS');
  });
});
