import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CycleReport } from '../../../apps/cli/cycle-run.ts';
import type { Explanation } from '../../../apps/cli/explanation.ts';
import { type StressQuestion, type StressTest, stressTest } from '../../../apps/cli/stress-test.ts';
import { defaultPolicy } from '../../../shared/domain/policy/default-policy.ts';
import { parseDay } from '../../../shared/kernel/days.ts';
import { bootFund, type TestFund } from '../../support/boot-fund.ts';
import { ballast, newState, oneLine, projectRoot, scratch } from './support/cli.ts';
import { onFund } from './support/in-memory.ts';

const marketData = join(projectRoot, process.env.BALLAST_MARKET_DATA ?? '../shared/data');
const indices = join(marketData, 'index/us_indices_daily.csv.gz');
const core40 = join(marketData, 'daily/core40_daily_2005_2023.csv.gz');

/** Four closes: −10 %, +10 %, and down to 80. */
const indexCsv = `symbol,date,open,high,low,close,volume
^GSPC,2024-01-02,100,100,100,100,0
^GSPC,2024-01-03,90,90,90,90,0
^GSPC,2024-01-04,99,99,99,99,0
^GSPC,2024-01-05,80,80,80,80,0
`;
const indexFile = join(scratch, 'index.csv');
const episode = ['--index', indexFile, '--from', '2024-01-02', '--to', '2024-01-05'];

