/**
 * Conformance of event patterns with what AWS documents. Each card cites its page; values are those of the page's
 * examples, cut down to what the card is about. Pages, read on 2026-11-20:
 *   UG-OPS   EventBridge user guide, "Comparison operators for use in event patterns" (eb-create-pattern-operators)
 *   UG-PAT   EventBridge user guide, "Amazon EventBridge event patterns" (eb-event-patterns), with its pages on arrays
 *            (eb-event-patterns-arrays) and on null values and empty strings (eb-event-patterns-null-values)
 *   RULER    README of aws/event-ruler, the matcher EventBridge runs on
 */
import { describe, expect, test } from 'vitest';
import { SmallCloud } from './small-cloud.ts';

const rulerEvent = {
  version: '0',
  id: 'ddddd4-aaaa-7777-4444-345dd43cc333',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '012345679012',
  time: '2017-10-02T16:24:49Z',
  region: 'us-east-1',
  resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000'],
  detail: {
    'c-count': 5,
    'd-count': 3,
    'x-limit': 301.8,
    'source-ip': '10.0.0.33',
    'instance-id': 'i-000000aaaaaa00000',
    state: 'running',
  },
};
const withDetail = (detail: object): object => ({ ...rulerEvent, detail: { ...rulerEvent.detail, ...detail } });
const employees = {
  employees: [
    { firstName: 'John', lastName: 'Doe' },
    { firstName: 'Anna', lastName: 'Smith' },
    { firstName: 'Peter', lastName: 'Jones' },
  ],
};
const employeesInTeams = { employees: [employees.employees.slice(0, 2), employees.employees.slice(2)] };
const nestedOr = {
  source: ['aws.cloudwatch'],
  $or: [
    { metricName: ['CPUUtilization', 'ReadLatency'] },
    { metricType: ['MetricType'], namespace: ['AWS/EC2', 'AWS/ES'], $or: [{ metricId: [1234] }, { spaceId: [1000] }] },
    { scope: ['Service'] },
  ],
};

interface Card {
  readonly id: string;
  readonly from: string;
  readonly what: string;
  readonly pattern: object;
  readonly matches?: readonly unknown[];
  readonly passesBy?: readonly unknown[];
}

