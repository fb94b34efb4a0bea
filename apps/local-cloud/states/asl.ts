/**
 * The Amazon States Language as this emulation reads it: JSONata only, field names as ASL writes them.
 * `parseDefinition` is the one door: whatever has one of these types has been validated.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** States that run one after another in a scope of their own: a whole machine, a branch, an item processor. */
export interface StateBlock {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Machine extends StateBlock {
  readonly Comment?: string;
  readonly TimeoutSeconds?: number;
}

export type State = TaskState | ChoiceState | MapState | ParallelState | WaitState | PassState | SucceedState | FailState;

/** What a state may leave behind when it ends: variables and an output. */
export interface Aftermath {
  readonly Assign?: JsonObject;
  readonly Output?: Json;
}

interface Onward {
  readonly Next?: string;
  readonly End?: boolean;
}

interface Recovery {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
}

export interface Catcher extends Aftermath {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

export interface TaskState extends Aftermath, Onward, Recovery {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Json;
  readonly TimeoutSeconds?: number | string;
  readonly HeartbeatSeconds?: number | string;
}

interface ChoiceRule extends Aftermath {
  readonly Condition: string | boolean;
  readonly Next: string;
}

export interface ChoiceState extends Aftermath {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface ItemProcessor extends StateBlock {
  readonly ProcessorConfig?: { readonly Mode?: 'INLINE' | 'DISTRIBUTED'; readonly ExecutionType?: 'STANDARD' };
}

export interface ItemReader {
  readonly Resource: string;
  readonly Arguments: Json;
  readonly ReaderConfig?: JsonObject;
}

export interface ResultWriter {
  readonly Resource?: string;
  readonly Arguments?: Json;
  readonly WriterConfig?: { readonly Transformation?: 'NONE' | 'COMPACT' | 'FLATTEN'; readonly OutputType?: 'JSON' | 'JSONL' };
}

export interface MapState extends Aftermath, Onward, Recovery {
  readonly Type: 'Map';
  readonly ItemProcessor: ItemProcessor;
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly MaxConcurrency?: number | string;
  readonly ItemReader?: ItemReader;
  readonly ItemBatcher?: JsonObject;
  readonly ResultWriter?: ResultWriter;
  readonly Label?: string;
  readonly ToleratedFailureCount?: number | string;
  readonly ToleratedFailurePercentage?: number | string;
}

export interface ParallelState extends Aftermath, Onward, Recovery {
  readonly Type: 'Parallel';
  readonly Branches: readonly StateBlock[];
  readonly Arguments?: Json;
}

export interface WaitState extends Aftermath, Onward {
  readonly Type: 'Wait';
  readonly Seconds?: number | string;
  readonly Timestamp?: string;
}

export interface PassState extends Aftermath, Onward {
  readonly Type: 'Pass';
}

export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Output?: Json;
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
}

export const isDistributed = (state: MapState): boolean => state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED';

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
