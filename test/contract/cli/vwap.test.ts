import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { ballast, oneLine, projectRoot, scratch } from './support/cli.ts';

/** Two sessions and the day itself: 09:30 to 15:59, 100 shares a minute, 300 in the first and last half hour; 10.00 rising by a cent a minute. */
function minuteCsv(days: readonly string[], symbol = 'ON', minutes = 390): string {
  const rows = days.flatMap((day) =>
    Array.from({ length: minutes }, (_, minute) => {
      const at = new Date(Date.UTC(2000, 0, 1, 9, 30 + minute)).toISOString().slice(11, 19);
      const price = (10 + minute / 100).toFixed(2);
      const volume = minute < 30 || minute >= minutes - 30 ? 300 : 100;
      return `${symbol},${day}T${at},${price},${price},${price},${price},${volume}`;
    }),
  );
  return `symbol,ts,open,high,low,close,volume\n${rows.join('\n')}\n`;
}

const three = ['2024-12-17', '2024-12-18', '2024-12-19'];
const order = ['vwap', 'ON', '1000', '--date', '2024-12-19', '--minute-data', 'minutes.csv'];

beforeAll(() => {
  mkdirSync(scratch, { recursive: true });
  writeFileSync(join(scratch, 'minutes.csv'), minuteCsv(three));
  writeFileSync(join(scratch, 'minutes.csv.gz'), gzipSync(minuteCsv(three)));
  writeFileSync(
    join(scratch, 'half.csv'),
    minuteCsv(['2024-12-20', '2024-12-23']) + minuteCsv(['2024-12-24'], 'ON', 210).slice(minuteCsv([]).length),
  );
});

