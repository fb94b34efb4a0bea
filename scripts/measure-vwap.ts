/**
 * How near a VWAP schedule comes to the market's price, on real minutes: each schedule is built from earlier days alone and held against the
 * day that followed, and so are a TWAP of the same order and one market order at the opening. Slippage without impact and spread, in basis
 * points of the market's volume-weighted price of the session; a buy, so positive is dearer. The root mean square is the tracking error.
 *
 *   node scripts/measure-vwap.ts [--bucket 5] [--sessions-min 2] [--json]
 *
 * Reads minute/ of the market data pack at BALLAST_MARKET_DATA (../shared/data unless set). Left out: symbols without volume, sessions that were
 * cut, and days with fewer than the least number of sessions in the 21 before them. It also prints the mean curve by
 * five minutes of the large and liquid ones: the curve `us-large-caps` of shared/domain/execution/algos/intraday-curves.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { alignSplits } from '../shared/domain/execution/algos/align-splits.ts';
import { isPartial, type MinuteSession, sessionVolume } from '../shared/domain/execution/algos/minute-session.ts';
import { type ExecutionPlan, planExecution } from '../shared/domain/execution/algos/plan-execution.ts';
import { sessionClose, sessionOpen } from '../shared/domain/market/calendar.ts';
import { formatDay } from '../shared/kernel/days.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import type { BarLabel } from '../shared/providers/files/label-evidence.ts';
import { readMinuteBars } from '../shared/providers/files/minute-bars.ts';

const { values } = parseArgs({
  options: {
    bucket: { type: 'string', default: '5' },
    'sessions-min': { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});

const folder = join(resolve(process.env.BALLAST_MARKET_DATA ?? '../shared/data'), 'minute');
if (!existsSync(folder)) {
  process.stderr.write(`There are no minutes at ${folder}: name the data pack's folder in BALLAST_MARKET_DATA.\n`);
  process.exit(2);
}

const files: ReadonlyArray<readonly [string, BarLabel]> = [
  ['lean_minute_trades.csv.gz', 'start'],
  ['spy_1min_2025_07_01_18.csv.gz', 'start'],
  ['av_1min_2019_02.csv.gz', 'end'],
];
/** An order so small that lots do not matter, and so large that every slice has some. */
const orderShares = 10_000;

const liquid: readonly string[] = ['AAPL', 'AMZN', 'MSFT', 'SPY', 'QQQ', 'TSLA', 'V', 'MU', 'IBM', 'AIG', 'TWX'];

interface Row {
  readonly file: string;
  readonly symbol: string;
  readonly day: string;
  readonly basis: string;
  readonly vwapBps: number;
  readonly twapBps: number;
  readonly atOnceBps: number;
}

function planned(sessions: readonly MinuteSession[], { day }: MinuteSession): ExecutionPlan | undefined {
  const plan = planExecution(sessions, {
    ...{ kind: 'vwap', side: 'BUY', day, quantity: orderShares, lotShares: 0.0001, startsAt: sessionOpen(day), endsAt: sessionClose(day) },
    ...{ bucketMinutes: Number(values.bucket), participationFracMax: null, impactCoefficient: 1 },
    profileRule: { sessionsMin: Number(values['sessions-min']), lookbackSessions: 21, shortLookbackSessions: 756 },
  });
  return isRefusal(plan) ? undefined : plan;
}

const rows: Row[] = [];
const curves: Float64Array[] = [];
for (const [fileName, label] of files) {
  const file = readMinuteBars(readFileSync(join(folder, fileName)), fileName, label);
  for (const symbol of file.symbols) {
    const { sessions } = alignSplits(file.sessions(symbol).filter((session) => sessionVolume(session) > 0 && !isPartial(session)));
    for (const session of sessions) {
      if (session.volume.length === 390 && liquid.includes(symbol)) curves.push(byFiveMinutes(session));
      const plan = planned(sessions, session);
      if (plan?.replay == null) continue;
      const { schedule, other, atOnceSlippageBps } = plan.replay;
      rows.push({
        ...{ file: fileName, symbol, day: formatDay(session.day), basis: plan.profile.basis },
        ...{ vwapBps: schedule.slippageBps, twapBps: other.slippageBps, atOnceBps: atOnceSlippageBps },
      });
    }
  }
}

function byFiveMinutes(session: MinuteSession): Float64Array {
  const whole = sessionVolume(session);
  const buckets = new Float64Array(session.volume.length / 5);
  for (const [minute, shares] of session.volume.entries()) buckets[Math.floor(minute / 5)]! += shares / whole;
  return buckets;
}

const rootMeanSquare = (numbers: readonly number[]): number => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length);
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

const groups: ReadonlyArray<readonly [string, (row: Row) => boolean]> = [
  ['all', () => true],
  ['large and liquid', ({ symbol }) => liquid.includes(symbol)],
  ['SPY, July 2025', ({ file }) => file.startsWith('spy')],
  ['half day', ({ basis }) => basis === 'compressed'],
];
const summary = groups.map(([group, holds]) => {
  const chosen = rows.filter(holds);
  const of = (way: 'vwapBps' | 'twapBps' | 'atOnceBps'): object => {
    const numbers = chosen.map((row) => row[way]);
    return { mean: mean(numbers), trackingError: rootMeanSquare(numbers), medianAbsolute: median(numbers.map(Math.abs)) };
  };
  const nearer = chosen.filter((row) => Math.abs(row.vwapBps) < Math.abs(row.twapBps)).length;
  return { group, days: chosen.length, vwap: of('vwapBps'), twap: of('twapBps'), atOnce: of('atOnceBps'), vwapNearerThanTwap: nearer };
});
const curve = Array.from({ length: 78 }, (_, bucket) => mean(curves.map((one) => one[bucket]!)));

if (values.json) process.stdout.write(`${JSON.stringify({ rows, summary, curve, curves: curves.length })}\n`);
else {
  for (const row of rows)
    process.stdout.write(
      `${row.day} ${row.symbol.padEnd(5)} ${row.basis.padEnd(10)} vwap ${row.vwapBps.toFixed(2).padStart(8)}  twap ${row.twapBps.toFixed(2).padStart(8)}  at the opening ${row.atOnceBps.toFixed(2).padStart(8)}\n`,
    );
  for (const line of summary) process.stdout.write(`${JSON.stringify(line)}\n`);
  process.stdout.write(`mean curve of ${curves.length} sessions by five minutes: ${curve.map((frac) => frac.toFixed(4)).join(' ')}\n`);
}
