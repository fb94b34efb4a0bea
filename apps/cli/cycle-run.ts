/** Runs one trading cycle on the local cloud, the way EventBridge Scheduler would, and gathers what came of it. */
import { performance } from 'node:perf_hooks';
import { cycleIdAt } from '../../shared/contracts/cycle.ts';
import { physicalName } from '../../shared/contracts/names/index.ts';
import { type DecisionRecord, decisionFields } from '../../shared/domain/audit/decision-record.ts';
import { isSession, isShortSession, nextSession, previousSession } from '../../shared/domain/market/calendar.ts';
import { formatDay } from '../../shared/kernel/days.ts';
import { InvariantViolation } from '../../shared/kernel/errors.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import type { CycleId, EpochDay, EpochMs } from '../../shared/kernel/units.ts';
import type { LedgerOrder } from '../../shared/stores/ledger/index.ts';
import { operator } from '../local-cloud/cloud.ts';
import type { CloudEvent } from '../local-cloud/service.ts';
import { executionEnd } from './execution.ts';
import type { Fund } from './fund.ts';

export type CycleOutcome = 'traded' | 'no-trade' | 'refused' | 'halted' | 'failed';

export interface PhaseReport {
  readonly name: string;
  readonly ms: number;
  readonly outcome: 'done' | 'refused' | 'failed';
}

export interface HeldPosition {
  readonly symbol: string;
  readonly quantity: number;
  readonly averageCost: number;
  readonly price: number;
  readonly value: number;
}

/** The stable document of `ballast cycle --json`. */
export interface CycleReport {
  readonly cycleId: CycleId;
  readonly asOf: string;
  readonly outcome: CycleOutcome;
  /** Why it did not trade; null when it decided. */
  readonly refusal: { readonly reason: string; readonly details: unknown } | null;
  readonly phases: readonly PhaseReport[];
  readonly decisions: readonly DecisionRecord[];
  readonly orders: readonly LedgerOrder[];
  readonly positions: readonly HeldPosition[];
  readonly cash: number;
  readonly equity: number;
  readonly audit: { readonly records: number; readonly head: string | null };
}

export interface CycleRequest {
  readonly session: EpochDay;
  readonly datasetId: string;
  onPhase?(phase: PhaseReport): void;
}

const phaseNames: Readonly<Record<string, string>> = {
  Preflight: 'preflight',
  Reconcile: 'reconcile',
  'Load Data': 'load-data',
  'Read News': 'read-news',
  'Compute Signals': 'signals',
  Allocate: 'allocation',
  'Check Risk': 'risk',
  'Place Orders': 'orders',
  'Collect Fills': 'fills',
  'Record Decisions': 'record',
  'Record Refusal': 'record-refusal',
  'Halt Trading': 'halt-trading',
  'Fail Cycle': 'fail-cycle',
};

export async function runCycleOnce(fund: Fund, { session, datasetId, onPhase }: CycleRequest): Promise<CycleReport> {
  const { hour, minute } = decisionTime(session);
  const phases = new PhaseTimer(onPhase);
  if (await wantsList(fund, session)) {
    const rankedAt = await fund.travelTo(session, datasetId, hour, RANKED_AT_MINUTE);
    await phases.time('rank', () => invoke(fund, 'ranking-rank-opportunities', { scheduledAt: isoAt(rankedAt), dataset: datasetId }));
  }
  const scheduledAt = await fund.travelTo(session, datasetId, hour, minute);
  const cycleId = cycleIdAt(scheduledAt);
  const stop = fund.listen((event) => phases.hear(event));
  try {
    const started = await startCycle(fund, { scheduledAt: isoAt(scheduledAt), dataset: datasetId });
    if (isRefusal(started)) return await report(fund, cycleId, session, 'refused', await withAdvice(fund, started, cycleId, session), []);
    const end = await executionEnd(fund, started.executionArn);
    const { outcome, refusal } = conclude(end);
    return await report(fund, cycleId, session, outcome, refusal, phases.finish(outcome));
  } finally {
    stop();
  }
}

/** The ranker's schedule fires at half past each hour of a session; the last time before the cycle is in the cycle's hour. */
const RANKED_AT_MINUTE = 30;

/** A policy that is not what was put in force is for the cycle to find: it halts trading, and must come to do so. */
async function wantsList(fund: Fund, session: EpochDay): Promise<boolean> {
  if (!isSession(session)) return false;
  try {
    const inForce = await fund.policies.inForce();
    return !isRefusal(inForce) && inForce.policy.ranking.gate === 'listed';
  } catch (error) {
    if (error instanceof InvariantViolation) return false;
    throw error;
  }
}

const isoAt = (instant: EpochMs): string => new Date(instant).toISOString();

/** A quarter of an hour before the close, New York time. */
export const decisionTime = (session: EpochDay): { readonly hour: number; readonly minute: number } => ({
  hour: isSession(session) && isShortSession(session) ? 12 : 15,
  minute: 45,
});

