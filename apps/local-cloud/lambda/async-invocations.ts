/**
 * Invocations nobody waits for. Lambda runs the event, and on an error runs it again after one minute and after two;
 * then, or when the event is too old, it goes to the on-failure destination and the dead-letter queue
 * (Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation").
 */
import { AwsError, type Caller, type CloudHost } from '../service.ts';
import type { FunctionDefinition } from './definition.ts';
import { sendOutcome } from './destinations.ts';
import type { LambdaLedger, OwedEvent } from './ledger.ts';
import type { InvocationResult } from './runner.ts';

/** `AWS::Lambda::EventInvokeConfig`, or what AWS does without one. */
export interface EventInvokeConfig {
  readonly retriesMax: number;
  readonly ageMsMax: number;
  readonly onSuccessArn?: string;
  readonly onFailureArn?: string;
}

export const defaultEventInvokeConfig: EventInvokeConfig = { retriesMax: 2, ageMsMax: 6 * 3_600_000 };

export interface AsyncInvocationsOptions {
  readonly host: CloudHost;
  readonly ledger: LambdaLedger;
  readonly closing: AbortSignal;
  background(work: () => Promise<unknown>): void;
  run(event: OwedEvent): Promise<InvocationResult>;
  targetOf(event: OwedEvent): { readonly definition: FunctionDefinition; readonly config: EventInvokeConfig };
}

type Exhaustion = 'RetriesExhausted' | 'EventAgeExceeded';

const RETRY_WAITS_MS = [60_000, 120_000] as const;
const THROTTLE_WAIT_MS_MAX = 300_000;

export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  /** Takes the event on: from here it is run or its failure is told, also after a restart. */
  accept(event: OwedEvent): void {
    this.#options.ledger.owe(event);
    this.#pursue(event);
  }

  /** Takes up what an earlier process left owed. */
  resume(): void {
    for (const event of this.#options.ledger.owed()) this.#pursue(event);
  }

  #pursue(event: OwedEvent): void {
    const { background, closing, ledger } = this.#options;
    background(async () => {
      try {
        await this.#deliver(event);
        ledger.settle(event.id);
      } catch (error) {
        if (!closing.aborted) throw error;
      }
    });
  }

  async #deliver(event: OwedEvent): Promise<void> {
    const { definition, config } = this.#options.targetOf(event);
    let failures = 0;
    for (let throttles = 0; ; ) {
      const result = await this.#attempt(event);
      if (result === 'throttled') {
        const waitMs = Math.min(THROTTLE_WAIT_MS_MAX, 1000 * 2 ** throttles++);
        if (!(await this.#waitWithinAge(event, config, waitMs)))
          return this.#fail(event, definition, config, 'EventAgeExceeded', failures, undefined);
        continue;
      }
      if (result.functionError === undefined) return this.#succeed(event, definition, config, result);
      failures++;
      if (failures > config.retriesMax) return this.#fail(event, definition, config, 'RetriesExhausted', failures, result);
      const waitMs = RETRY_WAITS_MS[failures - 1]!;
      this.#observe('AsyncInvokeRetried', definition, { requestId: event.id, failures, waitMs });
      if (!(await this.#waitWithinAge(event, config, waitMs)))
        return this.#fail(event, definition, config, 'EventAgeExceeded', failures, result);
    }
  }

  async #attempt(event: OwedEvent): Promise<InvocationResult | 'throttled'> {
    try {
      return await this.#options.run(event);
    } catch (error) {
      if (error instanceof AwsError && error.status === 429) return 'throttled';
      throw error;
    }
  }

  /** Waits, unless the event would be too old after it. */
  async #waitWithinAge(event: OwedEvent, config: EventInvokeConfig, waitMs: number): Promise<boolean> {
    const { clock } = this.#options.host;
    if (clock.now() + waitMs - event.acceptedAt > config.ageMsMax) return false;
    await clock.sleep(waitMs, this.#options.closing);
    return true;
  }

  async #succeed(
    event: OwedEvent,
    definition: FunctionDefinition,
    { onSuccessArn }: EventInvokeConfig,
    result: InvocationResult,
  ): Promise<void> {
    if (onSuccessArn === undefined) return;
    const body = JSON.stringify(this.#envelope(event, definition, 'Success', 1, result));
    await this.#send(definition, onSuccessArn, {
      body,
      detailType: 'Lambda Function Invocation Result - Success',
      functionArn: definition.arn,
    });
  }

  async #fail(
    event: OwedEvent,
    definition: FunctionDefinition,
    { onFailureArn }: EventInvokeConfig,
    condition: Exhaustion,
    failures: number,
    result: InvocationResult | undefined,
  ): Promise<void> {
    this.#observe('AsyncInvokeFailed', definition, { requestId: event.id, condition });
    if (onFailureArn !== undefined) {
      const body = JSON.stringify(this.#envelope(event, definition, condition, failures, result));
      await this.#send(definition, onFailureArn, {
        body,
        detailType: 'Lambda Function Invocation Result - Failure',
        functionArn: definition.arn,
      });
    }
    if (definition.deadLetterArn === undefined) return;
    const { errorMessage = condition } = JSON.parse(result?.payload ?? '{}') as { errorMessage?: string };
    const attributes = {
      RequestID: { DataType: 'String', StringValue: event.id },
      ErrorCode: { DataType: 'Number', StringValue: result ? '200' : '429' },
      ErrorMessage: { DataType: 'String', StringValue: errorMessage.slice(0, 1024) || condition },
    };
    await this.#send(definition, definition.deadLetterArn, {
      body: event.payload,
      attributes,
      detailType: 'dead letter',
      functionArn: definition.arn,
    });
  }

  async #send(definition: FunctionDefinition, arn: string, outcome: Parameters<typeof sendOutcome>[3]): Promise<void> {
    const caller: Caller = { kind: 'role', roleArn: definition.roleArn, session: definition.name };
    try {
      await sendOutcome(this.#options.host, caller, arn, outcome);
      this.#observe(outcome.detailType === 'dead letter' ? 'DeadLettered' : 'DestinationSent', definition, { to: arn });
    } catch (error) {
      // As on AWS: the event is lost, and a metric (here: a line) says so.
      this.#observe('DestinationFailed', definition, { to: arn, because: String(error) });
    }
  }

  #envelope(
    event: OwedEvent,
    definition: FunctionDefinition,
    condition: 'Success' | Exhaustion,
    count: number,
    result: InvocationResult | undefined,
  ): object {
    return {
      version: '1.0',
      timestamp: new Date(this.#options.host.clock.now()).toISOString(),
      requestContext: {
        requestId: event.id,
        functionArn: `${definition.arn}:${event.qualifier ?? '$LATEST'}`,
        condition,
        approximateInvokeCount: count,
      },
      requestPayload: event.payload === '' ? {} : JSON.parse(event.payload),
      ...(result && {
        responseContext: {
          statusCode: 200,
          executedVersion: result.executedVersion,
          ...(result.functionError && { functionError: result.functionError }),
        },
        responsePayload: JSON.parse(result.payload),
      }),
    };
  }

  #observe(event: string, { name }: FunctionDefinition, details: Readonly<Record<string, unknown>>): void {
    const { host } = this.#options;
    host.observe({ at: host.clock.now(), service: 'lambda', event, details: { functionName: name, ...details } });
  }
}
