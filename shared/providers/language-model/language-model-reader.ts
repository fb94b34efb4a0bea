/**
 * A news reader on any service that speaks OpenAI's chat API, through the `ai` library.
 *
 * Headlines that are in the cache are not asked again; the others go in batches, a few at a time, at temperature 0. A request that fails
 * for a reason that may pass is repeated with growing waits, a bounded number of times; the service's own retries are off, so that the
 * bound is here. What fails is left without a reading, named. After `failedBatchesMax` batches in a row, or one refusal of the key, the
 * rest is not asked: a news service that is down must not hold up a cycle.
 *
 * Every answer's text is archived under its SHA-256 before a reading made from it is used, so that a decision can be traced to the words
 * it rests on, and replayed without the model, which at temperature 0 still does not promise the same answer twice.
 * The key is given to the library's Authorization header and to nothing else; an answer that repeats it is archived without it.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, NoObjectGeneratedError, Output } from 'ai';
import { refuse } from '../../kernel/refusal.ts';
import { withoutSecrets } from '../../kernel/secret-texts.ts';
import { type Failure, failureOf } from './failure.ts';
import type { ItemToRead, NewsReader, Reading, ReadingOutcome } from './news-reader.ts';
import { answerSchema, instructions, outcomesIn, promptVersion, question } from './prompt.ts';

export interface LanguageModelReaderOptions {
  /** Up to and without `/chat/completions`, e.g. `https://api.groq.com/openai/v1`. There is no default. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string;
  /** Whether the service enforces a JSON schema; one that does not is told the format in words alone. */
  readonly enforcesSchema: boolean;
  readonly cache: ReadingCache;
  /** Keeps the text of an answer for good; the same text may come twice. */
  readonly archive: (sha256: string, text: string) => Promise<void>;
  readonly limits?: Partial<ReaderLimits>;
  readonly wait?: (ms: number) => Promise<void>;
}

/** Keys are hashes: of the model, the version of the prompt, the symbol and the headline. */
export interface ReadingCache {
  get(key: string): Promise<Reading | null>;
  put(key: string, reading: Reading): Promise<void>;
}

export interface ReaderLimits {
  readonly headlinesPerRequest: number;
  readonly requestsAtOnce: number;
  readonly attemptsMax: number;
  readonly timeoutMs: number;
  readonly firstWaitMs: number;
  /** Of what a service may ask for by Retry-After. */
  readonly waitMsMax: number;
  readonly failedBatchesMax: number;
  readonly headlineCharactersMax: number;
}

export const defaultReaderLimits: ReaderLimits = {
  headlinesPerRequest: 20,
  requestsAtOnce: 4,
  attemptsMax: 3,
  timeoutMs: 30_000,
  firstWaitMs: 1_000,
  waitMsMax: 20_000,
  failedBatchesMax: 3,
  headlineCharactersMax: 500,
};

interface Pending extends ItemToRead {
  readonly key: string;
}

export function createLanguageModelReader(options: LanguageModelReaderOptions): NewsReader {
  const limits: ReaderLimits = { ...defaultReaderLimits, ...options.limits };
  return {
    async read(items) {
      const keys = items.map(({ symbol, headline }) => readingKey(options.model, symbol, headline));
      const unique = new Map(items.map((item, at) => [keys[at]!, item]));
      const kept = new Map(await Promise.all([...unique.keys()].map(async (key) => [key, await options.cache.get(key)] as const)));
      const found = new Map<string, ReadingOutcome>();
      const asked: Pending[] = [];
      for (const [key, { symbol, headline }] of unique) {
        const known = kept.get(key) ?? null;
        if (known !== null) found.set(key, { kind: 'reading', reading: known });
        else if (headline.length > limits.headlineCharactersMax)
          found.set(key, refuse('headline-too-long', { characters: headline.length }));
        else asked.push({ symbol, headline, key });
      }
      await askAll(asked, found, options, limits);
      return keys.map((key) => found.get(key)!);
    },
  };
}

export const readingKey = (model: string, symbol: string, headline: string): string =>
  sha256(JSON.stringify([model, promptVersion, symbol, headline]));

/** Workers that each take the next batch until none is left, or the service has shown that it is of no use now. */
async function askAll(
  asked: readonly Pending[],
  found: Map<string, ReadingOutcome>,
  options: LanguageModelReaderOptions,
  limits: ReaderLimits,
): Promise<void> {
  const size = limits.headlinesPerRequest;
  const batches = Array.from({ length: Math.ceil(asked.length / size) }, (_, at) => asked.slice(at * size, (at + 1) * size));
  let next = 0;
  let failedInARow = 0;
  let given: Failure | null = null;
  const work = async (): Promise<void> => {
    while (next < batches.length) {
      const batch = batches[next++]!;
      const answer: string | Failure = given ?? (await ask(batch, options, limits));
      if (typeof answer === 'string') {
        failedInARow = 0;
        await keep(batch, answer, found, options);
        continue;
      }
      failedInARow += 1;
      if (answer.reason === 'not-authorised' || failedInARow >= limits.failedBatchesMax) given = answer;
      for (const { key } of batch) found.set(key, refuse(answer.reason, answer.details));
    }
  };
  await Promise.all(Array.from({ length: limits.requestsAtOnce }, work));
}

/** The text of the model's answer, or why there is none. */
async function ask(batch: readonly ItemToRead[], options: LanguageModelReaderOptions, limits: ReaderLimits): Promise<string | Failure> {
  const { baseUrl, model, apiKey, enforcesSchema, wait = sleep } = options;
  const service = createOpenAICompatible({ name: 'news-reader', baseURL: baseUrl, apiKey, supportsStructuredOutputs: enforcesSchema });
  for (let attempt = 1; ; attempt++) {
    try {
      const { text } = await generateText({
        model: service(model),
        instructions,
        prompt: question(batch),
        temperature: 0,
        maxRetries: 0,
        abortSignal: AbortSignal.timeout(limits.timeoutMs),
        ...(enforcesSchema && { output: Output.object({ schema: answerSchema }) }),
      });
      return withoutSecrets(text, [apiKey]);
    } catch (error) {
      // The answer is there but does not keep to the schema: which entries are of use is for us to say.
      if (NoObjectGeneratedError.isInstance(error)) return withoutSecrets(error.text ?? '', [apiKey]);
      const failure = failureOf(error);
      if (!failure.mayPass || attempt >= limits.attemptsMax) return failure;
      await wait(Math.min(limits.waitMsMax, failure.retryAfterMs ?? limits.firstWaitMs * 2 ** (attempt - 1)));
    }
  }
}

async function keep(
  batch: readonly Pending[],
  answer: string,
  found: Map<string, ReadingOutcome>,
  { model, archive, cache }: LanguageModelReaderOptions,
): Promise<void> {
  const answerSha256 = sha256(answer);
  await archive(answerSha256, answer);
  const outcomes = outcomesIn(answer, batch.length, { model, answerSha256 });
  for (const [at, { key }] of batch.entries()) {
    const outcome = outcomes[at]!;
    found.set(key, outcome);
    if (outcome.kind === 'reading') await cache.put(key, outcome.reading);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
