/**
 * The one function whose role may write the audit table. Everyone else appends by calling it, so that no function that trades could change,
 * hide or forge what it did.
 */
import { Construct } from 'constructs';
import { PlatformFunction } from '../platform-function.ts';
import type { AuditParts } from './audit-archive.ts';

export class AuditWriter extends Construct {
  readonly writer: PlatformFunction;

  constructor(scope: Construct, id: string, { stage, data, events }: AuditParts) {
    super(scope, id);
    const common = { stage, dataKey: data.key, deadLetters: events.deadLetters };
    this.writer = new PlatformFunction(this, 'WriteAudit', 'audit/write-audit', common).appends(data.audit);
  }
}
