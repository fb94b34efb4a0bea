/**
 * Every event on the bus, by detail type. `eventId` is derived from what happened, so a consumer that sees it twice can tell;
 * `summary` is one line for a person, and alerts print it.
 */
import * as z from 'zod';
import type { StrategyStage } from '../domain/research/lifecycle.ts';
import { StopScopeShape } from './control.ts';
import { HealthPart, HealthStatus } from './health.ts';

const base = { eventId: z.string().min(1), at: z.string(), summary: z.string().min(1) };
const cycle = { ...base, cycleId: z.string() };
const reconciliation = { ...base, reconciliationId: z.string(), adjustments: z.number().int() };
/** Written out, so that who publishes an order does not carry the rules of research in its bundle. */
const Stage = z.enum(['BACKTEST', 'SHADOW', 'LIVE', 'RETIRED'] as const satisfies readonly StrategyStage[]);
/** `version`: of the strategy's record. The gates are those that were judged, with what was measured and what was wanted. */
const stageChange = z.object({
  ...base,
  strategyId: z.string().min(1),
  version: z.number().int().positive(),
  from: Stage,
  to: Stage,
  author: z.string(),
  actor: z.string(),
  reason: z.string(),
  gates: z.array(
    z.object({
      gate: z.string(),
      isOpen: z.boolean(),
      measured: z.number().nullable(),
      required: z.number().nullable(),
      says: z.string(),
    }),
  ),
});
const policyChange = z.object({ path: z.string(), from: z.unknown(), to: z.unknown(), effect: z.enum(['tightens', 'loosens', 'neutral']) });

export const eventSchemas = {
  DataIngested: z.object({ ...base, datasetId: z.string(), symbols: z.number().int(), quarantined: z.number().int() }),
  CycleCompleted: z.object({
    ...cycle,
    outcome: z.enum(['traded', 'no-trade']),
    decisions: z.number().int(),
    orders: z.number().int(),
    auditHead: z.string(),
  }),
  CycleRefused: z.object({ ...cycle, reason: z.string() }),
  CycleFailed: z.object({ ...cycle, error: z.string() }),
  RiskBreached: z.object({ ...cycle, decision: z.string(), breaches: z.array(z.string()) }),
  TradeExecuted: z.object({
    ...cycle,
    orderId: z.string(),
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    quantity: z.number(),
    price: z.number(),
  }),
  /** An order did what should not happen, e.g. filled after it was final: it is booked, and a person must look. */
  OrderIncident: z.object({ ...cycle, orderId: z.string(), symbol: z.string(), incidents: z.array(z.string()).min(1) }),
  /** Of the fund, or of the part that `scope` names. */
  TradingPaused: z.object({
    ...base,
    state: z.enum(['PAUSED', 'REDUCE_ONLY', 'HALTED']),
    reason: z.string(),
    actor: z.string(),
    scope: StopScopeShape.optional(),
  }),
  /** The books agree, or every difference has an explanation. */
  Reconciled: z.object({ ...reconciliation, outcome: z.enum(['agrees', 'explained']) }),
  /** Something is not explained, or was done by hand: those symbols are stopped, or no cycle begins. */
  ReconciliationFailed: z.object({
    ...reconciliation,
    outcome: z.enum(['stopped', 'refused', 'failed', 'halted']),
    symbols: z.array(z.string()),
    unexplainedCashUsd: z.number(),
  }),
  TradingResumed: z.object({ ...base, reason: z.string(), actor: z.string(), scope: StopScopeShape.optional() }),
  /** Put on the bus by whoever wants trading to stop: it is heard, and only ever makes a scope stricter. */
  StopRequested: z.object({
    scope: StopScopeShape,
    state: z.enum(['PAUSED', 'REDUCE_ONLY', 'HALTED']),
    reason: z.string().min(1).max(500),
    actor: z.string().min(1).max(100),
  }),
  /** A sweep found orders of ours working that the ledger held for over, and cancelled them. */
  StrayOrdersFound: z.object({ ...base, orderIds: z.array(z.string()) }),
  CycleDied: z.object({ ...cycle, ended: z.string(), openOrders: z.number().int() }),
  /** A version of the policy is in force, whoever put it there: a person, two persons, or the meta strategy controller. */
  PolicyUpdated: z.object({
    ...base,
    version: z.number().int().positive(),
    previousVersion: z.number().int().positive().nullable(),
    sha256: z.string(),
    actor: z.string(),
    reason: z.string(),
    mode: z.enum(['AGGRESSIVE', 'NORMAL', 'DEFENSIVE']),
    changes: z.array(policyChange),
  }),
  /** Loosens a hard limit, so that a second person must approve it first. */
  PolicyProposed: z.object({ ...base, proposalId: z.string(), actor: z.string(), reason: z.string(), changes: z.array(policyChange) }),
  HealthStatusChanged: z.object({
    ...base,
    part: HealthPart,
    status: HealthStatus,
    was: HealthStatus.nullable(),
    reasons: z.array(z.string()),
  }),
  OpportunitiesUpdated: z.object({
    ...base,
    listId: z.string(),
    session: z.string(),
    datasetId: z.string(),
    considered: z.number().int(),
    /** Best first. */
    symbols: z.array(z.string()),
  }),
  /** The audit trail, or its copy, is not what was signed. */
  AuditBroken: z.object({ ...base, fault: z.string(), sequence: z.number().int(), finding: z.string() }),
  /** A scheduled cycle neither completed nor said why not. */
  CycleMissed: z.object({ ...cycle, scheduledAt: z.string() }),
  ReportPublished: z.object({ ...base, day: z.string(), key: z.string() }),
  /** From BACKTEST to SHADOW by its gates alone (`actor` is `rules`), or from SHADOW to LIVE by a person who is not its author. */
  StrategyPromoted: stageChange,
  /** Back one stage, by its own figures or by a person. */
  StrategyDemoted: stageChange,
  StrategyRetired: stageChange,
  PositionsFlattened: z.object({ ...base, scope: StopScopeShape, orders: z.number().int(), symbolsLeft: z.array(z.string()) }),
} as const;

export type EventType = keyof typeof eventSchemas;

export type BallastEvent = {
  [Type in EventType]: { readonly type: Type; readonly detail: z.infer<(typeof eventSchemas)[Type]> };
}[EventType];