describe('the book of a cycle', () => {
  let fund: TestFund;
  let report: CycleReport;
  beforeAll(async () => {
    mkdirSync(scratch, { recursive: true });
    writeFileSync(indexFile, indexCsv);
    fund = await bootFund();
    report = await fund.cycle('2024-12-30');
  });
  afterAll(() => fund[Symbol.asyncDispose]());
  const stressed = async (...argv: string[]): Promise<StressTest> =>
    JSON.parse((await onFund(fund, 'stress', ...argv, '--json')).stdout) as StressTest;

  test('loses in each scenario of the policy what risk measured', async () => {
    const { symbol } = report.decisions[0]!;
    const { risk } = JSON.parse((await onFund(fund, 'explain', 'latest', symbol, '--json')).stdout) as Explanation;
    expect(risk!.assessment).toMatchObject({ decision: 'ALLOW', scaleFrac: 1 });
    const { cycleId, scenarios, holdings, grossFrac } = await stressed();
    expect(cycleId).toBe(report.cycleId);
    expect(scenarios.map(({ name, lossFrac }) => ({ name, lossFrac }))).toEqual(risk!.assessment.metrics.stress);
    expect(holdings.map((one) => one.symbol)).toEqual(report.positions.map((one) => one.symbol));
    expect(grossFrac).toBeCloseTo(risk!.assessment.metrics.grossFrac, 12);
  });

  test('is shown with its scenarios, its largest holdings and a picture of the episode', async () => {
    const { code, stdout, stderr } = await onFund(fund, 'stress', ...episode);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Stress of the book that cycle-2024-12-30T20-45-00Z aimed at\n\d+ names, \d+\.\d % of \$[\d,.]+ equity at work, beta \d\.\d\d$/m,
    );
    expect(stdout).toMatch(/^black-monday-1987 +-20\.5 % +\d+\.\d\d % +\$[\d,.]+ {2}[█░]{10}$/m);
    expect(stdout).toMatch(/^replayed through the betas: the book loses up to \d+\.\d\d % \(\$[\d,.]+\), on 2024-01-05$/m);
    expect(stdout).toMatch(/^\^GSPC: -20\.0 % in all, -20\.0 % from its high; worst day 2024-01-05, -19\.2 %$/m);
    expect(stdout).toMatch(/└ 2024-01-02 to 2024-01-05, 3 sessions/);
    expect(stdout).not.toMatch(/undefined|NaN|null|\[object/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  test('can be put through one scenario alone', async () => {
    expect((await stressed('latest', '--scenario', 'pandemic-2020')).scenarios.map(({ name }) => name)).toEqual(['pandemic-2020']);
  });

  test('is the last one that came as far as risk when later cycles did not', async () => {
    await onFund(fund, 'pause');
    const paused = await fund.cycle('2024-12-31');
    expect(paused.outcome).toBe('refused');
    expect((await stressed()).cycleId).toBe(report.cycleId);
    const named = await onFund(fund, 'stress', paused.cycleId);
    expect(named.code).toBe(2);
    expect(named.stderr).toMatch(oneLine(/Cycle cycle-2024-12-31T20-45-00Z never came as far as risk, so there is no book to stress/));
  });

  test.each([
    [
      ['stress', '--scenario', 'pandemic-2021'],
      /There is no scenario "pandemic-2021" in the policy of that cycle\. Near it: pandemic-2020\./,
    ],
    [['stress', '--scenario', 'rain'], /It has: black-monday-1987, financial-crisis-2008, pandemic-2020, inflation-2022\./],
    [['stress', '--from', '2024-01-02', '--to', '2024-01-05'], /--from and --to go with --index/],
    [['stress', '--index', 'index.csv', '--from', '2024-01-02'], /--from and --to go together/],
    [['stress', '--index', 'nowhere.csv'], /--index: there is no file .*nowhere\.csv\. Check the path\./],
    [
      ['stress', '--index', 'index.csv', '--from', '2024-01-02', '--to', '2024-01-06'],
      /--to: \^GSPC has no close on 2024-01-06\. Near it: 2024-01-05\./,
    ],
    [['stress', '--index', 'index.csv', '--from', '2024-01-05', '--to', '2024-01-02'], /--from must lie before --to\./],
    [
      ['stress', '--index', 'index.csv', '--index-symbol', '^GSPX'],
      /index\.csv holds no symbol \^GSPX\. Near it: \^GSPC; --index-symbol names one\./,
    ],
    [['stress', '--index-symbol', '^GSPC'], /--index-symbol goes with --index/],
    [['stress', '--index', 'index.csv', '--from', 'soon', '--to', '2024-01-05'], /It is no date of the calendar/],
    [['stress', 'cycle-2024-12-29T20-45-00Z'], /There is no cycle .*\. Near it: cycle-2024-12-30T20-45-00Z/],
  ] as const)('refuses %j in one line', async (argv, message) => {
    const { code, stdout, stderr } = await onFund(fund, ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(oneLine(message));
  });

  test('that is empty has nothing to lose', async () => {
    await using idle = await bootFund({ policy: (standard) => ({ ...standard, ensemble: { ...standard.ensemble, entryZScoreMin: 50 } }) });
    await idle.cycle();
    const { code, stdout } = await onFund(idle, 'stress');
    expect(code).toBe(0);
    expect(stdout).toContain('The book is empty: there is nothing to lose.');
  });
});

/** Worked by hand. A holding of beta 2 falls 20 % on the first day, rises 20 % on the second and falls 2 × 19/99 on the third. */
describe('a replay', () => {
  const holdings = [
    { symbol: 'AAA', weight: 0.5, beta: 1 },
    { symbol: 'BBB', weight: 0.2, beta: 2 },
  ];
  const question = {
    cycleId: 'cycle-2024-01-08T20-45-00Z',
    policy: defaultPolicy,
    portfolio: { equityUsd: 1000 },
    allocation: { symbols: holdings.map(({ symbol }) => ({ symbol, sector: null })) },
    risk: {
      assessment: { perSymbol: holdings.map(({ symbol, beta }) => ({ symbol, beta })) },
      approved: holdings.map(({ symbol, weight }) => ({ symbol, weight })),
    },
    scenarios: [],
    index: {
      name: '^GSPC',
      days: Int32Array.from(['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'].map(parseDay)),
      closes: Float64Array.of(100, 90, 99, 80),
    },
    episode: { from: parseDay('2024-01-02'), to: parseDay('2024-01-05') },
  };
  const asked = (changes: object = {}): StressTest => stressTest({ ...question, ...changes } as object as StressQuestion);

  test('compounds day by day through the betas, and the loss is the worst day', () => {
    const { replay } = asked();
    const byHand = [0, -0.09, -0.013, -0.18169697];
    for (const [day, expected] of byHand.entries()) expect(replay!.bookReturnFracs[day]).toBeCloseTo(expected, 8);
    expect(replay!.lossFrac).toBeCloseTo(0.18169697, 8);
    expect(replay!.indexReturnFracs.map((frac) => Number(frac.toFixed(10)))).toEqual([0, -0.1, -0.01, -0.2]);
    expect(replay).toMatchObject({ from: '2024-01-02', to: '2024-01-05', worstIndexDay: '2024-01-05' });
  });

  test('of a policy scenario gives both the loss at once and the loss day by day, and pictures the worst', () => {
    const scenario = { name: 'slide', indexReturnFrac: -0.2, from: '2024-01-02', to: '2024-01-05', source: 'by hand' };
    const unknown = { name: 'feared', indexReturnFrac: -0.3, source: 'by hand' };
    const { scenarios, replay } = asked({ scenarios: [scenario, unknown], episode: null });
    expect(scenarios[0]!.lossFrac).toBeCloseTo(0.18, 12);
    expect(scenarios[0]!.replayedLossFrac).toBeCloseTo(0.18169697, 8);
    expect(scenarios[1]!.replayedLossFrac).toBeNull();
    expect(replay!.name).toBe('slide');
    expect(Math.max(...replay!.bookReturnFracs.map((frac) => -frac))).toBeCloseTo(replay!.lossFrac, 14);
  });

  test('keeps the shock that a scenario names for a symbol from the first day on', () => {
    const scenario = {
      name: 'slide',
      indexReturnFrac: -0.2,
      from: '2024-01-02',
      to: '2024-01-05',
      symbolReturnFracs: { BBB: -0.5 },
      source: '',
    };
    const { replay } = asked({ scenarios: [scenario], episode: null });
    expect(replay!.bookReturnFracs[1]).toBeCloseTo(-0.15, 12);
    expect(replay!.lossFrac).toBeCloseTo(0.2, 12);
    expect(Math.max(...replay!.bookReturnFracs.map((frac) => -frac))).toBeCloseTo(replay!.lossFrac, 14);
  });

  test('takes a holding that risk measured no beta for as moving with the market, and says so', () => {
    const { holdings: shown } = asked({ risk: { ...question.risk, assessment: { perSymbol: [{ symbol: 'AAA', beta: 1 }] } } });
    expect(shown.map(({ symbol, beta, betaAssumed }) => ({ symbol, beta, betaAssumed }))).toEqual([
      { symbol: 'AAA', beta: 1, betaAssumed: false },
      { symbol: 'BBB', beta: 1, betaAssumed: true },
    ]);
  });
});

describe('on real data', () => {
  test.skipIf(!existsSync(indices) || !existsSync(core40))(
    'the crises of the policy are replayed from the index that they come from (needs the market data of BALLAST_MARKET_DATA)',
    async () => {
      const state = newState();
      await ballast('cycle', '--state', state, '--data', core40, '--as-of', '2019-06-14', '--json');
      const { stdout } = await ballast('stress', '--state', state, '--index', indices, '--json');
      const { scenarios, replay } = JSON.parse(stdout) as StressTest;
      for (const { lossFrac, replayedLossFrac } of scenarios) expect(replayedLossFrac! / lossFrac).toBeCloseTo(1, 0);
      expect(replay).toMatchObject({ index: '^GSPC', name: 'financial-crisis-2008', worstIndexDay: '2008-10-15' });
      expect(replay!.indexEndReturnFrac).toBeCloseTo(-0.3989, 4);
    },
  );
});
