/**
 * What every Lambda here is: a name, what it needs, a schema for what comes in and one for what goes out, and a function
 * from input and needs to output. `onAws` puts the runtime around it: middy, structured logs, schemas both ways, lazy
 * wiring. Importing a handler has no effect; nothing is connected before the first event.
 */
import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { ContractViolation } from '../kernel/errors.ts';
import { isRefusal, type Refusal } from '../kernel/refusal.ts';
import { oncePerHost, type RuntimeHost, runtimeHost } from './host.ts';
import { HostLogger } from './logger.ts';
import type { Need } from './needs.ts';

export type Needs = Readonly<Record<string, Need<unknown>>>;
export type Met<N extends Needs> = { readonly [K in keyof N]: ReturnType<N[K]> } & { readonly clock: Clock; readonly log: Logger };

export interface HandlerDefinition<N extends Needs, Input extends z.ZodType, Output extends z.ZodType> {
  /** As in the inventory, e.g. `trading/preflight`. */
  readonly name: string;
  readonly needs: N;
  readonly input: Input;
  readonly output: Output;
  run(input: z.output<Input>, needs: Met<N>): Promise<z.output<Output> | Refusal>;
}

export type LambdaHandler = (event: unknown, context: Context) => Promise<unknown>;

export const defineHandler = <N extends Needs, Input extends z.ZodType, Output extends z.ZodType>(
  definition: HandlerDefinition<N, Input, Output>,
): HandlerDefinition<N, Input, Output> => definition;

/** The Lambda entry point. @throws ContractViolation for an event or a result outside the schemas. */
export function onAws<N extends Needs, Input extends z.ZodType, Output extends z.ZodType>(
  definition: HandlerDefinition<N, Input, Output>,
): LambdaHandler {
  const handlerOf = oncePerHost((host) => wire(definition, host));
  return async (event, context) => handlerOf(runtimeHost())(event, context);
}

function wire<N extends Needs, Input extends z.ZodType, Output extends z.ZodType>(
  { name, needs, input, output, run }: HandlerDefinition<N, Input, Output>,
  host: RuntimeHost,
): LambdaHandler {
  const log = new HostLogger(name, host);
  const met = Object.fromEntries(Object.entries(needs).map(([need, make]) => [need, make(host)])) as Met<N>;
  const everything = { ...met, clock: host.clock, log };

  const core = async (event: unknown): Promise<unknown> => {
    const result = await run(accept(name, 'event', input, event), everything);
    if (!isRefusal(result)) return accept(name, 'result', output, result);
    log.info('refused', { reason: result.reason, details: result.details });
    return result;
  };
  return middy()
    .use(injectLambdaContext(log, { resetKeys: true }))
    .handler(core);
}

function accept<Schema extends z.ZodType>(name: string, what: 'event' | 'result', schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new ContractViolation(`${name}: the ${what} is outside its schema: ${problems.join('; ')}`, { problems });
}
