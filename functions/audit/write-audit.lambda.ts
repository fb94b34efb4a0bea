/**
 * Called by whoever must leave an audit record, and waited for: the only function whose role may write the audit table.
 * Refuses, as a ContractViolation, what is no audit record: a decision without its fifteen fields, an order without its own; and, as an
 * InvariantViolation, other records for what is already written.
 * Idempotent: an append that comes again finds its records, and gives the same head.
 */
import { AppendReply, AppendRequest } from '../../shared/contracts/audit.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { audit } from '../../shared/runtime/needs.ts';

const writeAudit = defineHandler({
  name: 'audit/write-audit',
  needs: { audit },
  input: AppendRequest,
  output: AppendReply,

  async run(request, needs) {
    return needs.audit.append(request, needs.clock.now());
  },
});

export const handler = onAws(writeAudit);
