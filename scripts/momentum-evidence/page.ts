/** The evidence page: what was run, what came of it beside what it must beat, and what it cannot say. */
import type { LookAheadVerdict } from '../../shared/domain/research/look-ahead.ts';
import type { PanelMembership } from '../../shared/domain/research/membership.ts';
import { type BacktestResult, returnsOf } from '../../shared/domain/research/result.ts';
import { sharpeErrors, sharpeOf } from '../../shared/domain/research/validation/sharpe.ts';
import type { BacktestStatistics } from '../../shared/domain/research/validation/statistics.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { EpochDay } from '../../shared/kernel/units.ts';
import { count, decimal, orDash, percent, signedPercent, usd, whyNot } from '../../shared/runtime/page/format.ts';
import { survivorshipWords } from '../../shared/runtime/tear-sheet/assumptions.ts';
import { yearsOfMonths } from '../../shared/runtime/tear-sheet/months.ts';

export interface EvidenceRun {
  readonly name: string;
  readonly result: BacktestResult;
  readonly statistics: BacktestStatistics;
}

export interface Evidence {
  readonly main: EvidenceRun;
  readonly others: readonly EvidenceRun[];
  readonly peek: EvidenceRun;
  readonly riskFree: Float64Array;
  readonly marketExcess: Float64Array;
  readonly lookAhead: LookAheadVerdict;
  readonly planted: LookAheadVerdict;
  readonly trials: number;
  /** Of 1, without costs. */
  readonly growthWithoutEngine: number;
  readonly membership: PanelMembership;
  readonly notes: readonly string[];
  readonly seed: string;
  readonly probes: number;
  readonly commit: string;
}

export function evidencePage(evidence: Evidence): string {
  const { main, others, peek } = evidence;
  return `${[
    '# Momentum on members of the S&P 500, 2005 to 2023',
    provenance(evidence),
    inShort(evidence),
    '## What came of it',
    figureTable([main, ...others], evidence),
    ...drawdownLines(main),
    '## Against the factors of Fama and French (2015)',
    attributionTable([main, others[0]!]),
    '## Year by year',
    yearTable(main, others[0]!),
    '## Look-ahead',
    `Perturbed futures, ${evidence.probes} probes, seed ${evidence.seed}, over the whole panel. As it is: ${verdictWords(evidence.lookAhead)}`,
    `The same ranking with tomorrow’s close in place of the latest one: ${verdictWords(evidence.planted)} What it would have shown to whoever did not test it: ${annualYield(peek)}; the same ranking without the look, skip 0, made ${annualYield(others[1]!)}. A fault of one day in a year’s ranking is small enough to be believed.`,
    '## What it cannot say',
    limitsOf(evidence).join('\n'),
  ].join('\n\n')}\n`;
}

function provenance({ main, seed, commit, probes, notes }: Evidence): string {
  const { result } = main;
  const { costs, participationFracMax, cashUsd } = result.rules;
  const parameters = Object.entries(result.parameters).map(([name, value]) => `${name}=${value}`);
  return [
    `Command: \`node scripts/momentum-evidence.ts --seed ${seed} --probes ${probes}\`, on top of commit ${commit.slice(0, 12)}, Node ${process.versions.node}.`,
    `Data: \`${result.source.name}\` (sha256 of its bars ${result.source.sha256}), ${count(result.symbols.length)} symbols, ${main.statistics.fromDay} to ${main.statistics.toDay}; membership by \`sp500_ticker_start_end.csv\`; factors and risk-free rate by \`fama_french_5f_daily.csv.gz\`.`,
    `Strategy: \`${result.strategy}\` with ${parameters.join(', ')} (top 0 is a tenth of those that can be ranked), rebalanced at month-end, filled at the next open, ${usd(cashUsd)} of cash at the start, whole shares, no credit.`,
    `Costs: ${costs.commissionUsdPerShare} USD a share and ${costs.commissionUsdMin} USD an order at least, ${costs.spreadBps} bp of spread (half a side), ${costs.slippageBps} bp of slippage a side, square-root impact with Y = ${costs.impactCoefficient}, at most ${percent(participationFracMax ?? 1, 0)} of a bar’s volume. Cash earns nothing; dividends are paid in cash.`,
    `**Survivorship: ${survivorshipWords(result.survivorship)}.**`,
    ...notes,
  ].join('\n');
}

