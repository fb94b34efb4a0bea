/**
 * The three things that are thrown. The class name is what a state machine's Retry and Catch match,
 * so this list is a contract: rename nothing here without changing state-machines/.
 */
abstract class BallastError extends Error {
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}

/** The caller sent something this boundary does not accept. Never retried. */
export class ContractViolation extends BallastError {
  override readonly name = 'ContractViolation';
}

/** Something outside did not answer as it should; the same call may succeed later. Retried. */
export class TransientFailure extends BallastError {
  override readonly name = 'TransientFailure';
}

/** Our own rule does not hold. The message states the positive rule. Never retried; goes to Halt Trading. */
export class InvariantViolation extends BallastError {
  override readonly name = 'InvariantViolation';
}

/** Throws `InvariantViolation` unless the positive rule holds. */
export function invariant(holds: boolean, rule: string, details: Record<string, unknown> = {}): asserts holds {
  if (!holds) throw new InvariantViolation(rule, details);
}