interface PlanDocument {
  readonly slices: ReadonlyArray<{ readonly quantity: number; readonly startsAt: string; readonly participationFrac: number }>;
  readonly unplacedQuantity: number;
  readonly profile: { readonly days: readonly string[]; readonly basis: string };
  readonly replay: { readonly schedule: { readonly slippageBps: number } } | null;
  readonly warnings: ReadonlyArray<{ readonly kind: string }>;
}
const planned = async (...argv: string[]): Promise<PlanDocument> => {
  const { code, stdout, stderr } = await ballast(...argv, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as PlanDocument;
};

describe('a schedule', () => {
  test('is shown with its slices, a picture, the expected impact, how the day went, and warnings', async () => {
    const { code, stdout, stderr } = await ballast(...order);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Buy 1,000 ON on 2024-12-19, 09:30 to 16:00 New York, VWAP\nVolume as in 2 sessions, 2024-12-17 to 2024-12-18: 51,000 shares/,
    );
    // 9,000 of 51,000 shares trade in the first half hour.
    expect(stdout).toMatch(/^09:30 {2}10:00 +176 +176 +17\.6 % +9,000 +1\.956 %$/m);
    expect(stdout).toMatch(/^15:30 {2}16:00 +17[67] +1,000 +100\.0 % +9,000 +1\.9\d\d %$/m);
    expect(stdout).toMatch(/└ 09:30 to 16:00, part of the order in each slice$/m);
    expect(stdout).toMatch(/^this schedule \(VWAP\) +\d+\.\d{4} +[+-]?\d\.\d\d bps$/m);
    expect(stdout).toMatch(/^! The curve comes from 2 sessions: single trades show in it\.$/m);
    expect(stdout).not.toMatch(/undefined|NaN|null|\[object/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  test('is one JSON document for a script, and sums to the order', async () => {
    const { slices, unplacedQuantity, profile, replay } = await planned(...order);
    expect(slices.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(1000);
    expect(slices[0]!.startsAt).toBe('2024-12-19T14:30:00.000Z');
    expect({ unplacedQuantity, days: profile.days, basis: profile.basis }).toEqual({
      unplacedQuantity: 0,
      days: ['2024-12-17', '2024-12-18'],
      basis: 'own',
    });
    expect(Math.abs(replay!.schedule.slippageBps)).toBeLessThan(5);
  });

  test('takes its window, side, kind, slices, lots and participation limit from the options', async () => {
    const options = [
      '--from',
      '10:00',
      '--to',
      '15:30',
      '--side',
      'sell',
      '--twap',
      '--bucket',
      '60',
      '--lot',
      '100',
      '--participation',
      '0.01',
    ];
    const { slices, unplacedQuantity, warnings } = await planned(...order, ...options);
    expect(slices).toHaveLength(6);
    expect(slices.every(({ quantity, participationFrac }) => quantity % 100 === 0 && participationFrac <= 0.01)).toBe(true);
    expect(unplacedQuantity).toBe(1000);
    expect(warnings.map(({ kind }) => kind)).toContain('unplaced');
  });

  test('of a half day is cut at 13:00, and says that the curve was compressed', async () => {
    const { slices, profile, warnings } = await planned('vwap', 'on', '1000', '--date', '2024-12-24', '--minute-data', 'half.csv');
    expect({ slices: slices.length, basis: profile.basis }).toEqual({ slices: 7, basis: 'compressed' });
    expect(warnings.map(({ kind }) => kind)).toContain('compressed-profile');
  });

  test('is planned for a day that has not happened, without a replay', async () => {
    expect((await planned('vwap', 'ON', '1000', '--date', '2024-12-20', '--minute-data', 'minutes.csv.gz')).replay).toBeNull();
  });

  test('is drawn into a file', async () => {
    const { code, stderr } = await ballast(...order, '--svg', 'plan.svg');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'The picture is in plan.svg.\n' });
    const svg = readFileSync(join(scratch, 'plan.svg'), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.match(/fill="#3b6ea5"\/>/g)!.length).toBeGreaterThanOrEqual(13);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('what cannot be used is one line that says what to do', () => {
  const change = (at: number, value: string): string[] => order.map((word, index) => (index === at ? value : word));
  test.each<[readonly string[], RegExp]>([
    [change(1, 'OM'), /minutes\.csv holds no symbol OM\. Near it: ON\./],
    [change(1, 'TSLA'), /minutes\.csv holds no symbol TSLA\. It has ON\./],
    [change(2, '0'), /It must be a number of shares above zero/],
    [change(2, '1e4'), /It must be a number of shares above zero/],
    [change(4, '2024-12-32'), /It is no date of the calendar/],
    [change(4, '2024-12-21'), /the exchange has no session on 2024-12-21 \(weekend\)\. The next one is 2024-12-23\./],
    [
      change(4, '2024-12-17'),
      /minutes\.csv has 0 whole sessions of ON in the month before 2024-12-17, and 2 are needed\. It holds 3 sessions, 2024-12-17 to 2024-12-19/,
    ],
    [change(6, 'nowhere.csv'), /--minute-data: there is no file .*nowhere\.csv\. Check the path\./],
    [[...order, '--label', 'end'], /minutes\.csv is said to label its bars by their end, and looks as if by their start/],
    [[...order, '--label', 'middle'], /Allowed choices are start, end/],
    [[...order, '--from', '25:00'], /It must be a time of day as HH:MM/],
    [[...order, '--from', '09:00'], /must lie within the session: 2024-12-19 has 09:30 to 16:00/],
    [[...order, '--from', '15:00', '--to', '10:00'], /--from must come before --to/],
    [[...order, '--side', 'hold'], /It must be buy or sell/],
    [[...order, '--participation', '10'], /It must be a fraction above 0 and at most 1/],
    [[...order, '--lot', '300'], /1000 shares are no whole number of lots of 300/],
    [[...order, '--svg', 'no/where.svg'], /--svg: nothing can be written to .*where\.svg \(ENOENT\)\./],
    [order.slice(0, 5), /required option '--minute-data <path>' not specified/],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await ballast(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(oneLine(message));
  });
});

const pack = join(projectRoot, process.env.BALLAST_MARKET_DATA ?? '../shared/data', 'minute/lean_minute_trades.csv.gz');

describe.skipIf(!existsSync(pack))(`real minutes (${existsSync(pack) ? pack : 'skipped: there are none'})`, () => {
  test('AAPL on the day of its seven-for-one split is scheduled in the new shares', async () => {
    const { warnings, replay, slices } = await planned('vwap', 'AAPL', '10000', '--date', '2014-06-09', '--minute-data', pack);
    expect(warnings[0]).toEqual({ kind: 'split', day: '2014-06-09', looksLike: '7:1' });
    expect(slices[0]!.participationFrac).toBeLessThan(0.001);
    expect(Math.abs(replay!.schedule.slippageBps)).toBeLessThan(5);
  });
});
