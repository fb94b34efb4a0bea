/** What a machine's role must be allowed before the machine is taken. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../../apps/local-cloud/clock.ts';
import { AwsError, type CloudEvent, type CloudHost } from '../../../../apps/local-cloud/service.ts';
import { type Authorize, assertMachineRole } from '../../../../apps/local-cloud/states/machine-role.ts';
import type { StateMachine } from '../../../../apps/local-cloud/states/machines.ts';
import type { EpochMs } from '../../../../shared/kernel/units.ts';

const logging = {
  Level: 'ALL',
  Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:x:*' } }],
};

function take(denied: string, configured: Partial<StateMachine>): CloudEvent[] {
  const events: CloudEvent[] = [];
  const host = { clock: new VirtualClock(0 as EpochMs), observe: (event: CloudEvent) => void events.push(event) } as Partial<CloudHost>;
  const authorize: Authorize = (_caller, { action }) => {
    if (action === denied) throw new AwsError('AccessDeniedException', `not authorized to perform: ${action}`);
  };
  const machine = { name: 'cycle', roleArn: 'arn:aws:iam::000000000000:role/cycle', ...configured } as StateMachine;
  assertMachineRole(host as CloudHost, authorize, machine);
  return events;
}

describe('SFN-90 a machine whose role may not', () => {
  test('deliver its logs is refused, as CreateStateMachine refuses it', () => {
    expect(() => take('logs:CreateLogDelivery', { loggingConfiguration: logging })).toThrow(
      /not authorized to access the Log Destination \(cycle\): not authorized to perform: logs:CreateLogDelivery/,
    );
  });

  test('deliver logs is taken when it logs nothing', () => {
    expect(take('logs:CreateLogDelivery', {})).toEqual([]);
    expect(take('logs:CreateLogDelivery', { loggingConfiguration: { ...logging, Level: 'OFF' } })).toEqual([]);
  });

  test('trace is taken, and told of', () => {
    const [told] = take('xray:PutTraceSegments', { tracingConfiguration: { Enabled: true } });
    expect(told).toMatchObject({ event: 'TracesRefused', details: { because: expect.stringContaining('xray:PutTraceSegments') } });
  });
});
