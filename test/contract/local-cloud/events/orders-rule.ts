/** A small cloud with one rule on the default bus, the event it is about, and how events are put there. */
import { SmallCloud } from './small-cloud.ts';

export const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:on-order';
export const entry = { Source: 'ballast', DetailType: 'OrderFilled', Detail: '{"symbol":"TRUE","shares":10}' };

export function cloudWithRule(target: Record<string, unknown>, rule: Record<string, unknown> = {}): SmallCloud {
  const cloud = new SmallCloud();
  cloud.declare('AWS::SQS::Queue', 'dead', { QueueName: 'dead' });
  cloud.declare('AWS::Events::Rule', 'orders', {
    Name: 'orders',
    EventPattern: { source: ['ballast'] },
    Targets: [{ Id: 't', ...target }],
    ...rule,
  });
  return cloud;
}

export async function put(cloud: SmallCloud, ...entries: object[]) {
  const answer = await cloud.run<{ FailedEntryCount: number; Entries: Record<string, string>[] }>('events', 'PutEvents', {
    Entries: entries,
  });
  await cloud.settle();
  return answer;
}
