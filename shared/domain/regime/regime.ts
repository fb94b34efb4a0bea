/** What is said of the market as a whole before any company is looked at. */
import type { EpochDay } from '../../kernel/units.ts';
import type { RegimeName } from '../policy/regime-rules.ts';

export interface RegimeReading {
  readonly kind: 'regime';
  readonly name: RegimeName;
  /** What it leaves of the gross, long and short limits, 0 to 1. */
  readonly exposureFrac: number;
  /** First session of the regime. */
  readonly since: EpochDay;
  /** The series it was read from. */
  readonly market: string;
  /** Kebab-case, strongest first. */
  readonly reasons: readonly string[];
  /** The numbers behind it, for the record. */
  readonly evidence: Readonly<Record<string, number>>;
  /** The hidden Markov model behind it, or why none could be used; without one, plain thresholds on volatility decide. */
  readonly model:
    | {
        readonly kind: 'model';
        readonly states: number;
        /** Filtered probability of each state on the last session, calmest first. */
        readonly probabilities: readonly number[];
        readonly dailyVols: readonly number[];
        readonly dailyMeans: readonly number[];
        readonly logLikelihood: number;
        readonly bic: number;
      }
    | { readonly kind: 'unusable'; readonly reason: string };
}
