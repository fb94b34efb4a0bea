/**
 * A refusal is an expected answer, not an error: the caller routes it, a Choice state reads its `kind`,
 * and the operator reads its `reason`. It is never thrown.
 */
export interface Refusal<Reason extends string = string> {
  readonly kind: 'refused';
  /** Kebab-case, stable: tests, dashboards and ASL match on it. */
  readonly reason: Reason;
  readonly details: Readonly<Record<string, unknown>>;
}

export const refuse = <Reason extends string>(reason: Reason, details: Record<string, unknown> = {}): Refusal<Reason> => ({
  kind: 'refused',
  reason,
  details,
});

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'refused';
}
