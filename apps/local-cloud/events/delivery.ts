/**
 * Delivering to a target until it takes the message, its retries are used up, or it is too old; then to the
 * dead-letter queue, or to nobody with a line for the operator. Errors that retrying cannot mend (no permission, no
 * such resource, any other refusal of the request itself) end at once, as the EventBridge user guide says
 * ("Event retry policy and using dead-letter queues").
 *
 * AWS publishes no exact back-off: here it doubles from one second to ten minutes, half of it jitter.
 */
import { AwsError, type Caller, type CloudHost } from '../service.ts';
import { queueUrlFromArn } from '../sqs/queue-address.ts';

export interface RetryPolicy {
  readonly attemptsMax: number;
  readonly ageMsMax: number;
}

/** What AWS applies where a target names nothing: 185 retries within 24 hours. */
export const defaultRetryPolicy: RetryPolicy = { attemptsMax: 185, ageMsMax: 24 * 3_600_000 };

export type ExhaustedCondition = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

export interface DeliveryFailure {
  /** The ERROR_CODE that EventBridge writes on a dead letter. */
  readonly code: string;
  /** The code the target answered with. */
  readonly targetCode: string;
  readonly message: string;
  readonly retries: number;
  /** Absent when the error was not worth a retry. */
  readonly exhausted?: ExhaustedCondition;
}

export interface Delivery {
  /** For the operator's line: who delivers what to whom. */
  readonly service: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly retry: RetryPolicy;
  /** `attempt` counts from 1. */
  attempt(attempt: number): Promise<unknown>;
  readonly deadLetter?: {
    readonly queueArn: string;
    readonly caller: Caller;
    readonly body: string;
    attributesOf(failure: DeliveryFailure): Readonly<Record<string, string>>;
  };
  /** Milliseconds before retry number `retry` (from 1); for services with a schedule of their own. */
  backoffMs?(retry: number): number;
}

/** Ends without throwing: whatever happens is delivered, dead-lettered or observed. */
export async function deliver(host: CloudHost, delivery: Delivery, closing: AbortSignal): Promise<void> {
  const startedAt = host.clock.now();
  for (let retries = 0; ; retries++) {
    try {
      await delivery.attempt(retries + 1);
      return;
    } catch (error) {
      const failure = failureOf(error, retries);
      if (closing.aborted) return;
      if (!worthRetrying(error)) return deadLetter(host, delivery, failure);
      if (retries >= delivery.retry.attemptsMax) return deadLetter(host, delivery, { ...failure, exhausted: 'MaximumRetryAttempts' });
      const waitMs = delivery.backoffMs?.(retries + 1) ?? jitteredBackoffMs(host, retries);
      if (host.clock.now() + waitMs - startedAt > delivery.retry.ageMsMax) {
        return deadLetter(host, delivery, { ...failure, exhausted: 'MaximumEventAgeInSeconds' });
      }
      observe(host, delivery, 'DeliveryRetried', { ...failure, waitMs });
      if (!(await sleptWell(host, waitMs, closing))) return;
    }
  }
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 600_000;

function jitteredBackoffMs(host: CloudHost, retries: number): number {
  const ceilingMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(retries, 20));
  return Math.round(ceilingMs / 2 + (host.random() * ceilingMs) / 2);
}

async function sleptWell(host: CloudHost, ms: number, closing: AbortSignal): Promise<boolean> {
  try {
    await host.clock.sleep(ms, closing);
    return true;
  } catch (error) {
    if (closing.aborted) return false;
    throw error;
  }
}

async function deadLetter(host: CloudHost, delivery: Delivery, failure: DeliveryFailure): Promise<void> {
  const { deadLetter: queue } = delivery;
  if (!queue) return observe(host, delivery, 'DeliveryDropped', { ...failure });
  const MessageAttributes = Object.fromEntries(
    Object.entries(queue.attributesOf(failure)).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
  try {
    await host.call(queue.caller, 'sqs', 'SendMessage', {
      QueueUrl: queueUrlFromArn(queue.queueArn),
      MessageBody: queue.body,
      MessageAttributes,
    });
    observe(host, delivery, 'DeadLettered', { ...failure, queue: queue.queueArn });
  } catch (error) {
    observe(host, delivery, 'DeadLetterFailed', { ...failure, queue: queue.queueArn, because: String(error) });
  }
}

function observe(host: CloudHost, { service, subject }: Delivery, event: string, details: Readonly<Record<string, unknown>>): void {
  host.observe({ at: host.clock.now(), service, event, details: { ...subject, ...details } });
}

const isDenied = (error: AwsError): boolean => /AccessDenied|AuthorizationError|Unauthorized/.test(error.code);
const isMissing = (error: AwsError): boolean => /NotFound|DoesNotExist|NonExistent/.test(error.code);
const isThrottled = (error: AwsError): boolean => error.status === 429 || /Throttl|TooManyRequests|LimitExceeded/.test(error.code);

function worthRetrying(error: unknown): boolean {
  if (!(error instanceof AwsError)) return true;
  if (isDenied(error) || isMissing(error) || error.code === 'NotEmulated') return false;
  return error.status >= 500 || isThrottled(error);
}

function failureOf(error: unknown, retries: number): DeliveryFailure {
  const targetCode = error instanceof AwsError ? error.code : error instanceof Error ? error.name : 'Error';
  return { code: errorCodeOf(error), targetCode, message: error instanceof Error ? error.message : String(error), retries };
}

/** Words from the user guide's sample of error codes; which error gives which word is not published. */
function errorCodeOf(error: unknown): string {
  if (!(error instanceof AwsError)) return 'INTERNAL_ERROR';
  if (isDenied(error)) return 'NO_PERMISSIONS';
  if (isMissing(error)) return 'NO_RESOURCE';
  if (isThrottled(error)) return 'THROTTLING';
  if (/AlreadyExists/.test(error.code)) return 'RESOURCE_ALREADY_EXISTS';
  return error.status >= 500 ? 'ERROR_FROM_TARGET' : 'INVALID_PARAMETER';
}
