/**
 * Markets in which there is nothing to find, or one thing that was put there; and a whole search over one of them.
 *
 * Prices are martingales: each step has mean zero given everything before, so no rule earns anything before costs. They are not simple, though:
 * volatility comes in clusters (GARCH(1,1), Bollerslev 1986, α 0.08, β 0.90), symbols share a market, and gaps are a part of the move. A search that
 * takes clusters or correlation for an edge would be caught here.
 *
 * Planted: where the close is more than 1.5 deviations below its 20-bar mean, the next bar's drift is `edge` of its deviation. The genomes can say
 * exactly that, among some 10^9 other things.
 */
import { rollingZScore } from '../../../shared/domain/indicators/z-score.ts';
import { evaluatorOf } from '../../../shared/domain/research/evolution/evaluate-genome.ts';
import type { EvaluationRules } from '../../../shared/domain/research/evolution/evaluation.ts';
import {
  type Evaluate,
  type EvolutionPlan,
  migrate,
  nextGeneration,
  startEvolution,
} from '../../../shared/domain/research/evolution/evolution.ts';
import { groundOf } from '../../../shared/domain/research/evolution/ground.ts';
import { judgeSearch, type SearchVerdict, splitRanges } from '../../../shared/domain/research/evolution/judge-search.ts';
import type { Panel } from '../../../shared/domain/research/panel.ts';
import { isRefusal } from '../../../shared/kernel/refusal.ts';
import { type Rng, seededRng } from '../../../shared/kernel/rng.ts';
import { type HandBar, panelOf } from './hand-panel.ts';

export interface NoiseMarket {
  readonly seed: string;
  readonly symbols: number;
  readonly moments: number;
  /** Of the bar's deviation; 0 for pure noise. */
  readonly edge: number;
}

const DAILY_VOL = 0.012;
const [ALPHA, BETA] = [0.08, 0.9];
/** Of the variance of a bar, what happens before its open. */
const OVERNIGHT_FRAC = 0.25;
const PLANTED_PERIOD = 20;

export function noiseMarket({ seed, symbols, moments, edge }: NoiseMarket): Panel {
  const rng = seededRng(`noise-market/${seed}`);
  const market = clustered(rng.fork('market'), moments);
  const rows = Object.fromEntries(
    Array.from({ length: symbols }, (_, s) => {
      const name = `N${String(s).padStart(2, '0')}`;
      return [name, walk(rng.fork(name), market, edge)];
    }),
  );
  return { ...panelOf(rows), source: { name: `noise from "${seed}"`, sha256: seed } };
}

interface Steps {
  readonly deviation: Float64Array;
  readonly step: Float64Array;
}

function clustered(rng: Rng, moments: number): Steps {
  const [deviation, step] = [new Float64Array(moments), new Float64Array(moments)];
  let variance = DAILY_VOL ** 2;
  for (let t = 0; t < moments; t++) {
    deviation[t] = Math.sqrt(variance);
    step[t] = deviation[t]! * rng.normal();
    variance = (1 - ALPHA - BETA) * DAILY_VOL ** 2 + ALPHA * step[t]! ** 2 + BETA * variance;
  }
  return { deviation, step };
}

function walk(rng: Rng, market: Steps, edge: number): HandBar[] {
  const own = clustered(rng, market.step.length);
  const closes: number[] = [];
  let before = 50;
  return Array.from(market.step, (shared, t): HandBar => {
    const recent = Float64Array.from(closes.slice(-PLANTED_PERIOD));
    const isPlanted = edge > 0 && recent.length === PLANTED_PERIOD && rollingZScore(recent, PLANTED_PERIOD).at(-1)! < -1.5;
    const deviation = Math.hypot(market.deviation[t]!, own.deviation[t]!);
    // Less half the variance: the price, not its logarithm, is the martingale.
    const overnight = deviation * Math.sqrt(OVERNIGHT_FRAC) * rng.normal() - (deviation ** 2 * OVERNIGHT_FRAC) / 2;
    const open = before * Math.exp(overnight);
    const scale = Math.sqrt(1 - OVERNIGHT_FRAC);
    const move = scale * (shared + own.step[t]!) - (deviation ** 2 * (1 - OVERNIGHT_FRAC)) / 2;
    const close = open * Math.exp(move + (isPlanted ? edge * deviation : 0));
    before = close;
    closes.push(close);
    const reach = 0.3 * deviation * rng.uniform();
    return [open, Math.max(open, close) * (1 + reach), Math.min(open, close) * (1 - reach), close, Math.round(1e6 * (0.5 + rng.uniform()))];
  });
}

export interface SearchSizes {
  readonly islands: number;
  readonly populationSize: number;
  readonly generations: number;
}

export const searchPlan = (seed: string, populationSize: number): EvolutionPlan => ({
  seed,
  space: { allowShort: false, depthMax: 3 },
  populationSize,
  crossoverFrac: 0.8,
  mutationFrac: 0.3,
  neighbours: 15,
  archiveMax: 128,
  complexityReturnFrac: 0.002,
  tradesMin: 30,
});

export const searchRules: EvaluationRules = { costBps: 2, borrowAnnualFrac: 0, momentsPerYear: 252, depthMax: 3 };

/** Everything a user of the search would do, migration after every fourth generation, judged at 0.95. */
export function searchMarket(panel: Panel, seed: string, { islands, populationSize, generations }: SearchSizes): SearchVerdict {
  const ground = groundOf({ panel, cacheBytesMax: 64 * 1024 * 1024 });
  if (isRefusal(ground)) throw new Error(`a noise market can be searched: ${ground.reason}`);
  const ranges = splitRanges(ground.moments, 0.4, 60);
  const evaluate: Evaluate = evaluatorOf(ground, ranges.training, searchRules);
  const plan = searchPlan(seed, populationSize);
  let states: ReturnType<typeof migrate> = Array.from({ length: islands }, (_, island) => startEvolution(plan, island, evaluate));
  for (let generation = 1; generation <= generations; generation++) {
    states = states.map((state) => nextGeneration(state, evaluate));
    if (generation % 4 === 0) states = migrate(states, 2);
  }
  return judgeSearch({ states, ground, ranges, rules: searchRules, confidenceLevel: 0.95 });
}
