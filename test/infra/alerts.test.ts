/** What the template hands to the function that sends alerts, and what it puts on the topic without it, against what the code says of both. */
import { beforeAll, expect, test } from 'vitest';
import { alertedTypes } from '../../shared/runtime/alerts/alert-of-event.ts';
import { onTopicByRule } from '../../shared/runtime/alerts/routes-of-trading.ts';
import { devAssembly } from './support/assembly.ts';
import type { Resource, Templates } from './support/templates.ts';

let templates: Templates;
let rules: Resource[];

beforeAll(async () => {
  ({ templates } = await devAssembly());
  rules = templates.all('AWS::Events::Rule');
});

const heardBy = (name: string): string[] =>
  rules
    .find((rule) => rule.text('Name') === `ballast-dev-${name}`)!
    .list('EventPattern.detail-type')
    .map(String)
    .sort();

test('the function that sends alerts is handed every type that people hear of, and no other', () => {
  expect(heardBy('send-alerts')).toEqual([...alertedTypes]);
});

test('the function leaves out of the topic what rules put there, and nothing else', () => {
  expect([...heardBy('trading-stopped'), ...heardBy('trading-troubled')].sort()).toEqual([...onTopicByRule].sort());
});

test('only alarms come from the topic to the function that relays them, so that nothing goes round in a circle', () => {
  const [subscription, ...others] = templates.all('AWS::SNS::Subscription').filter((one) => one.text('Protocol') === 'lambda');
  expect(others).toEqual([]);
  expect(subscription!.at('FilterPolicyScope')).toBe('MessageBody');
  expect(subscription!.at('FilterPolicy')).toEqual({ AlarmName: [{ exists: true }] });
});
