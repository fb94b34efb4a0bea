/**
 * The life of a strategy, as a reducer: applyStrategyEvent(state, event, rules) → {state, effects}. Plain JSON.
 *
 *   BACKTEST   evidence is judged as it comes in; where all its gates are open the strategy goes into shadow
 *   SHADOW     it decides every session and trades nothing; a person who is not the author promotes it once all gates are open
 *   LIVE       it trades; what it earns is held against what its hold-out promised
 *   RETIRED    it never comes back: who wants it again registers it again, with evidence of its own
 *
 * What always holds:
 *  - LIVE is entered from SHADOW only, by an approval of the evidence in force, while every gate of promotion-gates.ts is open;
 *  - an approval is spent by the promotion it caused: after a demotion nothing of it is left, and the shadow begins anew;
 *  - a session counts once, and sessions go forward; a day that was told already changes nothing;
 *  - RETIRED is final;
 *  - an event that the stage has no use for is refused, and the state stays as it is.
 *
 * Demotion: a shadow that falls deeper than its bound goes back to BACKTEST and needs new evidence. A live strategy that falls deeper than its
 * bound, or whose mean after enough sessions is too far below the promised one, goes back to SHADOW; the second time it is retired.
 * The mean is looked at after every session, so over years a sound strategy may be demoted by chance; its level is set far out for that, and the
 * cost of the mistake is another week in shadow. Not covered: capital (the portfolio's), and what to do with its positions (the cycle's).
 */
import { type Refusal, refuse } from '../../kernel/refusal.ts';
import { normalQuantile } from '../statistics/normal.ts';
import {
  type Approval,
  approverGate,
  areOpen,
  type BacktestEvidence,
  backtestGates,
  drawdownGate,
  type GateOutcome,
  type GateRules,
  noSessions,
  type SessionRecord,
  shadowGates,
  sourceGateRules,
} from './promotion-gates.ts';

export const strategyStages = ['BACKTEST', 'SHADOW', 'LIVE', 'RETIRED'] as const;
export type StrategyStage = (typeof strategyStages)[number];

export interface StrategyRules extends GateRules {
  /** Of the hold-out's deepest drawdown, when live. */
  readonly liveDrawdownFactor: number;
  /** From that many live sessions on the mean is judged. */
  readonly liveSessionsMin: number;
  /** That a live mean is below the promised one by more than luck. */
  readonly liveConfidenceLevel: number;
  readonly demotionsMax: number;
}

export const defaultStrategyRules: StrategyRules = {
  ...sourceGateRules,
  liveDrawdownFactor: 1.5,
  liveSessionsMin: 20,
  liveConfidenceLevel: 0.999,
  demotionsMax: 1,
};

export interface StrategyState {
  readonly strategyId: string;
  readonly author: string;
  readonly stage: StrategyStage;
  readonly since: string;
  readonly evidence: BacktestEvidence | null;
  /** Since the stage began; SHADOW and LIVE only. */
  readonly record: SessionRecord;
  /** Of the promotion that made it live; null elsewhere. */
  readonly approval: Approval | null;
  /** From LIVE. */
  readonly demotions: number;
}

/** `at` is when it became known, ISO 8601. */
export type StrategyEvent =
  | { readonly kind: 'registered'; readonly strategyId: string; readonly author: string; readonly at: string }
  | { readonly kind: 'backtested'; readonly evidence: BacktestEvidence; readonly at: string }
  /** What it earned, or would have earned, on a session: a simple return after costs. */
  | { readonly kind: 'session-closed'; readonly day: string; readonly simpleReturn: number; readonly at: string }
  | { readonly kind: 'approved'; readonly approver: string; readonly evidenceId: string; readonly at: string }
  | { readonly kind: 'demoted' | 'retired'; readonly actor: string; readonly reason: string; readonly at: string };

/** What the world must be told. The gates are those that were judged. */
export interface StageChange {
  readonly kind: 'StrategyPromoted' | 'StrategyDemoted' | 'StrategyRetired';
  readonly strategyId: string;
  readonly from: StrategyStage;
  readonly to: StrategyStage;
  readonly at: string;
  /** The approver, the person who demoted or retired it, or `rules`. */
  readonly actor: string;
  readonly reason: string;
  readonly gates: readonly GateOutcome[];
}

