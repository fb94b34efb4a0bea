/** How a state fails, and how a branch learns that it is no longer wanted. */

/** A failure with the error name that Retry and Catch match. A Fail state may leave both texts out. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string | undefined;
  readonly causeText: string | undefined;
  /** Further names that match: a missed heartbeat is reported as States.Timeout, yet matches States.HeartbeatTimeout too. */
  readonly aliases: readonly string[];

  constructor(error: string | undefined, causeText?: string, options: ErrorOptions & { aliases?: readonly string[] } = {}) {
    super(causeText ?? error ?? 'The state failed', options);
    this.error = error;
    this.causeText = causeText;
    this.aliases = options.aliases ?? [];
  }
}

/** An expression that failed, before it is known in which state; `field` is where ASL has it, e.g. `Arguments/Payload/asOf`. */
export class EvaluationFailure extends Error {
  override readonly name = 'EvaluationFailure';
  readonly field: string;

  constructor(field: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.field = field;
  }
}

/** The reason of an abort signal: a sibling failed at that event, or (without one) the whole execution is closed. */
export class BranchAborted extends Error {
  override readonly name = 'BranchAborted';
  readonly failedAtEvent: number | undefined;

  constructor(failedAtEvent?: number) {
    super('The branch was aborted');
    this.failedAtEvent = failedAtEvent;
  }
}

interface ErrorOutput {
  readonly Error: string;
  readonly Cause: string;
}

/** What `$states.errorOutput` holds. */
export const errorOutputOf = (failure: StateFailure): ErrorOutput & { readonly [key: string]: string } => ({
  Error: failure.error ?? '',
  Cause: failure.causeText ?? '',
});

/** The payload limit of every input, output, argument and assignment, in bytes of JSON text. */
export const PAYLOAD_LIMIT_BYTES = 262_144;

/** The JSON text of a payload. @throws StateFailure States.DataLimitExceeded above 256 KiB. */
export function payloadText(value: unknown, what: string): string {
  const text = JSON.stringify(value);
  if (text.length > PAYLOAD_LIMIT_BYTES || (text.length * 3 > PAYLOAD_LIMIT_BYTES && Buffer.byteLength(text) > PAYLOAD_LIMIT_BYTES)) {
    throw new StateFailure('States.DataLimitExceeded', `${what} has a size exceeding the maximum number of bytes service limit.`);
  }
  return text;
}
