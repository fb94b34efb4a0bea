/**
 * The policy's crises against the S&P 500 itself: the figures of the policy are those of the index file, and the worst days are the ones
 * that history knows (1987-10-19: −20.47 %; 2008-10-15: −9.03 %; 2020-03-16: −11.98 %; 2022-09-13: −4.32 %, as S&P Dow Jones Indices publishes them).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../shared/domain/policy/default-policy.ts';
import { type Episode, replayEpisode } from '../../../../shared/domain/risk/episode.ts';
import { stressLosses } from '../../../../shared/domain/risk/stress.ts';
import { formatDay, parseDay } from '../../../../shared/kernel/days.ts';
import { ticker } from '../../../unit/domain/fixtures.ts';

const file = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'index', 'us_indices_daily.csv.gz');
const present = existsSync(file);

function index(symbol: string): { days: Int32Array; closes: Float64Array } {
  const rows = gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(','))
    .filter(([name]) => name === symbol);
  return {
    days: Int32Array.from(rows, ([, date]) => parseDay(date!)),
    closes: Float64Array.from(rows, ([, , , , , close]) => Number(close)),
  };
}

const known: ReadonlyArray<readonly [name: string, worstDay: string, worstReturnFrac: number]> = [
  ['black-monday-1987', '1987-10-19', -0.2047],
  ['financial-crisis-2008', '2008-10-15', -0.0903],
  ['pandemic-2020', '2020-03-16', -0.1198],
  ['inflation-2022', '2022-09-13', -0.0432],
];

describe('stress on the real index', () => {
  test.skipIf(!present).each(known)('%s is what the file says it was (needs market data)', (name, worstDay, worstReturnFrac) => {
    const scenario = defaultPolicy.stress.find((one) => one.name === name)!;
    const { days, closes } = index('^GSPC');
    const episode = replayEpisode(days, closes, parseDay(scenario.from!), parseDay(scenario.to!)) as Episode;
    expect(episode.kind).toBe('episode');
    expect(episode.endReturnFrac).toBeCloseTo(scenario.indexReturnFrac, 4);
    expect(episode.peakToTroughFrac).toBeLessThanOrEqual(episode.endReturnFrac);
    expect(formatDay(episode.worstDay)).toBe(worstDay);
    expect(episode.worstDayReturnFrac).toBeCloseTo(worstReturnFrac, 4);

    const [loss] = stressLosses(
      [{ symbol: ticker('INDEX'), sector: null, weight: 1, beta: 1 }],
      [scenario],
      new Map([[name, episode]]),
    ) as ReadonlyArray<{ lossFrac: number }>;
    expect(loss!.lossFrac).toBeCloseTo(-scenario.indexReturnFrac, 4);
  });
});
