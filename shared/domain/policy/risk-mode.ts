/**
 * What the risk mode makes of the policy that decides: it shrinks how much may be held and moved, and asks more of an opinion.
 * It never reaches the risk limits, and never goes past the portfolio limits.
 */
import type { Policy } from './policy.ts';

export function underMode(policy: Policy): Policy {
  const { exposureFrac, confidenceAdded, entryZScoreAdded } = policy.steering.modes[policy.steering.mode];
  const { portfolio, ensemble } = policy;
  return {
    ...policy,
    portfolio: {
      ...portfolio,
      grossFracMax: portfolio.grossFracMax * exposureFrac,
      longFracMax: portfolio.longFracMax * exposureFrac,
      shortFracMax: portfolio.shortFracMax * exposureFrac,
      turnoverFracMax: portfolio.turnoverFracMax * exposureFrac,
    },
    ensemble: {
      ...ensemble,
      confidenceMin: Math.min(1, Math.max(0, ensemble.confidenceMin + confidenceAdded)),
      entryZScoreMin: Math.max(0, ensemble.entryZScoreMin + entryZScoreAdded),
    },
  };
}
