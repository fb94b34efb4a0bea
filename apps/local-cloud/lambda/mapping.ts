/** What the two kinds of event source mapping (streams and queues) have in common: their declaration, and how they call the function. */
import { type CompiledPattern, compilePattern } from '../events/pattern.ts';
import { AwsError, type Caller, type CloudHost, type DeclaredResource, notEmulated } from '../service.ts';
import type { FunctionDefinition } from './definition.ts';
import { assertDestination } from './destinations.ts';
import type { LambdaLedger } from './ledger.ts';
import type { InvocationResult } from './runner.ts';

export interface MappingDefinition {
  /** `<stack>/<logical id>`: the same at every boot, so that the checkpoint is found again. */
  readonly id: string;
  readonly sourceArn: string;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly startsAt: 'TRIM_HORIZON' | 'LATEST';
  /** -1: until the records are too old. */
  readonly retriesMax: number;
  /** -1: as long as the stream keeps them. */
  readonly recordAgeMsMax: number;
  readonly bisects: boolean;
  readonly reportsItemFailures: boolean;
  readonly onFailureArn: string | undefined;
  readonly filters: readonly CompiledPattern[];
}

export interface MappingOptions {
  readonly host: CloudHost;
  readonly ledger: LambdaLedger;
  readonly closing: AbortSignal;
  readonly function: FunctionDefinition;
  background(work: () => Promise<unknown>): void;
  invoke(payload: object): Promise<InvocationResult>;
}

const honoured = new Set([
  'BatchSize',
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'Enabled',
  'EventSourceArn',
  'FilterCriteria',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'ScalingConfig',
  'StartingPosition',
  'Tags',
]);

export function readMapping(
  { stack, logicalId, properties }: DeclaredResource,
  target: { functionName: string; qualifier: string | undefined },
): MappingDefinition {
  const id = `${stack}/${logicalId}`;
  const unknown = Object.keys(properties).find((property) => !honoured.has(property));
  if (unknown !== undefined) throw notEmulated('Lambda', `event source mapping property ${unknown} (${id})`);
  const sourceArn = properties.EventSourceArn as string;
  const service = sourceArn.split(':')[2];
  if (service !== 'dynamodb' && service !== 'sqs') throw notEmulated('Lambda', `event source ${sourceArn} (${id})`);
  const startsAt = (properties.StartingPosition ?? 'TRIM_HORIZON') as string;
  if (startsAt !== 'TRIM_HORIZON' && startsAt !== 'LATEST') throw notEmulated('Lambda', `starting position ${startsAt} (${id})`);
  const { OnFailure } = (properties.DestinationConfig ?? {}) as { OnFailure?: { Destination?: string } };
  assertDestination(OnFailure?.Destination, id);
  const ageSeconds = Number(properties.MaximumRecordAgeInSeconds ?? -1);
  const { Filters = [] } = (properties.FilterCriteria ?? {}) as { Filters?: { Pattern: string }[] };
  return {
    id,
    sourceArn,
    ...target,
    enabled: properties.Enabled !== false,
    batchSize: Number(properties.BatchSize ?? (service === 'sqs' ? 10 : 100)),
    startsAt,
    retriesMax: Number(properties.MaximumRetryAttempts ?? -1),
    recordAgeMsMax: ageSeconds === -1 ? -1 : ageSeconds * 1000,
    bisects: properties.BisectBatchOnFunctionError === true,
    reportsItemFailures: ((properties.FunctionResponseTypes ?? []) as string[]).includes('ReportBatchItemFailures'),
    onFailureArn: OnFailure?.Destination,
    filters: Filters.map(({ Pattern }) => compilePattern(Pattern)),
  };
}

export const passesFilters = ({ filters }: MappingDefinition, record: object): boolean =>
  filters.length === 0 || filters.some((filter) => filter.matches(record));

export type BatchOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly result: InvocationResult }
  /** Only these items failed, by the id the function gave back. */
  | { readonly kind: 'partly-failed'; readonly itemIds: readonly string[]; readonly result: InvocationResult };

/** Runs the function on a batch, waiting while it is throttled, and reads its report. */
export async function runBatch(
  { host, closing, invoke }: MappingOptions,
  { reportsItemFailures }: MappingDefinition,
  records: readonly object[],
): Promise<BatchOutcome> {
  const result = await invokeWhenFree(host, closing, () => invoke({ Records: records }));
  if (result.functionError !== undefined) return { kind: 'failed', result };
  if (!reportsItemFailures) return { kind: 'done' };
  const report = JSON.parse(result.payload) as { batchItemFailures?: unknown } | null;
  if (report?.batchItemFailures === undefined || report.batchItemFailures === null) return { kind: 'done' };
  if (!Array.isArray(report.batchItemFailures)) return { kind: 'failed', result };
  const itemIds = (report.batchItemFailures as { itemIdentifier?: string }[]).map(({ itemIdentifier }) => itemIdentifier ?? '');
  // An empty identifier makes the whole batch a failure, as the developer guide says.
  if (itemIds.includes('')) return { kind: 'failed', result };
  return itemIds.length === 0 ? { kind: 'done' } : { kind: 'partly-failed', itemIds, result };
}

async function invokeWhenFree(host: CloudHost, closing: AbortSignal, invoke: () => Promise<InvocationResult>): Promise<InvocationResult> {
  for (let throttles = 0; ; throttles++) {
    try {
      return await invoke();
    } catch (error) {
      if (!(error instanceof AwsError) || error.status !== 429) throw error;
      await host.clock.sleep(backoffMs(throttles), closing);
    }
  }
}

/** AWS publishes no exact figures: here it doubles from one second to one minute. */
export const backoffMs = (failures: number): number => Math.min(60_000, 1000 * 2 ** Math.min(failures, 10));

export const callerOf = ({ roleArn, name }: FunctionDefinition): Caller => ({ kind: 'role', roleArn, session: name });
