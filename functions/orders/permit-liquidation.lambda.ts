/**
 * State "Permit Liquidation" of the machine "stop": signs what closes the holdings of a halted scope, and nothing else. It cannot send: its
 * role may sign and has no key of the broker; the step that sends cannot sign.
 * Refuses when the halt was lifted or changed since, when the exchange is closed, when nothing is held, and for a scope that the ledger does
 * not hold apart.
 * Idempotent: the permit is written once under the id of the liquidation; a second delivery finds it.
 */
import * as z from 'zod';
import { signPermit } from '../../shared/brokers/risk-ticket.ts';
import { StopScopeShape } from '../../shared/contracts/control.ts';
import { sessionState } from '../../shared/domain/market/calendar.ts';
import { isRefusal, refuse } from '../../shared/kernel/refusal.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { liquidationId, liquidationPermit } from '../../shared/runtime/liquidation.ts';
import { control, documents, ledger, permitSigner } from '../../shared/runtime/needs.ts';

const permitLiquidation = defineHandler({
  name: 'orders/permit-liquidation',
  needs: { control, documents, ledger, permitSigner },
  input: z.object({ scope: StopScopeShape, epoch: z.number().int().positive() }),
  output: z.object({ kind: z.literal('permitted'), liquidationId: z.string(), symbols: z.number().int() }),

  async run({ scope, epoch }, needs) {
    if (scope.kind === 'strategy' || scope.kind === 'broker') return refuse('not-held-apart', { scope });
    const id = liquidationId(scope, epoch);
    const fund = await needs.control.read();
    if (isRefusal(fund)) return fund;
    const halted = scope.kind === 'fund' ? fund : await needs.control.readStop(scope);
    if (halted?.state !== 'HALTED' || halted.epoch !== epoch)
      return refuse('halt-lifted', { liquidationId: id, state: halted?.state ?? 'RUNNING' });
    const market = sessionState(needs.clock.now());
    if (market.kind === 'closed') return refuse('market-closed', { liquidationId: id, why: market.why });

    const positions = await needs.ledger.positions();
    const permit = liquidationPermit({ id, scope, controlEpoch: fund.epoch, positions, validUntil: market.closesAt });
    if (permit.lines.length === 0) return refuse('nothing-held', { liquidationId: id });
    const stands = await new CycleDocuments(needs.documents, id).settle('permit', await signPermit(permit, needs.permitSigner));
    return { kind: 'permitted' as const, liquidationId: id, symbols: stands.permit.lines.length };
  },
});

export const handler = onAws(permitLiquidation);
