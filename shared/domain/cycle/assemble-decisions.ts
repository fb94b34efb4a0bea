/**
 * The last step: one decision record for every symbol of the universe, whatever became of it.
 *
 * EXECUTE_BUY or EXECUTE_SELL when an order was sent; REJECT when something forbade the trade (governance, the Meta-Brain, risk, every
 * pre-trade check of its order, a stop or a limit when it was to be sent, or the cycle's early end); HOLD when nothing was to be done. Reasons begin with the one that decided.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import { type DecisionRecord, type FinalDecision, type Json, stopLossUsd } from '../audit/decision-record.ts';
import type { PlannedOrder } from '../execution/plan-orders.ts';
import type { RegimeReading } from '../regime/regime.ts';
import { bySymbol } from './portfolio-view.ts';
import type { AllocatedSymbol, CycleContext, DecisionsInput, SymbolSignal } from './step-types.ts';

export function assembleDecisions(input: DecisionsInput): DecisionRecord[] {
  const { context, signals, allocation, risk, plan } = input;
  const withdrawn = new Map(input.withdrawn.map(({ clientOrderId, reason }) => [clientOrderId, reason]));
  const allocated = new Map(allocation?.symbols.map((item) => [item.symbol, item]));
  const approved = new Map(risk?.approved.map((item) => [item.symbol, item]));
  const measured = new Map(risk?.assessment.perSymbol.map((item) => [item.symbol, item]));
  const refused = new Map(plan?.refused.map((item) => [item.symbol, item]));

  return bySymbol(signals.symbols).map((signal): DecisionRecord => {
    const { symbol, market } = signal;
    const target = allocated.get(symbol);
    const planned = plan?.orders.filter(({ intent }) => intent.symbol === symbol) ?? [];
    const orders = planned.filter(({ intent }) => !withdrawn.has(intent.clientOrderId));
    const refusal = refused.get(symbol);
    const heldBack = planned.flatMap(({ intent }) => withdrawn.get(intent.clientOrderId) ?? []);
    const { decision, reasons } = conclude(input, signal, target, orders, [...new Set([...heldBack, ...(refusal?.reasons ?? [])])]);
    const current = target?.currentWeight ?? 0;
    const size = orders.length > 0 ? (approved.get(symbol)?.weight ?? current) : current;
    return {
      cycle_id: context.cycleId,
      symbol,
      timestamp: new Date(context.scheduledAt).toISOString(),
      final_decision: decision,
      position_size: size,
      stop_loss: stopLoss(size, signal, target, context),
      reason_codes: reasons,
      mu_hat: target?.ensemble?.mu ?? null,
      sigma_hat: target?.ensemble?.sigma ?? market?.dailyVol ?? null,
      conviction: target?.ensemble?.conviction ?? null,
      data_quality_score: signal.dataQualityScore,
      provider_confidence: signal.providerConfidence,
      agent_results: signal.opinions,
      risk_checks: plain({
        decision: risk?.assessment.decision ?? null,
        scaleFrac: risk?.assessment.scaleFrac ?? null,
        reasons: risk?.assessment.reasons ?? [],
        symbol: measured.get(symbol) ?? null,
        preTrade: planned[0]?.checks ?? refusal?.checks ?? [],
      }),
      metadata: plain({
        policy: context.policy.schema,
        governance: signal.governance,
        rows: signal.rows,
        regime: isRefusal(signals.regime) ? { refused: signals.regime.reason } : regimeOf(signals.regime),
        market,
        factors: signal.factors,
        ensemble: target?.ensemble ?? null,
        crossSection: allocation?.market ?? null,
        allocation: target ? { ...target, ensemble: undefined } : null,
        exposureScaleFrac: allocation?.exposureScaleFrac ?? null,
        approvedWeight: approved.get(symbol)?.weight ?? null,
        orders: planned.map(({ intent }) => intent),
      }),
    };
  });
}

/** The overlay's stop where it watches the position, else a distance of average true ranges from the last close. */
function stopLoss(size: number, { market }: SymbolSignal, target: AllocatedSymbol | undefined, { policy }: CycleContext): number | null {
  if (size === 0 || market === null) return null;
  if (target?.stop && !target.stop.stopped) return Math.max(0, target.stop.stopUsd);
  return stopLossUsd(size, market.closeUsd, market.averageTrueRangeUsd, policy.execution.stopLossRangeMultiple);
}

const regimeOf = ({ name, exposureFrac }: RegimeReading) => ({ name, exposureFrac });

function conclude(
  { allocation, risk, endedBy }: DecisionsInput,
  signal: SymbolSignal,
  target: AllocatedSymbol | undefined,
  orders: readonly PlannedOrder[],
  refusals: readonly string[],
): { decision: FinalDecision; reasons: string[] } {
  if (orders.length > 0) {
    const decision = orders[0]!.intent.side === 'buy' ? 'EXECUTE_BUY' : 'EXECUTE_SELL';
    const why = target === undefined ? [] : whyTraded(target);
    return { decision, reasons: [...why, ...(risk?.assessment.reasons ?? []), ...refusals] };
  }
  if (signal.blockedBy.length > 0) return { decision: 'REJECT', reasons: [...signal.blockedBy] };
  if (allocation === null || target === undefined) return { decision: 'REJECT', reasons: [endedBy ?? 'not-allocated'] };
  const ensemble = target.ensemble;
  if (ensemble === null || ensemble.proposal === 'REJECT') {
    return { decision: 'REJECT', reasons: [...(ensemble?.reasonCodes ?? ['not-decided'])] };
  }
  const wanted = target.targetWeight !== target.currentWeight;
  if (wanted && risk === null) return { decision: 'REJECT', reasons: [endedBy ?? 'risk-not-assessed'] };
  const blockedByRisk = risk !== null && ['REJECT', 'FREEZE', 'LIQUIDATE'].includes(risk.assessment.decision);
  if (wanted && blockedByRisk)
    return { decision: 'REJECT', reasons: [`risk-${risk.assessment.decision.toLowerCase()}`, ...risk.assessment.reasons] };
  if (refusals.length > 0) return { decision: refusals.every(isTooSmall) ? 'HOLD' : 'REJECT', reasons: [...refusals] };
  if (wanted && endedBy !== null) return { decision: 'REJECT', reasons: [endedBy] };
  const stopped = target.refusals.map(({ reason }) => reason);
  return { decision: 'HOLD', reasons: [...stopped, ...ensemble.reasonCodes] };
}

/** A stop, a limit or the volatility target outranks the opinion, which may have been to hold. */
function whyTraded({ forced, stop, ensemble, refusals }: AllocatedSymbol): readonly string[] {
  if (forced) return [stop?.stopped ? 'volatility-stop' : 'limit-repair'];
  if (ensemble?.proposal === 'HOLD' || ensemble?.proposal === 'REJECT') return refusals.map(({ reason }) => reason);
  return ensemble?.reasonCodes ?? [];
}

const isTooSmall = (refusal: string): boolean => refusal === 'below-minimum-notional';

/** A plain JSON value: what is undefined is left out, what is not finite is null. */
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
