/**
 * One request to Alpaca and what can come of it. Every call goes through here: the budget is asked first, refused keys are read anew
 * and the same request made once more (a refusal of keys proves that nothing was accepted, so that holds for orders too), and what
 * Alpaca answered is JSON as sent or one of two errors: Alpaca's own (ApiError) or Throttled. All else is the network's.
 */
import { errors } from '@alpacahq/alpaca-trade-api/rest';
import type * as z from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { ContractViolation, TransientFailure } from '../../kernel/errors.ts';
import { isRefusal, refuse } from '../../kernel/refusal.ts';
import type { NotAuthorised, NotFound } from '../broker.ts';
import { type ErrorMeaning, meaningOf } from './error-meaning.ts';
import type { KeyRing } from './keys.ts';
import { type Purpose, type RequestBudget, retryAfterMs } from './request-budget.ts';

export type ApiError = InstanceType<typeof errors.ApiError>;

/** Turned away unread: by Alpaca, or before it was sent. */
export class Throttled extends Error {
  override readonly name = 'Throttled';
  readonly retryAfterMs: number | undefined;

  constructor(waitMs: number | undefined, options?: ErrorOptions) {
    super('the request budget of the minute is spent', options);
    this.retryAfterMs = waitMs;
  }
}

export class AlpacaCalls {
  readonly #keys: KeyRing;
  readonly #budget: RequestBudget;
  readonly #clock: Clock;

  constructor({ keys, budget, clock }: { readonly keys: KeyRing; readonly budget: RequestBudget; readonly clock: Clock }) {
    this.#keys = keys;
    this.#budget = budget;
    this.#clock = clock;
  }

  /** @throws ApiError, Throttled, or what the network threw. */
  async ask<Answer>(purpose: Purpose, call: () => Promise<Answer>): Promise<Answer> {
    const used = this.#keys.current();
    try {
      return await this.#once(purpose, call);
    } catch (error) {
      if (!refusesKeys(error) || !(await this.#keys.renewed(used))) throw error;
      return await this.#once(purpose, call);
    }
  }

  /**
   * A reading, by its schema. @throws TransientFailure for what may pass, ContractViolation for an answer that is not what Alpaca
   * documents, or a request that Alpaca does not understand.
   */
  async read<Schema extends z.ZodType>(
    what: string,
    schema: Schema,
    call: () => Promise<{ readonly raw: Response }>,
  ): Promise<z.output<Schema> | NotFound | NotAuthorised> {
    try {
      const answer: unknown = await this.ask('any', async () => await (await call()).raw.json());
      const parsed = schema.safeParse(answer);
      if (parsed.success) return parsed.data;
      throw new ContractViolation(`Alpaca's answer to "${what}" is what its API documents`, { issues: parsed.error.message });
    } catch (error) {
      return refusalOrThrow(what, error);
    }
  }

  /** Of a resource that always exists: a 404 then means a wrong base URL. */
  async readPresent<Schema extends z.ZodType>(
    what: string,
    schema: Schema,
    call: () => Promise<{ readonly raw: Response }>,
  ): Promise<z.output<Schema> | NotAuthorised> {
    const answer = await this.read(what, schema, call);
    if (isRefusal(answer) && answer.reason === 'not-found')
      throw new ContractViolation('the base URL leads to the trading API', answer.details);
    return answer;
  }

  async #once<Answer>(purpose: Purpose, call: () => Promise<Answer>): Promise<Answer> {
    const waitMs = this.#budget.waitMs(purpose);
    if (waitMs !== undefined) throw new Throttled(waitMs);
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof errors.ApiError) || meaningOfError(error) !== 'throttled') throw error;
      throw new Throttled(retryAfterMs(error.response.headers, this.#clock.now()), { cause: error });
    }
  }
}

/** For calls that have no outcome of their own for it. @throws TransientFailure for what may pass, ContractViolation for the rest. */
export function refusalOrThrow(what: string, error: unknown): NotFound | NotAuthorised {
  if (error instanceof ContractViolation) throw error;
  if (error instanceof Throttled) {
    throw new TransientFailure(`Alpaca throttled "${what}"`, { what, retryAfterMs: error.retryAfterMs }, { cause: error });
  }
  if (!(error instanceof errors.ApiError)) throw new TransientFailure(`Alpaca did not answer "${what}"`, {}, { cause: error });
  const details = { what, status: error.status, code: error.code, message: error.message };
  switch (meaningOfError(error)) {
    case 'not-authorised':
      return notAuthorised(error);
    case 'not-found':
      return refuse('not-found', details);
    case 'failed':
      throw new TransientFailure(`Alpaca failed at "${what}"`, details, { cause: error });
    default:
      throw new ContractViolation(`Alpaca refused "${what}": ${error.message}`, details, { cause: error });
  }
}

export const meaningOfError = ({ status, code, message }: ApiError): ErrorMeaning =>
  meaningOf({ status, code: code === undefined ? undefined : String(code), message });

export const notAuthorised = (error: ApiError): NotAuthorised =>
  refuse('not-authorised', { status: error.status, code: error.code, message: error.message });

/** The network's error, by the name of what lay under it. */
export const causeText = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
};

/** Of the keys themselves, not of what they are entitled to. */
const refusesKeys = (error: unknown): boolean =>
  error instanceof errors.ApiError && meaningOfError(error) === 'not-authorised' && (error.status === 401 || error.code === undefined);
