/** A card about one event pattern: the events it must match, and those it must pass by. */
export interface PatternCard {
  readonly id: string;
  readonly from: string;
  readonly what: string;
  readonly pattern: object;
  readonly matches?: readonly unknown[];
  readonly passesBy?: readonly unknown[];
}

export const rulerEvent = {
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
