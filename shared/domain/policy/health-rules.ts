/**
 * When a part that trading rests on counts as degraded or down, and how many checks must agree before that is said. Degraded rules out
 * AGGRESSIVE; down means DEFENSIVE.
 */

/** A figure at or above the first degrades the part, at or above the second it is down. */
export interface Tolerance {
  readonly degradedFrom: number;
  readonly downFrom: number;
}

export interface HealthRules {
  /** Checks in a row that must agree before a part is called worse, or better, than it was. */
  readonly checksToWorsen: number;
  readonly checksToRecover: number;
  /** What was checked longer ago than this says nothing, which counts as down. */
  readonly ageMinutesMax: number;
  /** Sessions that are over and that the data set in force does not hold. */
  readonly missedSessions: Tolerance;
  /** Share of the policy's universe that governance keeps from trading. */
  readonly blockedFrac: Tolerance;
  /** The broker's clock against ours, either way. */
  readonly brokerSkewMs: Tolerance;
  /** Round trip of the slower of two questions to the broker. */
  readonly brokerLatencyMs: Tolerance;
  /** Latest cycles in a row that failed, died or were missed. */
  readonly failedCycles: Tolerance;
  /** How long ago the audit trail was last signed, while it holds records that are not. */
  readonly unsignedMinutes: Tolerance;
}

export const defaultHealthRules: HealthRules = {
  // With a check every five minutes: worse after ten, better after a quarter of an hour.
  checksToWorsen: 2,
  checksToRecover: 3,
  // Three checks were missed, and the fourth is late.
  ageMinutesMax: 20,
  // One missed ingest is a nuisance; after two, decisions stand on prices of three sessions ago.
  missedSessions: { degradedFrom: 1, downFrom: 2 },
  // Half of a universe does not go bad by itself: then it is the source.
  blockedFrac: { degradedFrom: 0.25, downFrom: 0.5 },
  // Alpaca may tell whole seconds, so one second says nothing; beyond two, the pre-trade checks send no order.
  brokerSkewMs: { degradedFrom: 1_500, downFrom: 2_000 },
  // Ten times what a broker's API usually takes, and the time after which a request is given up.
  brokerLatencyMs: { degradedFrom: 2_000, downFrom: 10_000 },
  failedCycles: { degradedFrom: 1, downFrom: 2 },
  // Signed after every cycle and once a day: a day and an hour without is one that was missed, three days are a key that cannot sign.
  unsignedMinutes: { degradedFrom: 25 * 60, downFrom: 3 * 24 * 60 },
};
