/** The six ways in which order managers are commonly broken, each over the real parts. The checker must catch every one. */
import type { Variant } from '../world.ts';
import { cumulativeAsLastFill } from './cumulative-as-last-fill.ts';
import { noEpochCheck } from './no-epoch-check.ts';
import { recordAfterSend } from './record-after-send.ts';
import { retryOnTimeout } from './retry-on-timeout.ts';
import { timeoutIsRejected } from './timeout-is-rejected.ts';
import { uuidPerCall } from './uuid-per-call.ts';

export const brokenVariants: readonly Variant[] = [
  uuidPerCall,
  retryOnTimeout,
  recordAfterSend,
  noEpochCheck,
  cumulativeAsLastFill,
  timeoutIsRejected,
];
