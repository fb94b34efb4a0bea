/** A wire request in, a wire response out: what the in-process handler and the HTTP server have in common. */
import { AwsError, type Caller, type CloudEvent, type WireRequest, type WireResponse } from '../service.ts';
import { ConnectionLost, type Dispatcher } from './dispatch.ts';

export interface Gateway {
  readonly dispatcher: Dispatcher;
  observeFailure(service: string, error: unknown): void;
  newRequestId(): string;
}

export function gateway(
  dispatcher: Dispatcher,
  newRequestId: () => string,
  now: () => CloudEvent['at'],
  observe: (event: CloudEvent) => void,
): Gateway {
  return {
    dispatcher,
    newRequestId,
    observeFailure: (service, error) =>
      observe({
        at: now(),
        service,
        event: 'ServiceFailed',
        details: { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      }),
  };
}

/** @throws ConnectionLost when a fault says that no reply comes; every other failure is a response. */
export async function callOverWire(gateway: Gateway, caller: Caller, serviceName: string, request: WireRequest): Promise<WireResponse> {
  const { wire } = gateway.dispatcher.service(serviceName);
  try {
    const { operation, input } = wire.decode(request);
    const { output, requestId } = await gateway.dispatcher.call(caller, serviceName, operation, input);
    return wire.encode(operation, output, requestId);
  } catch (error) {
    if (error instanceof ConnectionLost) throw error;
    if (!(error instanceof AwsError)) gateway.observeFailure(serviceName, error);
    return wire.encodeError(error instanceof AwsError ? error : internalFailure(error), gateway.newRequestId());
  }
}

const internalFailure = (cause: unknown): AwsError =>
  new AwsError('InternalFailure', `The local cloud itself failed: ${cause instanceof Error ? cause.message : String(cause)}`, 500);
