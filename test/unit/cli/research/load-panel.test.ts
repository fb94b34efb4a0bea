/** Markets for research from files: what is read, and the one line where something cannot be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, test } from 'vitest';
import { loadMembership } from '../../../../apps/cli/research/load-membership.ts';
import { loadPanel } from '../../../../apps/cli/research/load-panel.ts';
import type { PanelRequest } from '../../../../apps/cli/research/panel-request.ts';
import type { Panel } from '../../../../shared/domain/research/panel.ts';
import { formatDay, parseDay } from '../../../../shared/kernel/days.ts';
import type { EpochDay } from '../../../../shared/kernel/units.ts';

const folder = mkdtempSync(join(tmpdir(), 'load-panel-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const load = (data: string, request: Partial<PanelRequest> = {}): ReturnType<typeof loadPanel> =>
  loadPanel({ data, seed: 1, ...request }, folder);
const panelIn = async (data: string, request: Partial<PanelRequest> = {}): Promise<Panel> => (await load(data, request)).panel;
const daysOf = ({ day }: Panel): string[] => [...day].map((one) => formatDay(one as EpochDay));

const rows = [
  'TRUE,2020-01-02,10,11,9,10.5,1000,0,1',
  'TRUE,2020-01-03,10.5,12,10,11,2000,0.25,1',
  'NA,2020-01-03,10,11,9,10,300,0,1',
  'NA,2020-01-06,10,11,9,10,700,0,2',
];
const csv = (lines: readonly string[], header = 'symbol,date,open,high,low,close,volume,dividend,split_ratio'): string =>
  `${[header, ...lines].join('\n')}\n`;

/** The same rows as a Parquet file, dates as DATE and volume as BIGINT. */
function parquet(name: string, lines: readonly string[]): string {
  const cells = lines.map((line) => line.split(','));
  const doubles = (column: number): Float64Array =>
    Float64Array.from(cells, (row) => (row[column] === '' ? Number.NaN : Number(row[column])));
  const prices = ['open', 'high', 'low', 'close'] as const;
  const schema: SchemaElement[] = [
    { name: 'bars', num_children: 10 },
    { name: 'symbol', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'date', type: 'INT32', converted_type: 'DATE', repetition_type: 'REQUIRED' },
    ...prices.map((price): SchemaElement => ({ name: price, type: 'DOUBLE', repetition_type: 'REQUIRED' })),
    { name: 'volume', type: 'INT64', repetition_type: 'REQUIRED' },
    { name: 'dividend', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    { name: 'split_ratio', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    { name: 'source', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ];
  const buffer = parquetWriteBuffer({
    schema,
    columnData: [
      { name: 'symbol', data: cells.map(([symbol]) => symbol!) },
      { name: 'date', data: Int32Array.from(cells, ([, date]) => parseDay(date!)) },
      ...prices.map((price, index) => ({ name: price, data: doubles(2 + index) })),
      { name: 'volume', data: cells.map((row) => BigInt(row[6]!)) },
      { name: 'dividend', data: doubles(7) },
      { name: 'split_ratio', data: doubles(8) },
      { name: 'source', data: cells.map(() => 'test') },
    ],
  });
  return file(name, new Uint8Array(buffer));
}

describe('bars from a file', () => {
  test('are the same panel from .csv, .csv.gz and .parquet, in any order of rows', async () => {
    const plain = await panelIn(file('a.csv', csv(rows)));
    expect(plain.series.map(({ symbol }) => symbol)).toEqual(['NA', 'TRUE']);
    expect(daysOf(plain)).toEqual(['2020-01-02', '2020-01-03', '2020-01-06']);
    expect([...plain.series[1]!.dividend]).toEqual([0, 0.25]);
    const zipped = await panelIn(file('a.csv.gz', gzipSync(csv(rows.toReversed()))));
    const columnar = await panelIn(parquet('a.parquet', [rows[2]!, rows[1]!, rows[3]!, rows[0]!]));
    expect([zipped.source.sha256, columnar.source.sha256]).toEqual([plain.source.sha256, plain.source.sha256]);
    expect(columnar.source.name).toBe('a.parquet');
  });

  test.each(['b.csv', 'b.parquet'])('of %s are narrowed to symbols and days', async (name) => {
    const path = name.endsWith('csv') ? file(name, csv(rows)) : parquet(name, rows);
    const one = await panelIn(path, { symbols: ['TRUE'] });
    expect(one.series.map(({ symbol }) => symbol)).toEqual(['TRUE']);
    const part = await panelIn(path, { firstDay: parseDay('2020-01-03'), lastDay: parseDay('2020-01-03') });
    expect(daysOf(part)).toEqual(['2020-01-03']);
    expect([...part.series[1]!.close]).toEqual([11]);
    await expect(load(path, { firstDay: parseDay('2021-01-01') })).rejects.toThrow(
      `--data: ${name} holds no bars of these symbols and days.`,
    );
    await expect(load(path, { symbols: ['TRU'] })).rejects.toThrow(`--symbols: ${name} holds no symbol TRU. Near it: TRUE.`);
  });

  test('of one symbol need no column of symbols: the file has its name', async () => {
    const header = 'timestamp,open,high,low,close,volume';
    const panel = await panelIn(file('BRK.B.csv', csv(['2020-01-02,1,2,1,2,5', '2020-01-03,2,3,2,3,5'], header)));
    expect(panel.series.map(({ symbol }) => symbol)).toEqual(['BRK.B']);
    expect([...panel.series[0]!.close]).toEqual([2, 3]);
  });

  test.each<[string, string, string]>([
    ['price.csv', csv(['A,2020-01-02,x,11,9,10,1,0,1']), 'price.csv line 2, column open: "x" cannot be read; a number is needed'],
    ['zero.csv', csv(['A,2020-01-02,1,11,0,10,1,0,1']), 'zero.csv: A on 2020-01-02, low: zero. Repair the file, or leave the symbol out'],
    ['twice.csv', csv([rows[0]!, rows[0]!]), 'twice.csv: TRUE on 2020-01-02, day: moment given twice.'],
    ['name.csv', csv([], 'symbol,date,opne,high,low,close,volume'), 'unknown column "opne"; did you mean "open"?'],
    ['lack.csv', csv([], 'symbol,date,open,high,low,close'), 'lack.csv: column volume is missing'],
    ['bars.txt', '', 'bars.txt has no ending known here: give a .csv, .csv.gz or .parquet file.'],
    ['no.parquet', 'hello', 'no.parquet cannot be read as Parquet of daily bars'],
  ])('%s is refused in one line', async (name, content, line) => {
    await expect(load(file(name, content))).rejects.toThrow(line);
    await expect(load(file(name, content))).rejects.not.toThrow('\n');
  });

  test('are refused where the file or the price is not there', async () => {
    await expect(load('none.csv')).rejects.toThrow('there is no file');
    await expect(load('.')).rejects.toThrow('is a folder');
    await expect(load(parquet('gap.parquet', ['A,2020-01-02,1,2,1,,1,0,1']))).rejects.toThrow('A on 2020-01-02, close: not a number');
  });
});

describe('what the prices are', () => {
  const adjusted = ['A,2020-01-02,10,10,10,10,100,0,1', 'A,2020-01-03,10,10,10,10,100,0,2', 'A,2020-01-06,9,9,9,9,100,1,1'];
  const traded = ['A,2020-01-02,20,20,20,20,50,0,1', ...adjusted.slice(1)];

  test('is taken at the word of the user where no split says otherwise', async () => {
    const header = 'symbol,date,open,high,low,close,volume';
    const path = file('plain.csv', csv(['A,2020-01-02,1,2,1,2,5'], header));
    expect((await panelIn(path)).basis).toBe('split-adjusted');
    expect((await panelIn(path, { prices: 'as-traded' })).basis).toBe('as-traded');
    expect((await panelIn(path, { prices: 'total-return' })).basis).toBe('total-return');
  });

  test('is refused where the splits of the file say otherwise', async () => {
    await expect(load(file('adjusted.csv', csv(adjusted)), { prices: 'as-traded' })).rejects.toThrow('is not as traded: at 1 of 1 splits');
    await expect(load(file('traded.csv', csv(traded)))).rejects.toThrow('is as traded: at 1 of 1 splits its prices jump');
  });

  test('total return puts the dividends that are listed into the prices', async () => {
    const panel = await panelIn(file('adjusted.csv', csv(adjusted)), { prices: 'total-return' });
    expect([...panel.series[0]!.close].map((price) => price.toFixed(6))).toEqual(['9.000000', '9.000000', '9.000000']);
    expect([...panel.series[0]!.dividend]).toEqual([0, 0, 0]);
  });

  test('of a vendor of as-traded bars is as traded, and split-adjusted on demand', async () => {
    const path = file('vendor.csv', csv(traded, 'symbol,date,open,high,low,close,volume,dividend_cash,split_ratio'));
    expect((await panelIn(path)).basis).toBe('as-traded');
    expect([...(await panelIn(path, { prices: 'split-adjusted' })).series[0]!.close]).toEqual([10, 10, 9]);
  });
});

describe('minute bars', () => {
  const minutes = file(
    'minutes.csv',
    csv(
      [
        'A,2019-02-11T09:31:00,1,2,1,2,100',
        'A,2019-02-11T09:32:00,2,3,2,3,10',
        'A,2019-02-11T16:00:00,3,4,3,4,100',
        'A,2019-02-11T16:05:00,9,9,9,9,1',
      ],
      'symbol,ts,open,high,low,close,volume',
    ),
  );

  test('need to be told which end labels them, and end at their New York minute', async () => {
    await expect(load(minutes)).rejects.toThrow('Say with --label start or --label end');
    const { panel, notes } = await load(minutes, { label: 'end' });
    expect(panel.frequency).toBe('minute');
    expect([...panel.endMinute!]).toEqual([571, 572, 960]);
    expect(notes).toEqual(["1 of 4 bars lie outside the exchange's sessions and were left out."]);
    const started = await panelIn(minutes, { label: 'start', lastDay: parseDay('2019-02-11') });
    expect([...started.endMinute!]).toEqual([572, 573]);
  });
});

describe('announcements', () => {
  test('of earnings stand beside the symbols they are of', async () => {
    const earnings = file('earnings.csv', 'symbol,date,eps_est,eps,release_time\nNA,2020-01-03,1,2,post\nGONE,2020-01-03,1,2,pre\n');
    const panel = await panelIn(file('a.csv', csv(rows)), { earnings });
    expect(panel.earnings!.map((releases) => releases.length)).toEqual([1, 0]);
    // Two for one after the last announcement of the file: two dollars of then are one of now.
    expect(panel.earnings![0]![0]).toMatchObject({ epsUsd: 1, epsEstimateUsd: 0.5, session: 'post' });
  });
});

describe('without a file', () => {
  test('the simulator gives the market, less what it spoils on purpose', async () => {
    const { panel, notes } = await loadPanel({ seed: 7 }, folder);
    expect(panel.source.name).toBe('simulator seed 7');
    expect(panel.earnings).not.toBeNull();
    expect(notes.join(' ')).toMatch(/QNOV, QGRA/);
    await expect(loadPanel({ seed: 7, symbols: ['QNOV'] }, folder)).rejects.toThrow('spoilt on purpose');
  });
});

describe('membership from a file', () => {
  test('covers the panel, and notes what is not matched', async () => {
    const panel = await panelIn(file('a.csv', csv(rows)));
    const path = file('spells.csv', 'ticker,start_date,end_date\nTRUE,1996-01-02,\nFB,2013-12-23,2022-06-09\n');
    const { membership, notes } = loadMembership(path, panel, folder);
    expect([...membership.listed]).toEqual([2, 2, 2]);
    expect([...membership.priced]).toEqual([1, 1, 0]);
    expect(notes).toEqual([
      '1 tickers of spells.csv have no bars in the data, renamed companies among them: FB. They are not matched by guess.',
    ]);
    expect(() => loadMembership(file('bad.csv', 'ticker,start_date,end_date\nA,2020-01-02,2019-01-02\n'), panel, folder)).toThrow(
      'bad.csv line 2, column end_date: "2019-01-02" cannot be read',
    );
    expect(() => loadMembership('none.csv', panel, folder)).toThrow('--universe: there is no file');
  });
});
