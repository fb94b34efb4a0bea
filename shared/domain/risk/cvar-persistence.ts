/** Counts cycles in a row whose CVaR was over its limit. One cycle within the limit ends the run; midnight does not. */
export interface CvarRun {
  readonly breachesInARow: number;
}

export function countCvar(run: CvarRun, breached: boolean): CvarRun {
  return { breachesInARow: breached ? run.breachesInARow + 1 : 0 };
}
