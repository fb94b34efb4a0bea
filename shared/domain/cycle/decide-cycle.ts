/**
 * A whole cycle's decision in one call: the steps that the Lambdas call one by one, in their order. Between two steps everything goes
 * through JSON, as it does between two Lambdas, so that what comes out is what a cycle writes, to the byte.
 *
 *   signals → allocation → risk → permit and order plan → decisions
 *
 * It ends where a cycle ends: without an allocation or an assessment nothing is planned, and where risk lets no order go nothing is permitted.
 */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import type { DecisionRecord } from '../audit/decision-record.ts';
import type { Permit } from '../execution/permit.ts';
import type { OrderPlan } from '../execution/plan-orders.ts';
import type { MarketHistory } from '../market/market-history.ts';
import type { RiskState } from '../risk/risk-state.ts';
import { assembleDecisions } from './assemble-decisions.ts';
import { runAllocation } from './run-allocation.ts';
import { runOrderPlan } from './run-order-plan.ts';
import { runPermit } from './run-permit.ts';
import { runRisk } from './run-risk.ts';
import { runSignals } from './run-signals.ts';
import type {
  AllocationOutput,
  CycleContext,
  DecisionsInput,
  PlanQuotes,
  PortfolioInput,
  RiskOutput,
  SignalsOutput,
  SymbolInput,
} from './step-types.ts';

export interface CycleInputs {
  readonly context: CycleContext;
  readonly symbols: readonly SymbolInput[];
  readonly market: MarketHistory;
  readonly portfolio: PortfolioInput;
  /** What the risk engine remembered before. */
  readonly riskState: RiskState;
  /** Of the control item, and of the policy as it is published: a permit names both. */
  readonly controlEpoch: number;
  readonly policySha256: string;
  /** Null: the cycle never came to ask the broker, and plans nothing. */
  readonly quotes: PlanQuotes | null;
  /** Planned orders that were held back when they were to be sent. */
  readonly withdrawn: DecisionsInput['withdrawn'];
}

export interface CycleDecision {
  readonly signals: SignalsOutput;
  readonly allocation: AllocationOutput | Refusal;
  /** Null where nothing was allocated; so are the two after it. */
  readonly risk: RiskOutput | Refusal | null;
  readonly permit: Permit | null;
  readonly plan: OrderPlan | null;
  readonly decisions: readonly DecisionRecord[];
}

/** Risk decisions behind which an order may follow; whatever else risk says sends nothing. */
export const mayBeFollowedByOrders = (decision: string): boolean => ['ALLOW', 'SCALE', 'RECOVERY', 'LIQUIDATE'].includes(decision);

export function decideCycle(inputs: CycleInputs): CycleDecision {
  const { context, symbols, market, portfolio, riskState, withdrawn } = inputs;
  const signals = stored(runSignals({ context, symbols, market, portfolio }));
  const allocation = stored(runAllocation({ context, signals, symbols, market, portfolio, riskOverride: null }));
  if (isRefusal(allocation)) return ended({ signals, allocation, risk: null }, allocation.reason);
  const risk = stored(runRisk({ context, allocation, symbols, portfolio, riskState, operatorOverride: null }));
  if (isRefusal(risk)) return ended({ signals, allocation, risk }, risk.reason);

  const { permit, plan } = mayBeFollowedByOrders(risk.assessment.decision) ? ordered(inputs, signals, risk) : nothingOrdered;
  const decisions = assembleDecisions({ context, signals, allocation, risk, plan, withdrawn, endedBy: null });
  return { signals, allocation, risk, permit, plan, decisions };

  function ended(until: Pick<CycleDecision, 'signals' | 'allocation' | 'risk'>, endedBy: string): CycleDecision {
    const found = { allocation: until.risk === null ? null : (until.allocation as AllocationOutput), risk: null, plan: null };
    return { ...until, ...nothingOrdered, decisions: assembleDecisions({ context, signals, ...found, withdrawn, endedBy }) };
  }
}

const nothingOrdered = { permit: null, plan: null } as const;

function ordered({ context, portfolio, controlEpoch, policySha256, quotes }: CycleInputs, signals: SignalsOutput, risk: RiskOutput) {
  const permit = stored(runPermit({ context, signals, risk, portfolio, controlEpoch, policySha256 }));
  const plan = quotes && stored(runOrderPlan({ context, signals, risk, portfolio, ...quotes }));
  return { permit, plan };
}

const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
