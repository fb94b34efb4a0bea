/**
 * Called by the audit table's stream: writes every new record under Object Lock, one object per record batch, named by the
 * sequence numbers it holds, and sends it to the table that auditors query. The chain's head item and changes to nothing else are passed over. Refuses nothing: a record is archived as it
 * was stored, and whoever verifies says whether it is right.
 * Idempotent per batch: delivered twice it has the same name and content, and the archive takes each name once. A batch that was cut in two
 * after a lost reply may leave a record in two objects, and the stream that feeds the auditors' table takes each record again: a reader takes
 * each sequence number once.
 */
import * as z from 'zod';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { auditArchive, auditStream } from '../../shared/runtime/needs.ts';
import { fromItem, isRecordItem, sequenceText, toLine } from '../../shared/stores/audit-items.ts';
import { fromStreamImage } from '../../shared/stores/table.ts';

const StreamEvent = z.object({
  Records: z.array(z.object({ eventName: z.string(), dynamodb: z.object({ NewImage: z.record(z.string(), z.unknown()).optional() }) })),
});

const archiveAudit = defineHandler({
  name: 'audit/archive-audit',
  needs: { auditArchive, auditStream },
  input: StreamEvent,
  output: z.object({ archived: z.number().int() }),

  async run({ Records }, needs) {
    const records = Records.flatMap(({ eventName, dynamodb: { NewImage } }) => {
      const item = eventName === 'INSERT' && NewImage !== undefined ? fromStreamImage(NewImage) : {};
      return isRecordItem(item) ? [fromItem(item)] : [];
    });
    if (records.length === 0) return { archived: 0 };

    const [first, last] = [records[0]!, records.at(-1)!];
    const key = `records/${sequenceText(first.sequence)}-${sequenceText(last.sequence)}-${last.hash.slice(0, 16)}.ndjson`;
    const lines = records.map(toLine);
    await needs.auditArchive.putOnce(key, `${lines.join('\n')}\n`);
    await needs.auditStream.put(lines);
    return { archived: records.length };
  },
});

export const handler = onAws(archiveAudit);
