import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { ballast, copyOf, ingestedState, oneLine, scratch } from './support/cli.ts';

const header = 'date,symbol,open,high,low,close,volume';
const row = '2019-01-02,AAA,10,11,9,10.5,100';

const files: Readonly<Record<string, string | Uint8Array>> = {
  'empty.csv': '',
  'header-only.csv': `${header}\n`,
  'malformed.csv': `${header}\n${row}\n2019-01-03,AAA,10,eleven,9,10.5,100\n`,
  'ragged.csv': `${header}\n${row}\n2019-01-03,AAA,10\n`,
  'unknown-column.csv': `${header},mood\n${row},good\n`,
  'missing-column.csv': 'date,symbol,open,high,low,volume\n2019-01-02,AAA,10,11,9,100\n',
  'impossible-date.csv': `${header}\n2019-02-30,AAA,10,11,9,10.5,100\n`,
  'one-row.csv': `${header}\n${row}\n`,
  'notes.txt': 'hello\n',
  'not.parquet': 'hello\n',
  'not.csv.gz': 'hello\n',
  'cut.csv.gz': gzipSync(`${header}\n${row}\n`).subarray(0, 30),
  'sectors-without-columns.csv': 'ticker,industry\nAAA,Tech\n',
  'sectors-twice.csv': 'symbol,sector\nAAA,Energy\nAAA,Materials\n',
  'strangers/precious.txt': 'do not lose me\n',
  'strangers/cloud/photo.txt': 'nor me\n',
};

const state = await ingestedState();

beforeAll(() => {
  mkdirSync(join(scratch, 'strangers/cloud'), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(scratch, name), content);
});

/** Each ends with 2, prints nothing on standard output, and one line that says what to do on standard error. */
const cases: ReadonlyArray<readonly [title: string, argv: readonly string[], says: RegExp]> = [
  ['a file that is not there', ['--data', 'nowhere.csv'], /there is no file .*nowhere\.csv\. Check the path/],
  ['a folder as file', ['--data', '.'], /is a folder\. Name a \.csv, \.csv\.gz or \.parquet file/],
  ['an empty file', ['--data', 'empty.csv'], /empty\.csv is empty/],
  ['a file without rows', ['--data', 'header-only.csv'], /header-only\.csv holds a header and no rows/],
  ['a malformed row, with line and column', ['--data', 'malformed.csv'], /malformed\.csv line 3, column high: "eleven" cannot be read/],
  ['a row that is too short, with its line', ['--data', 'ragged.csv'], /ragged\.csv line 3/],
  ['an unknown column', ['--data', 'unknown-column.csv'], /unknown column "mood"/],
  ['a missing column', ['--data', 'missing-column.csv'], /column close is missing/],
  ['an impossible date in the file', ['--data', 'impossible-date.csv'], /line 2, column date: "2019-02-30" cannot be read/],
  ['a file type that is not known', ['--data', 'notes.txt'], /give a \.csv, \.csv\.gz or \.parquet file/],
  ['a broken Parquet file', ['--data', 'not.parquet'], /not\.parquet is no readable Parquet file/],
  ['a broken gzip file', ['--data', 'not.csv.gz'], /not\.csv\.gz is no whole gzip file/],
  ['a gzip file that was cut off', ['--data', 'cut.csv.gz'], /cut\.csv\.gz is no whole gzip file/],
  [
    'sectors without their columns',
    ['--data', 'one-row.csv', '--sectors', 'sectors-without-columns.csv'],
    /needs the columns symbol and sector/,
  ],
  ['a symbol in two sectors', ['--data', 'one-row.csv', '--sectors', 'sectors-twice.csv'], /line 3: AAA is given two sectors/],
  ['sectors for the simulator', ['--sectors', 'sectors-twice.csv'], /--sectors goes with --data/],
  ['data that begins with the session', ['--data', 'one-row.csv'], /no bars before 2019-01-02 to decide on/],
  ['a date that no calendar has', ['--as-of', '2019-02-30'], /--as-of.*2019-02-30.*YYYY-MM-DD/],
  ['words for a date', ['--as-of', 'yesterday'], /--as-of.*yesterday.*YYYY-MM-DD/],
  ['a date beyond the calendar table', ['--as-of', '2150-01-05'], /covers the years 1962 to 2040/],
  ['a date after the data', ['--as-of', '2025-06-02'], /lies after the data: simulator seed 1 has 2017-01-03 to 2024-12-31/],
  ['a date before the data', ['--as-of', '2016-06-01'], /no bars before 2016-06-01 to decide on/],
  ['capital that is no amount', ['--capital', 'plenty'], /--capital.*dollars from 1000/],
  ['capital too small to trade', ['--capital', '5'], /--capital.*dollars from 1000/],
  ['capital other than what the fund began with', ['--capital', '5000'], /began with --capital 1000000 and keeps it/],
  ['a seed other than what the fund began with', ['--seed', '7'], /began with --seed 1 and keeps it/],
  ['a seed that is no number', ['--seed', '-1'], /--seed.*whole number/],
  ['an option spelled wrong, with the right one', ['--asof', '2019-06-14'], /unknown option '--asof' \(Did you mean --as-of\?\)/],
];

