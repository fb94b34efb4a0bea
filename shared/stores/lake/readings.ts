/**
 * What language models made of headlines, as it lies in the lake: one object for each headline, model and prompt, and every answer word for
 * word under the SHA-256 of its bytes. The first reading of a headline is the one that stays: asked again, a model may say something else.
 */
import * as z from 'zod';
import type { Headline } from '../../domain/market/facts.ts';
import { isRefusal } from '../../kernel/refusal.ts';
import { LakeDocuments } from './documents.ts';
import { lakeKeys } from './keys.ts';

export type StoredReading = NonNullable<Headline['reading']>;

const StoredReadingShape = /* @__PURE__ */ z.object({
  tone: /* @__PURE__ */ z.number(),
  confidence: /* @__PURE__ */ z.number(),
  model: /* @__PURE__ */ z.string(),
  answerSha256: /* @__PURE__ */ z.string(),
});

/** The readings of one model under one prompt, by key. */
export interface ReadingShelf {
  get(key: string): Promise<StoredReading | null>;
  put(key: string, reading: StoredReading): Promise<void>;
}

export class LakeReadings extends LakeDocuments {
  shelf(model: string, promptVersion: string): ReadingShelf {
    const keyOf = (key: string): string => lakeKeys.reading(model, promptVersion, key);
    return {
      get: async (key) => {
        const stored = await this.getJson(keyOf(key), StoredReadingShape);
        return isRefusal(stored) ? null : stored;
      },
      put: async (key, reading) => {
        await this.putJsonIfAbsent(keyOf(key), reading);
      },
    };
  }

  /** `sha256` is that of the text's UTF-8 bytes, so a text that is there already is the same text. */
  async archiveAnswer(sha256: string, text: string): Promise<void> {
    await this.objects.putIfAbsent(lakeKeys.readingAnswer(sha256), Buffer.from(text), 'text/plain; charset=utf-8');
  }
}
