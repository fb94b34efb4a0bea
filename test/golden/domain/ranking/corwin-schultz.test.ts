/**
 * The spread against numpy, on prices that are bid or ask by the toss of a coin (provenance in make-golden.py), and on the bars of three
 * large stocks in 2017, whose quoted spread was about a basis point.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corwinSchultzSpread } from '../../../../shared/domain/ranking/corwin-schultz-spread.ts';
import golden from './corwin-schultz.golden.json' with { type: 'json' };
import { parseBarsCsv } from './read-bars.ts';

const file = join(process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'daily/core40_daily_2005_2023.csv.gz');

test.each(golden.cases)(
  'a spread of $trueBps bps is estimated as numpy estimates it',
  ({ high, low, close, meanBps, standardErrorBps }) => {
    const found = corwinSchultzSpread(Float64Array.from(high), Float64Array.from(low), Float64Array.from(close));
    expect(found.meanBps).toBeCloseTo(meanBps, 8);
    expect(found.standardErrorBps).toBeCloseTo(standardErrorBps, 8);
  },
);

test('over a year the true spread lies within three standard errors of the estimate', () => {
  for (const { trueBps, meanBps, standardErrorBps } of golden.cases.filter(({ close }) => close.length >= 60))
    expect(Math.abs(meanBps - trueBps)).toBeLessThan(3 * standardErrorBps);
});

test.skipIf(!existsSync(file)).each([
  ['AAPL', 3.127270295086592, 4.667455933992278],
  ['JNJ', 9.696503919425618, 3.5935271012808028],
  ['XOM', 4.835121106006636, 3.734809630263979],
])('%s in 2017 has the spread that numpy finds', (symbol, meanBps, standardErrorBps) => {
  const { high, low, close } = parseBarsCsv(file, symbol, '2017');
  const found = corwinSchultzSpread(high, low, close);
  expect(found.meanBps).toBeCloseTo(meanBps, 6);
  expect(found.standardErrorBps).toBeCloseTo(standardErrorBps, 6);
});
