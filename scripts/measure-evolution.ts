/**
 * How often the genetic search finds something where there is nothing, and how often where there is something; over many seeded markets.
 *
 *   node scripts/measure-evolution.ts [--markets 200] [--planted 20] [--edge 0.8] [--symbols 8] [--moments 2520]
 *        [--islands 2] [--population 24] [--generations 12] [--json]
 *
 * Every market is searched whole (islands, migration, several hundred trials), and its best rule is judged as in judge-search.ts at 0.95. Beside that
 * verdict stand weaker ones that people use, on the same searches: what each part of it is worth. Rates come with the exact interval of Clopper &
 * Pearson (1934) at 95 %. Fails where the upper end of the verdict's rate on pure noise is above 5 %, or where fewer than half of the planted are found.
 */
import { parseArgs } from 'node:util';
import { describe } from '../shared/domain/research/evolution/describe-genome.ts';
import type { JudgedRange, SearchVerdict } from '../shared/domain/research/evolution/judge-search.ts';
import { deflatedSharpe } from '../shared/domain/research/validation/deflated-sharpe.ts';
import { probabilisticSharpe } from '../shared/domain/research/validation/probabilistic-sharpe.ts';
import { noiseMarket, searchMarket } from '../test/support/research/noise-market.ts';

const { values } = parseArgs({
  options: {
    markets: { type: 'string', default: '200' },
    planted: { type: 'string', default: '20' },
    edge: { type: 'string', default: '0.8' },
    symbols: { type: 'string', default: '8' },
    moments: { type: 'string', default: '2520' },
    islands: { type: 'string', default: '2' },
    population: { type: 'string', default: '24' },
    generations: { type: 'string', default: '12' },
    json: { type: 'boolean', default: false },
  },
});
const LEVEL = 0.95;
const RATE_MAX = 0.05;
const sizes = { islands: Number(values.islands), populationSize: Number(values.population), generations: Number(values.generations) };

const judges: Readonly<Record<string, (verdict: SearchVerdict) => boolean>> = {
  'best Sharpe ratio in training is significant (PSR)': ({ training }) => probable(training),
  'and on the hold-out (PSR)': ({ training, holdOut }) => probable(training) && probable(holdOut),
  'deflated in training by the spread that was seen, without a floor': ({ training, trials }) => deflatedAsSeen(training, trials),
  'deflated in training': ({ training }) => deflated(training),
  'deflated on the hold-out': ({ holdOut }) => deflated(holdOut),
  'deflated in training, significant on the hold-out (PSR)': ({ training, holdOut }) => deflated(training) && probable(holdOut),
  'the verdict: deflated in both': ({ isFound }) => isFound,
};

const noise = searched('noise', Number(values.markets), 0);
const planted = searched('planted', Number(values.planted), Number(values.edge));
const rows = Object.entries(judges).map(([judge, finds]) => ({ judge, noise: rateOf(noise, finds), planted: rateOf(planted, finds) }));
const verdict = rows.at(-1)!;
if (values.json) process.stdout.write(`${JSON.stringify({ trialsEach: noise[0]?.trials.trials ?? 0, rows })}\n`);
else print();
process.exitCode = verdict.noise.high > RATE_MAX || (planted.length > 0 && verdict.planted.rate < 0.5) ? 1 : 0;

function searched(kind: string, count: number, edge: number): readonly SearchVerdict[] {
  return Array.from({ length: count }, (_, index) => {
    const seed = `${kind}-${index}`;
    const market = noiseMarket({ seed, symbols: Number(values.symbols), moments: Number(values.moments), edge });
    return searchMarket(market, seed, sizes);
  });
}

function print(): void {
  process.stdout.write(
    `${noise.length} markets of noise, ${planted.length} with a planted rule, ${noise[0]?.trials.trials ?? 0} trials each\n\n`,
  );
  process.stdout.write('| found when | on noise | 95 % interval | where planted |\n|---|---|---|---|\n');
  for (const { judge, noise: none, planted: some } of rows) {
    process.stdout.write(`| ${judge} | ${percent(none.rate)} | ${percent(none.low)} to ${percent(none.high)} | ${percent(some.rate)} |\n`);
  }
  const found = planted.find(({ isFound }) => isFound)?.candidate;
  if (found) process.stdout.write(`\nOne that was found: ${describe(found.genome)}\n`);
}

function probable(judged: JudgedRange | null): boolean {
  if (judged === null || judged.sharpe.kind === 'refused') return false;
  const probability = probabilisticSharpe(judged.sharpe, 0);
  return typeof probability === 'number' && probability >= LEVEL;
}

function deflatedAsSeen(judged: JudgedRange | null, trials: SearchVerdict['trials']): boolean {
  if (judged === null || judged.sharpe.kind === 'refused') return false;
  const seen = deflatedSharpe(judged.sharpe, trials);
  return seen.kind !== 'refused' && seen.probability >= LEVEL;
}

function deflated(judged: JudgedRange | null): boolean {
  return judged !== null && judged.deflated.kind !== 'refused' && judged.deflated.probability >= LEVEL;
}

function rateOf(
  verdicts: readonly SearchVerdict[],
  finds: (verdict: SearchVerdict) => boolean,
): { rate: number; low: number; high: number } {
  const found = verdicts.filter(finds).length;
  return { rate: found / Math.max(1, verdicts.length), ...clopperPearson(found, verdicts.length) };
}

/** Both ends by bisection of the binomial tail that is 2.5 % there. */
function clopperPearson(found: number, of: number): { low: number; high: number } {
  const solve = (isBelow: (p: number) => boolean): number => {
    let [low, high] = [0, 1];
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (isBelow(middle)) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return {
    low: found === 0 ? 0 : solve((p) => 1 - atMost(found - 1, of, p) < 0.025),
    high: found === of ? 1 : solve((p) => atMost(found, of, p) > 0.025),
  };
}

/** Of `of` trials at most `found` succeed. */
function atMost(found: number, of: number, p: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return found >= of ? 1 : 0;
  let logTerm = of * Math.log1p(-p);
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= found; k++) {
    logTerm += Math.log((of - k + 1) / k) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(logTerm);
  }
  return sum;
}

function percent(frac: number): string {
  return `${(frac * 100).toFixed(1)} %`;
}
