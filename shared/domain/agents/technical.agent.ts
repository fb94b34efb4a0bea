/**
 * The technical agent: what price alone says, as one bounded score.
 *
 * 1. Each indicator becomes a score in [−1, 1]; positive expects a rise.                        scoresOf
 *      momentum 12-1  tanh(return / annualised volatility): follows the trend                   weight 0.40
 *      ADX, ±DI       strength from ADX 20 to 50, signed by the leading direction               weight 0.20
 *      MACD           tanh(2 · histogram / ATR): follows a turn of the trend                    weight 0.20
 *      RSI            against moves beyond 30 and 70                                            weight 0.10
 *      Bollinger      against a close away from the middle, full at the band                    weight 0.10
 * 2. Expected return from the score, as for every agent.                                          opinionOf
 * 3. confidence = data quality × (0.4 + 0.6 · agreement of the scores) × (0.7 + 0.3 · calm), where calm is the usual ATR over today's, at most 1.
 *
 * Sources: Wilder (1978) for RSI, ATR, ADX; Jegadeesh & Titman (1993).
 * Abstains on less than a year of bars, on any number that is not finite, and on a price that does not move.
 */
import { bollingerBands } from '../indicators/bollinger.ts';
import { averageTrueRange, directionalMovement } from '../indicators/directional-movement.ts';
import { macd } from '../indicators/macd.ts';
import { annualized, momentum } from '../indicators/momentum.ts';
import { relativeStrengthIndex } from '../indicators/relative-strength.ts';
import { type Agent, abstain, type Opinion, opinionOf, type SymbolView } from './agent.ts';

const NAME = 'technical';
/** A year of closes holds 251 returns; the oldest close is where 12-1 momentum starts. */
const BARS_MIN = 252;
const MOMENTUM_LOOKBACK_BARS = 251;
const MONTH_BARS = 21;
const PERIOD = 14;

type ScoreName = 'momentum' | 'trend' | 'macd' | 'rsi' | 'bollinger';

const weights: Readonly<Record<ScoreName, number>> = { momentum: 0.4, trend: 0.2, macd: 0.2, rsi: 0.1, bollinger: 0.1 };
const names = Object.keys(weights) as ScoreName[];

export const technicalAgent: Agent = {
  name: NAME,

  opine(view: SymbolView): Opinion {
    if (view.bars.close.length < BARS_MIN) return abstain(NAME, 'history-too-short');
    if (!(view.dailyVol > 0)) return abstain(NAME, 'price-does-not-move');
    const { scores, calm, evidence } = scoresOf(view);
    if (!Object.values(evidence).every(Number.isFinite)) return abstain(NAME, 'indicator-not-finite');

    let score = 0;
    let strength = 0;
    for (const name of names) {
      score += weights[name] * scores[name];
      strength += weights[name] * Math.abs(scores[name]);
    }
    const agreement = strength === 0 ? 0 : Math.abs(score) / strength;
    return opinionOf(NAME, view, {
      score,
      confidence: view.dataQualityScore * (0.4 + 0.6 * agreement) * (0.7 + 0.3 * calm),
      reasons: reasonsFor(scores),
      evidence: { ...evidence, agreement, calm },
    });
  },
};

function scoresOf({ bars, dailyVol, rules }: SymbolView): {
  scores: Record<ScoreName, number>;
  calm: number;
  evidence: Record<string, number>;
} {
  const { high, low, close } = bars;
  const last = close.length - 1;
  const past = momentum(close, MOMENTUM_LOOKBACK_BARS, MONTH_BARS);
  const rsi = relativeStrengthIndex(close, PERIOD)[last]!;
  const histogram = macd(close, 12, 26, 9).histogram[last]!;
  const bands = bollingerBands(close, 20, 2);
  const ranges = averageTrueRange(high, low, close, PERIOD);
  const range = ranges[last]!;
  const { plusDi, minusDi, adx } = directionalMovement(high, low, close, PERIOD);
  const halfWidth = bands.upper[last]! - bands.middle[last]!;
  const bandPosition = halfWidth === 0 ? 0 : (close[last]! - bands.middle[last]!) / halfWidth;
  const relativeRange = range / close[last]!;

  const scores = {
    momentum: Math.tanh(past / annualized(dailyVol, rules.signals.sessionsPerYear)),
    trend: clamp((adx[last]! - 20) / 30, 0, 1) * Math.sign(plusDi[last]! - minusDi[last]!),
    macd: range === 0 ? 0 : Math.tanh((2 * histogram) / range),
    rsi: rsi < 30 ? (30 - rsi) / 30 : rsi > 70 ? (70 - rsi) / 30 : 0,
    bollinger: clamp(-bandPosition, -1, 1),
  };
  const calm = relativeRange === 0 ? 1 : Math.min(1, usualRelativeRange(ranges, close) / relativeRange);
  const evidence = {
    momentumFrac: past,
    rsi,
    macdHistogramUsd: histogram,
    bandPosition,
    adx: adx[last]!,
    plusDi: plusDi[last]!,
    minusDi: minusDi[last]!,
    averageTrueRangeFrac: relativeRange,
  };
  return { scores, calm, evidence };
}

/** Mean of ATR / close over the bars that have one. */
function usualRelativeRange(ranges: Float64Array, close: Float64Array): number {
  let sum = 0;
  for (let i = PERIOD; i < ranges.length; i++) sum += ranges[i]! / close[i]!;
  return sum / (ranges.length - PERIOD);
}

function reasonsFor(scores: Record<ScoreName, number>): string[] {
  return names
    .map((name) => ({ name, part: weights[name] * scores[name] }))
    .filter(({ part }) => Math.abs(part) >= 0.02)
    .sort((a, b) => Math.abs(b.part) - Math.abs(a.part))
    .map(({ name, part }) => `${name} ${part > 0 ? 'up' : 'down'}`);
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
