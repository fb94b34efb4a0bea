/**
 * Momentum on real prices, with everything that speaks against it: the top tenth of the S&P 500's members by the past year, each month, 2005 to 2023,
 * held against all members in equal parts, with costs and without, attributed to the factors of Fama and French, and put to the look-ahead fuzzer
 * together with a copy of itself that reads one day ahead.
 *
 *   node scripts/momentum-evidence.ts [--out DIR] [--page FILE] [--seed 1] [--probes 24]
 *
 * Reads the market data pack at BALLAST_MARKET_DATA (../shared/data unless set). Writes the page to FILE (the terminal unless said) and into DIR the
 * tear sheet and the Parquet files of the run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadMembership } from '../apps/cli/research/load-membership.ts';
import { loadPanel } from '../apps/cli/research/load-panel.ts';
import { backtest } from '../shared/domain/research/engine/backtest.ts';
import { fuzzLookAhead, type LookAheadVerdict, type StrategyMaker } from '../shared/domain/research/look-ahead.ts';
import { type BacktestResult, returnsOf } from '../shared/domain/research/result.ts';
import { type BacktestRules, freeCosts, noFinancing } from '../shared/domain/research/rules.ts';
import { momentumStrategy } from '../shared/domain/research/strategies/momentum.strategy.ts';
import type { Parameters, Strategy } from '../shared/domain/research/strategy.ts';
import { addSharpe, noSharpe } from '../shared/domain/research/trials.ts';
import { stationaryBootstrap } from '../shared/domain/research/validation/monte-carlo.ts';
import { sharpeOf } from '../shared/domain/research/validation/sharpe.ts';
import { type BacktestStatistics, statisticsOf } from '../shared/domain/research/validation/statistics.ts';
import { parseDay } from '../shared/kernel/days.ts';
import { isRefusal, type Refusal } from '../shared/kernel/refusal.ts';
import { seededRng } from '../shared/kernel/rng.ts';
import { readFactorReturns } from '../shared/providers/files/factor-returns.ts';
import { resultFiles } from '../shared/runtime/research-results/result-parquet.ts';
import { tearSheet } from '../shared/runtime/tear-sheet/tear-sheet.ts';
import { type EvidenceRun, evidencePage } from './momentum-evidence/page.ts';
import { everybody, peeking } from './momentum-evidence/strategies.ts';
import { growthWithoutEngine } from './momentum-evidence/without-engine.ts';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    page: { type: 'string' },
    seed: { type: 'string', default: '1' },
    probes: { type: 'string', default: '24' },
  },
});
const marketData = resolve(process.env.BALLAST_MARKET_DATA ?? '../shared/data');
if (!existsSync(marketData)) {
  process.stderr.write(`There is no market data at ${marketData}: name its folder in BALLAST_MARKET_DATA.\n`);
  process.exit(2);
}

const rules: BacktestRules = {
  cashUsd: 1_000_000,
  fill: 'next-open',
  sizing: { kind: 'all-cash', whole: true },
  costs: { commissionBps: 0, commissionUsdPerShare: 0.005, commissionUsdMin: 1, spreadBps: 4, slippageBps: 2, impactCoefficient: 1 },
  financing: noFinancing,
  account: { kind: 'cash' },
  allowShort: false,
  wholeShares: true,
  participationFracMax: 0.1,
  sessionsPerYear: 252,
};
const parameters = { lookback: 252, skip: 21, top: 0, gross: 0.99 };

const files = {
  bars: join(marketData, 'daily/us_equities_daily.parquet'),
  spells: join(marketData, 'constituents/sp500_ticker_start_end.csv'),
  factors: join(marketData, 'index/fama_french_5f_daily.csv.gz'),
};
/** A year and a month before the first trade: what the ranking looks back on. */
const request = { data: files.bars, firstDay: parseDay('2003-11-03'), lastDay: parseDay('2023-12-29'), seed: Number(options.seed) };
const { panel, notes } = await loadPanel(request, '.');
const { membership, notes: memberNotes } = loadMembership(files.spells, panel, '.');
const fromMoment = panel.day.findIndex((day) => day >= parseDay('2005-01-03'));

