/**
 * The audit trail as everyone but its one writer sees it: a call of the function that may write the table, waited for. A part that does not fit
 * one call goes in stretches, each of which may be sent again.
 *
 * Lambda takes 6 MB in a synchronous call (AWS Lambda Developer Guide, "Lambda quotas"); a stretch is cut well below, since the text of a
 * record may need escapes on its way.
 */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { AppendReply, type AppendRequest, type AuditEntry, type AuditPart } from '../contracts/audit.ts';
import type { ChainHead } from '../domain/audit/hash-chain.ts';
import { ContractViolation, InvariantViolation, invariant, TransientFailure } from '../kernel/errors.ts';
import { tryParseJson } from '../kernel/json.ts';
import type { AuditTrail } from './audit-trail.ts';
import { awsCall } from './aws-errors.ts';

const BYTES_PER_CALL_MAX = 5_000_000;

const Failure = z.object({ errorType: z.string().default('Error'), errorMessage: z.string().default('') });

export class RemoteAuditTrail implements AuditTrail {
  readonly #lambda: LambdaClient;
  readonly #writer: string;

  constructor(lambda: LambdaClient, writerName: string) {
    this.#lambda = lambda;
    this.#writer = writerName;
  }

  /** @throws InvariantViolation in the writer's words; TransientFailure where it could not be reached, or ran out of time. */
  async append(trailId: string, part: AuditPart, entries: readonly AuditEntry[]): Promise<ChainHead> {
    invariant(entries.length > 0, 'a part of the audit trail holds at least one record', { trailId });
    let head: ChainHead | undefined;
    for (const { from, stretch } of stretches(entries)) {
      head = await this.#write({ trailId, part, from, total: entries.length, entries: stretch });
    }
    return head!;
  }

  async #write(request: AppendRequest): Promise<ChainHead> {
    const command = new InvokeCommand({ FunctionName: this.#writer, Payload: Buffer.from(JSON.stringify(request)) });
    const { FunctionError, Payload } = await awsCall('Calling the audit writer', () => this.#lambda.send(command));
    const answer = tryParseJson(Buffer.from(Payload ?? []).toString('utf8'));
    if (FunctionError !== undefined) throw failureOf(answer);
    const head = AppendReply.safeParse(answer);
    if (!head.success) throw new ContractViolation('the audit writer answers with the head of the chain', { trailId: request.trailId });
    return head.data;
  }
}

/** What the writer died of, under the name that the state machines know; any other name is passed on as it is. */
function failureOf(answer: unknown): Error {
  const { errorType, errorMessage } = Failure.catch({ errorType: 'Error', errorMessage: 'no reason given' }).parse(answer);
  const message = `The audit writer: ${errorMessage}`;
  if (errorType === 'InvariantViolation') return new InvariantViolation(errorMessage);
  if (errorType === 'ContractViolation') return new ContractViolation(message);
  // It ran out of time or memory, or its process died: it may have written, and the same call finds out.
  if (errorType === 'TransientFailure' || /^(Sandbox|Runtime)\./.test(errorType)) return new TransientFailure(message);
  return Object.assign(new Error(message), { name: errorType });
}

/** In order, each as long as one call takes; an entry that is too large alone goes alone, for the writer to refuse. */
function* stretches(entries: readonly AuditEntry[]): Generator<{ readonly from: number; readonly stretch: readonly AuditEntry[] }> {
  let from = 0;
  let bytes = 0;
  for (const [index, entry] of entries.entries()) {
    const own = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (index > from && bytes + own > BYTES_PER_CALL_MAX) {
      yield { from, stretch: entries.slice(from, index) };
      [from, bytes] = [index, 0];
    }
    bytes += own;
  }
  yield { from, stretch: entries.slice(from) };
}
