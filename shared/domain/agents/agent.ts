/**
 * What an agent is: something that looks at one symbol and gives an opinion, or abstains and says why.
 * An agent never sees a row dated on or after `asOf`, other symbols, or the portfolio; sizing is not its business.
 */
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import type { FactorStanding } from '../factors/factor.ts';
import type { DailyBars } from '../market/bars.ts';
import type { SymbolFacts } from '../market/facts.ts';
import type { Policy } from '../policy/policy.ts';
import { calibrate } from './calibration.ts';

export interface GivenOpinion {
  readonly kind: 'opinion';
  readonly agent: string;
  /** Expected simple return of the next session; signed. */
  readonly expectedReturn: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** What it rests on, strongest first, in words. */
  readonly reasons: readonly string[];
  /** The numbers behind it, for the record. */
  readonly evidence: Readonly<Record<string, number>>;
}

export interface Abstention {
  readonly kind: 'abstain';
  readonly agent: string;
  /** Kebab-case. */
  readonly reason: string;
}

export type Opinion = GivenOpinion | Abstention;

export interface SymbolView {
  readonly symbol: Ticker;
  /** Rows end before this session. */
  readonly asOf: EpochDay;
  /** Dividend-adjusted bars, oldest first. */
  readonly bars: DailyBars;
  /** Standard deviation of daily returns; positive. */
  readonly dailyVol: number;
  /** 0 to 1. */
  readonly dataQualityScore: number;
  /** Known before `asOf`. */
  readonly facts: SymbolFacts;
  /** Where the company stands on each factor of the policy. */
  readonly factors: readonly FactorStanding[];
  readonly rules: AgentRules;
}

/** The parts of the policy that opinions depend on. */
export type AgentRules = Pick<Policy, 'signals' | 'calibration' | 'factors' | 'sentiment' | 'valuation'>;

export interface Agent {
  readonly name: string;
  opine(view: SymbolView): Opinion;
}

/** What an agent has found, on a scale that is the same for all of them. */
export interface Finding {
  /** −1 expects the worst, 1 the best. */
  readonly score: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reasons: readonly string[];
  readonly evidence: Readonly<Record<string, number>>;
}

/**
 * The finding as an opinion: expected return = score × daily volatility × information coefficient (Grinold 1994, "Alpha is volatility
 * times IC times score"), confidence calibrated as the policy says. Abstains when a number is not finite, or when the policy gives the
 * agent no information coefficient.
 */
export function opinionOf(agent: string, { dailyVol, rules }: SymbolView, { score, confidence, reasons, evidence }: Finding): Opinion {
  const coefficient = rules.signals.informationCoefficients[agent];
  if (coefficient === undefined) return abstain(agent, 'information-coefficient-missing');
  const expectedReturn = score * dailyVol * coefficient;
  if (![expectedReturn, confidence, ...Object.values(evidence)].every(Number.isFinite)) return abstain(agent, 'evidence-not-finite');
  return {
    kind: 'opinion',
    agent,
    expectedReturn,
    confidence: calibrate(rules.calibration, agent, Math.min(1, Math.max(0, confidence))),
    reasons,
    evidence: { ...evidence, score, rawConfidence: confidence },
  };
}

export const abstain = (agent: string, reason: string): Abstention => ({ kind: 'abstain', agent, reason });
