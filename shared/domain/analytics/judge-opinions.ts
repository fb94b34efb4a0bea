/**
 * Holds what each agent expected of a session against what the session brought, close to close.
 *
 * 1. The return that followed: the close that the next cycle decided at over the close that this one did, less 1. Left out are symbols without
 *    both closes, and moves so large that a split or bad data is likelier than news.
 * 2. A hit: the opinion is on the side of the cross-section's median opinion that the return is of the median return. A market that rises makes
 *    nobody right. An opinion or a return on the median itself has no side.
 * 3. The stated probability of a hit is what the calibrated confidence means (agents/calibration.ts): 0.3 is a coin, 1 is 60 %.
 * 4. Brier score: mean of (stated probability − hit)². Opinions are binned by confidence, in tenths, for the reliability diagram.
 * 5. Information coefficient: Spearman's rank correlation of opinion and return over the symbols of the session.
 *
 * Sources: G. W. Brier (1950), Monthly Weather Review 78; A. H. Murphy (1973), J. Applied Meteorology 12 (reliability); Grinold & Kahn,
 * "Active Portfolio Management", ch. 6 (information coefficient).
 * Not covered: horizons beyond the next session, and dividends, which a price return misses.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { meanPlaces } from '../factors/places.ts';
import { extremeLogReturn } from '../market/equal-weighted.ts';
import type { CyclePoint, PointOpinion } from './cycle-point.ts';

export interface AgentTally {
  readonly agent: string;
  /** Opinions with a return that followed. */
  readonly opinions: number;
  /** Of these, those with a side to be on. */
  readonly judged: number;
  readonly hits: number;
  /** Opinions whose sign the return had, of those where neither is zero. */
  readonly signed: number;
  readonly signHits: number;
  /** Sum of (stated probability − hit)² over the judged. */
  readonly brierSum: number;
  /** Null with fewer than five symbols, or when one side does not vary. */
  readonly rankCorrelation: number | null;
  /** One per tenth of confidence, lowest first. */
  readonly bins: readonly ReliabilityBin[];
}

/** Sums over the judged opinions of one tenth of confidence. */
export interface ReliabilityBin {
  readonly count: number;
  readonly confidenceSum: number;
  readonly probabilitySum: number;
  readonly hits: number;
}

export const binCount = 10;
const symbolsMin = 5;
/** agents/calibration.ts: confidence 0.3 is a hit rate of a half, each further 0.7 a tenth more. */
const coinConfidence = 0.3;
const hitRatePerConfidence = 0.1 / 0.7;

/** The chance of a hit that a calibrated confidence states. */
export const statedProbability = (confidence: number): number => 0.5 + (confidence - coinConfidence) * hitRatePerConfidence;

/** One tally per agent, by name. Refused unless the next cycle is of the next session: the opinions are of one session. */
export function judgeOpinions(
  from: CyclePoint,
  to: CyclePoint,
  sessions: number,
): readonly AgentTally[] | Refusal<'more-than-one-session'> {
  if (sessions !== 1) return refuse('more-than-one-session', { sessions });
  const followed = new Map<string, number>();
  for (const [symbol, close] of Object.entries(from.closes)) {
    const growth = (to.closes[symbol] ?? Number.NaN) / close;
    if (close > 0 && growth > 0 && Math.abs(Math.log(growth)) <= extremeLogReturn) followed.set(symbol, growth - 1);
  }
  const agents = [...new Set(from.opinions.map(({ agent }) => agent))].sort();
  return agents.map((agent) =>
    tallyOf(
      agent,
      from.opinions.filter((one) => one.agent === agent && followed.has(one.symbol) && Number.isFinite(one.expectedReturn)),
      followed,
    ),
  );
}

function tallyOf(agent: string, opinions: readonly PointOpinion[], followed: ReadonlyMap<string, number>): AgentTally {
  const expected = Float64Array.from(opinions, ({ expectedReturn }) => expectedReturn);
  const realized = Float64Array.from(opinions, ({ symbol }) => followed.get(symbol)!);
  const [medianExpected, medianRealized] = [median(expected), median(realized)];
  const bins = Array.from({ length: binCount }, () => ({ count: 0, confidenceSum: 0, probabilitySum: 0, hits: 0 }));
  const sum = { judged: 0, hits: 0, signed: 0, signHits: 0, brierSum: 0 };
  opinions.forEach(({ confidence }, index) => {
    const [opinion, outcome] = [expected[index]!, realized[index]!];
    if (opinion !== 0 && outcome !== 0) {
      sum.signed++;
      if (opinion > 0 === outcome > 0) sum.signHits++;
    }
    if (opinion === medianExpected || outcome === medianRealized) return;
    const hit = Number(opinion > medianExpected === outcome > medianRealized);
    const probability = statedProbability(confidence);
    const bin = bins[Math.min(binCount - 1, Math.floor(confidence * binCount))]!;
    sum.judged++;
    sum.hits += hit;
    sum.brierSum += (probability - hit) ** 2;
    bin.count++;
    bin.hits += hit;
    bin.confidenceSum += confidence;
    bin.probabilitySum += probability;
  });
  return { agent, opinions: opinions.length, ...sum, rankCorrelation: rankCorrelation(expected, realized), bins };
}

/** Spearman's; null with fewer than five pairs, or when one side does not vary. */
export function rankCorrelation(a: Float64Array, b: Float64Array): number | null {
  if (a.length < symbolsMin) return null;
  const [x, y] = [meanPlaces(a), meanPlaces(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [dx, dy] = [x[i]! - mean, y[i]! - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}

/** NaN of nothing. */
function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
