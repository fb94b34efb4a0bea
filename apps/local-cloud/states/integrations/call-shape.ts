import type { Json, JsonObject } from '../asl.ts';
import type { Run } from '../frame.ts';

/** How one kind of call is made; `send` and `receive` translate between ASL and the service's own shapes. */
export interface CallShape {
  /** The emulated service, as `CloudHost.call` names it. */
  readonly service: string;
  readonly operation: string;
  /** What precedes the error code in a state's error name, e.g. `DynamoDB`. */
  readonly errorPrefix: string;
  send(argument: JsonObject, run: Run): object;
  /** @throws StateFailure when the reply itself says that the call failed. */
  receive(output: unknown, argument: JsonObject): Json;
}
