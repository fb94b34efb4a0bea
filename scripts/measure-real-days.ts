/**
 * What the fund makes of days everybody remembers: a cycle every fifth session of the five weeks before, then the day itself, on real
 * bars with real reports, earnings and news, each day in a fund of its own that begins with cash. Each day is lived twice: as the default
 * policy has it, and with a policy under which no regime shrinks the book, which shows what the risk engine says by itself.
 * A second table asks the risk engine about one and the same book on each day: 60 % of equity in equal parts in every company that may
 * trade, held since before, so that only the market differs.
 *
 *   node scripts/measure-real-days.ts [--days 2008-10-10,2020-03-16] [--json]
 *
 * Reads the market data pack at BALLAST_MARKET_DATA (../shared/data unless set). Decisions use what was known before the day.
 */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesizedAssembly } from '../apps/cli/assembly.ts';
import { type CycleReport, runCycleOnce } from '../apps/cli/cycle-run.ts';
import { Fund } from '../apps/cli/fund.ts';
import { ingestSource } from '../apps/cli/ingest-run.ts';
import { terminalIo } from '../apps/cli/io.ts';
import { runRisk } from '../shared/domain/cycle/run-risk.ts';
import type { RiskOutput, SignalsOutput } from '../shared/domain/cycle/step-types.ts';
import { sessionsBack } from '../shared/domain/market/calendar.ts';
import { defaultPolicy } from '../shared/domain/policy/default-policy.ts';
import { initialRiskState } from '../shared/domain/risk/risk-state.ts';
import { formatDay, parseDay } from '../shared/kernel/days.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { CycleDocuments } from '../shared/runtime/cycle-documents.ts';
import { publishApproved } from '../test/support/publish-policy.ts';

const sessionsBetweenCycles = 5;
const cyclesBefore = 5;
const capitalUsd = 1_000_000;

const unshrunk = { BULL_QUIET: 1, BULL_VOLATILE: 1, BEAR_QUIET: 1, BEAR_CRISIS: 1 };

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '2008-10-10,2011-08-08,2017-06-01,2020-03-16,2022-06-16' },
    json: { type: 'boolean', default: false },
  },
});

const marketData = resolve(process.env.BALLAST_MARKET_DATA ?? '../shared/data');
if (!existsSync(marketData)) {
  process.stderr.write(`There is no market data at ${marketData}: name its folder in BALLAST_MARKET_DATA.\n`);
  process.exit(2);
}

interface DayRow {
  readonly day: string;
  readonly regime: string;
  readonly since: string;
  readonly exposureFrac: number;
  readonly model: string;
  readonly heldBeforeFrac: number;
  readonly heldAfterFrac: number;
  readonly decision: string;
  readonly scaleFrac: number;
  readonly reasons: readonly string[];
  readonly varFrac: number;
  readonly cvarFrac: number;
  readonly annualizedVol: number;
  readonly drawdownFrac: number;
  readonly tier: number;
  readonly buys: number;
  readonly sells: number;
}

interface BookRow {
  readonly day: string;
  readonly names: number;
  readonly decision: string;
  readonly scaleFrac: number;
  readonly reasons: readonly string[];
  readonly metrics: RiskOutput['assessment']['metrics'];
}

const pct = (frac: number): string => `${(100 * frac).toFixed(1)} %`;

const markdown = (head: readonly string[], lines: readonly string[]): string =>
  [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...lines.map((line) => `| ${line} |`)].join('\n');

const said = ({ decision, scaleFrac }: { readonly decision: string; readonly scaleFrac: number }): string =>
  scaleFrac === 1 ? decision : `${decision} × ${scaleFrac.toFixed(2)}`;

const rows: DayRow[] = [];
const books: BookRow[] = [];
for (const day of values.days.split(',')) {
  process.stderr.write(`${day} …\n`);
  for (const regimeActs of [true, false]) rows.push(await lived(day, regimeActs));
}
process.stdout.write(values.json ? `${JSON.stringify({ rows, books }, null, 2)}\n` : `${table(rows)}\n\n${bookTable(books)}\n`);

async function lived(text: string, regimeActs: boolean): Promise<DayRow> {
  const fund = await Fund.boot({
    assemblyDirectory: await synthesizedAssembly('dev'),
    seed: 1,
    capitalUsd,
    cloud: { sharesBundles: true },
  });
  try {
    await fund.setUp(capitalUsd);
    if (!regimeActs) {
      const policy = { ...defaultPolicy, regime: { ...defaultPolicy.regime, exposureFracs: unshrunk } };
      await publishApproved(fund.policies, policy, fund.clock.now());
    }
    const { manifest } = await ingestSource(
      fund,
      {
        data: join(marketData, 'daily/us_equities_daily.parquet'),
        sectors: join(marketData, 'sectors/gics_sectors.csv'),
        fundamentals: [join(marketData, 'fundamentals/sec_pit_sp500.csv.gz'), join(marketData, 'fundamentals/pit_quarterly_wide.csv.gz')],
        earnings: join(marketData, 'fundamentals/earnings_surprises_2012_2019.csv.gz'),
        news: join(marketData, 'news/dated_ticker_headlines.csv.gz'),
        index: join(marketData, 'index/us_indices_daily.csv.gz'),
      },
      { cwd: process.cwd(), io: { ...terminalIo(), interactive: false } },
    );
    const day = parseDay(text);
    for (let before = cyclesBefore; before > 0; before--) {
      await runCycleOnce(fund, { session: sessionsBack(day, before * sessionsBetweenCycles), datasetId: manifest.datasetId });
    }
    const report = await runCycleOnce(fund, { session: day, datasetId: manifest.datasetId });
    if (regimeActs) books.push(await sameBook(fund, text, report));
    return await rowOf(fund, text, report);
  } finally {
    await fund.close();
  }
}

