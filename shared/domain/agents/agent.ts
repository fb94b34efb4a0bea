/**
 * What an agent is: something that looks at one symbol and gives an opinion, or abstains and says why.
 * An agent never sees a row dated on or after `asOf`, other symbols, or the portfolio; sizing is not its business.
 */
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import type { DailyBars } from '../market/bars.ts';
import type { SignalRules } from '../policy/policy.ts';

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
  readonly rules: SignalRules;
}

export interface Agent {
  readonly name: string;
  opine(view: SymbolView): Opinion;
}

export const abstain = (agent: string, reason: string): Abstention => ({ kind: 'abstain', agent, reason });
