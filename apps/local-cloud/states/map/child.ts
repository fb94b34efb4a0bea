import type { Execution } from '../executions.ts';
import type { Batch } from './batches.ts';

/** One child execution of a map run. */
export interface Child {
  readonly batch: Batch;
  /** Absent until it was started; a failed run leaves such children pending. */
  readonly execution?: Execution;
}
