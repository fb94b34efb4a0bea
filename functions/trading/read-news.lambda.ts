/**
 * State "Read News": has a language model read the headlines of this cycle that no cycle has read before, and writes down what each was
 * read as. Only where the policy asks for it; a function of its own, so that the model's key and library touch no other.
 * A model that is not set up, down, slow or talking nonsense is no failure: its headlines stay unread, and the state says how many.
 * Idempotent: a model may answer otherwise tomorrow, so the document that was written first is the one that stands.
 */
import * as z from 'zod';
import { CycleState } from '../../shared/contracts/cycle.ts';
import { CycleDocuments } from '../../shared/runtime/cycle-documents.ts';
import { defineHandler, onAws } from '../../shared/runtime/handler.ts';
import { documents, newsModel } from '../../shared/runtime/needs.ts';
import { headlinesToRead, type NewsReadings, readHeadlines } from '../../shared/runtime/read-headlines.ts';

const readNews = defineHandler({
  name: 'trading/read-news',
  needs: { documents, newsModel },
  input: z.object({ cycle: CycleState }),
  output: z.object({
    headlines: z.number().int(),
    /** Of those read: in this cycle; the others were on file. */
    readNow: z.number().int(),
    unread: z.number().int(),
    /** How many are unread, by reason. */
    unreadFor: z.record(z.string(), z.number().int()),
  }),

  async run({ cycle }, needs) {
    const ofCycle = new CycleDocuments(needs.documents, cycle.cycleId);
    const [context, facts, standing] = await Promise.all([ofCycle.context(cycle), ofCycle.read('facts'), ofCycle.find('readings')]);
    const readings =
      standing ??
      (await ofCycle.settle('readings', await readHeadlines(headlinesToRead(facts, context), await needs.newsModel(), needs.clock)));

    const { read, unread, readNow } = readings;
    const headlines = read.length + unread.length;
    const summary = { headlines, readNow, unread: unread.length, unreadFor: unreadFor(readings) };
    if (unread.length * 2 > headlines) needs.log.warn('most-news-unread', summary);
    return summary;
  },
});

export const handler = onAws(readNews);

function unreadFor({ unread }: NewsReadings): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of unread) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