export interface AppliedStrategyEvent {
  readonly kind: 'applied';
  readonly state: StrategyState;
  readonly effects: readonly StageChange[];
  /** Judged by this event, open or closed; empty where none was. */
  readonly gates: readonly GateOutcome[];
}

export type LifecycleRefusal =
  | 'strategy-unknown'
  | 'strategy-known'
  | 'name-missing'
  | 'stage-has-no-use-for-it'
  | 'gates-closed'
  | 'return-invalid';

type Applied = AppliedStrategyEvent | Refusal<LifecycleRefusal>;

export function applyStrategyEvent(state: StrategyState | null, event: StrategyEvent, rules: StrategyRules): Applied {
  if (event.kind === 'registered') return registered(state, event);
  if (state === null) return refuse('strategy-unknown', { event: event.kind });
  if (state.stage === 'RETIRED') return noUse(state, event);
  switch (event.kind) {
    case 'backtested':
      return backtested(state, event, rules);
    case 'session-closed':
      return sessionClosed(state, event, rules);
    case 'approved':
      return approved(state, event, rules);
    case 'demoted':
      return demotedByHand(state, event);
    case 'retired':
      if (event.actor.trim() === '') return refuse('name-missing', { event: event.kind });
      return moved(state, 'RETIRED', { kind: 'StrategyRetired', at: event.at, actor: event.actor, reason: event.reason, gates: [] });
  }
}

function registered(state: StrategyState | null, { strategyId, author, at }: StrategyEvent & { kind: 'registered' }): Applied {
  if (state !== null) return refuse('strategy-known', { strategyId: state.strategyId });
  if (author.trim() === '' || strategyId.trim() === '') return refuse('name-missing', { strategyId, author });
  const begun = { stage: 'BACKTEST', since: at, evidence: null, record: noSessions, approval: null, demotions: 0 } as const;
  return applied({ strategyId, author, ...begun }, []);
}

function backtested(state: StrategyState, event: StrategyEvent & { kind: 'backtested' }, rules: StrategyRules): Applied {
  if (state.stage !== 'BACKTEST') return noUse(state, event);
  const gates = backtestGates(event.evidence, rules);
  const judged = { ...state, evidence: event.evidence };
  if (!areOpen(gates)) return applied(judged, gates);
  return moved(judged, 'SHADOW', { kind: 'StrategyPromoted', at: event.at, actor: 'rules', reason: 'every backtest gate is open', gates });
}

function sessionClosed(state: StrategyState, event: StrategyEvent & { kind: 'session-closed' }, rules: StrategyRules): Applied {
  const { evidence } = state;
  if (evidence === null || state.stage === 'BACKTEST') return noUse(state, event);
  if (!(Number.isFinite(event.simpleReturn) && event.simpleReturn >= -1)) return refuse('return-invalid', { day: event.day });
  if (state.record.lastDay !== null && event.day <= state.record.lastDay) return applied(state, []);
  const after = { ...state, record: withSession(state.record, event.day, event.simpleReturn) };
  return state.stage === 'SHADOW' ? shadowed(after, evidence, event.at, rules) : lived(after, evidence, event.at, rules);
}

function shadowed(state: StrategyState, evidence: BacktestEvidence, at: string, rules: StrategyRules): Applied {
  const gates = shadowGates(evidence, state.record, rules);
  const fall = drawdownGate(state.record, evidence.holdOut, rules);
  if (fall.isOpen) return applied(state, gates);
  return moved(state, 'BACKTEST', { kind: 'StrategyDemoted', at, actor: 'rules', reason: `in shadow: ${fall.says}`, gates });
}

