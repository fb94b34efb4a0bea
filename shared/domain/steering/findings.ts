/**
 * What one check of a part finds: figures held against the policy's tolerances, the worst of them counts. A figure that is no number is
 * as bad as can be: it was asked for and nobody can say.
 *
 * data     sessions that are over and that the data set does not hold; share of the universe that governance blocks (quality included)
 * broker   account and clock answered or not, may it trade, skew, latency
 * audit    how long records have been without a signed checkpoint
 * cycle    latest cycles in a row that did not end as they should
 */

import type { EpochDay, EpochMs } from '../../kernel/units.ts';
import { countSessions, previousSession } from '../market/calendar.ts';
import type { HealthRules, Tolerance } from '../policy/health-rules.ts';
import { stricter } from './agreement.ts';
import { voiceText } from './evidence.ts';
import { healthScale } from './health.ts';
import type { HealthStatus } from './health-parts.ts';

export interface Finding {
  readonly finding: HealthStatus;
  readonly reasons: readonly string[];
}

export interface DataFigures {
  /** Last day that the data set holds; null where there is none. */
  readonly lastDay: EpochDay | null;
  /** The New York day of the check. */
  readonly today: EpochDay;
  readonly universe: number;
  readonly blocked: number;
}

export function dataFinding({ lastDay, today, universe, blocked }: DataFigures, rules: HealthRules): Finding {
  if (lastDay === null) return bad('no-data-set');
  if (universe === 0) return bad('universe-empty');
  const missedSessions = countSessions((lastDay + 1) as EpochDay, previousSession(today));
  return worstOf([
    held('data-set-old', { missedSessions }, rules.missedSessions),
    held('universe-blocked', { blockedFrac: blocked / universe }, rules.blockedFrac),
  ]);
}

export type BrokerFigures =
  | { readonly kind: 'silent'; readonly why: string }
  | { readonly kind: 'answered'; readonly mayTrade: boolean; readonly skewMs: number; readonly latencyMs: number };

export function brokerFinding(figures: BrokerFigures, rules: HealthRules): Finding {
  if (figures.kind === 'silent') return bad(`broker-silent: ${figures.why}`);
  if (!figures.mayTrade) return bad('account-may-not-trade');
  return worstOf([
    held('broker-clock-off', { skewMs: Math.abs(figures.skewMs) }, rules.brokerSkewMs),
    held('broker-slow', { latencyMs: figures.latencyMs }, rules.brokerLatencyMs),
  ]);
}

/** Places in the audit trail are sequence numbers. */
export interface AuditFigures {
  /** Sequence of the newest record; null for an empty trail. */
  readonly head: number | null;
  /** What the newest signed checkpoint covers; null where none was ever signed. */
  readonly checkpoint: number | null;
  /** When the trail was first seen to be ahead of its checkpoint; null where it was not. */
  readonly aheadSince: EpochMs | null;
  readonly now: EpochMs;
  /** What somebody found wrong with the trail; null where nobody did. */
  readonly broken: string | null;
}

export function auditFinding({ head, checkpoint, aheadSince, now, broken }: AuditFigures, rules: HealthRules): Finding {
  if (broken !== null) return bad(`audit-broken: ${broken}`);
  if (checkpoint !== null && (head === null || head < checkpoint)) return bad('audit-behind-its-checkpoint');
  if (head === null || head === checkpoint || aheadSince === null) return good;
  const unsignedMinutes = Math.floor((now - aheadSince) / 60_000);
  return held('audit-unsigned', { unsignedMinutes }, rules.unsignedMinutes);
}

/** How a cycle ended; ids sort by the time that the cycle was scheduled for. */
export interface CycleEnding {
  readonly cycleId: string;
  readonly ending: 'completed' | 'failed' | 'died' | 'missed';
}

/** The newest that are kept; more in a row than this are not told apart. */
export const endingsKept = 10;

/** One ending more, by cycle: whatever the order in which they are heard, the same is kept. A bad ending stands over a good one. */
export function withEnding(endings: readonly CycleEnding[], heard: CycleEnding): CycleEnding[] {
  const known = endings.find(({ cycleId }) => cycleId === heard.cycleId);
  const kept = known === undefined || severity[heard.ending] > severity[known.ending] ? heard : known;
  return [...endings.filter(({ cycleId }) => cycleId !== heard.cycleId), kept]
    .sort((a, b) => (a.cycleId < b.cycleId ? -1 : 1))
    .slice(-endingsKept);
}

const severity: Readonly<Record<CycleEnding['ending'], number>> = { completed: 0, missed: 1, failed: 2, died: 3 };

export function cycleFinding(endings: readonly CycleEnding[], { failedCycles: tolerance }: HealthRules): Finding {
  const lastGood = endings.findLastIndex(({ ending }) => ending === 'completed');
  const failed = endings.slice(lastGood + 1);
  const { finding, reasons } = held('cycles-failed-in-a-row', { failedCycles: failed.length }, tolerance);
  return { finding, reasons: finding === 'healthy' ? [] : [...reasons, `last-${failed.at(-1)!.ending}: ${failed.at(-1)!.cycleId}`] };
}

const good: Finding = { finding: 'healthy', reasons: [] };
const bad = (reason: string): Finding => ({ finding: 'down', reasons: [reason] });

function held(reason: string, figure: Readonly<Record<string, number>>, { degradedFrom, downFrom }: Tolerance): Finding {
  const value = Object.values(figure)[0]!;
  if (!Number.isFinite(value)) return bad(`${reason}: not-a-number`);
  if (value < degradedFrom) return good;
  const isDown = value >= downFrom;
  const line: Record<string, number> = isDown ? { downFrom } : { degradedFrom };
  return { finding: isDown ? 'down' : 'degraded', reasons: [voiceText({ reason, figures: { ...figure, ...line } })] };
}

const worstOf = (findings: readonly Finding[]): Finding => ({
  finding: findings.reduce<HealthStatus>((worst, { finding }) => stricter(worst, finding, healthScale), 'healthy'),
  reasons: findings.flatMap(({ reasons }) => reasons),
});