function inShort({ main, others, trials }: Evidence): string {
  const yardstick = others[0]!;
  const { sharpe, attribution } = main.statistics;
  const beats = annualised(main) > annualised(yardstick);
  const alpha = isRefusal(attribution)
    ? ''
    : ` Five factors explain ${percent(attribution.rSquared, 0)} of its variance and leave an alpha of ${signedPercent(attribution.alphaAnnualFrac)} a year, t = ${decimal(attribution.alphaTValue, 2)}.`;
  const deflated = isRefusal(sharpe.deflated) ? whyNot(sharpe.deflated) : percent(sharpe.deflated.probability, 1);
  return `**In short: momentum made ${signedPercent(annualised(main))} a year after costs, ${beats ? 'more' : 'less'} than all members in equal parts from the same file (${signedPercent(annualised(yardstick))}), and only that difference speaks of momentum: both are drawn from companies that were still in the index in 2021 or later.**${alpha} ${activeWords(main, yardstick)} Deflated Sharpe ratio after ${count(trials)} trials: ${deflated}, which is against no return at all: holding shares has it too.`;
}

/** Of the daily difference of the two runs: what momentum adds to holding everybody. */
function activeWords(main: EvidenceRun, yardstick: EvidenceRun): string {
  const [own, beside] = [returnsOf(main.result), returnsOf(yardstick.result)];
  const active = own.map((one, t) => one - beside[t]!);
  const [ratio, errors] = [sharpeOf(active), sharpeErrors(active)];
  if (ratio.kind === 'refused' || errors.kind === 'refused') return '';
  const root = Math.sqrt(main.result.rules.sessionsPerYear);
  return `The daily difference of the two has an information ratio of ${two(ratio.perBar * root)} ± ${two(errors.autocorrelated * root)} a year.`;
}

const annualised = ({ statistics }: EvidenceRun): number => statistics.returns.annualizedFrac;

function figureTable(runs: readonly EvidenceRun[], { marketExcess, riskFree, growthWithoutEngine }: Evidence): string {
  const rows = runs.map(({ name, statistics: { returns, sharpe, drawdown, exposure } }) => [
    name,
    signedPercent(returns.annualizedFrac),
    orDash(returns.annualizedVol, (value) => percent(value, 1)),
    `${orDash(sharpe.annualized, two)} ± ${isRefusal(sharpe.standardErrors) ? '–' : two(sharpe.standardErrors.autocorrelated)}`,
    isRefusal(sharpe.deflated) ? '–' : percent(sharpe.deflated.probability, 1),
    percent(drawdown.deepest?.depthFrac ?? 0, 1),
    two(exposure.annualizedTurnoverFrac),
    percent(exposure.annualizedCostFrac),
  ]);
  const growth = marketExcess.reduce((product, one, t) => product * (1 + one + riskFree[t]!), 1);
  const [market, byHand] = [growth, growthWithoutEngine].map((one) => signedPercent(one ** (252 / marketExcess.length) - 1));
  return [
    tableOf(['run', 'return a year', 'volatility', 'Sharpe ± s.e.', 'deflated', 'max drawdown', 'turnover a year', 'costs a year'], rows),
    `\nThe market of Fama and French, all listed companies by capitalisation and without costs, made ${market} a year in the same time. The last run worked out month by month without the engine, in fractions of shares (\`scripts/momentum-evidence/without-engine.ts\`), gives ${byHand} a year. Sharpe ratios are over the risk-free rate; standard errors allow for autocorrelation (Lo 2002, Newey and West). Turnover is half of what was traded over mean equity.`,
  ].join('\n');
}

const drawdownLines = ({ statistics: { drawdown } }: EvidenceRun): string[] => [
  tableOf(
    ['deepest drawdowns of momentum', 'trough', 'recovered', 'depth', 'calendar days'],
    drawdown.episodes
      .slice(0, 3)
      .map((one) => [one.peakDay, one.troughDay, one.recoveredDay ?? 'lasts', percent(one.depthFrac, 1), count(one.calendarDays)]),
  ),
];

