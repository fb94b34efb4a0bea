/** How far equity is below its high, and what that leaves of the sizing. */

/** 0 at or above the high; 1 when everything is lost. NaN unless both are finite and the high is positive. */
export function drawdownFrac(equityUsd: number, peakEquityUsd: number): number {
  if (!Number.isFinite(equityUsd) || !(peakEquityUsd > 0 && Number.isFinite(peakEquityUsd))) return Number.NaN;
  return Math.max(0, (peakEquityUsd - equityUsd) / peakEquityUsd);
}

/** exp(−decay · drawdown), in (0, 1]. */
export const drawdownScale = (drawdown: number, decay: number): number => Math.exp(-decay * drawdown);
