/**
 * What an agent's raw confidence is worth. The calibrated scale, the same for all agents: 0.3 = its direction is no better than a coin, and each
 * 0.1 more is one hit in seventy more, so that 1.0 = right 60 % of the time about which half of the market a company will be in next month.
 */

/** Raw against calibrated confidence. */
export type CalibrationKnot = readonly [raw: number, calibrated: number];

export interface CalibrationRules {
  /** By agent; straight lines between the knots, level beyond them. An agent without a map keeps its raw confidence. Knots rise in both. */
  readonly maps: Readonly<Record<string, readonly CalibrationKnot[]>>;
}

/**
 * None: on monthly data from 2006 to 2023 no agent's confidence tells its hits from its misses in both halves (docs/evidence, agent calibration),
 * and a map that only the first half shows would be noise with authority.
 */
export const defaultCalibrationRules: CalibrationRules = { maps: {} };