/** What risk says of the same book on that day. */
async function sameBook(fund: Fund, day: string, { cycleId }: CycleReport): Promise<BookRow> {
  const documents = new CycleDocuments(fund.lake, cycleId);
  const entries = (await fund.audit.recordsOf(cycleId)).map(({ record }) => record);
  const snapshot = String(entries.find(({ type }) => type === 'cycle')!.record.snapshot);
  const [policy, portfolio, allocation, symbols] = await Promise.all([
    documents.read('policy'),
    documents.read('portfolio'),
    documents.read('allocation'),
    documents.symbols(fund.lake, snapshot),
  ]);
  const names = allocation.symbols.filter(({ ensemble }) => ensemble !== null).length;
  const weight = 0.6 / names;
  const held = allocation.symbols.map((one) => {
    const mine = one.ensemble === null ? 0 : weight;
    return { ...one, currentWeight: mine, targetWeight: mine };
  });
  const risk = runRisk({
    context: {
      cycleId,
      fund: 'ballast',
      strategy: 'ensemble',
      asOf: parseDay(day),
      scheduledAt: fund.clock.now(),
      policy,
      opportunities: null,
    },
    allocation: { ...allocation, symbols: held },
    symbols,
    portfolio: { ...portfolio, equityUsd: capitalUsd, peakEquityUsd: capitalUsd },
    riskState: initialRiskState,
    operatorOverride: null,
  });
  if (isRefusal(risk)) throw new Error(`${day}: risk refused the book, ${risk.reason}`);
  const { decision, scaleFrac, reasons, metrics } = risk.assessment;
  return { day, names, decision, scaleFrac, reasons, metrics };
}

async function rowOf(fund: Fund, day: string, report: CycleReport): Promise<DayRow> {
  const documents = new CycleDocuments(fund.lake, report.cycleId);
  const signals: SignalsOutput = await documents.read('signals');
  const allocation = await documents.read('allocation');
  const { assessment }: RiskOutput = await documents.read('risk');
  if (isRefusal(signals.regime)) throw new Error(`${day}: no regime, ${signals.regime.reason}`);
  const { name, since, exposureFrac, model } = signals.regime;
  return {
    day,
    regime: name,
    since: formatDay(since),
    exposureFrac,
    model: model.kind === 'model' ? `${model.states} states` : model.reason,
    heldBeforeFrac: allocation.symbols.reduce((sum, { currentWeight }) => sum + Math.abs(currentWeight), 0),
    heldAfterFrac: report.positions.reduce((sum, { value }) => sum + Math.abs(value), 0) / report.equity,
    decision: assessment.decision,
    scaleFrac: assessment.scaleFrac,
    reasons: assessment.reasons,
    varFrac: assessment.metrics.varFrac,
    cvarFrac: assessment.metrics.cvarFrac,
    annualizedVol: assessment.metrics.annualizedVol,
    drawdownFrac: assessment.metrics.drawdownFrac,
    tier: assessment.nextState.tier,
    buys: report.orders.filter(({ side }) => side === 'BUY').length,
    sells: report.orders.filter(({ side }) => side === 'SELL').length,
  };
}

function bookTable(all: readonly BookRow[]): string {
  const lines = all.map(({ day, names, metrics, ...row }) => {
    const worst = metrics.stress.reduce((worse, one) => (one.lossFrac > worse.lossFrac ? one : worse));
    return [
      ...[day, names, said(row), row.reasons.join(', ') || 'none', pct(metrics.varFrac), pct(metrics.cvarFrac), pct(metrics.annualizedVol)],
      metrics.averageCorrelation === null ? 'unknown' : metrics.averageCorrelation.toFixed(2),
      `${pct(worst.lossFrac)} (${worst.name})`,
    ].join(' | ');
  });
  return markdown(
    ['as of', 'names', 'risk says', 'because of', 'VaR 95', 'CVaR 95', 'volatility', 'mean correlation', 'worst scenario'],
    lines,
  );
}

function table(all: readonly DayRow[]): string {
  const lines = all.map((row) =>
    [
      row.day,
      `${row.regime} since ${row.since}`,
      row.exposureFrac === 1 && row.regime !== 'BULL_QUIET' ? 'not shrunk' : `× ${row.exposureFrac}`,
      row.model,
      `${pct(row.heldBeforeFrac)} → ${pct(row.heldAfterFrac)}`,
      `${row.buys} / ${row.sells}`,
      said(row),
      row.reasons.join(', ') || 'none',
      pct(row.varFrac),
      pct(row.cvarFrac),
      pct(row.annualizedVol),
      pct(row.drawdownFrac),
    ].join(' | '),
  );
  const head = [
    'as of',
    'regime',
    'exposure',
    'model',
    'invested',
    'buys / sells',
    'risk says',
    'because of',
    'VaR 95',
    'CVaR 95',
    'volatility',
    'drawdown',
  ];
  return markdown(head, lines);
}
