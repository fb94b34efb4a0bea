/**
 * From the news model's secret to a reader that keeps what it has read in the lake. The secret's text is parsed, used and dropped; it is
 * never logged. A fund is born with a secret that leads nowhere, so one that says nothing of use is a refusal, and a cycle goes on without.
 */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { tryParseJson } from '../kernel/json.ts';
import { type Refusal, refuse } from '../kernel/refusal.ts';
import {
  createLanguageModelReader,
  type ItemToRead,
  type NewsReader,
  promptVersion,
  type Reading,
  readingKey,
} from '../providers/language-model/index.ts';
import { awsCall } from '../stores/aws-errors.ts';
import type { LakeReadings } from '../stores/lake/readings.ts';

const NewsModelSecret = /* @__PURE__ */ z.object({
  baseUrl: /* @__PURE__ */ z.string().refine(keepsTheKey),
  model: /* @__PURE__ */ z.string().min(1),
  /** What a header takes; the error about any other would repeat it. */
  apiKey: /* @__PURE__ */ z.string().regex(/^[\x21-\x7e]+$/),
  enforcesSchema: /* @__PURE__ */ z.boolean(),
});

/** A language model that can be asked, and what it has been asked before. */
export interface NewsModel extends NewsReader {
  readonly model: string;
  readonly promptVersion: string;
  /** The reading on file; null when there is none. */
  known(item: ItemToRead): Promise<Reading | null>;
}

/**
 * A cycle has a quarter of an hour until the close. A request has 20 seconds, is repeated once and waits at most 5 seconds for that, so
 * that a service which does not answer is given up on within three quarters of a minute.
 */
const limits = { timeoutMs: 20_000, attemptsMax: 2, waitMsMax: 5_000 } as const;

export async function connectNewsReader(
  secrets: SecretsManagerClient,
  secretId: string,
  lake: LakeReadings,
): Promise<NewsModel | Refusal<'model-not-set-up'>> {
  const reply = await awsCall("Reading the news model's secret", () => secrets.send(new GetSecretValueCommand({ SecretId: secretId })));
  const parsed = NewsModelSecret.safeParse(tryParseJson(reply.SecretString ?? ''));
  if (!parsed.success) return refuse('model-not-set-up', { wants: '{"baseUrl", "model", "apiKey", "enforcesSchema"}' });
  const { model } = parsed.data;
  const shelf = lake.shelf(model, promptVersion);
  const archive = (sha256: string, text: string): Promise<void> => lake.archiveAnswer(sha256, text);
  const { read } = createLanguageModelReader({ ...parsed.data, cache: shelf, archive, limits });
  return { model, promptVersion, read, known: ({ symbol, headline }) => shelf.get(readingKey(model, symbol, headline)) };
}

/** A key travels in a header, in the clear without TLS. */
function keepsTheKey(url: string): boolean {
  const address = URL.parse(url);
  return address !== null && (address.protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(address.hostname));
}
