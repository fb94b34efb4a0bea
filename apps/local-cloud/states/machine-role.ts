/**
 * What AWS asks of a machine's role before it takes the machine: that it may deliver logs to where they should go. A role
 * that may not trace is taken, and its executions leave no traces; that is told, not refused.
 */
import { type AuthorizationRequest, AwsError, type Caller, type CloudHost } from '../service.ts';
import { isObject } from './asl.ts';
import type { StateMachine } from './machines.ts';

export type Authorize = (caller: Caller, request: AuthorizationRequest) => void;

/** Step Functions developer guide, "Using CloudWatch Logs to log execution history": deliveries have no resources of their own. */
const logDeliveryActions = [
  ...['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'],
  ...['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'],
].map((call) => `logs:${call}`);

const tracingActions = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'].map((call) => `xray:${call}`);

/** @throws AwsError AccessDeniedException in the words of CreateStateMachine, with what IAM says of the action. */
export function assertMachineRole(host: CloudHost, authorize: Authorize, machine: StateMachine): void {
  const role: Caller = { kind: 'role', roleArn: machine.roleArn, session: machine.name };
  const firstDenied = (actions: readonly string[]): string | undefined => {
    try {
      for (const action of actions) authorize(role, { action, resource: '*' });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  if (delivers(machine.loggingConfiguration)) {
    const denied = firstDenied(logDeliveryActions);
    const said = 'The state machine IAM Role is not authorized to access the Log Destination';
    if (denied !== undefined) throw new AwsError('AccessDeniedException', `${said} (${machine.name}): ${denied}`);
  }
  if (!isObject(machine.tracingConfiguration) || machine.tracingConfiguration.Enabled !== true) return;
  const because = firstDenied(tracingActions);
  if (because === undefined) return;
  host.observe({ at: host.clock.now(), service: 'states', event: 'TracesRefused', details: { machine: machine.name, because } });
}

const delivers = (logging: unknown): boolean =>
  isObject(logging) && logging.Level !== 'OFF' && Array.isArray(logging.Destinations) && logging.Destinations.length > 0;
