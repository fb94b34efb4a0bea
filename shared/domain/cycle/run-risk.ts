/**
 * Phase 4: the proposed book against every limit, and the weights that orders may aim for.
 * ALLOW passes the targets, SCALE and RECOVERY a fraction of them, REJECT and FREEZE leave what is held, LIQUIDATE aims for nothing.
 * A symbol that may not trade keeps what is held of it, but for LIQUIDATE.
 */
import { isRefusal, type Refusal } from '../../kernel/refusal.ts';
import { assessRisk, type RiskAssessment } from '../risk/assess-risk.ts';
import { returnPanel } from '../risk/return-panel.ts';
import type { AllocatedSymbol, RiskInput, RiskOutput } from './step-types.ts';

export function runRisk({ context, allocation, symbols, portfolio, riskState, operatorOverride }: RiskInput): RiskOutput | Refusal {
  const { policy, asOf } = context;
  const inputs = new Map(symbols.map((input) => [input.symbol, input]));
  const bars = allocation.symbols.flatMap(({ symbol, ensemble }) => {
    const found = ensemble === null ? null : inputs.get(symbol)?.bars;
    return found ? [found] : [];
  });
  const assessment = assessRisk({
    day: asOf,
    positions: allocation.symbols,
    panel: returnPanel(bars, asOf, policy.risk.returnSessions, policy.risk.returnSessionsMin),
    equityUsd: portfolio.equityUsd,
    allTimeHighUsd: Math.max(portfolio.peakEquityUsd, portfolio.initialEquityUsd),
    state: riskState,
    operatorOverride,
    policy,
    sessionsPerYear: policy.signals.sessionsPerYear,
  });
  if (isRefusal(assessment)) return assessment;
  return {
    kind: 'assessed',
    assessment,
    approved: allocation.symbols.map((symbol) => approve(symbol, assessment)),
    nextRiskState: assessment.nextState,
    effects: assessment.effects,
  };
}

function approve(
  { symbol, ensemble, currentWeight, targetWeight }: AllocatedSymbol,
  { decision, scaleFrac }: RiskAssessment,
): RiskOutput['approved'][number] {
  if (decision === 'LIQUIDATE') return { symbol, weight: 0 };
  if (decision === 'REJECT' || decision === 'FREEZE' || ensemble === null) return { symbol, weight: currentWeight };
  return { symbol, weight: targetWeight * scaleFrac || 0 };
}
