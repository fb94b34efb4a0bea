/**
 * What a strategy must show before it trades money. Every gate is necessary and none is sufficient; each says what was measured and what it wants.
 *
 * From BACKTEST to SHADOW, all on the hold-out, which the strategy was not fitted on, unless said:
 *   annual-sharpe       above 2                                                  the source's
 *   win-rate            above 0.65 of the round trips                            the source's
 *   deflated-training   deflated Sharpe ratio in training with all counted trials at the level    Bailey & López de Prado (2014)
 *   deflated-hold-out   the same on the hold-out
 *   track-record        at least as many bars as the minimum track record length wants            Bailey & López de Prado (2012)
 *
 * From SHADOW to LIVE:
 *   shadow-length       seven sessions at least; the source says days, and a session is the stricter reading
 *   shadow-mean         its mean return is not below what the hold-out would show by bad luck: z = (m − μ) / (σ/√n) ≥ Φ⁻¹(1 − level)
 *   shadow-drawdown     no deeper than the hold-out's deepest, times a stated factor
 *   approver            a person with a name, who is not the author, approved this very evidence
 *
 * Seven sessions prove no skill: the shadow gates catch what is broken (data, costs, a fill that nobody gets), not what is lucky.
 * A figure that cannot be computed closes its gate. The spread of trials has a floor (evolution/luck-floor.ts).
 */
import { normalQuantile } from '../statistics/normal.ts';
import { withLuckFloor } from './evolution/luck-floor.ts';
import { type CountedTrials, deflatedSharpe } from './validation/deflated-sharpe.ts';
import type { Figure, FigureGap } from './validation/figure.ts';
import { minimumTrackRecord } from './validation/probabilistic-sharpe.ts';
import type { Sharpe } from './validation/sharpe.ts';

/** Of one range of a backtest. */
export interface TrackEvidence {
  readonly sharpe: Sharpe;
  readonly maxDrawdownFrac: number;
  readonly trades: number;
  /** Null without any. */
  readonly winFrac: number | null;
}

/** Plain JSON. `evidenceId` names the run that it comes from: approval is of that run and no other. */
export interface BacktestEvidence {
  readonly evidenceId: string;
  readonly barsPerYear: number;
  readonly training: TrackEvidence;
  readonly holdOut: TrackEvidence;
  /** From the trial ledger, all of the family. */
  readonly trials: CountedTrials;
}

/** What a strategy earned session by session since it entered a stage. Plain JSON. */
export interface SessionRecord {
  readonly sessions: number;
  readonly lastDay: string | null;
  readonly meanFrac: number;
  /** Of 1 at the beginning. */
  readonly equity: number;
  readonly peak: number;
  readonly maxDrawdownFrac: number;
}

export interface Approval {
  readonly approver: string;
  readonly evidenceId: string;
  readonly at: string;
}

export interface GateRules {
  readonly annualSharpeAbove: number;
  readonly winFracAbove: number;
  /** Of the deflated Sharpe ratios, the track record and the shadow's mean. */
  readonly confidenceLevel: number;
  readonly shadowSessionsMin: number;
  readonly shadowDrawdownFactor: number;
}

export const sourceGateRules: GateRules = {
  annualSharpeAbove: 2,
  winFracAbove: 0.65,
  confidenceLevel: 0.95,
  shadowSessionsMin: 7,
  shadowDrawdownFactor: 1,
};

export type GateName =
  | 'annual-sharpe'
  | 'win-rate'
  | 'deflated-training'
  | 'deflated-hold-out'
  | 'track-record'
  | 'shadow-length'
  | 'shadow-mean'
  | 'shadow-drawdown'
  | 'approver';

export interface GateOutcome {
  readonly gate: GateName;
  readonly isOpen: boolean;
  /** Null where it cannot be computed; `says` has the reason. */
  readonly measured: number | null;
  readonly required: number | null;
  /** One line for a person. */
  readonly says: string;
}

export const areOpen = (gates: readonly GateOutcome[]): boolean => gates.every(({ isOpen }) => isOpen);

export const noSessions: SessionRecord = { sessions: 0, lastDay: null, meanFrac: 0, equity: 1, peak: 1, maxDrawdownFrac: 0 };