/** What a person needs to go on: sessions near a closed day, or how the cycle of that name ended. */
async function withAdvice(fund: Fund, refusal: Refusal, cycleId: CycleId, session: EpochDay): Promise<Refusal> {
  if (refusal.reason === 'market-closed') {
    const near = { previousSession: formatDay(previousSession(session)), nextSession: formatDay(nextSession(session)) };
    return { ...refusal, details: { ...refusal.details, ...near } };
  }
  if (refusal.reason !== 'already-run') return refusal;
  const machine = fund.cloud.stateMachineArn(physicalName(fund.stage, 'trading-cycle'));
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${cycleId}`;
  const [{ status }, orders] = await Promise.all([
    fund.cloud.call(operator, 'states', 'DescribeExecution', { executionArn }) as Promise<{ status: string }>,
    fund.ledger.ordersOfCycle(cycleId),
  ]);
  const byState: Record<string, number> = {};
  for (const { state } of orders) byState[state] = (byState[state] ?? 0) + 1;
  return { ...refusal, details: { ...refusal.details, status, orders: byState } };
}

async function startCycle(fund: Fund, event: object): Promise<{ readonly executionArn: string } | Refusal> {
  const payload = await invoke<{ executionArn: string }>(fund, 'trading-start-cycle', event);
  if ('errorType' in payload) throw new Error(`start-cycle failed: ${payload.errorType}: ${payload.errorMessage}`);
  return payload;
}

interface FunctionFailed {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** What Scheduler does: invokes a function with the scheduled time. */
async function invoke<Answer extends object>(fund: Fund, part: string, event: object): Promise<Answer | Refusal | FunctionFailed> {
  const reply = (await fund.cloud.call(operator, 'lambda', 'Invoke', {
    FunctionName: physicalName(fund.stage, part),
    Payload: Buffer.from(JSON.stringify(event)),
  })) as { FunctionError?: string; Payload: Uint8Array };
  return JSON.parse(Buffer.from(reply.Payload).toString('utf8')) as Answer | Refusal | FunctionFailed;
}

function conclude(end: { status: string; output?: string; error?: string; cause?: string }): {
  outcome: CycleOutcome;
  refusal: Refusal | null;
} {
  if (end.status === 'SUCCEEDED') {
    const output = JSON.parse(end.output ?? '{}') as { outcome: CycleOutcome; reason?: string; details?: Record<string, unknown> };
    const refusal =
      output.outcome === 'refused' ? { kind: 'refused' as const, reason: output.reason ?? 'unknown', details: output.details ?? {} } : null;
    return { outcome: output.outcome, refusal };
  }
  const outcome = end.error === 'TradingHalted' ? 'halted' : 'failed';
  return { outcome, refusal: { kind: 'refused', reason: end.error ?? end.status, details: { cause: plainCause(end.cause) } } };
}

/** A function's error report, reduced to its message. */
function plainCause(cause = ''): string {
  const start = cause.indexOf('{');
  try {
    const { errorType, errorMessage } = JSON.parse(cause.slice(start)) as { errorType?: string; errorMessage?: string };
    const before = start > 0 ? cause.slice(0, start) : '';
    return `${before.startsWith(`${errorType}:`) ? '' : before}${errorType}: ${errorMessage}`;
  } catch {
    return cause;
  }
}

async function report(
  fund: Fund,
  cycleId: CycleId,
  session: EpochDay,
  outcome: CycleOutcome,
  refusal: Refusal | null,
  phases: readonly PhaseReport[],
): Promise<CycleReport> {
  const ran = refusal?.reason !== 'already-run';
  const [records, orders, { cash, equity, positions }, head] = await Promise.all([
    ran ? fund.audit.recordsOf(cycleId) : [],
    ran ? fund.ledger.ordersOfCycle(cycleId) : [],
    fund.book(session),
    fund.audit.head(),
  ]);
  return {
    cycleId,
    asOf: formatDay(session),
    outcome,
    refusal: refusal && { reason: refusal.reason, details: refusal.details },
    phases,
    decisions: records.flatMap(({ record }) => (record.type === 'decision' && isDecision(record.record) ? [record.record] : [])),
    orders,
    positions,
    cash,
    equity,
    audit: { records: head === null ? 0 : head.sequence + 1, head: head?.hash ?? null },
  };
}

const isDecision = (record: object): record is DecisionRecord => decisionFields.every((field) => field in record);

/** Wall-clock time per phase, from the machine's own state transitions; of what comes before the machine, from the call. */
class PhaseTimer {
  readonly #finished: PhaseReport[] = [];
  readonly #onPhase: ((phase: PhaseReport) => void) | undefined;
  #open: { readonly name: string; readonly since: number; failed: boolean } | undefined;

  constructor(onPhase: ((phase: PhaseReport) => void) | undefined) {
    this.#onPhase = onPhase;
  }

  async time(name: string, call: () => Promise<object>): Promise<void> {
    const since = performance.now();
    const answer = await call();
    this.#done({ name, since, outcome: isRefusal(answer) ? 'refused' : 'errorType' in answer ? 'failed' : 'done' });
  }

  hear({ service, event, details }: CloudEvent): void {
    if (service !== 'states') return;
    const name = phaseNames[String(details.state)];
    if (name === undefined) return;
    if (event === 'TaskStateEntered') this.#open = { name, since: performance.now(), failed: false };
    if (event === 'StateFailed' && this.#open) this.#open.failed = true;
    if (event === 'TaskStateExited' || event === 'StateCaught') this.#close(event === 'StateCaught' ? 'failed' : 'done');
  }

  finish(outcome: CycleOutcome): readonly PhaseReport[] {
    if (this.#open) this.#close('failed');
    if (outcome !== 'refused') return this.#finished;
    // The phase before the record of a refusal is the one that refused.
    return this.#finished.map((phase, index) =>
      this.#finished[index + 1]?.name === 'record-refusal' ? { ...phase, outcome: 'refused' } : phase,
    );
  }

  #close(outcome: 'done' | 'failed'): void {
    if (!this.#open) return;
    const { name, since } = this.#open;
    this.#open = undefined;
    this.#done({ name, since, outcome });
  }

  #done({ name, since, outcome }: Omit<PhaseReport, 'ms'> & { readonly since: number }): void {
    const phase = { name, ms: Math.round((performance.now() - since) * 10) / 10, outcome };
    this.#finished.push(phase);
    this.#onPhase?.(phase);
  }
}