function attributionTable(runs: readonly EvidenceRun[]): string {
  const rows = runs.flatMap(({ name, statistics: { attribution } }) => {
    if (isRefusal(attribution)) return [[name, whyNot(attribution)]];
    const { alphaAnnualFrac, alphaTValue, loadings, rSquared } = attribution;
    return [
      [
        name,
        `${signedPercent(alphaAnnualFrac)} (${decimal(alphaTValue, 2)})`,
        ...loadings.map(({ beta, tValue }) => `${decimal(beta, 2)} (${decimal(tValue, 1)})`),
        percent(rSquared, 1),
      ],
    ];
  });
  return [
    tableOf(['run', 'alpha a year (t)', 'mkt_rf', 'smb', 'hml', 'rmw', 'cma', 'R²'], rows),
    '\nDaily excess returns on daily factors by least squares, t-values by Newey and West in brackets. There is no momentum factor in the file, so what momentum earns as such is in alpha.',
  ].join('\n');
}

function yearTable(main: EvidenceRun, yardstick: EvidenceRun): string {
  const [own, beside] = [main, yardstick].map(({ result }) => yearsOfMonths(result.day, result.equity.equityUsd, result.rules.cashUsd));
  const rows = own!.map(({ year, yearFrac }, k) => [
    String(year),
    signedPercent(yearFrac, 1),
    signedPercent(beside![k]!.yearFrac, 1),
    signedPercent(yearFrac - beside![k]!.yearFrac, 1),
  ]);
  return tableOf(['year', 'momentum', 'all members in equal parts', 'difference'], rows);
}

const annualYield = ({ statistics: { returns, sharpe } }: EvidenceRun): string =>
  `${signedPercent(returns.annualizedFrac)} a year, Sharpe ratio ${orDash(sharpe.annualized, two)}`;

function verdictWords(verdict: LookAheadVerdict): string {
  if (verdict.kind === 'clean')
    return `**clean**; ${count(verdict.probes)} changed futures (${Object.entries(verdict.changes)
      .map(([change, times]) => `${change} ${times}`)
      .join(', ')}) left every decision before them as it was${verdict.refused > 0 ? `, ${verdict.refused} could not be run` : ''}.`;
  const of = verdict.symbol === null ? verdict.field : `${verdict.field} of ${verdict.symbol}`;
  return `**caught**: the ${of} on ${formatDay(verdict.day)} was ${figure(verdict.seen)} and becomes ${figure(verdict.wouldBe)} when the market after that day is another one (${verdict.change}).`;
}

const figure = (value: string | number): string => (typeof value === 'number' ? decimal(value, 6) : value);

function limitsOf({ membership, main, trials }: Evidence): string[] {
  const share = (moment: number): string => `${count(membership.priced[moment]!)} of ${count(membership.listed[moment]!)}`;
  const first = membership.priced.length - main.result.day.length;
  const middle = first + Math.floor(main.result.day.length / 2);
  const dayOf = (moment: number): string => formatDay(main.result.day[moment - first]! as EpochDay);
  return [
    `- Members with prices: ${share(first)} on ${dayOf(first)}, ${share(middle)} on ${dayOf(middle)}, ${share(membership.priced.length - 1)} on ${dayOf(membership.priced.length - 1)}. The file holds a part of the market that was drawn by a hash of the symbol, and 40 large companies chosen by hand; of all of them 304 were members in August 2026 and 52 left after April 2021, so a company that left before, failed or bought, is not in it. Levels of return are too high for that, of all runs alike.`,
    `- ${count(membership.unmatched.length)} tickers of the list have no bars at all; a company that was renamed is a member without prices until it has its last name.`,
    `- The ${count(trials)} trials are those of this page. Momentum was found by others on data that overlaps with this, and how many rules they tried nobody counted.`,
    ...main.result.remarks.map((remark) => `- The engine remarks: ${remark}.`),
    '- A last close is too kind where a company failed.',
    '- Prices are in shares of the last day. A commission a share is charged on shares as they were traded, by the splits that the file has; whole shares and the cap are of shares of the last day.',
    '- The ranking is by prices without dividends; no tax.',
  ];
}

const two = (value: number): string => decimal(value, 2);

const tableOf = (heads: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
  [heads, heads.map((_, k) => (k === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
