/**
 * What each agent's confidence is worth: hit rate and rank correlation against the return of the next sessions, by raw confidence, in a half to fit on (to
 * 2014) and a half to check on (from 2015), as Markdown.
 *
 *   node scripts/measure-agents.ts [--data FOLDER] [--from 2006] [--to 2023] [--sessions 21]
 *
 * A map from raw to calibrated confidence is proposed for an agent only if the hit rate rises with confidence by two standard errors in both halves.
 * Valuation is judged on the companies whose split-adjusted prices can be held against prices as traded, less those that split after the last bar: their earnings per share and their prices are in different shares.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { confidenceOfHitRate } from '../shared/domain/agents/calibration.ts';
import { defaultPolicy } from '../shared/domain/policy/default-policy.ts';
import { formatDay } from '../shared/kernel/days.ts';
import { openDataset } from '../shared/providers/files/open-dataset.ts';
import { type Company, companies, judgedOpinions, monthEnds } from './measure-agents/opinions.ts';
import { confidenceSlope, type Estimate, hitRate, type Judged, rankCorrelation, risingRates } from './measure-agents/statistics.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.BALLAST_MARKET_DATA ?? '../shared/data' },
    from: { type: 'string', default: '2006' },
    to: { type: 'string', default: '2023' },
    sessions: { type: 'string', default: '21' },
  },
});
const FIT_UNTIL_YEAR = 2014;
const EDGES = [0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.000001];
const BUCKET_MIN = 200;
const SUMMARY_MIN = 100;

async function main(): Promise<void> {
  const all = await companies(options.data);
  const days = monthEnds(Number(options.from), Number(options.to));
  const inOneShare = await sharesAgree(all);
  const found = judgedOpinions(
    all,
    days,
    defaultPolicy,
    Number(options.sessions),
    (agent, symbol) => agent !== 'valuation' || inOneShare.has(symbol),
  );
  const fitMonths = days.filter((day) => Number(formatDay(day).slice(0, 4)) <= FIT_UNTIL_YEAR).length;
  const halves = [...found].map(([agent, judged]) => ({
    agent,
    fit: judged.filter(({ month }) => month < fitMonths),
    check: judged.filter(({ month }) => month >= fitMonths),
  }));
  const lines = [
    `${all.length} companies, ${days.length} month ends, ${formatDay(days[0]!)} to ${formatDay(days.at(-1)!)}; valuation on ${inOneShare.size} companies; returns of the next ${options.sessions} sessions.`,
    '',
    '| agent | half | opinions | months | rank correlation ± s.e. | hit rate, own sign | hit rate against the median | rise of the hit rate from confidence 0 to 1 |',
    '|---|---|---|---|---|---|---|---|',
    ...halves.flatMap(({ agent, fit, check }) => [summary(agent, 'fit', fit), summary(agent, 'check', check)]),
    ...halves.flatMap(({ agent, fit, check }) => buckets(agent, fit, check)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function summary(agent: string, half: string, judged: readonly Judged[]): string {
  if (judged.length < SUMMARY_MIN) return `| ${agent} | ${half} | ${judged.length} | too few | | | | |`;
  const { months, ...correlation } = rankCorrelation(judged);
  const cells = [
    agent,
    half,
    judged.length,
    months,
    shown(correlation, 4),
    percent(hitRate(judged, 'hit')),
    percent(hitRate(judged, 'relativeHit')),
  ];
  return `| ${cells.join(' | ')} | ${shown(confidenceSlope(judged), 3)} |`;
}

function buckets(agent: string, fit: readonly Judged[], check: readonly Judged[]): string[] {
  const parts = EDGES.slice(0, -1).map((low, i) => {
    const within = (judged: readonly Judged[]): Judged[] =>
      judged.filter(({ confidence }) => confidence >= low && confidence < EDGES[i + 1]!);
    return { low, high: Math.min(1, EDGES[i + 1]!), fit: within(fit), check: within(check) };
  });
  const rows = parts.map(({ low, high, fit: own, check: other }) => `| ${low} to ${high} | ${bucket(own)} | ${bucket(other)} |`);
  const usable = parts.filter(({ fit: own }) => own.length >= BUCKET_MIN);
  const rates = risingRates(usable.map(({ fit: own }) => ({ rate: hitRate(own, 'relativeHit').value, count: own.length })));
  const map = usable.map(({ fit: own }, i) => {
    const raw = own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length;
    return `[${raw.toFixed(3)}, ${confidenceOfHitRate(rates[i]!).toFixed(3)}]`;
  });
  const confirmed = [fit, check].every((half) => half.length >= BUCKET_MIN && rises(confidenceSlope(half)));
  return [
    '',
    `**${agent}**: ${confirmed ? 'both halves show that confidence means something' : 'no map'}. Fit half, made to rise: ${map.join(' ') || 'too few'}`,
    '',
    '| raw confidence | fit: opinions | hit rate | check: opinions | hit rate |',
    '|---|---|---|---|---|',
    ...rows,
  ];
}

const bucket = (judged: readonly Judged[]): string =>
  judged.length < BUCKET_MIN ? `${judged.length} | ` : `${judged.length} | ${percent(hitRate(judged, 'relativeHit'))}`;
const rises = ({ value, standardError }: Estimate): boolean => value > 2 * standardError;
const shown = ({ value, standardError }: Estimate, digits: number): string => `${value.toFixed(digits)} ± ${standardError.toFixed(digits)}`;
const percent = ({ value, standardError }: Estimate): string => `${(100 * value).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;

/** Companies whose price as traded in April 2021 is their split-adjusted price times the splits since that the file knows. */
async function sharesAgree(all: readonly Company[]): Promise<ReadonlySet<string>> {
  const name = 'vendor2_as_traded_core.parquet';
  const traded = await openDataset(readFileSync(`${options.data}/daily/${name}`), name);
  const agreeing = new Set<string>();
  for (const asTraded of await traded.bars(traded.symbols)) {
    const own = all.find(({ bars }) => bars.symbol === asTraded.symbol)?.bars;
    const day = asTraded.day.at(-1)!;
    const row = own === undefined ? -1 : own.day.indexOf(day);
    if (own === undefined || row === -1) continue;
    const splits = own.splitRatio.subarray(row + 1).reduce((product, ratio) => product * ratio, 1);
    if (Math.abs(asTraded.close.at(-1)! / (own.close[row]! * splits) - 1) < 0.02) agreeing.add(own.symbol);
  }
  return agreeing;
}

await main();
