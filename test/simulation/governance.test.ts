/** Bad data in a few symbols blocks those symbols, each for its own reason and on record, and lets the others trade. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CycleReport } from '../../apps/cli/cycle-run.ts';
import type { DailyBars } from '../../shared/domain/market/bars.ts';
import { sliceBars } from '../../shared/domain/market/bars.ts';
import { deliberateDefects } from '../../shared/domain/market/simulator/defects.ts';
import { simulateMarket } from '../../shared/domain/market/simulator/simulate-market.ts';
import { simulatedDelisting, simulatedUniverse } from '../../shared/domain/market/simulator/universe.ts';
import { ingestCsv, linesOf } from '../support/bars-csv.ts';
import { bootFund, type TestFund } from '../support/boot-fund.ts';

/** After every defect of the simulated market. */
const asOf = '2024-12-31';

const reasonsByDefect = {
  'negative-price': ['zero-or-negative-price'],
  'duplicate-date': ['duplicate-date'],
  'unexplained-halving': ['unexplained-split-like-move'],
  'short-history': ['history-too-short'],
  'stale-bars': ['last-bar-stale'],
} as const;

function expectBlocked(report: CycleReport, reasons: ReadonlyMap<string, readonly string[]>): void {
  const rejected = report.decisions.filter(
    ({ final_decision: decision, reason_codes: codes }) => decision === 'REJECT' && codes.some((code) => blocking.has(code)),
  );
  expect(Object.fromEntries(rejected.map(({ symbol, reason_codes: codes }) => [symbol, codes]))).toEqual(Object.fromEntries(reasons));
  expect(report.orders.filter(({ symbol }) => reasons.has(symbol))).toEqual([]);
  expect(report.outcome).toBe('traded');
}
const blocking: ReadonlySet<string> = new Set(Object.values(reasonsByDefect).flat());

describe('in the simulated market', () => {
  let fund: TestFund;
  let report: CycleReport;

  beforeAll(async () => {
    fund = await bootFund();
    report = await fund.cycle(asOf);
  });
  afterAll(() => fund[Symbol.asyncDispose]());

  test('every deliberate defect is blocked for the stated reason, the delisted company as well, and nobody else', () => {
    expectBlocked(
      report,
      new Map<string, readonly string[]>([
        ...deliberateDefects.map(({ symbol, kind }) => [symbol, reasonsByDefect[kind]] as const),
        [simulatedDelisting.symbol, ['last-bar-stale']],
      ]),
    );
  });

  test('what is blocked is written down for the operator, and the others are ACTIVE', async () => {
    const records = await fund.fund.symbols.all();
    const blocked = [...records.values()].filter(({ state }) => state !== 'ACTIVE').map(({ symbol }) => symbol);
    expect(blocked.sort()).toEqual([...deliberateDefects.map(({ symbol }) => symbol), simulatedDelisting.symbol].sort());
    expect(records.size).toBe(simulatedUniverse.length);
  });
});

describe('in a file', () => {
  const symbols = ['QAER', 'QBYT', 'QCAR', 'QCIR', 'QBIO', 'QCOI', 'QFLA', 'QHAM', 'QPIX', 'QTRA', 'ZFOR', 'ZMIN', 'ZUND', 'QORC'] as const;
  const sectors = Object.fromEntries(simulatedUniverse.map(({ symbol, sector }) => [symbol, sector]));
  /** Six years: enough history for all, less to read. */
  const rowsKept = 1500;
  let series: ReadonlyMap<string, DailyBars>;

  beforeAll(() => {
    const { bars } = simulateMarket({ seed: 1 });
    series = new Map(symbols.map((symbol) => [symbol, lastRows(bars.get(symbol as never)!, rowsKept)]));
  });

  const lastRows = (bars: DailyBars, rows: number): DailyBars => sliceBars(bars, bars.day.length - rows, bars.day.length);
  /** The last of the rows before the session that decides: the file holds that session too, which no decision sees. */
  const lines = (symbol: string): string[] => linesOf(series.get(symbol)!);

  const tampered: readonly (readonly [string, string, string, (rows: string[]) => string[]])[] = [
    ['1,259 rows before the session', 'QAER', 'history-too-short', (rows) => rows.slice(-1260)],
    [
      'one negative price',
      'QBYT',
      'zero-or-negative-price',
      (rows) => rows.map((row, i) => (i === 700 ? withColumn(row, 5, (close) => -close) : row)),
    ],
    ['one duplicated date', 'QCAR', 'duplicate-date', (rows) => [...rows.slice(0, 900), rows[899]!, ...rows.slice(900)]],
    ['one unexplained −50 % day', 'QORC', 'unexplained-split-like-move', (rows) => rows.map((row, i) => (i >= 1200 ? halved(row) : row))],
  ];

  const withColumn = (row: string, column: number, change: (value: number) => number): string =>
    row
      .split(',')
      .map((text, i) => (i === column ? String(change(Number(text))) : text))
      .join(',');
  /** Prices halve, and as many shares are traded as before: a loss that nobody explained. */
  const halved = (row: string): string => [2, 3, 4, 5, 6].reduce((text, column) => withColumn(text, column, (price) => price / 2), row);

  test('four tampered symbols are blocked, each for its own reason, and the others trade', async () => {
    await using fund = await bootFund({ data: false });
    const changes = new Map(tampered.map(([, symbol, , change]) => [symbol, change]));
    const { end, datasetId } = await ingestCsv(
      fund,
      symbols.flatMap((symbol) => (changes.get(symbol) ?? ((rows) => rows))(lines(symbol))),
      sectors,
    );
    expect(end.status).toBe('SUCCEEDED');
    const report = await fund.cycle(asOf, datasetId);
    expect(report.decisions).toHaveLength(symbols.length);
    expectBlocked(report, new Map(tampered.map(([, symbol, reason]) => [symbol, [reason]])));
  });

  test.each(tampered)('%s alone (%s) is blocked as %s; untouched it is not', async (_what, symbol, reason, change) => {
    await using fund = await bootFund({ data: false });
    const ingested = async (rows: string[]) => (await ingestCsv(fund, [...rows, ...lines('QBIO'), ...lines('QCOI')], sectors)).datasetId;
    const [broken, sound] = [await ingested(change(lines(symbol))), await ingested(lines(symbol))];
    const decision = async (day: string, dataset: string) =>
      (await fund.cycle(day, dataset)).decisions.find((record) => record.symbol === symbol)!;
    expect(await decision('2024-12-30', sound)).toMatchObject({ reason_codes: expect.not.arrayContaining([reason]) });
    // One session later, so that the file of 1,260 rows ends with the session itself.
    expect(await decision(asOf, broken)).toMatchObject({ final_decision: 'REJECT', reason_codes: [reason] });
  });
});
