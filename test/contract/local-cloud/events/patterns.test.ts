/**
 * Conformance of event patterns with what AWS documents. Each card cites its page; values are those of the page's
 * examples, cut down to what the card is about. Pages, read on 2026-11-20:
 *   UG-OPS   EventBridge user guide, "Comparison operators for use in event patterns" (eb-create-pattern-operators)
 *   UG-PAT   EventBridge user guide, "Amazon EventBridge event patterns" (eb-event-patterns), with its pages on arrays
 *            (eb-event-patterns-arrays) and on null values and empty strings (eb-event-patterns-null-values)
 *   RULER    README of aws/event-ruler, the matcher EventBridge runs on
 */
import { describe, expect, test } from 'vitest';
import { rulerPatterns } from './ruler-patterns.ts';
import { SmallCloud } from './small-cloud.ts';
import { userGuidePatterns } from './user-guide-patterns.ts';

const invalid: readonly { id: string; from: string; pattern: string; reason: RegExp }[] = [
  { id: 'EVB-40', from: 'UG-PAT', pattern: '[]', reason: /not an object/ },
  { id: 'EVB-41', from: 'UG-PAT', pattern: '{"source":"aws.ec2"}', reason: /"source" must be an object or an array/ },
  { id: 'EVB-42', from: 'RULER', pattern: '{"source":[]}', reason: /Empty arrays/ },
  { id: 'EVB-43', from: 'RULER', pattern: '{"detail":{}}', reason: /Empty objects/ },
  { id: 'EVB-44', from: 'RULER', pattern: '{"a":[{"like":"x"}]}', reason: /Unrecognized match type like/ },
  { id: 'EVB-45', from: 'RULER', pattern: '{"a":[{"prefix":5}]}', reason: /prefix match pattern must be a string/ },
  { id: 'EVB-46', from: 'RULER', pattern: '{"a":[{"anything-but":["x",5]}]}', reason: /mixed type is not supported/ },
  { id: 'EVB-47', from: 'RULER', pattern: '{"a":[{"numeric":["<",5,">",1]}]}', reason: /Too many elements/ },
  { id: 'EVB-48', from: 'RULER', pattern: '{"a":[{"numeric":[">",5,"<",1]}]}', reason: /Bottom must be less than top/ },
  { id: 'EVB-49', from: 'RULER', pattern: '{"a":[{"numeric":["=",6000000000]}]}', reason: /between -5.0E9 and 5.0E9/ },
  { id: 'EVB-50', from: 'RULER', pattern: '{"a":[{"wildcard":"a**b"}]}', reason: /Consecutive wildcard/ },
  { id: 'EVB-51', from: 'RULER', pattern: '{"a":[{"wildcard":"a\\\\b"}]}', reason: /Invalid escape/ },
  { id: 'EVB-52', from: 'RULER', pattern: '{"a":[{"cidr":"10.0.0.0"}]}', reason: /one '\/' required/ },
  { id: 'EVB-53', from: 'RULER', pattern: '{"a":[{"exists":"yes"}]}', reason: /exists match pattern must be either true or false/ },
  { id: 'EVB-54', from: 'RULER', pattern: '{"a":[{"prefix":"x","suffix":"y"}]}', reason: /Only one key allowed/ },
  { id: 'EVB-55', from: 'UG-PAT', pattern: '{"source":', reason: /not valid JSON/ },
];

describe('event patterns', () => {
  const cloud = new SmallCloud();
  const result = async (pattern: object, event: unknown): Promise<boolean> =>
    (
      await cloud.run<{ Result: boolean }>('events', 'TestEventPattern', {
        EventPattern: JSON.stringify(pattern),
        Event: JSON.stringify(event),
      })
    ).Result;

  test.each([...userGuidePatterns, ...rulerPatterns])('$id $what ($from)', async ({ pattern, matches = [], passesBy = [] }) => {
    for (const event of matches) expect(await result(pattern, event), `matches ${JSON.stringify(event)}`).toBe(true);
    for (const event of passesBy) expect(await result(pattern, event), `passes by ${JSON.stringify(event)}`).toBe(false);
  });

  test.each(invalid)('$id refuses $pattern with its reason ($from)', async ({ pattern, reason }) => {
    const attempt = cloud.run('events', 'TestEventPattern', { EventPattern: pattern, Event: '{}' });
    await expect(attempt).rejects.toMatchObject({ code: 'InvalidEventPatternException', message: expect.stringMatching(reason) });
  });

  test('EVB-56 refuses a pattern whose $or fields multiply beyond a thousand combinations', async () => {
    const or = (field: string) => ({ $or: Array.from({ length: 11 }, (_, index) => ({ [field]: [index] })) });
    const pattern = JSON.stringify({ a: or('x'), b: or('y'), c: or('z') });
    await expect(cloud.run('events', 'TestEventPattern', { EventPattern: pattern, Event: '{}' })).rejects.toThrow(/too complex/);
  });
});