function lived(state: StrategyState, { holdOut }: BacktestEvidence, at: string, rules: StrategyRules): Applied {
  const { record } = state;
  const drawdownMax = holdOut.maxDrawdownFrac * rules.liveDrawdownFactor;
  const score = ((record.meanFrac - holdOut.sharpe.meanFrac) * Math.sqrt(record.sessions)) / holdOut.sharpe.deviationFrac;
  const isTooDeep = record.maxDrawdownFrac > drawdownMax;
  const isTooPoor = record.sessions >= rules.liveSessionsMin && !(score >= normalQuantile(1 - rules.liveConfidenceLevel));
  if (!isTooDeep && !isTooPoor) return applied(state, []);
  const reason = isTooDeep
    ? `live: drawdown ${record.maxDrawdownFrac.toPrecision(3)} is past ${drawdownMax.toPrecision(3)}`
    : `live: the mean of ${record.sessions} sessions is ${(-score).toPrecision(3)} standard errors below the promised one`;
  const isLast = state.demotions >= rules.demotionsMax;
  const fallen = { ...state, demotions: state.demotions + 1 };
  const change = { at, actor: 'rules', reason, gates: [] };
  if (isLast) return moved(fallen, 'RETIRED', { kind: 'StrategyRetired', ...change });
  return moved(fallen, 'SHADOW', { kind: 'StrategyDemoted', ...change });
}

function approved(state: StrategyState, event: StrategyEvent & { kind: 'approved' }, rules: StrategyRules): Applied {
  const { evidence } = state;
  if (state.stage !== 'SHADOW' || evidence === null) return noUse(state, event);
  const approval: Approval = { approver: event.approver, evidenceId: event.evidenceId, at: event.at };
  const gates = [
    ...backtestGates(evidence, rules),
    ...shadowGates(evidence, state.record, rules),
    approverGate(state.author, evidence.evidenceId, approval),
  ];
  if (!areOpen(gates)) return refuse('gates-closed', { gates: gates.filter(({ isOpen }) => !isOpen) });
  const change = { kind: 'StrategyPromoted', at: event.at, actor: event.approver, reason: 'every gate is open', gates } as const;
  return moved({ ...state, approval }, 'LIVE', change);
}

function demotedByHand(state: StrategyState, event: StrategyEvent & { kind: 'demoted' | 'retired' }): Applied {
  if (event.actor.trim() === '') return refuse('name-missing', { event: event.kind });
  if (state.stage === 'BACKTEST') return noUse(state, event);
  const isLive = state.stage === 'LIVE';
  const fallen = isLive ? { ...state, demotions: state.demotions + 1 } : state;
  const { at, actor, reason } = event;
  return moved(fallen, isLive ? 'SHADOW' : 'BACKTEST', { kind: 'StrategyDemoted', at, actor, reason, gates: [] });
}

function withSession(
  { sessions, meanFrac, equity, peak, maxDrawdownFrac }: SessionRecord,
  day: string,
  simpleReturn: number,
): SessionRecord {
  const after = equity * (1 + simpleReturn);
  const high = Math.max(peak, after);
  return {
    sessions: sessions + 1,
    lastDay: day,
    meanFrac: meanFrac + (simpleReturn - meanFrac) / (sessions + 1),
    equity: after,
    peak: high,
    maxDrawdownFrac: Math.max(maxDrawdownFrac, 1 - after / high),
  };
}

/** Sessions are counted anew in every stage, but none twice. Evidence that failed in shadow is gone with it. */
function moved(state: StrategyState, to: StrategyStage, change: Omit<StageChange, 'strategyId' | 'from' | 'to'>): AppliedStrategyEvent {
  const next: StrategyState = {
    ...state,
    stage: to,
    since: change.at,
    evidence: to === 'BACKTEST' ? null : state.evidence,
    record: { ...noSessions, lastDay: state.record.lastDay },
    approval: to === 'LIVE' ? state.approval : null,
  };
  return applied(next, change.gates, [{ ...change, strategyId: state.strategyId, from: state.stage, to }]);
}

const applied = (state: StrategyState, gates: readonly GateOutcome[], effects: readonly StageChange[] = []): AppliedStrategyEvent => ({
  kind: 'applied',
  state,
  effects,
  gates,
});

const noUse = ({ stage, strategyId }: StrategyState, { kind }: StrategyEvent): Refusal<LifecycleRefusal> =>
  refuse('stage-has-no-use-for-it', { strategyId, stage, event: kind });
