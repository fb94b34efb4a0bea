/**
 * Every call to every service passes here, whoever makes it and however it came: faults strike here, and the service
 * learns its caller and how to ask for permission.
 */
import type { Fault, FaultPlan, PlannedCall } from '../faults.ts';
import type { Iam } from '../iam/index.ts';
import { crashCurrentInvocation } from '../lambda/invocation.ts';
import { AwsError, type AwsService, type CallContext, type Caller, type CloudClock, type CloudEvent } from '../service.ts';

export interface DispatchOptions {
  readonly iam: Iam;
  readonly faults: FaultPlan;
  readonly clock: CloudClock;
  random(): number;
  newRequestId(): string;
  observe(event: CloudEvent): void;
  /** After each call that succeeded. */
  completed?(service: string, operation: string, input: object): void;
}

export interface Reply {
  readonly output: unknown;
  readonly requestId: string;
}

/** The connection broke: nobody knows whether the request was carried out. SDKs see a reset socket, services an SDK that gave up. */
export class ConnectionLost extends AwsError {
  constructor() {
    super('SdkClientException', 'socket hang up', 500);
  }
}

export class Dispatcher {
  readonly #options: DispatchOptions;
  readonly #services = new Map<string, AwsService>();

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  register(service: AwsService): void {
    this.#services.set(service.name, service);
  }

  /** @throws AwsError naming the service, when none of that name is emulated. */
  service(name: string): AwsService {
    const service = this.#services.get(name);
    if (!service)
      throw new AwsError(
        'NotEmulated',
        `The local cloud does not emulate the service "${name}". See apps/local-cloud/README.md for those it does.`,
        501,
      );
    return service;
  }

  async call(caller: Caller, serviceName: string, operation: string, input: object): Promise<Reply> {
    const service = this.service(serviceName);
    const requestId = this.#options.newRequestId();
    const context: CallContext = {
      caller,
      requestId,
      authorize: (request) => this.#options.iam.authorize(caller, request, serviceName),
    };
    const perform = async (): Promise<unknown> => {
      const answer = await service.execute(operation, input as never, context);
      this.#options.completed?.(serviceName, operation, input);
      return answer;
    };
    const output = await this.#underFaults({ service: serviceName, operation, caller, input }, perform);
    return { output, requestId };
  }

  #underFaults(call: PlannedCall, perform: () => Promise<unknown>): Promise<unknown> {
    const { faults, random } = this.#options;
    const invokesFunction = call.service === 'lambda' && call.operation === 'Invoke';
    // A crash planned for an Invoke is that of the invoked function, and strikes when it runs.
    const fault = faults.strike(call, random, (kind) => !(invokesFunction && kind.startsWith('crash')));
    return fault ? this.#strike(fault, call, perform) : perform();
  }

  async #strike({ kind, delayMs }: Fault, call: PlannedCall, perform: () => Promise<unknown>): Promise<unknown> {
    const { clock, observe } = this.#options;
    observe({
      at: clock.now(),
      service: call.service,
      event: 'FaultStruck',
      details: { fault: kind, operation: call.operation, caller: call.caller },
    });
    switch (kind) {
      case 'drop-request':
        throw new ConnectionLost();
      case 'drop-reply':
        await perform().catch(() => {});
        throw new ConnectionLost();
      case 'delay':
        await clock.sleep(delayMs);
        return perform();
      case 'duplicate': {
        const first = await perform();
        await perform().catch(() => {});
        return first;
      }
      case 'throttle':
        throw throttled(call.service);
      case 'crash-before':
        return this.#crash(call);
      case 'crash-after':
        await perform().catch(() => {});
        return this.#crash(call);
    }
  }

  /** The calling function dies with its call unanswered; a caller that is no function only loses its connection. */
  #crash({ caller }: PlannedCall): Promise<never> {
    if (caller.kind === 'role' && crashCurrentInvocation(caller.session)) return new Promise(() => {});
    throw new ConnectionLost();
  }
}

function throttled(service: string): AwsError {
  switch (service) {
    case 'dynamodb':
      return new AwsError(
        'ProvisionedThroughputExceededException',
        'The level of configured provisioned throughput for the table was exceeded.',
      );
    case 's3':
      return new AwsError('SlowDown', 'Please reduce your request rate.', 503);
    case 'lambda':
      return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    default:
      return new AwsError('ThrottlingException', 'Rate exceeded');
  }
}
