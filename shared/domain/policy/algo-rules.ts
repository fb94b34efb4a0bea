/**
 * Which orders are worked through a session instead of sent whole, and how. Fractions are of 1; minutes are the exchange's.
 * `none` sends every order as it was planned.
 */
import type { IntradayCurve } from '../execution/algos/intraday-curves.ts';

export type AlgoRules =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'vwap' | 'twap';
      /** An order of at least this part of the average daily volume is worked. */
      readonly aboveAverageDailyVolumeFrac: number;
      /** The most that it is worked for; what is left of the session is less, late in the day. */
      readonly windowMinutes: number;
      /** The window ends so long before the close. */
      readonly endsBeforeCloseMinutes: number;
      readonly bucketMinutes: number;
      /** The most of the expected volume that a slice may be. */
      readonly participationFracMax: number;
      /** How volume is expected to be spread over the day: the measured curve of that name. */
      readonly curve: IntradayCurve;
    };
