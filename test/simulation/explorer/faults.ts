/** What can befall one call between the fund and the outside, and what an operator may do at the same moment. */

export const faultKinds = [
  /** The function dies before the request leaves. */
  'crash-before',
  /** The request is carried out; the function dies before the reply arrives. */
  'crash-after',
  /** The connection breaks before the request arrives. */
  'request-lost',
  /** The request is carried out; the caller sees a broken connection. */
  'reply-lost',
  /** The reply is lost inside the client, which sends the same request once more: the caller sees the second answer. */
  'sent-again',
  /** The request arrives twice, the second time later; the caller sees the first answer. */
  'duplicate',
  /** The caller gives up waiting; the request arrives when nobody waits for it any more. */
  'arrives-late',
  /** The function stands still before the request leaves: a paused machine. */
  'stall',
  /** Turned away unread. */
  'throttle',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export const operatorActs = [
  'halt',
  'pause',
  'reduce-only',
  'symbol-halt',
  'halt-and-resume',
  'resume',
  'strategy-pause',
  'broker-pause',
] as const;
export type OperatorAct = (typeof operatorActs)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** In [0, 1): how late, within what is possible. */
  readonly lateFrac: number;
}

export interface OperatorMove {
  readonly act: OperatorAct;
  /** Before the request of that point arrives, or between its effect and its reply. */
  readonly when: 'before' | 'after';
}

/** What befalls a point. Points are numbered from 1, in the order in which requests arrive. */
export interface Plan {
  faultAt(point: number): Fault | undefined;
  movesAt(point: number): readonly OperatorMove[];
}

export const noPlan: Plan = { faultAt: () => undefined, movesAt: () => [] };