const run = (strategy: Strategy, given: Parameters, changed: Partial<BacktestRules> = {}): BacktestResult =>
  sound(backtest({ panel, strategy, parameters: given, rules: { ...rules, ...changed }, membership, fromMoment }));

const main = run(momentumStrategy, parameters);
const others = {
  'all members in equal parts, same costs': run(everybody, { gross: 0.99 }),
  'momentum with the latest month in the ranking (skip 0)': run(momentumStrategy, { ...parameters, skip: 0 }),
  'momentum over six months (lookback 126)': run(momentumStrategy, { ...parameters, lookback: 126 }),
  'momentum, nothing costs anything': run(momentumStrategy, parameters, { costs: freeCosts, participationFracMax: null }),
};
const peek = run(peeking(panel, membership), parameters);

/** Every run of this page but the planted fault is a trial, also those that lose. */
const honest = [main, ...Object.values(others)];
const sharpe = honest.reduce((moments, result) => {
  const one = sharpeOf(returnsOf(result));
  return addSharpe(moments, isRefusal(one) ? Number.NaN : one.perBar);
}, noSharpe);
const { factors, riskFree } = readFactorReturns(readFileSync(files.factors), basename(files.factors), main.day);

const statisticsFor = (result: BacktestResult): BacktestStatistics =>
  sound(
    statisticsOf(result, {
      trials: { trials: honest.length, sharpe },
      riskFree,
      benchmarkAnnualSharpe: 0,
      confidenceLevel: 0.95,
      returnsMin: 21,
      liquidity: { panel, impactCoefficient: 1 },
      factors,
    }),
  );

const probes = Number(options.probes);
const fuzz = (strategy: Strategy | StrategyMaker): LookAheadVerdict =>
  sound(fuzzLookAhead({ panel, membership, strategy, parameters, rules }, { rng: seededRng(`momentum-evidence/${options.seed}`), probes }));
const [verdict, caught] = [fuzz(momentumStrategy), fuzz(peeking)];

const evidenceRun = (name: string, result: BacktestResult): EvidenceRun => ({ name, result, statistics: statisticsFor(result) });
const page = evidencePage({
  main: evidenceRun('momentum, top tenth, 12 months less the latest', main),
  others: Object.entries(others).map(([name, result]) => evidenceRun(name, result)),
  peek: evidenceRun('planted fault: tomorrow’s close in the ranking', peek),
  riskFree,
  marketExcess: factors[0]!.returns,
  lookAhead: verdict,
  planted: caught,
  trials: honest.length,
  growthWithoutEngine: growthWithoutEngine(panel, membership, fromMoment, parameters),
  membership,
  notes: [...notes, ...memberNotes],
  seed: options.seed,
  probes,
  commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
});
if (options.page === undefined) process.stdout.write(page);
else writeFileSync(options.page, page);

if (options.out !== undefined) {
  const yardstick = Object.values(others)[0]!;
  const sheet = tearSheet({
    result: main,
    statistics: statisticsFor(main),
    bootstrap: stationaryBootstrap(
      {
        returns: returnsOf(main),
        bars: main.day.length,
        meanBlockBars: 'automatic',
        draws: 2_000,
        points: 400,
        drawdownFracs: [0.2, 0.4, 0.6],
        ruinGrowth: 0.5,
      },
      seededRng(`momentum-evidence/bootstrap/${options.seed}`),
    ),
    benchmark: { name: 'all members in equal parts', growth: yardstick.equity.equityUsd.map((one) => one / rules.cashUsd) },
    lookAhead: verdict,
    commandLine: `node scripts/momentum-evidence.ts --seed ${options.seed} --probes ${options.probes}`,
  });
  mkdirSync(options.out, { recursive: true });
  writeFileSync(join(options.out, 'tearsheet.html'), sound(sheet));
  for (const [name, bytes] of resultFiles(main)) writeFileSync(join(options.out, name), bytes);
  process.stderr.write(`tearsheet.html, equity.parquet, fills.parquet and trades.parquet are in ${options.out}.\n`);
}

/** A refusal ends the script: the page has no figure that could not be computed. */
function sound<Value>(value: Value | Refusal): Value {
  if (!isRefusal(value)) return value;
  process.stderr.write(`${value.reason}: ${JSON.stringify(value.details)}\n`);
  process.exit(1);
}
