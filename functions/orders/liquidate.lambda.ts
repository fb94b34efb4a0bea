/**
 * State "Liquidate" of the machine "stop": one pass of a liquidation. Learns what became of its orders, then sends what is still missing,
 * through the desk that every order goes through, under the signed permit.
 * Refuses nothing; what cannot be sold is told by symbol.
 * Idempotent: ids derive from the liquidation, symbol and revision, and an order that may be there is asked for before another is sent.
 */
import * as z from 'zod';
import { env, fundName } from '../../shared/contracts/names/index.ts';
import type { CycleId } from '../../shared/kernel/units.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { genuineTicket } from '../../shared/runtime/genuine-ticket.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { Liquidation } from '../../shared/runtime/liquidation.ts';
import { broker, documents, ledger, permitVerifier, value } from '../../shared/runtime/needs.ts';
import { OrderDesk } from '../../shared/runtime/order-desk.ts';

/** Below what brokers take, and one order of a symbol at a time. */
const limits = { openOrdersPerSymbolMax: 5, exposureUsdMax: 0, messagesPerMinuteMax: 150 };

const liquidate = defineHandler({
  name: 'orders/liquidate',
  needs: { broker, documents, ledger, permitVerifier, policyTable: value(env.table('policy')) },
  input: z.object({ liquidationId: z.string().startsWith('flatten-') }),
  output: z.object({ working: z.number().int(), stuck: z.array(z.string()) }),

  async run({ liquidationId }, { broker: connect, ledger: book, documents: lake, permitVerifier: verifier, policyTable, clock }) {
    const id = liquidationId as CycleId;
    const signed = await new CycleDocuments(lake, id).read('permit');
    const { lines, controlEpoch: epoch } = signed.permit;
    const ticket = await genuineTicket(signed, { issuedFor: id }, { permitVerifier: verifier, clock });

    const connected = await connect();
    const guard = { control: { table: policyTable, epoch, purpose: 'liquidate' as const }, lease: null, ...limits };
    const desk = new OrderDesk({ broker: connected, ledger: book, clock, ticket, guard });
    const report = await new Liquidation({ id, fund: fundName, lines, broker: connected, ledger: book, desk, clock }).advance();
    return { working: report.working, stuck: [...report.stuck] };
  },
});

export const handler = onAws(liquidate);
