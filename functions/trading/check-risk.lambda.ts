/**
 * State "Check Risk": holds the proposed book against every limit and carries the breakers forward.
 * A breach is an outcome (SCALE, REJECT, FREEZE, LIQUIDATE), never an error; the machine routes it.
 * Where orders may follow, it signs the permit without which no broker adapter takes one; only this function's role may sign.
 * Idempotent: the assessment is written once under the cycle id; a second delivery reads it back, and the risk memory moves
 * once per cycle.
 */
import * as z from 'zod';
import { type PermitSigner, signPermit } from '../../shared/brokers/risk-ticket.ts';
import { type CycleState, PhaseInput } from '../../shared/contracts/cycle.ts';
import { mayBeFollowedByOrders } from '../../shared/domain/cycle/decide-cycle.ts';
import { runPermit } from '../../shared/domain/cycle/run-permit.ts';
import { runRisk } from '../../shared/domain/cycle/run-risk.ts';
import type { PortfolioInput, RiskOutput } from '../../shared/domain/cycle/step-types.ts';
import { initialRiskState } from '../../shared/domain/risk/risk-state.ts';
import { TransientFailure } from '../../shared/kernel/errors.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { events, lake, permitSigner, riskState } from '../../shared/runtime/needs.ts';

const checkRisk = defineHandler({
  name: 'trading/check-risk',
  needs: { lake, riskState, events, permitSigner },
  input: PhaseInput,
  output: z.object({
    decision: z.enum(['ALLOW', 'SCALE', 'REJECT', 'FREEZE', 'LIQUIDATE', 'RECOVERY']),
    breaches: z.number().int(),
    haltRequired: z.boolean(),
    haltReason: z.string(),
  }),

  async run({ cycle, snapshotKey }, needs) {
    const documents = new CycleDocuments(needs.lake, cycle.cycleId);
    const before = await needs.riskState.read();
    const portfolio = await documents.read('portfolio');
    let risk = await documents.find('risk');
    if (!risk) {
      const [context, symbols, allocation] = await Promise.all([
        documents.context(cycle),
        documents.symbols(needs.lake, snapshotKey),
        documents.read('allocation'),
      ]);
      const riskState = before.memory?.state ?? initialRiskState;
      const assessed = runRisk({ context, symbols, allocation, portfolio, riskState, operatorOverride: null });
      if (isRefusal(assessed)) return assessed;
      await documents.write('remembered', riskState);
      await documents.write('risk', assessed);
      risk = assessed;
    }
    if (before.writtenBy !== cycle.cycleId) {
      const memory = { state: risk.nextRiskState, allTimeHighUsd: portfolio.peakEquityUsd };
      if (!(await needs.riskState.write(memory, cycle.cycleId, before)))
        throw new TransientFailure('The risk memory moved while this cycle was assessed');
    }
    const { decision, breaches } = risk.assessment;
    if (mayBeFollowedByOrders(decision)) await signedPermit(documents, cycle, risk, portfolio, needs.permitSigner);
    // A book that only shrinks is allowed though a limit is broken; people are told of the breach all the same.
    if (decision !== 'ALLOW' || breaches.length > 0) await announce(needs.events, cycle, risk);
    const halt = risk.effects.find((effect) => effect.kind === 'halt');
    return {
      decision,
      breaches: breaches.length,
      haltRequired: halt !== undefined,
      haltReason: halt ? `${halt.reason} ${JSON.stringify(halt.details)}` : '',
    };
  },
});

export const handler = onAws(checkRisk);

/** A signature never comes out the same twice, so the first one stands. */
async function signedPermit(
  documents: CycleDocuments,
  cycle: CycleState,
  risk: RiskOutput,
  portfolio: PortfolioInput,
  signer: PermitSigner,
): Promise<void> {
  if ((await documents.find('permit')) !== undefined) return;
  const [context, signals] = await Promise.all([documents.context(cycle), documents.read('signals')]);
  const { controlEpoch, policySha256 } = cycle;
  const permit = runPermit({ context, signals, risk, portfolio, controlEpoch, policySha256 });
  await documents.settle('permit', await signPermit(permit, signer));
}

async function announce(
  bus: ReturnType<typeof events>,
  cycle: { cycleId: string; scheduledAt: string },
  { assessment }: RiskOutput,
): Promise<void> {
  const breaches = [...assessment.reasons];
  const summary = `Risk says ${assessment.decision} in ${cycle.cycleId}: ${breaches.join(', ') || 'no breach'}.`;
  const detail = {
    eventId: `${cycle.cycleId}/risk`,
    at: cycle.scheduledAt,
    summary,
    cycleId: cycle.cycleId,
    decision: assessment.decision,
    breaches,
  };
  await bus.publish([{ type: 'RiskBreached', detail }]);
}
