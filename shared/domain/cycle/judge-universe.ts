/**
 * Phase 0, the part after "may we trade at all": which symbols the policy's universe holds, and what governance says of each.
 * Judged as of the session from the quality profiles alone, so a row of that session or later changes nothing.
 */
import type { EpochDay } from '../../kernel/units.ts';
import type { Policy } from '../policy/policy.ts';
import { governSymbol } from '../quality/governance.ts';
import { qualityAsOf } from '../quality/judge.ts';
import type { QualityProfile } from '../quality/profile.ts';
import { bySymbol } from './portfolio-view.ts';
import type { UniverseSymbol } from './step-types.ts';

export interface UniverseQuestion {
  readonly profiles: readonly QualityProfile[];
  /** GICS sectors by symbol; null or absent when unknown. */
  readonly sectors: ReadonlyMap<string, string | null>;
  readonly policy: Policy;
  readonly asOf: EpochDay;
}

/** One vendor answers for every bar until several are compared. */
const ONE_SOURCE_CONFIDENCE = 1;

export function judgeUniverse({ profiles, sectors, policy, asOf }: UniverseQuestion): UniverseSymbol[] {
  const { rule, exclude } = policy.universe;
  const listed = rule.kind === 'list' ? new Set(rule.symbols) : undefined;
  const excluded = new Set(exclude);
  // A company whose first bar is yet to come is not there yet: its name alone would tell of the future, and count as one more sector.
  const known = profiles.filter(({ firstDay }) => firstDay !== null && firstDay < asOf);
  const members = known.filter(({ symbol }) => (listed?.has(symbol) ?? true) && !excluded.has(symbol));
  return bySymbol(members).map((profile) => {
    const quality = qualityAsOf(profile, asOf, policy.quality);
    return {
      symbol: profile.symbol,
      sector: sectors.get(profile.symbol) ?? null,
      governance: governSymbol(quality, policy.governance),
      quality,
      providerConfidence: ONE_SOURCE_CONFIDENCE,
    };
  });
}
