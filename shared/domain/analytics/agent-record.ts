/**
 * How often an agent was right, and whether it knew: its tallies of many sessions as one record.
 *
 * hit rate                     hits / judged; standard error clustered by session, √Σ_s (hits_s − rate·judged_s)² / n: symbols of a session move together
 * rank correlation             mean over sessions of Spearman's, with the standard error of that mean
 * Brier score                  mean of (stated probability − hit)²; 0.25 is what a coin that says so gets
 * expected calibration error   Σ_b n_b/n · |mean stated probability − hit rate| over the bins of confidence
 *
 * Sources: Liang & Zeger (1986), Biometrika 73(1), without a small-sample factor; M. P. Naeini, G. Cooper & M. Hauskrecht (2015), AAAI (calibration error).
 * Not covered: correlation between sessions, which the next session's return hardly has.
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { type AgentTally, binCount } from './judge-opinions.ts';

export interface Estimate {
  readonly value: number;
  /** Null with fewer sessions than say anything of spread. */
  readonly standardError: number | null;
}

export interface AgentRecord {
  readonly agent: string;
  readonly sessions: number;
  readonly opinions: number;
  readonly judged: number;
  readonly hitRate: Estimate | RecordRefusal;
  /** Of the sign of the return itself, which a rising market flatters. */
  readonly signHitRateFrac: number | RecordRefusal;
  readonly rankCorrelation: Estimate | RecordRefusal;
  readonly brierScore: number | RecordRefusal;
  readonly calibrationErrorFrac: number | RecordRefusal;
  /** Only bins that hold an opinion, lowest confidence first. */
  readonly reliability: readonly ReliabilityPoint[];
}

export interface ReliabilityPoint {
  /** Of the bin, 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly meanConfidence: number;
  readonly statedFrac: number;
  readonly hitFrac: number;
  /** Of the hit rate, as of independent opinions. */
  readonly standardError: number;
}

/** Clusters that a standard error over sessions wants. */
const sessionsMin = 10;

export type RecordRefusal = Refusal<'nothing-judged' | 'too-few-sessions'>;

/** Every agent that has a tally, by name. One entry of `sessions` holds the tallies of one session. */
export function agentRecords(sessions: ReadonlyArray<readonly AgentTally[]>): AgentRecord[] {
  const byAgent = new Map<string, AgentTally[]>();
  for (const tally of sessions.flat()) byAgent.set(tally.agent, [...(byAgent.get(tally.agent) ?? []), tally]);
  return [...byAgent].sort(([a], [b]) => (a < b ? -1 : 1)).map(([agent, tallies]) => recordOf(agent, tallies));
}

function recordOf(agent: string, tallies: readonly AgentTally[]): AgentRecord {
  const total = (part: (tally: AgentTally) => number): number => tallies.reduce((sum, tally) => sum + part(tally), 0);
  const judged = total((tally) => tally.judged);
  const signed = total((tally) => tally.signed);
  const rate = total(({ hits }) => hits) / judged;
  const reliability = reliabilityOf(tallies);
  const orNothing = <T>(count: number, value: () => T): T | RecordRefusal => (count > 0 ? value() : refuse('nothing-judged'));
  return {
    agent,
    sessions: tallies.length,
    opinions: total(({ opinions }) => opinions),
    judged,
    hitRate: orNothing(judged, () => ({
      value: rate,
      standardError: tallies.length < sessionsMin ? null : Math.sqrt(total((tally) => (tally.hits - rate * tally.judged) ** 2)) / judged,
    })),
    signHitRateFrac: orNothing(signed, () => total(({ signHits }) => signHits) / signed),
    rankCorrelation: meanOverSessions(tallies.flatMap(({ rankCorrelation }) => (rankCorrelation === null ? [] : [rankCorrelation]))),
    brierScore: orNothing(judged, () => total(({ brierSum }) => brierSum) / judged),
    calibrationErrorFrac: orNothing(judged, () =>
      reliability.reduce((sum, { count, statedFrac, hitFrac }) => sum + (count / judged) * Math.abs(statedFrac - hitFrac), 0),
    ),
    reliability,
  };
}

function reliabilityOf(tallies: readonly AgentTally[]): ReliabilityPoint[] {
  return Array.from({ length: binCount }, (_, bin) => {
    const of = (part: 'count' | 'hits' | 'confidenceSum' | 'probabilitySum'): number =>
      tallies.reduce((sum, { bins }) => sum + (bins[bin]?.[part] ?? 0), 0);
    const count = of('count');
    const hitFrac = of('hits') / count;
    return {
      from: bin / binCount,
      to: (bin + 1) / binCount,
      ...{ count, hitFrac },
      meanConfidence: of('confidenceSum') / count,
      statedFrac: of('probabilitySum') / count,
      standardError: Math.sqrt((hitFrac * (1 - hitFrac)) / count),
    };
  }).filter(({ count }) => count > 0);
}

function meanOverSessions(values: readonly number[]): Estimate | RecordRefusal {
  if (values.length === 0) return refuse('too-few-sessions', { has: 0, wants: 1 });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { value: mean, standardError: values.length < sessionsMin ? null : Math.sqrt(squares / (values.length - 1) / values.length) };
}
