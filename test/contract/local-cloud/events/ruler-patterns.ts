/** What the README of aws/event-ruler documents, as named in patterns.test.ts. */
import { type PatternCard, rulerEvent } from './pattern-cards.ts';

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

export const rulerPatterns: readonly PatternCard[] = [
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