const cards: readonly Card[] = [
  {
    id: 'EVB-01',
    from: 'UG-PAT',
    what: 'selects by the fields it names and ignores the others',
    pattern: { source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'], detail: { state: ['terminated'] } },
    matches: [withDetail({ state: 'terminated' })],
    passesBy: [rulerEvent, { ...rulerEvent, source: 'aws.fargate', detail: { state: 'terminated' } }, { source: 'aws.ec2' }],
  },
  {
    id: 'EVB-02',
    from: 'UG-PAT',
    what: 'any of several values will do',
    pattern: { source: ['aws.ec2', 'aws.fargate'] },
    matches: [{ source: 'aws.ec2' }, { source: 'aws.fargate' }],
    passesBy: [{ source: 'aws.s3' }, { source: 'AWS.EC2' }],
  },
  {
    id: 'EVB-03',
    from: 'UG-PAT (arrays)',
    what: 'an array in the event matches when it shares an element with the pattern',
    pattern: {
      resources: ['arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f', 'arn:aws:ec2:us-east-1:111122223333:instance/i-b188560f'],
    },
    matches: [
      {
        resources: [
          'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:eb56',
          'arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f',
        ],
      },
    ],
    passesBy: [{ resources: [] }, { resources: ['arn:aws:ec2:us-east-1:444455556666:instance/i-b188560f'] }],
  },
  {
    id: 'EVB-04',
    from: 'UG-PAT (null values)',
    what: 'an empty text matches itself and not null',
    pattern: { detail: { eventVersion: [''] } },
    matches: [{ detail: { eventVersion: '', responseElements: null } }],
    passesBy: [{ detail: { eventVersion: null } }, { detail: {} }],
  },
  {
    id: 'EVB-05',
    from: 'UG-PAT (null values)',
    what: 'null matches null and neither an empty text nor absence',
    pattern: { detail: { responseElements: [null] } },
    matches: [{ detail: { eventVersion: '', responseElements: null } }],
    passesBy: [{ detail: { responseElements: '' } }, { detail: {} }],
  },
  {
    id: 'EVB-06',
    from: 'UG-PAT (value matching)',
    what: 'numbers match numbers, not their text',
    pattern: { source: ['aws.macie'], detail: { 'risk-score': [80], trigger: { risk: [8] } } },
    matches: [{ source: 'aws.macie', detail: { 'risk-score': 80, trigger: { risk: 8 } } }],
    passesBy: [{ source: 'aws.macie', detail: { 'risk-score': '80', trigger: { risk: 8 } } }],
  },
  {
    id: 'EVB-07',
    from: 'UG-OPS',
    what: 'prefix',
    pattern: { time: [{ prefix: '2017-10-02' }] },
    matches: [rulerEvent],
    passesBy: [{ time: '2017-11-02' }, { time: 20171002 }],
  },
  {
    id: 'EVB-08',
    from: 'UG-OPS',
    what: 'prefix, whatever the case',
    pattern: { service: [{ prefix: { 'equals-ignore-case': 'EventB' } }] },
    matches: [{ service: 'EventBridge' }, { service: 'eventbridge' }, { service: 'EVENTBRIDGE' }],
    passesBy: [{ service: 'Bridge' }],
  },
  {
    id: 'EVB-09',
    from: 'UG-OPS',
    what: 'suffix',
    pattern: { FileName: [{ suffix: '.png' }] },
    matches: [{ FileName: 'a.png' }],
    passesBy: [{ FileName: 'a.PNG' }, { FileName: 'png' }],
  },
  {
    id: 'EVB-10',
    from: 'UG-OPS',
    what: 'suffix, whatever the case',
    pattern: { service: [{ suffix: { 'equals-ignore-case': 'tBridge' } }] },
    matches: [{ service: 'EventBridge' }, { service: 'EVENTBRIDGE' }],
    passesBy: [{ service: 'EventBridges' }],
  },
  {
    id: 'EVB-11',
    from: 'UG-OPS',
    what: 'equals-ignore-case',
    pattern: { 'detail-type': [{ 'equals-ignore-case': 'ec2 instance state-change notification' }] },
    matches: [rulerEvent],
    passesBy: [{ 'detail-type': 'ec2 instance' }],
  },
  {
    id: 'EVB-12',
    from: 'UG-OPS',
    what: 'anything-but one text or number',
    pattern: { detail: { state: [{ 'anything-but': 'initializing' }], 'x-limit': [{ 'anything-but': 123 }] } },
    matches: [rulerEvent],
    passesBy: [withDetail({ state: 'initializing' }), withDetail({ 'x-limit': 123 }), { detail: { 'x-limit': 1 } }],
  },
  {
    id: 'EVB-13',
    from: 'UG-OPS',
    what: 'anything-but a list of texts',
    pattern: { detail: { state: [{ 'anything-but': ['stopped', 'overloaded'] }] } },
    matches: [rulerEvent],
    passesBy: [withDetail({ state: 'stopped' }), withDetail({ state: 'overloaded' })],
  },
  {
    id: 'EVB-14',
    from: 'UG-OPS',
    what: 'anything-but a list of numbers',
    pattern: { detail: { 'x-limit': [{ 'anything-but': [100, 200, 300] }] } },
    matches: [rulerEvent],
    passesBy: [withDetail({ 'x-limit': 200 })],
  },
  {
    id: 'EVB-15',
    from: 'UG-OPS',
    what: 'anything-but, whatever the case, one or several',
    pattern: { detail: { state: [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }] } },
    matches: [rulerEvent],
    passesBy: [withDetail({ state: 'INITIALIZING' }), withDetail({ state: 'Stopped' })],
  },
  {
    id: 'EVB-16',
    from: 'UG-OPS',
    what: 'anything-but a prefix, one or several',
    pattern: { detail: { state: [{ 'anything-but': { prefix: 'init' } }], region: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] } },
    matches: [withDetail({ region: 'ap-south-1' })],
    passesBy: [withDetail({ region: 'us-east-1' }), withDetail({ region: 'ap-south-1', state: 'initializing' })],
  },
  {
    id: 'EVB-17',
    from: 'UG-OPS',
    what: 'anything-but a suffix, one or several',
    pattern: { FileName: [{ 'anything-but': { suffix: ['.txt', '.rtf'] } }] },
    matches: [{ FileName: 'a.png' }],
    passesBy: [{ FileName: 'a.txt' }, { FileName: 'a.rtf' }],
  },
  {
    id: 'EVB-18',
    from: 'UG-OPS',
    what: 'anything-but a wildcard, one or several',
    pattern: { FilePath: [{ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }] },
    matches: [{ FilePath: '/home/a' }],
    passesBy: [{ FilePath: '/usr/lib/a' }, { FilePath: '/usr/bin/a' }],
  },
  {
    id: 'EVB-19',
    from: 'UG-OPS, RULER',
    what: 'numeric comparisons and ranges, over JSON numbers only',
    pattern: {
      detail: {
        'c-count': [{ numeric: ['>', 0, '<=', 5] }],
        'd-count': [{ numeric: ['<', 10] }],
        'x-limit': [{ numeric: ['=', 3.018e2] }],
      },
    },
    matches: [rulerEvent],
    passesBy: [
      withDetail({ 'c-count': 0 }),
      withDetail({ 'c-count': 5.000001 }),
      withDetail({ 'd-count': 10 }),
      withDetail({ 'd-count': '3' }),
    ],
  },
  {
    id: 'EVB-20',
    from: 'UG-OPS',
    what: 'IPv4 blocks',
    pattern: { detail: { 'source-ip': [{ cidr: '10.0.0.0/24' }] } },
    matches: [rulerEvent, withDetail({ 'source-ip': '10.0.0.255' })],
    passesBy: [withDetail({ 'source-ip': '10.0.1.0' }), withDetail({ 'source-ip': 'ten' })],
  },
  {
    id: 'EVB-21',
    from: 'UG-OPS, RULER',
    what: 'IPv6 blocks',
    pattern: { ip: [{ cidr: '2001:db8::/32' }] },
    matches: [{ ip: '2001:db8:ffff::1' }],
    passesBy: [{ ip: '2001:db9::1' }, { ip: '10.0.0.1' }],
  },
  {
    id: 'EVB-22',
    from: 'UG-OPS',
    what: 'a field exists',
    pattern: { detail: { 'c-count': [{ exists: true }] } },
    matches: [rulerEvent, withDetail({ 'c-count': null })],
    passesBy: [{ detail: { state: 'x' } }, withDetail({ 'c-count': { c1: 100 } })],
  },
  {
    id: 'EVB-23',
    from: 'UG-OPS, RULER',
    what: 'a field does not exist; only leaves count as fields',
    pattern: { detail: { 'c-count': [{ exists: false }] } },
    matches: [{ detail: { state: ['initializing', 'running'] } }, { detail: { state: 'running', 'c-count': { c1: 100 } } }, {}],
    passesBy: [rulerEvent],
  },
  {
    id: 'EVB-24',
    from: 'UG-OPS',
    what: 'wildcards: any file of a kind within a folder',
    pattern: { FileName: [{ wildcard: 'dir/*.png' }] },
    matches: [{ FileName: 'dir/a.png' }, { FileName: 'dir/b/c.png' }, { FileName: 'dir/.png' }],
    passesBy: [{ FileName: 'dir2/a.png' }, { FileName: 'dir/a.jpg' }],
  },
  {
    id: 'EVB-25',
    from: 'UG-OPS, RULER',
    what: 'an escaped asterisk or backslash is itself',
    pattern: { text: [{ wildcard: 'a\\*b\\\\*' }] },
    matches: [{ text: 'a*b\\' }, { text: 'a*b\\rest' }],
    passesBy: [{ text: 'axb\\' }, { text: 'a*b' }],
  },
  {
    id: 'EVB-26',
    from: 'UG-OPS (complex example)',
    what: 'several operators at once',
    pattern: {
      time: [{ prefix: '2017-10-02' }],
      detail: {
        state: [{ 'anything-but': 'initializing' }],
        'c-count': [{ numeric: ['>', 0, '<=', 5] }],
        'd-count': [{ numeric: ['<', 10] }],
        'x-limit': [{ 'anything-but': [100, 200, 300] }],
        'source-ip': [{ cidr: '10.0.0.0/8' }],
      },
    },
    matches: [rulerEvent],
    passesBy: [withDetail({ 'x-limit': 100 }), withDetail({ state: 'initializing' })],
  },
  {
    id: 'EVB-27',
    from: 'UG-OPS',
    what: '$or over fields of the same object',
    pattern: {
      detail: {
        $or: [
          { 'c-count': [{ numeric: ['>', 0, '<=', 5] }] },
          { 'd-count': [{ numeric: ['<', 10] }] },
          { 'x-limit': [{ numeric: ['=', 3.018e2] }] },
        ],
      },
    },
    matches: [rulerEvent, { detail: { 'd-count': 9 } }],
    passesBy: [{ detail: { 'c-count': 6, 'd-count': 10, 'x-limit': 1 } }, { detail: {} }],
  },
  {
    id: 'EVB-28',
    from: 'RULER',
    what: '$or beside another field',
    pattern: { source: ['aws.cloudwatch'], $or: [{ metricName: ['CPUUtilization', 'ReadLatency'] }, { namespace: ['AWS/EC2', 'AWS/ES'] }] },
    matches: [
      { source: 'aws.cloudwatch', metricName: 'ReadLatency' },
      { source: 'aws.cloudwatch', namespace: 'AWS/ES' },
    ],
    passesBy: [{ source: 'aws.cloudwatch' }, { source: 'aws.ec2', namespace: 'AWS/ES' }],
  },
  {
    id: 'EVB-29',
    from: 'RULER',
    what: 'two $or at different depths must both hold',
    pattern: {
      $or: [{ metricName: ['CPUUtilization'] }, { namespace: ['AWS/EC2'] }],
      detail: { $or: [{ source: ['aws.cloudwatch'] }, { 'detail-type': ['CloudWatch Alarm State Change'] }] },
    },
    matches: [{ namespace: 'AWS/EC2', detail: { 'detail-type': 'CloudWatch Alarm State Change' } }],
    passesBy: [{ namespace: 'AWS/EC2', detail: {} }, { detail: { source: 'aws.cloudwatch' } }],
  },
  {
    id: 'EVB-30',
    from: 'RULER',
    what: '$or with an and inside, and an $or inside that',
    pattern: nestedOr,
    matches: [
      { source: 'aws.cloudwatch', scope: 'Service' },
      { source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/EC2', spaceId: 1000 },
    ],
    passesBy: [
      { source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/EC2' },
      { source: 'aws.cloudwatch', metricType: 'MetricType', metricId: 1234 },
    ],
  },
  {
    id: 'EVB-31',
    from: 'RULER (backward compatibility)',
    what: '$or over an object is an ordinary field',
    pattern: { source: ['aws.cloudwatch'], $or: { metricType: ['MetricType'], namespace: ['AWS/EC2', 'AWS/ES'] } },
    matches: [{ source: 'aws.cloudwatch', $or: { metricType: 'MetricType', namespace: 'AWS/ES' } }],
    passesBy: [{ source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/ES' }],
  },
  {
    id: 'EVB-32',
    from: 'RULER (arrays)',
    what: 'objects in arrays stand for their fields, at any depth',
    pattern: { employees: { firstName: ['Anna'] } },
    matches: [employees, employeesInTeams],
    passesBy: [{ employees: [] }],
  },
  {
    id: 'EVB-33',
    from: 'RULER (array consistency)',
    what: 'two fields cannot come from different elements of one array',
    pattern: { employees: { firstName: ['Anna'], lastName: ['Smith'] } },
    matches: [employees, employeesInTeams],
    passesBy: [
      {
        employees: [
          { firstName: 'Anna', lastName: 'Jones' },
          { firstName: 'Peter', lastName: 'Smith' },
        ],
      },
    ],
  },
  {
    id: 'EVB-34',
    from: 'RULER (array consistency)',
    what: 'the README’s Anna Jones is nobody',
    pattern: { employees: { firstName: ['Anna'], lastName: ['Jones'] } },
    passesBy: [employees, employeesInTeams],
  },
  {
    id: 'EVB-35',
    from: 'RULER (simple matching)',
    what: 'the sample rule of the README',
    pattern: {
      'detail-type': ['EC2 Instance State-change Notification'],
      resources: rulerEvent.resources,
      detail: { state: ['initializing', 'running'] },
    },
    matches: [rulerEvent],
  },
];

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

  test.each(cards)('$id $what ($from)', async ({ pattern, matches = [], passesBy = [] }) => {
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
