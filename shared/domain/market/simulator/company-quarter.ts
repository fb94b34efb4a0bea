/** A simulated company's quarter as the world hears of it. */
import type { EarningsRelease, FundamentalReport } from '../facts.ts';

export interface CompanyQuarter {
  readonly report: FundamentalReport;
  readonly release: EarningsRelease;
  /** Against what analysts expected; 0.1 is a tenth more. */
  readonly surpriseFrac: number;
}
