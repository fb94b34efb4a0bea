/**
 * The meta strategy controller: apply(state, look, rules) → {state, decision, reasons}. A look is what is known at one moment; the
 * decision is a mode and a block list for the policy, or to leave it as it is. Plain JSON; the same looks give the same decisions.
 *
 * 1. A policy that is not as the controller left it was changed by a person: that is where it starts from, and its cool-down begins.  adopt
 * 2. The market's voice loosens only once `dwellSessions` sessions in a row bear it.                                      market-hold.ts
 * 3. The strictest voice of the evidence is the target of the look (evidence.ts); looks in a row are counted (agreement.ts).
 * 4. Tighten, as far as `looksToTighten` looks agree, in one step; as far as a voice that must not wait asks for, now.         nextMode
 * 5. Loosen one step when `looksToLoosen` looks agree, `coolDownMinutes` have passed since the last change of either kind, and the
 *    step ends no looser than `loosestAlone`.
 * 6. A strategy that lost more than its limit from its own high is blocked. Only a person takes a name off the list; the high is then
 *    counted anew, or the next look would block it again.                                                             strategies.ts
 *
 * A person may set a mode looser than `loosestAlone`: the controller leaves it while no evidence speaks against it, may tighten it, and
 * comes back no farther than `loosestAlone`. Tightening waits for neither dwell nor cool-down, so a loosening may be followed by a
 * tightening at once; but never the other way round, and that is what keeps it from flapping.
 *
 * A look with the id of the last one, or from before it, changes nothing.
 */
import type { EpochDay, EpochMs } from '../../kernel/units.ts';
import { type RiskMode, riskModes, type SteeringRules } from '../policy/steering-rules.ts';
import { type Agreement, hear, isStricter, loosestAgreed, noAgreement, stricter, strictestAgreed } from './agreement.ts';
import {
  type BandMemory,
  type HealthEvidence,
  healthVoices,
  heardOf,
  noBands,
  type SteeringEvidence,
  targetOf,
  type Voice,
  voiceText,
} from './evidence.ts';
import { freshHold, hearMarket, holdVoices, type MarketHold, yieldTo } from './market-hold.ts';
import { judgeStrategies, type StrategyMemory } from './strategies.ts';

export interface SteeringState {
  /** As the last look left it. */
  readonly mode: RiskMode;
  /** When the mode last changed, whoever changed it; of a fund that is looked at for the first time, that look. */
  readonly changedAt: EpochMs;
  readonly agreement: Agreement<RiskMode>;
  readonly bands: BandMemory;
  readonly market: MarketHold;
  readonly strategies: StrategyMemory;
  readonly lookId: string;
  readonly lookedAt: EpochMs;
  /** What the last look had to say; empty when nothing spoke against any mode. */
  readonly reasons: readonly string[];
}

/** What the policy says at the moment of the look. */
export interface Standing {
  readonly mode: RiskMode;
  readonly block: readonly string[];
}

export interface SteeringLook {
  /** Of the schedule or the event that caused it. */
  readonly id: string;
  readonly at: EpochMs;
  /** The session that goes on. */
  readonly session: EpochDay;
  readonly standing: Standing;
  readonly evidence: SteeringEvidence;
}

/** A part changed between two looks: nothing but its health is known. */
export interface HealthLook extends Omit<SteeringLook, 'evidence' | 'session'> {
  readonly health: Partial<Record<keyof SteeringEvidence['health'], HealthEvidence>>;
}

export type SteeringDecision =
  | { readonly kind: 'keep' }
  /** Only what differs from the policy is named. */
  | { readonly kind: 'change'; readonly mode?: RiskMode; readonly block?: readonly string[] };

export interface Steered {
  readonly state: SteeringState;
  readonly decision: SteeringDecision;
  /** Why the mode is what it is, strictest first. */
  readonly reasons: readonly string[];
}

const minuteMs = 60_000;

