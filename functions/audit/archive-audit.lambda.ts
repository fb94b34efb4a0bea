/**
 * Reads the audit table's stream and writes every new record under Object Lock, one object per record batch, named by the
 * sequence numbers it holds. The chain's head item and changes to nothing else are passed over.
 * Idempotent per batch: delivered twice it has the same name and content, and the archive takes each name once. A batch that was cut in two
 * after a lost reply may leave a record in two objects, so a reader takes each sequence number once.
 */
import * as z from 'zod';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { auditArchive } from '../../shared/runtime/needs.ts';

const Text = z.object({ S: z.string() });
const ArchivedImage = z.object({
  pk: Text,
  sk: Text,
  cycleId: Text,
  sequence: z.object({ N: z.string() }),
  previousHash: Text,
  hash: Text,
  type: Text,
  record: Text,
});
const StreamEvent = z.object({
  Records: z.array(z.object({ eventName: z.string(), dynamodb: z.object({ NewImage: z.record(z.string(), z.unknown()).optional() }) })),
});

const archiveAudit = defineHandler({
  name: 'audit/archive-audit',
  needs: { auditArchive },
  input: StreamEvent,
  output: z.object({ archived: z.number().int() }),

  async run({ Records }, needs) {
    const lines = Records.flatMap(({ eventName, dynamodb: { NewImage } }) => {
      if (eventName !== 'INSERT' || !isRecord(NewImage)) return [];
      const image = ArchivedImage.parse(NewImage);
      return [
        {
          sequence: Number(image.sequence.N),
          cycleId: image.cycleId.S,
          previousHash: image.previousHash.S,
          hash: image.hash.S,
          type: image.type.S,
          record: image.record.S,
        },
      ];
    });
    if (lines.length === 0) return { archived: 0 };

    const [first, last] = [lines[0]!, lines.at(-1)!];
    const key = `records/${sequenceText(first.sequence)}-${sequenceText(last.sequence)}-${last.hash.slice(0, 16)}.ndjson`;
    await needs.auditArchive.putOnce(key, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    return { archived: lines.length };
  },
});

export const handler = onAws(archiveAudit);

const isRecord = (image: Record<string, unknown> | undefined): boolean =>
  image !== undefined && Text.safeParse(image.pk).data?.S.startsWith('cycle#') === true;

const sequenceText = (sequence: number): string => String(sequence).padStart(12, '0');
