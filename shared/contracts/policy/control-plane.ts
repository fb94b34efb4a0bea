/** The parts of the policy that steer the fund between cycles: modes, strategies, ranking, alerts. */
import * as z from 'zod';
import { alertChannels } from '../../domain/policy/alert-rules.ts';
import { riskModes } from '../../domain/policy/steering-rules.ts';
import { count, frac, notNegative, positive } from './numbers.ts';

const mode = z.enum(riskModes);
const modeRules = z.strictObject({
  exposureFrac: frac,
  confidenceAdded: z.number().min(-1).max(1),
  entryZScoreAdded: z.number().min(-5).max(5),
});
const band = z
  .strictObject({ enterAbove: frac, leaveBelow: frac })
  .refine(({ enterAbove, leaveBelow }) => leaveBelow < enterAbove, 'leaveBelow is under enterAbove');

const tolerance = z
  .strictObject({ degradedFrom: notNegative, downFrom: notNegative })
  .refine(({ degradedFrom, downFrom }) => degradedFrom <= downFrom, 'degradedFrom is not above downFrom');
const notAggressive = z.enum(['DEFENSIVE', 'NORMAL']);
const health = z.strictObject({
  checksToWorsen: count,
  checksToRecover: count,
  ageMinutesMax: count,
  missedSessions: tolerance,
  blockedFrac: tolerance,
  brokerSkewMs: tolerance,
  brokerLatencyMs: tolerance,
  failedCycles: tolerance.refine(({ degradedFrom }) => degradedFrom >= 1, 'a cycle that did not fail is no fault'),
  unsignedMinutes: tolerance,
});

export const steering = z.strictObject({
  mode,
  modes: z.strictObject({ DEFENSIVE: modeRules, NORMAL: modeRules, AGGRESSIVE: modeRules }),
  loosestAlone: mode,
  regimes: z.strictObject({
    BULL_QUIET: mode,
    BULL_VOLATILE: notAggressive,
    BEAR_QUIET: notAggressive,
    BEAR_CRISIS: z.literal('DEFENSIVE'),
  }),
  annualizedVol: band,
  drawdownFrac: band,
  looksToTighten: count,
  looksToLoosen: count,
  dwellSessions: count,
  coolDownMinutes: z.number().int().min(0),
  strategyDrawdownFracMax: frac,
  health,
});

const strategyNames = z.array(z.string().min(1)).readonly();
export const strategies = z.strictObject({ allow: strategyNames, block: strategyNames });

export const ranking = z.strictObject({
  gate: z.enum(['listed', 'off']),
  topN: count,
  ageMinutesMax: count,
  weights: z
    .strictObject({ trend: frac, volatility: frac, liquidity: frac, performance: frac, prediction: frac })
    .refine((weights) => Math.abs(Object.values(weights).reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9, 'the weights sum to 1'),
  priceUsdMin: z.number().min(0),
  dollarVolumeMin: z.number().min(0),
  spreadBpsMax: positive,
  annualizedVolMax: positive,
  participationFracMax: frac,
  commissionBps: notNegative,
  impactCoefficient: notNegative,
});

const channels = z.array(z.enum(alertChannels)).readonly();
const atLeastOne = z.array(z.enum(alertChannels)).min(1).readonly();
const wallClock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
export const alerts = z.strictObject({
  channels: z.strictObject({ LOW: channels, MEDIUM: channels, HIGH: channels, CRITICAL: atLeastOne }),
  repeatMinutesMin: count,
  escalateAfterMinutes: count,
  escalationsMax: z.number().int().min(0),
  quietHours: z.strictObject({ from: wallClock, to: wallClock }).nullable(),
});