/** `state` is null before the first look. */
export function applyLook(state: SteeringState | null, look: SteeringLook, rules: SteeringRules): Steered {
  if (state !== null && isOld(state, look)) return { state, decision: { kind: 'keep' }, reasons: state.reasons };
  const before = adopt(state, look);
  const heard = heardOf(look.evidence, before.bands, rules);
  const market = heard.market === null ? before.market : hearMarket(before.market, look.session, heard.market, rules);
  const voices = [...heard.voices, ...holdVoices(market, heard.market, rules)];
  const agreement = hear(before.agreement, targetOf(voices), riskModes);
  const mode = nextMode({ ...before, agreement }, voices, look.at, rules);
  const judged = judgeStrategies(before.strategies, look.evidence.strategies, look.standing.block, rules.strategyDrawdownFracMax);
  const reasons = [...sorted(voices).map(voiceText), ...judged.reasons, ...waiting({ ...before, agreement, mode }, voices, look.at, rules)];
  const next: SteeringState = {
    ...{ mode, agreement, market, reasons, bands: heard.bands, strategies: judged.memory, lookId: look.id, lookedAt: look.at },
    changedAt: mode === before.mode ? before.changedAt : look.at,
  };
  return { state: next, decision: decisionOf(look.standing, mode, judged.block), reasons };
}

/** Tightens for bad health that must not wait, and does nothing else: it is no look that counts. */
export function applyHealth(state: SteeringState | null, look: HealthLook): Steered {
  const before = adopt(state, look);
  const voices = healthVoices(look.health).filter(({ atOnce }) => atOnce);
  const mode = stricter(before.mode, targetOf(voices), riskModes);
  if (mode === before.mode) return { state: before, decision: { kind: 'keep' }, reasons: before.reasons };
  const reasons = voices.map(voiceText);
  // What was agreed on loosening was agreed without this.
  const agreement = { ...before.agreement, asLooseAs: noAgreement(riskModes).asLooseAs };
  return { state: { ...before, mode, agreement, reasons, changedAt: look.at }, decision: { kind: 'change', mode }, reasons };
}

const isOld = (state: SteeringState, { id, at }: Pick<SteeringLook, 'id' | 'at'>): boolean => id === state.lookId || at <= state.lookedAt;

function adopt(state: SteeringState | null, { id, at, standing: { mode } }: Pick<SteeringLook, 'id' | 'at' | 'standing'>): SteeringState {
  const fresh = { mode, changedAt: at, agreement: noAgreement(riskModes) };
  const nothing = { bands: noBands, market: freshHold, strategies: {}, lookId: `before ${id}`, lookedAt: 0 as EpochMs, reasons: [] };
  if (state === null) return { ...fresh, ...nothing };
  return mode === state.mode ? state : { ...state, ...fresh, market: yieldTo(state.market, mode) };
}

function nextMode({ mode, changedAt, agreement }: SteeringState, voices: readonly Voice[], at: EpochMs, rules: SteeringRules): RiskMode {
  const urgent = targetOf(voices.filter(({ atOnce }) => atOnce));
  const asked = stricter(urgent, strictestAgreed(agreement, rules.looksToTighten, riskModes), riskModes);
  if (isStricter(asked, mode, riskModes)) return asked;
  const agreed = stricter(loosestAgreed(agreement, rules.looksToLoosen, riskModes), rules.loosestAlone, riskModes);
  if (!isStricter(mode, agreed, riskModes) || at - changedAt < rules.coolDownMinutes * minuteMs) return mode;
  return riskModes[riskModes.indexOf(mode) + 1]!;
}

/** Why it is stricter than the evidence asks for, and not by a bound: what it waits for. */
function waiting({ mode, changedAt, agreement }: SteeringState, voices: readonly Voice[], at: EpochMs, rules: SteeringRules): string[] {
  const { looksToLoosen, coolDownMinutes } = rules;
  if (!isStricter(mode, stricter(targetOf(voices), rules.loosestAlone, riskModes), riskModes)) return [];
  const looks = agreement.asLooseAs[riskModes[riskModes.indexOf(mode) + 1]!];
  const minutesSinceChange = Math.floor((at - changedAt) / minuteMs);
  return [voiceText({ reason: 'waits-before-loosening', figures: { looks, looksToLoosen, minutesSinceChange, coolDownMinutes } })];
}

function decisionOf(standing: Standing, mode: RiskMode, block: readonly string[]): SteeringDecision {
  const change = {
    ...(mode !== standing.mode && { mode }),
    ...(block.length !== standing.block.length && { block }),
  };
  return Object.keys(change).length === 0 ? { kind: 'keep' } : { kind: 'change', ...change };
}

const sorted = (voices: readonly Voice[]): Voice[] =>
  [...voices].sort((a, b) => riskModes.indexOf(a.bears) - riskModes.indexOf(b.bears) || Number(b.atOnce) - Number(a.atOnce));
