/**
 * What a control agent says of a symbol. The signal agents say what a symbol may earn; the control agents say what the book may do with it: the
 * risk agent stands above every opinion, the portfolio agent turns one into a direction. Both verdicts stay in the decision record.
 */

interface Verdict {
  /** Kebab-case; what decided it first. */
  readonly reason: string;
  /** The numbers it was decided on; those that are not finite are left out. */
  readonly evidence: Readonly<Record<string, number>>;
}

export interface RiskVerdict extends Verdict {
  readonly agent: 'risk';
  readonly verdict: 'clear' | 'override';
}

export interface PortfolioVerdict extends Verdict {
  readonly agent: 'portfolio';
  /** `increase` is toward a higher signed weight: it opens a long or covers a short. */
  readonly verdict: 'increase' | 'reduce' | 'keep';
  /** Where the weight should go, within the position limit; signed. */
  readonly towardWeight: number;
}

export type ControlVerdict = RiskVerdict | PortfolioVerdict;

/** Evidence as the record can hold it. */
export const finiteOnly = (evidence: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(evidence).filter(([, value]) => Number.isFinite(value)));
