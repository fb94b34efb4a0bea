/**
 * The factor agent: where a company stands among all others on what has paid before, as one bounded score.
 *
 * 1. Each standing becomes a normal score: Φ⁻¹((place + ½) / companies), over the deviations that make a full score, within [−1, 1].   normalScore
 *    Ranks are even; normal scores keep the middle of the cross-section near 0 and let its ends speak.
 * 2. score = weighted mean over the factors that have a standing, by the policy's weights.
 * 3. coverage = weight of those factors / weight of all. agreement = |Σ weight · score| / Σ weight · |score|.
 * 4. confidence = data quality × √coverage × (floor + (1 − floor) · agreement).
 * 5. Expected return from the score, as for every agent.                                                                              opinionOf
 *
 * Sources: Bliss (1967) for the scores, known as rankits; Grinold & Kahn, "Active Portfolio Management", chapter 6: skill grows with the
 * square root of the number of independent signals, hence √coverage. Not covered: correlation between factors; the policy's weights
 * have to allow for it. Abstains when no factor of the policy has a standing.
 */
import type { FactorStanding } from '../factors/factor.ts';
import { normalQuantile } from '../statistics/normal.ts';
import { type Agent, abstain, type Opinion, opinionOf, type SymbolView } from './agent.ts';

const NAME = 'factors';

export const factorsAgent: Agent = {
  name: NAME,

  opine(view: SymbolView): Opinion {
    const { weights, score: rules } = view.rules.factors;
    const scored = scoresOf(view);
    if (scored.length === 0) return abstain(NAME, 'no-factor-standing');

    let part = 0;
    let strength = 0;
    let weight = 0;
    for (const own of scored) {
      part += own.weight * own.score;
      strength += own.weight * Math.abs(own.score);
      weight += own.weight;
    }
    const coverageFrac = weight / named(weights).reduce((sum, [, value]) => sum + Math.max(0, value), 0);
    const agreement = strength === 0 ? 0 : Math.abs(part) / strength;
    return opinionOf(NAME, view, {
      score: part / weight,
      confidence:
        view.dataQualityScore * Math.sqrt(coverageFrac) * (rules.disagreementFloorFrac + (1 - rules.disagreementFloorFrac) * agreement),
      reasons: reasonsFor(scored),
      evidence: { ...Object.fromEntries(scored.map(({ factor, score }) => [factor, score])), coverageFrac, agreement },
    });
  },
};

type Standing = Extract<FactorStanding, { kind: 'standing' }>;

interface Scored {
  readonly factor: string;
  readonly score: number;
  readonly weight: number;
}

/** In the order of the names: neither the order of the standings nor that of a stored policy's keys changes a sum. */
const named = (weights: Readonly<Record<string, number>>): ReadonlyArray<[string, number]> =>
  Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1));

function scoresOf({ factors, rules: { factors: rules } }: SymbolView): readonly Scored[] {
  const found: Scored[] = [];
  for (const [factor, weight] of named(rules.weights)) {
    const standing = factors.find((candidate) => candidate.factor === factor);
    if (standing?.kind !== 'standing' || !(weight > 0)) continue;
    found.push({ factor, weight, score: normalScore(standing, rules.score.fullScoreDeviations) });
  }
  return found;
}

/** −1 to 1. */
export function normalScore({ rankFrac, ranked }: Pick<Standing, 'rankFrac' | 'ranked'>, fullScoreDeviations: number): number {
  const deviations = normalQuantile((rankFrac * (ranked - 1) + 0.5) / ranked);
  return Math.min(1, Math.max(-1, deviations / fullScoreDeviations));
}

/** Strongest first; what hardly counts is left out. */
function reasonsFor(scored: readonly Scored[]): string[] {
  const strength = ({ score, weight }: Scored): number => weight * Math.abs(score);
  return scored
    .filter(({ score }) => Math.abs(score) >= 0.1)
    .sort((a, b) => strength(b) - strength(a))
    .map(({ factor, score }) => `${factor} ${score > 0 ? 'high' : 'low'}`);
}