describe('cycle names what is wrong with', () => {
  test.each(cases)('%s', async (_, argv, says) => {
    expect(await ballast('cycle', '--state', state, '--json', ...argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(says)) as string,
    });
  });

  test('nothing at all when the input is fine after all that: nothing was lost', async () => {
    expect(await ballast('cycle', '--state', copyOf(state))).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a state directory is refused when', () => {
  const beyond = join(scratch, 'notes.txt');
  test.each([
    ['it is a file', () => beyond, /is a file; a state directory is needed/],
    ['a file is in its way', () => join(beyond, 'deeper/state'), /is a file; a state directory is needed/],
    ['it holds the files of strangers', () => join(scratch, 'strangers'), /holds other files and no ballast-state\.json/],
  ])('%s', async (_, directory, says) => {
    for (const fresh of [[], ['--fresh']])
      expect(await ballast('cycle', '--state', directory(), ...fresh)).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(oneLine(says)) as string,
      });
    expect(readFileSync(join(scratch, 'strangers/precious.txt'), 'utf8')).toBe('do not lose me\n');
    expect(readdirSync(join(scratch, 'strangers'))).toEqual(['cloud', 'precious.txt']);
  });

  test.skipIf(process.platform !== 'linux')('the system lets nobody write there (Linux only: /proc)', async () => {
    expect(await ballast('cycle', '--state', '/proc/ballast')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(/cannot be used .*Name another with --state/)) as string,
    });
  });

  test('nothing has been set up in it and a command only looks: nothing is created', async () => {
    for (const view of ['status', 'orders', 'positions', 'audit', 'symbols', 'resume'])
      expect(await ballast(view, '--state', join(scratch, 'nothing'))).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(oneLine(/There is no fund in .*nothing yet\. "ballast cycle" begins one/)) as string,
      });
    expect(readdirSync(scratch)).not.toContain('nothing');
  });
});

describe('other commands name what is wrong with', () => {
  test.each([
    [['cylce'], /unknown command 'cylce' \(Did you mean cycle\?\)/],
    [['cycle', 'now'], /too many arguments for 'cycle'/],
    [['orders', '--state', state, '--cycle', 'cycle-nope'], /There is no cycle cycle-nope\. The last one is none/],
    [['audit', '--state', state, '--cycle', 'cycle-nope'], /There is no cycle cycle-nope/],
    [['local', '--state', state, '--port', 'http'], /--port.*whole number from 0 to 65535/],
    [['local', '--state', state, '--port', '70000'], /--port.*whole number from 0 to 65535/],
    [['local', '--state', join(scratch, 'nothing'), '--repair'], /There is no fund in .*nothing to repair/],
    [['deploy', '--stage', 'production'], /There is no stage "production": use dev, paper, live/],
    [['deploy', '--stage', 'live'], /Stage live trades real money: add --confirm live/],
  ] as const)('%j', async (argv, says) => {
    expect(await ballast(...argv)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(oneLine(says)) as string });
  });

  test('a port that is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => taken.once('listening', listening));
    const { port } = taken.address() as AddressInfo;
    const ending = await ballast('local', '--state', state, '--port', String(port));
    taken.close();
    expect(ending).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(oneLine(/port \d+ on 127\.0\.0\.1 is in use.*--port/)) as string,
    });
  });
});