export function backtestGates({ barsPerYear, training, holdOut, trials }: BacktestEvidence, rules: GateRules): readonly GateOutcome[] {
  const level = rules.confidenceLevel;
  const annualSharpe = holdOut.sharpe.perBar * Math.sqrt(barsPerYear);
  return [
    above('annual-sharpe', annualSharpe, rules.annualSharpeAbove, 'annual Sharpe ratio on the hold-out'),
    above('win-rate', holdOut.winFrac ?? Number.NaN, rules.winFracAbove, `won of ${holdOut.trades} round trips on the hold-out`),
    atLeast('deflated-training', deflatedOf(training, trials), level, `deflated Sharpe ratio in training, ${trials.trials} trials counted`),
    atLeast(
      'deflated-hold-out',
      deflatedOf(holdOut, trials),
      level,
      `deflated Sharpe ratio on the hold-out, ${trials.trials} trials counted`,
    ),
    trackRecord(holdOut.sharpe, level),
  ];
}

/** Without the approver. */
export function shadowGates({ holdOut }: BacktestEvidence, shadow: SessionRecord, rules: GateRules): readonly GateOutcome[] {
  const { meanFrac, deviationFrac } = holdOut.sharpe;
  const score = ((shadow.meanFrac - meanFrac) * Math.sqrt(shadow.sessions)) / deviationFrac;
  return [
    atLeast('shadow-length', shadow.sessions, rules.shadowSessionsMin, 'sessions in shadow'),
    atLeast(
      'shadow-mean',
      shadow.sessions === 0 ? Number.NaN : score,
      normalQuantile(1 - rules.confidenceLevel),
      'standard errors of the shadow mean from the hold-out mean',
    ),
    drawdownGate(shadow, holdOut, rules),
  ];
}

/** The deepest fall since the stage began against the hold-out's. */
export function drawdownGate(shadow: SessionRecord, holdOut: TrackEvidence, { shadowDrawdownFactor }: GateRules): GateOutcome {
  const allowed = holdOut.maxDrawdownFrac * shadowDrawdownFactor;
  const says = `drawdown ${shown(shadow.maxDrawdownFrac)}, at most ${shown(allowed)}`;
  return { gate: 'shadow-drawdown', isOpen: shadow.maxDrawdownFrac <= allowed, measured: shadow.maxDrawdownFrac, required: allowed, says };
}

/** Names are compared without case and outer blanks: nobody is two persons by a capital letter. */
export function approverGate(author: string, evidenceId: string, approval: Approval | null): GateOutcome {
  const gate = (isOpen: boolean, says: string): GateOutcome => ({ gate: 'approver', isOpen, measured: null, required: null, says });
  if (approval === null || plain(approval.approver) === '') return gate(false, 'nobody approved');
  if (plain(approval.approver) === plain(author)) return gate(false, `${approval.approver} is the author`);
  if (approval.evidenceId !== evidenceId) return gate(false, `${approval.approver} approved other evidence`);
  return gate(true, `approved by ${approval.approver}`);
}

const plain = (name: string): string => name.trim().toLowerCase();

function deflatedOf({ sharpe }: TrackEvidence, trials: CountedTrials): Figure {
  const deflated = deflatedSharpe(sharpe, withLuckFloor(trials, sharpe.bars));
  return deflated.kind === 'refused' ? deflated : deflated.probability;
}

function trackRecord(sharpe: Sharpe, confidenceLevel: number): GateOutcome {
  const wanted = minimumTrackRecord(sharpe, 0, confidenceLevel);
  if (typeof wanted !== 'number') return closed('track-record', null, wanted);
  return atLeast('track-record', sharpe.bars, Math.ceil(wanted), 'bars of track record');
}

const closed = (gate: GateName, required: number | null, { reason }: FigureGap): GateOutcome => ({
  gate,
  isOpen: false,
  measured: null,
  required,
  says: `cannot be computed: ${reason}`,
});

function atLeast(gate: GateName, measured: Figure, required: number, what: string): GateOutcome {
  if (typeof measured !== 'number') return closed(gate, required, measured);
  return compared(gate, measured, required, measured >= required, `${what}, at least`);
}

const above = (gate: GateName, measured: number, required: number, what: string): GateOutcome =>
  compared(gate, measured, required, measured > required, `${what}, above`);

function compared(gate: GateName, measured: number, required: number, holds: boolean, what: string): GateOutcome {
  const isKnown = Number.isFinite(measured);
  return {
    gate,
    isOpen: isKnown && holds,
    measured: isKnown ? measured : null,
    required,
    says: `${isKnown ? shown(measured) : 'unknown'} ${what} ${shown(required)}`,
  };
}

const shown = (value: number): string => String(Number(value.toPrecision(4)));
