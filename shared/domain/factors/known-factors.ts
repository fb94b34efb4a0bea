/** Every factor there is: written by scripts/generate-registries.ts from the files beside this one. */
import { bettingAgainstBetaFactor } from './betting-against-beta.factor.ts';
import { earningsDriftFactor } from './earnings-drift.factor.ts';
import type { Factor } from './factor.ts';
import { newsSentimentFactor } from './news-sentiment.factor.ts';
import { qualityMinusJunkFactor } from './quality-minus-junk.factor.ts';
import { volatilityScaledMomentumFactor } from './volatility-scaled-momentum.factor.ts';

export const knownFactors: readonly Factor[] = [
  bettingAgainstBetaFactor,
  earningsDriftFactor,
  newsSentimentFactor,
  qualityMinusJunkFactor,
  volatilityScaledMomentumFactor,
];
