/** Broken: no answer within the time-out is taken for a rejection. */

import type { Variant } from '../world.ts';
import { overLedger } from './over-ledger.ts';

export const timeoutIsRejected: Variant = {
  name: 'timeout = rejected',
  ledger: (real) => overLedger(real, { recordLostReply: (key, note, at) => real.recordRejection(key, note, at) }),
};
