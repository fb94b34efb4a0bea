/**
 * How each part is looked at. A part that does not answer is a finding where the silence says something about the part (the broker, a data
 * set that cannot be read); a table or bucket of ours that does not answer is a TransientFailure, and the check is done again.
 */

import type { Broker } from '../brokers/broker.ts';
import { clockSkewMs } from '../brokers/clock-skew.ts';
import { judgeUniverse } from '../domain/cycle/judge-universe.ts';
import type { HealthRules } from '../domain/policy/health-rules.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { auditFinding, type BrokerFigures, brokerFinding, dataFinding } from '../domain/steering/findings.ts';
import type { Clock } from '../kernel/clock.ts';
import { ContractViolation, InvariantViolation, TransientFailure } from '../kernel/errors.ts';
import { isRefusal } from '../kernel/refusal.ts';
import type { EpochDay } from '../kernel/units.ts';
import type { CheckpointKeys } from '../stores/checkpoint-keys.ts';
import type { HealthMemory } from '../stores/health.ts';
import type { Lake } from '../stores/lake/lake.ts';
import type { Observation } from './health-watch.ts';

/** The data set that the next cycle decides on, as of today. */
export async function observeData(
  lake: Pick<Lake, 'readManifest' | 'readProfiles'>,
  policy: Policy,
  today: EpochDay,
): Promise<Observation> {
  const rules = policy.steering.health;
  try {
    const manifest = await lake.readManifest('current');
    const profiles = isRefusal(manifest) ? manifest : await lake.readProfiles(manifest.datasetId);
    if (isRefusal(manifest) || isRefusal(profiles)) {
      return { ...dataFinding({ lastDay: null, today, universe: 0, blocked: 0 }, rules), memory: {} };
    }
    const universe = judgeUniverse({ profiles, sectors: new Map(), policy, asOf: today });
    const blocked = universe.filter(({ governance }) => governance.state !== 'ACTIVE').length;
    return { ...dataFinding({ lastDay: manifest.lastDay, today, universe: universe.length, blocked }, rules), memory: {} };
  } catch (error) {
    if (!(error instanceof ContractViolation || error instanceof InvariantViolation)) throw error;
    return { finding: 'down', reasons: [`data-set-unreadable: ${error.message}`], memory: {} };
  }
}

/** Account and clock, asked at once. What goes wrong is told in our own words: no text of the broker's, and so no key. */
export async function observeBroker(connect: () => Promise<Broker>, clock: Clock, rules: HealthRules): Promise<Observation> {
  const { equityUsd, ...figures } = await askBroker(connect, clock);
  return { ...brokerFinding(figures, rules), memory: equityUsd === undefined ? {} : { equityUsd } };
}

async function askBroker(connect: () => Promise<Broker>, clock: Clock): Promise<BrokerFigures & { readonly equityUsd?: number }> {
  try {
    const broker = await connect();
    const sentAt = clock.now();
    const [account, brokerClock] = await Promise.all([broker.account(), broker.clock()]);
    const receivedAt = clock.now();
    if (isRefusal(account) || isRefusal(brokerClock)) return { kind: 'silent', why: 'not-authorised' };
    const skewMs = clockSkewMs(brokerClock, sentAt, receivedAt);
    return { kind: 'answered', mayTrade: account.mayTrade, skewMs, latencyMs: receivedAt - sentAt, equityUsd: account.equity };
  } catch (error) {
    if (error instanceof TransientFailure) return { kind: 'silent', why: 'no-answer' };
    if (error instanceof ContractViolation) return { kind: 'silent', why: 'answer-or-secret-malformed' };
    throw error;
  }
}

export interface AuditParts {
  readonly audit: { head(): Promise<{ readonly sequence: number } | null> };
  readonly checkpoints: Pick<CheckpointKeys, 'newestAfter'>;
  readonly clock: Clock;
}

/**
 * The head of the trail against its newest checkpoint. The checkpoint is looked for first: one that is signed in between would seem to be
 * ahead of the trail.
 */
export async function observeAudit(
  { audit, checkpoints, clock }: AuditParts,
  memory: HealthMemory,
  rules: HealthRules,
): Promise<Observation> {
  const { broken, checkpoint: known, aheadSince: waitingSince } = memory;
  const checkpoint = await checkpoints.newestAfter(known ?? null);
  const head = (await audit.head())?.sequence ?? null;
  const now = clock.now();
  const standing = broken !== undefined && broken.checkpoint === checkpoint ? broken : undefined;
  const isAhead = head !== null && head > (checkpoint ?? -1);
  // What waited when a newer checkpoint came is covered by it; what is ahead now has waited since this look at the earliest.
  const aheadSince = isAhead ? ((checkpoint === (known ?? null) ? waitingSince : undefined) ?? now) : undefined;
  const finding = auditFinding({ head, checkpoint, aheadSince: aheadSince ?? null, now, broken: standing?.finding ?? null }, rules);
  const kept = {
    ...(checkpoint !== null && { checkpoint }),
    ...(aheadSince !== undefined && { aheadSince }),
    ...(standing && { broken: standing }),
  };
  return { ...finding, memory: kept };
}

/**
 * What a verification found wrong. It stands until a checkpoint is signed after it: the signer's word that the trail again continues what
 * was signed before.
 */
export async function observeBreak(checkpoints: AuditParts['checkpoints'], memory: HealthMemory, finding: string): Promise<Observation> {
  const checkpoint = await checkpoints.newestAfter(memory.checkpoint ?? null);
  const broken = { checkpoint, finding };
  return {
    finding: 'down',
    reasons: [`audit-broken: ${finding}`],
    memory: { ...memory, ...(checkpoint !== null && { checkpoint }), broken },
  };
}
