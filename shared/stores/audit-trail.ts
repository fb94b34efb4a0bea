/** Where whoever must leave a record leaves it. */
import type { AuditEntry, AuditPart } from '../contracts/audit.ts';
import type { ChainHead } from '../domain/audit/hash-chain.ts';

export interface AuditTrail {
  /** `trailId`: what the records are about: a cycle, a liquidation, a version of the policy. The same entries again change nothing. */
  append(trailId: string, part: AuditPart, entries: readonly AuditEntry[]): Promise<ChainHead>;
}
